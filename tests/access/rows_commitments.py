"""Promises, notes in their drawers, reflections: who gets which page, and what must not leak.

The engagement is the one of rows_accompany: Tel Aviv and its coach.
"""

from django.urls import reverse

from cities.querysets import today
from engagement.choices import Act, Drawer, Moment, Sharing
from engagement.coaching import commitments, notes, reflections
from engagement.coaching.reflections import Words
from engagement.models import CoachingNote, Commitment, Reflection
from tests.access.rows_accompany import PAIR, PROGRAMME, TEAM, WRITERS, engagement, of
from tests.access.table import Canary, Row, signed_in
from tests.cast import Cast

# Who writes in an engagement: the coach and the people who write for the team.
ACTING = (*WRITERS, "coach")


def promise(cast: Cast) -> Commitment:
    """Open, about a project that only the team sees; rows_projects plants its title."""
    found: Commitment | None = Commitment.objects.filter(text="canary-bound-promise").first()
    return found or commitments.commit(
        by=cast.tel_aviv_lead,
        engagement=engagement(cast),
        text="canary-bound-promise",
        owner=cast.tel_aviv_member,
        due_on=today(),
        # What no other area's scene does there: it would keep the promise.
        act=Act.MOVE_PHASE,
        project=cast.projects["team"],
    )


def let_go_promise(cast: Cast) -> Commitment:
    found: Commitment | None = Commitment.objects.filter(let_go_why="canary-let-go-why").first()
    if found:
        return found
    one = commitments.commit(
        by=cast.coach, engagement=engagement(cast), text="Call the mayor", owner=cast.coach, due_on=today()
    )
    return commitments.let_go(by=cast.coach, commitment=one, why="canary-let-go-why")


def note_of(cast: Cast, kind: str, drawer: str) -> CoachingNote:
    text = f"canary-{kind.replace('_', '-')}-{drawer}-drawer"
    author = getattr(cast, kind)
    found = CoachingNote.objects.filter(author=author, drawer=drawer, text__contains=text).first()
    return found or notes.write_note(by=author, engagement=engagement(cast), drawer=drawer, text=text)


def reflection(cast: Cast, moment: str, sharing: str) -> Reflection:
    """The team's at a moment; its words name who may read them."""
    found: Reflection | None = Reflection.objects.filter(engagement=engagement(cast), moment=moment).first()
    if found:
        return found
    written = reflections.reflect(
        by=cast.tel_aviv_lead,
        engagement=engagement(cast),
        moment=moment,
        version=0,
        steps={"try_small": 2},
        words=Words(f"canary-culture-{sharing}-words", f"canary-residents-{sharing}-words"),
    )
    return reflections.share_reflection(by=cast.tel_aviv_lead, reflection=written, sharing=sharing)


def for_the_team(cast: Cast) -> Reflection:
    return reflection(cast, Moment.START, Sharing.TEAM)


def for_coaches(cast: Cast) -> Reflection:
    return reflection(cast, Moment.MIDDLE, Sharing.COACHES)


def for_coordinators(cast: Cast) -> Reflection:
    return reflection(cast, Moment.END, Sharing.COORDINATORS)


ROWS = [
    Row(
        "commitment_change",
        lambda cast: reverse("commitment_change", args=[promise(cast).pk]),
        {**of(ACTING), "tel_aviv_observer": 403},
    ),
    Row(
        "commitment_change",
        lambda cast: reverse("commitment_change", args=[promise(cast).pk]),
        {**of(ACTING, 422), "tel_aviv_observer": 403},
        method="post",
    ),
    Row(
        "commitment_hand_over",
        lambda cast: reverse("commitment_hand_over", args=[promise(cast).pk]),
        {**of(ACTING, 422), "tel_aviv_observer": 403},
        method="post",
    ),
    Row(
        "commitment_let_go",
        lambda cast: reverse("commitment_let_go", args=[promise(cast).pk]),
        {**of(ACTING, 422), "tel_aviv_observer": 403},
        method="post",
    ),
    Row("note_list", lambda cast: reverse("note_list"), signed_in()),
    *(
        Row("note_list", lambda cast, drawer=drawer: f"{reverse('note_list')}?drawer={drawer}", signed_in())  # type: ignore[misc]  # bound now, not when called
        for drawer in Drawer.values
    ),
    # A note that is not seen is not found; one that is seen is changed by its author alone.
    Row(
        "note_change",
        lambda cast: reverse("note_change", args=[note_of(cast, "coach", Drawer.PRIVATE).pk]),
        {"coach": 200},
    ),
    Row(
        "note_change",
        lambda cast: reverse("note_change", args=[note_of(cast, "coach", Drawer.TEAM).pk]),
        {**of(TEAM, 403), "coach": 200},
    ),
    Row(
        "note_change",
        lambda cast: reverse("note_change", args=[note_of(cast, "coach", Drawer.PRIVATE).pk]),
        {"coach": 422},
        method="post",
    ),
    Row(
        "note_remove",
        lambda cast: reverse("note_remove", args=[note_of(cast, "coach", Drawer.COORDINATORS).pk]),
        {**of(PROGRAMME, 403), "coach": 302},
        method="post",
    ),
    Row(
        "note_remove",
        lambda cast: reverse("note_remove", args=[note_of(cast, "coach", Drawer.PRIVATE).pk]),
        {"coach": 302},
        method="post",
    ),
    Row(
        "reflection_list",
        lambda cast: reverse("reflection_list", args=[for_coordinators(cast).engagement_id]),
        of(PROGRAMME),
    ),
    Row(
        "reflection_write",
        lambda cast: reverse("reflection_write", args=[engagement(cast).pk, "middle"]),
        {**of(WRITERS), **of(("tel_aviv_observer", "coach"), 403)},
    ),
    Row(
        "reflection_write",
        lambda cast: reverse("reflection_write", args=[engagement(cast).pk, "middle"]),
        {**of(WRITERS, 422), **of(("tel_aviv_observer", "coach"), 403)},
        method="post",
    ),
    Row(
        "reflection_share",
        lambda cast: reverse("reflection_share", args=[for_the_team(cast).pk]),
        {**of(WRITERS, 302), "tel_aviv_observer": 403},
        method="post",
        data={"sharing": Sharing.TEAM},
    ),
    Row(
        "reflection_share",
        lambda cast: reverse("reflection_share", args=[for_coordinators(cast).pk]),
        {**of(WRITERS, 302), **of(("tel_aviv_observer", "coach", "coordinator", "funder_coordinator"), 403)},
        method="post",
        data={"sharing": Sharing.COORDINATORS},
    ),
    Row("reflections_shared", lambda cast: reverse("reflections_shared"), signed_in()),
]

# Also of a lead: a private drawer is closed to the rest of the team and to the coach.
DRAWERS = {
    ("coach", Drawer.PRIVATE): ("coach",),
    ("tel_aviv_lead", Drawer.PRIVATE): ("tel_aviv_lead",),
    ("tel_aviv_member", Drawer.PRIVATE): ("tel_aviv_member",),
    ("tel_aviv_lead", Drawer.TEAM): PAIR,
    ("tel_aviv_lead", Drawer.COORDINATORS): PROGRAMME,
}


def plant(cast: Cast) -> list[Canary]:
    promise(cast), let_go_promise(cast), for_the_team(cast), for_coaches(cast), for_coordinators(cast)
    readers: dict[str, tuple[str, ...]] = {
        "canary-bound-promise": PAIR,
        "canary-let-go-why": PAIR,
    }
    for sharing, people in ((Sharing.TEAM, TEAM), (Sharing.COACHES, PAIR), (Sharing.COORDINATORS, PROGRAMME)):
        readers[f"canary-culture-{sharing.value}-words"] = people
        readers[f"canary-residents-{sharing.value}-words"] = people
    for (kind, drawer), allowed in DRAWERS.items():
        note = note_of(cast, kind, drawer)
        readers[f"canary-{kind.replace('_', '-')}-{note.drawer}-drawer"] = allowed
    return [Canary(word, frozenset(people)) for word, people in readers.items()]
