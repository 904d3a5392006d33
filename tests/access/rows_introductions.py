"""Introductions that are suggested, brokered, rest or are looked back on: who gets which page, what must not leak."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from engagement.choices import IntroductionReason, IntroductionState
from engagement.introductions.helping import key_for
from engagement.models import Introduction, IntroductionHelp, Suggestion
from projects.models import Project
from tests.access.rows_accompany import COORDINATORS, TEAM, WRITERS, introduction, of
from tests.access.table import Canary, Row, everybody, signed_in
from tests.cast import KINDS, Cast

BROKERS = ("coordinator", "other_coordinator")
TYPED = {
    "from_team": "tel-aviv-yafo",
    "to_team": "nowhere",
    "reason": "other",
    "message": "canary-broker-typed",
    "language": "en",
}


def suggestion(cast: Cast) -> Suggestion:
    """Tel Aviv might meet Boston."""
    project, _ = Project.objects.get_or_create(
        team=cast.boston,
        slug="boston-suggested",
        defaults={"title": "canary-suggested-project", "problem": "Heat.", "visibility": "network"},
    )
    found, _ = Suggestion.objects.get_or_create(
        for_team=cast.tel_aviv,
        with_team=cast.boston,
        defaults={"reason": IntroductionReason.SAME_PROBLEM, "project": project, "reasons": []},
    )
    return found


def brokered(cast: Cast) -> Introduction:
    """Hazira's coordinator proposes that Tel Aviv and Boston meet; Tel Aviv has said yes."""
    found, _ = Introduction.objects.get_or_create(
        from_team=cast.tel_aviv,
        to_team=cast.boston,
        brokered_for=cast.operator,
        defaults={
            "brokered_by": cast.coordinator,
            "asked_by": cast.tel_aviv_lead,
            "asker_words": "canary-said-to-each-other",
            "answered_at": timezone.now(),
            "reason": IntroductionReason.OTHER,
            "message": "canary-brokers-message",
        },
    )
    return found


def met(cast: Cast) -> Introduction:
    """Tel Aviv and Mulhouse were introduced long ago; a lead of Tel Aviv says that it helped."""
    found, made = Introduction.objects.get_or_create(
        from_team=cast.mulhouse,
        to_team=cast.tel_aviv,
        state=IntroductionState.ACCEPTED,
        defaults={
            "asked_by": cast.mulhouse_lead,
            "answered_by": cast.tel_aviv_lead,
            "answered_at": timezone.now() - dt.timedelta(days=40),
            "asked_at": timezone.now() - dt.timedelta(days=41),
            "reason": IntroductionReason.OTHER,
            "message": "canary-met-message",
            "answer": "canary-met-answer",
        },
    )
    if made:
        IntroductionHelp.objects.create(
            introduction=found, person=cast.tel_aviv_lead, said="yes", note="canary-helped-note", at=timezone.now()
        )
    return found


ROWS = [
    Row("introduction_broker", lambda cast: reverse("introduction_broker"), of(BROKERS), others=403),
    Row("introduction_broker", lambda cast: reverse("introduction_broker"), of(BROKERS, 422),
        others=403, method="post", data=TYPED),
    Row("introduction_overview", lambda cast: reverse("introduction_overview"), of(COORDINATORS), others=403),
    # Whoever has the link says whether it helped; it shows a city and a day, and nothing of anybody.
    Row("introduction_say_helped",
        lambda cast: reverse("introduction_say_helped", args=[key_for(met(cast), cast.mulhouse_lead)]),
        everybody(), public=True),
    Row("introduction_say_helped", lambda cast: reverse("introduction_say_helped", args=["made-up"]), {}, public=True),
    Row("introduction_detail", lambda cast: reverse("introduction_detail", args=[brokered(cast).pk]), of(TEAM)),
    Row("introduction_detail", lambda cast: reverse("introduction_detail", args=[met(cast).pk]),
        of((*TEAM, "mulhouse_lead"))),
    Row("introduction_rest", lambda cast: reverse("introduction_rest", args=[introduction(cast).pk]),
        {**of(TEAM, 403), "mulhouse_lead": 422}, method="post", data={"until": "1999-01-01"}),
    Row("introduction_withdraw", lambda cast: reverse("introduction_withdraw", args=[brokered(cast).pk]),
        # The teams may not; the first coordinator of the operator takes it back.
        {**of(TEAM, 403), "coordinator": 302}, method="post"),
    Row("introduction_helped", lambda cast: reverse("introduction_helped", args=[met(cast).pk]),
        {"tel_aviv_lead": 422, "mulhouse_lead": 422, "tel_aviv_member": 403, "tel_aviv_observer": 403},
        method="post", data={"helped": ""}),
    Row("introduction_create",
        lambda cast: f"{reverse('introduction_create')}?team={cast.boston.slug}&suggestion={suggestion(cast).pk}",
        signed_in()),
    Row("suggestion_set_aside", lambda cast: reverse("suggestion_set_aside", args=[suggestion(cast).pk]),
        {**of(WRITERS, 302), "tel_aviv_observer": 403}, method="post"),
    Row("suggestion_bring_back", lambda cast: reverse("suggestion_bring_back", args=[suggestion(cast).pk]),
        {**of(WRITERS, 302), "tel_aviv_observer": 403}, method="post"),
]  # fmt: skip


def plant(cast: Cast) -> list[Canary]:
    suggestion(cast), brokered(cast), met(cast)
    readers = {
        "canary-suggested-project": tuple(kind for kind in KINDS if kind != "visitor"),
        "canary-brokers-message": TEAM,
        "canary-said-to-each-other": TEAM,
        "canary-met-message": (*TEAM, "mulhouse_lead"),
        "canary-met-answer": (*TEAM, "mulhouse_lead"),
        "canary-helped-note": (*TEAM, "mulhouse_lead"),
    }
    return [Canary(word, frozenset(kinds)) for word, kinds in readers.items()]
