"""Check-ins, the portfolio, coaching, introductions, questions, my work: who gets which page, and what must not leak.

Every scene is about the Tel Aviv team, made when a row or a canary first asks for it.
"""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from cities.models import Invitation
from cities.querysets import today
from engagement.checkins import moves
from engagement.checkins.moves import Sheet
from engagement.choices import CheckInState, Drawer, IntroductionReason, IntroductionState
from engagement.coaching import engagements, notes
from engagement.models import (
    CheckIn,
    CheckInLine,
    CheckInPeriod,
    CoachingEngagement,
    CoachingSession,
    Commitment,
    Introduction,
    Question,
)
from projects.models import Activity
from tests.access.table import Canary, Expected, Row, signed_in
from tests.cast import KINDS, Cast

WRITERS = ("tel_aviv_lead", "tel_aviv_member")
TEAM = (*WRITERS, "tel_aviv_observer")
PAIR = (*TEAM, "coach")
PROGRAMME = (*PAIR, "coordinator", "funder_coordinator")
COORDINATORS = ("coordinator", "funder_coordinator", "other_coordinator")


def of(readers: tuple[str, ...], status: Expected = 200) -> dict[str, Expected]:
    return dict.fromkeys(readers, status)


# --- Scenes --------------------------------------------------------------------------------------------------------


def _check_in(cast: Cast, key: str) -> CheckIn:
    ends_on = today() - dt.timedelta(days=1)
    period, _ = CheckInPeriod.objects.get_or_create(
        programme=cast.programme,
        key=key,
        defaults={"starts_on": ends_on - dt.timedelta(days=90), "ends_on": ends_on, "due_on": today()},
    )
    check_in, _ = CheckIn.objects.get_or_create(period=period, team=cast.tel_aviv)
    return check_in


def draft(cast: Cast) -> CheckIn:
    return _check_in(cast, "2026-Q1")


def sent(cast: Cast) -> CheckIn:
    check_in = _check_in(cast, "2026-Q2")
    if check_in.state != CheckInState.DRAFTED:
        return check_in
    sheet = Sheet(hard="canary-sent-words", help_wanted="", language="en")
    return moves.submit(by=cast.tel_aviv_lead, check_in=check_in, version=check_in.version, sheet=sheet)


def returned(cast: Cast) -> CheckIn:
    """Sent back, and the team is writing again."""
    check_in = _check_in(cast, "2026-Q3")
    if check_in.state != CheckInState.DRAFTED:
        return check_in
    sheet = Sheet(hard="As it was sent.", help_wanted="", language="en")
    check_in = moves.submit(by=cast.tel_aviv_lead, check_in=check_in, version=check_in.version, sheet=sheet)
    check_in = moves.send_back(
        by=cast.coordinator, check_in=check_in, version=check_in.version, words="canary-answer-words"
    )
    again = Sheet(hard="canary-half-written", help_wanted="", language="en")
    return moves.save_sheet(by=cast.tel_aviv_lead, check_in=check_in, version=check_in.version, sheet=again)


def engagement(cast: Cast) -> CoachingEngagement:
    found = CoachingEngagement.objects.filter(team=cast.tel_aviv).first()
    return found or engagements.open_engagement(
        by=cast.coordinator, coaches=[cast.coach], team=cast.tel_aviv, aims="canary-coaching-aims"
    )


def session(cast: Cast) -> CoachingSession:
    found = CoachingSession.objects.filter(engagement=engagement(cast)).first()
    return found or CoachingSession.objects.create(
        engagement=engagement(cast), starts_at=timezone.now() - dt.timedelta(hours=1), aim="canary-session-aim"
    )


def commitment(cast: Cast) -> Commitment:
    found = Commitment.objects.filter(engagement=engagement(cast)).first()
    return found or Commitment.objects.create(
        engagement=engagement(cast), text="canary-commitment", owner=cast.tel_aviv_member, due_on=today()
    )


def introduction(cast: Cast) -> Introduction:
    """Tel Aviv asks Mulhouse, which has not answered."""
    found = Introduction.objects.filter(from_team=cast.tel_aviv, to_team=cast.mulhouse).first()
    return found or Introduction.objects.create(
        asked_by=cast.tel_aviv_lead,
        from_team=cast.tel_aviv,
        to_team=cast.mulhouse,
        reason=IntroductionReason.SAME_PROBLEM,
        message="canary-introduction-message",
        state=IntroductionState.ASKED,
    )


def question(cast: Cast, level: str = "network") -> Question:
    text = f"canary-question-{level}"
    found, _ = Question.objects.get_or_create(
        author=cast.tel_aviv_lead, team=cast.tel_aviv, text=text, defaults={"project": cast.projects[level]}
    )
    return found


def invitation(cast: Cast) -> Invitation:
    found, _ = Invitation.objects.get_or_create(
        email=cast.stranger.email,
        team=cast.boston,
        defaults={"key_digest": "f" * 64, "expires_at": timezone.now() + dt.timedelta(days=3)},
    )
    return found


# --- Rows ----------------------------------------------------------------------------------------------------------

MESSAGE = {"reason": "same_problem", "message": "How?", "language": "en"}

ROWS = [
    Row("my_work", lambda cast: reverse("my_work"), signed_in()),
    Row(
        "invitation_open",
        lambda cast: reverse("invitation_open", args=[invitation(cast).pk]),
        of(("stranger",), 302),
        method="post",
    ),
    Row("portfolio", lambda cast: reverse("portfolio"), of(COORDINATORS)),
    Row("portfolio_export", lambda cast: reverse("portfolio_export", args=["teams"]), of(COORDINATORS)),
    Row("portfolio_export", lambda cast: reverse("portfolio_export", args=["projects"]), of(COORDINATORS)),
    Row("check_in_list", lambda cast: reverse("check_in_list"), signed_in()),
    Row("check_in_detail", lambda cast: reverse("check_in_detail", args=[draft(cast).pk]), of(TEAM)),
    Row("check_in_detail", lambda cast: reverse("check_in_detail", args=[sent(cast).pk]), of(PROGRAMME)),
    Row("check_in_detail", lambda cast: reverse("check_in_detail", args=[returned(cast).pk]), of(PROGRAMME)),
    Row(
        "check_in_save",
        lambda cast: reverse("check_in_save", args=[draft(cast).pk]),
        {**of(WRITERS, 422), "tel_aviv_observer": 403},
        method="post",
    ),
    Row(
        "check_in_save",
        lambda cast: reverse("check_in_save", args=[sent(cast).pk]),
        # The two who write are told that it was sent meanwhile; the others that it is not theirs.
        {**of(WRITERS, 409), **of(("tel_aviv_observer", "coach", "coordinator", "funder_coordinator"), 403)},
        method="post",
        data={"hard": "Mine", "language": "en", "version": "1"},
    ),
    Row(
        "check_in_answer",
        lambda cast: reverse("check_in_answer", args=[sent(cast).pk]),
        {**of(PROGRAMME, 403), "coordinator": 422},
        method="post",
        data={"words": ""},
    ),
    Row("engagement_list", lambda cast: reverse("engagement_list"), signed_in()),
    Row(
        "engagement_create",
        lambda cast: reverse("engagement_create"),
        {**of((*COORDINATORS, "administrator"))},
        others=403,
    ),
    Row("engagement_detail", lambda cast: reverse("engagement_detail", args=[engagement(cast).pk]), of(PAIR)),
    Row(
        "engagement_end",
        lambda cast: reverse("engagement_end", args=[engagement(cast).pk]),
        # The first who may ends it; that ends the coach's sight and what coordinators and administrators oversee.
        {"tel_aviv_lead": 302, "tel_aviv_member": 403, "tel_aviv_observer": 403, "coach": 403},
        method="post",
    ),
    Row(
        "aims_set",
        lambda cast: reverse("aims_set", args=[engagement(cast).pk]),
        {**of(("tel_aviv_lead", "tel_aviv_member", "coach"), 302), "tel_aviv_observer": 403},
        method="post",
        data={"aims": "canary-coaching-aims"},
    ),
    Row(
        "session_create",
        lambda cast: reverse("session_create", args=[engagement(cast).pk]),
        {**of(("tel_aviv_lead", "tel_aviv_member", "coach")), "tel_aviv_observer": 403},
    ),
    Row("session_detail", lambda cast: reverse("session_detail", args=[session(cast).pk]), of(PAIR)),
    Row(
        "session_detail",
        lambda cast: reverse("session_detail", args=[session(cast).pk]),
        {**of(("tel_aviv_lead", "tel_aviv_member", "coach"), 422), "tel_aviv_observer": 403},
        method="post",
    ),
    Row(
        "commitment_create",
        lambda cast: reverse("commitment_create", args=[engagement(cast).pk]),
        of(PAIR, 422),
        method="post",
    ),
    Row(
        "commitment_settle",
        lambda cast: reverse("commitment_settle", args=[commitment(cast).pk]),
        {**of(("tel_aviv_lead", "tel_aviv_member", "coach"), 302), "tel_aviv_observer": 403},
        method="post",
    ),
    Row(
        "commitment_reopen",
        lambda cast: reverse("commitment_reopen", args=[commitment(cast).pk]),
        {**of(("tel_aviv_lead", "tel_aviv_member", "coach"), 302), "tel_aviv_observer": 403},
        method="post",
    ),
    Row("note_create", lambda cast: reverse("note_create", args=[engagement(cast).pk]), of(PAIR, 422), method="post"),
    Row("introduction_list", lambda cast: reverse("introduction_list"), signed_in()),
    Row("introduction_create", lambda cast: f"{reverse('introduction_create')}?team={cast.boston.slug}", signed_in()),
    Row(
        "introduction_create",
        lambda cast: f"{reverse('introduction_create')}?project={cast.projects['programme'].slug}",
        of(PROGRAMME),
    ),
    Row(
        "introduction_detail",
        lambda cast: reverse("introduction_detail", args=[introduction(cast).pk]),
        of((*TEAM, "mulhouse_lead")),
    ),
    Row(
        "introduction_answer",
        lambda cast: reverse("introduction_answer", args=[introduction(cast).pk]),
        {**of(TEAM, 403), "mulhouse_lead": 302},
        method="post",
        data={"words": "Not now.", "decline": "1"},
    ),
    Row(
        "introduction_withdraw",
        lambda cast: reverse("introduction_withdraw", args=[introduction(cast).pk]),
        # The first takes it back; the others are told so on the page they return to.
        of((*TEAM, "mulhouse_lead"), 302),
        method="post",
    ),
    Row(
        "introduction_helped",
        lambda cast: reverse("introduction_helped", args=[introduction(cast).pk]),
        of((*TEAM, "mulhouse_lead"), 403),
        method="post",
        data={"helped": "yes"},
    ),
    Row("question_list", lambda cast: reverse("question_list"), signed_in()),
    Row(
        "question_create",
        lambda cast: reverse("question_create"),
        {**signed_in(), "stranger": 403, "former_member": 403},
    ),
    Row("question_detail", lambda cast: reverse("question_detail", args=[question(cast).pk]), signed_in()),
    Row(
        "question_detail", lambda cast: reverse("question_detail", args=[question(cast, "programme").pk]), of(PROGRAMME)
    ),
    Row("question_detail", lambda cast: reverse("question_detail", args=[question(cast, "team").pk]), of(TEAM)),
    Row(
        "question_answer",
        lambda cast: reverse("question_answer", args=[question(cast).pk]),
        signed_in(422),
        method="post",
    ),
    Row(
        "question_close",
        lambda cast: reverse("question_close", args=[question(cast).pk]),
        # The person who asked, and whoever writes for the team of the project it is about.
        {**signed_in(403), "tel_aviv_lead": 302, "tel_aviv_member": 302},
        method="post",
    ),
]


# --- Canaries ------------------------------------------------------------------------------------------------------


def plant(cast: Cast) -> list[Canary]:
    sent(cast), returned(cast), engagement(cast), session(cast), commitment(cast), introduction(cast)
    _plant_draft(cast)
    for level in ("team", "programme", "network"):
        question(cast, level)
    for drawer in Drawer:
        notes.write_note(by=cast.coach, engagement=engagement(cast), drawer=drawer, text=f"canary-note-{drawer.value}")
    readers = {
        "canary-draft-words": TEAM,
        "canary-draft-note": TEAM,
        "canary-sent-words": PROGRAMME,
        "canary-half-written": TEAM,
        "canary-answer-words": PROGRAMME,
        "canary-coaching-aims": PAIR,
        "canary-session-aim": PAIR,
        "canary-commitment": PAIR,
        "canary-note-private": ("coach",),
        "canary-note-team": PAIR,
        "canary-note-coordinators": PROGRAMME,
        "canary-introduction-message": (*TEAM, "mulhouse_lead"),
        "canary-question-team": TEAM,
        "canary-question-programme": PROGRAMME,
        "canary-question-network": tuple(kind for kind in KINDS if kind != "visitor"),
    }
    return [Canary(word, frozenset(kinds)) for word, kinds in readers.items()]


def _plant_draft(cast: Cast) -> None:
    check_in = draft(cast)
    check_in.hard = "canary-draft-words"
    check_in.save()
    activity = Activity.objects.create(
        project=cast.projects["programme"], verb="journal_added", actor=cast.tel_aviv_lead
    )
    CheckInLine.objects.create(check_in=check_in, activity=activity, note="canary-draft-note")
