"""The page of an engagement, which every form on it answers with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from cities.querysets import today
from engagement.forms.commitments import CommitmentForm
from engagement.forms.engagements import AimsForm
from engagement.forms.notes import NoteForm
from engagement.models import CoachingEngagement, CoachingNote, Commitment
from engagement.permissions import can_write_in_engagement, coaches_in
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
        **_commitments(engagement),
        **_notes(engagement, reader),
    }
    if writes:
        context |= {
            "aims_form": AimsForm(initial={"aims": engagement.aims}),
            "commitment_form": CommitmentForm(engagement=engagement, initial={"owner": reader.pk}),
            "note_form": NoteForm(),
            **forms,
        }
    return render(request, "engagement/engagement_detail.html", context, status=status)


def open_commitments(engagement: CoachingEngagement) -> list[Commitment]:
    return list(engagement.commitments.open().select_related("owner", "session"))


def _commitments(engagement: CoachingEngagement) -> dict[str, object]:
    done = engagement.commitments.exclude(done_at=None).select_related("owner").order_by("-done_at")
    return {"open_commitments": open_commitments(engagement), "done_commitments": done}


def _notes(engagement: CoachingEngagement, reader: User) -> dict[str, object]:
    notes = CoachingNote.objects.visible_to(reader).filter(engagement=engagement).select_related("author")
    return {"notes": notes[:MOST_NOTES]}
