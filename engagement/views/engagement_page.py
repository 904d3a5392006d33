"""The page of an engagement, which every form on it answers with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from cities.permissions import belongs_to
from cities.querysets import today
from engagement.choices import Drawer
from engagement.coaching.comparison import comparison_of
from engagement.coaching.moments import asked_on
from engagement.coaching.promised import promises_of
from engagement.forms.commitments import CommitmentForm
from engagement.forms.engagements import AimsForm
from engagement.forms.notes import NoteForm
from engagement.models import CoachingEngagement, CoachingNote, Commitment, Reflection
from engagement.permissions import can_reflect, can_write_in_engagement, coaches_in
from engagement.views.doors import signed_in
from engagement.views.session_part import sessions_part
from innoteams.accounts.models import User

MOST_NOTES = 30


def seen_engagement(request: HttpRequest, pk: int) -> CoachingEngagement:
    rows = CoachingEngagement.objects.visible_to(request.user).with_coaches()
    found: CoachingEngagement = get_object_or_404(rows, pk=pk)
    return found


def engagement_page(
    request: HttpRequest, engagement: CoachingEngagement, *, status: int = 200, **forms: object
) -> HttpResponse:
    """`forms`: those that came back with something to mend, by the name that the template knows."""
    reader = signed_in(request)
    writes = can_write_in_engagement(reader, engagement)
    context: dict[str, object] = {
        "engagement": engagement,
        "writes": writes,
        "is_coach": coaches_in(reader, engagement),
        "looks_back": writes and engagement.planned_until is not None and engagement.planned_until <= today(),
        **sessions_part(engagement, reader),
        **_commitments(engagement, reader),
        **_notes(request, engagement),
        **_reflections(engagement, reader),
    }
    if writes:
        context |= {
            "aims_form": AimsForm(initial={"aims": engagement.aims}),
            "commitment_form": CommitmentForm(engagement=engagement, person=reader, initial={"owner": reader.pk}),
            "note_form": NoteForm(engagement=engagement),
            **forms,
        }
    return render(request, "engagement/engagement_detail.html", context, status=status)


def open_commitments(engagement: CoachingEngagement) -> list[Commitment]:
    return list(engagement.commitments.open().with_carried().select_related("owner", "session"))


def _commitments(engagement: CoachingEngagement, reader: User) -> dict[str, object]:
    opened, kept, let_go = promises_of(engagement, reader)
    return {"open_promises": opened, "kept_promises": kept, "let_go_promises": let_go}


def _notes(request: HttpRequest, engagement: CoachingEngagement) -> dict[str, object]:
    """The newest, of one drawer where the address names it (?drawer=private)."""
    rows, drawer = CoachingNote.objects.visible_to(request.user).filter(engagement=engagement), _drawer(request)
    if drawer:
        rows = rows.filter(drawer=drawer)
    notes = list(
        rows.select_related("author", "session", "engagement").order_by("-created_at", "-pk")[: MOST_NOTES + 1]
    )
    return {"notes": notes[:MOST_NOTES], "drawer": drawer, "has_more_notes": len(notes) > MOST_NOTES}


def _drawer(request: HttpRequest) -> str:
    chosen = request.GET.get("drawer", "")
    return chosen if chosen in Drawer else ""


def _reflections(engagement: CoachingEngagement, reader: User) -> dict[str, object]:
    rows = Reflection.objects.visible_to(reader).filter(engagement=engagement).prefetch_related("steps")
    asked = asked_on(engagement, today())
    is_written = asked is not None and any(row.moment == asked[0] for row in rows)
    return {
        "comparison": comparison_of(rows),
        "asked_moment": asked[0].value if asked and not is_written else None,
        "is_of_team": belongs_to(reader, engagement.team),
        "reflects": can_reflect(reader, engagement),
    }
