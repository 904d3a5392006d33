"""Two people at the same moment, on real connections: one wins, the other is told, nothing is overwritten."""

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from innoteams.lib.verdicts import Refused
from projects.adaptations import AdaptedAlready, adapt
from projects.drafts import keep_draft
from projects.follows import follow
from projects.locking import EditedMeanwhile
from projects.models import Adaptation, Follow, PhaseMove, Pilot, Project
from projects.phases import NoSuchMove, move_phase
from projects.pilots import NoSuchDecision, decide_pilot, start_pilot
from projects.records import change_project, log_project
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return make_cast()


def at_once(*acts: Callable[[], object]) -> list[Exception | None]:
    """Runs each in a thread of its own; answers with what each raised."""
    start = threading.Barrier(len(acts))
    raised: list[Exception | None] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            start.wait(timeout=20)
            act()
        except Refused as refusal:
            raised[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised


def kinds(raised: list[Exception | None]) -> set[type | None]:
    return {type(refusal) if refusal else None for refusal in raised}


def test_of_two_editors_one_is_told_of_the_other(people: Cast) -> None:
    project = people.projects["network"]
    raised = at_once(
        lambda: change_project(by=people.tel_aviv_lead, project=project, version=1, problem="Mine."),
        lambda: change_project(by=people.tel_aviv_member, project=project, version=1, problem="Theirs."),
    )
    assert kinds(raised) == {None, EditedMeanwhile}
    assert Project.objects.get(pk=project.pk).version == 2
    assert project.activity.count() == 1


def test_of_two_moves_of_a_phase_one_happens(people: Cast) -> None:
    project = people.projects["network"]
    raised = at_once(
        lambda: move_phase(by=people.tel_aviv_lead, project=project, to="generate", note="a"),
        lambda: move_phase(by=people.tel_aviv_member, project=project, to="generate", note="b"),
    )
    assert kinds(raised) == {None, NoSuchMove}
    assert PhaseMove.objects.count() == 1


def test_a_pilot_is_not_stopped_and_scaled_at_once(people: Cast) -> None:
    project = people.projects["network"]
    pilot = start_pilot(by=people.tel_aviv_lead, project=project, title="t", hypothesis="h", lessons="l")
    raised = at_once(
        lambda: decide_pilot(by=people.tel_aviv_lead, pilot=pilot, decision="stop"),
        lambda: decide_pilot(by=people.tel_aviv_member, pilot=pilot, decision="stop"),
    )
    assert kinds(raised) == {None, NoSuchDecision}
    assert Pilot.objects.get().decision == "stop"


def test_a_form_sent_twice_at_once_logs_one_project(people: Cast) -> None:
    key = uuid.uuid4()

    def send() -> None:
        keep_draft(
            by=people.tel_aviv_lead,
            team=people.tel_aviv,
            draft_key=key,
            version=None,
            settled=True,
            title="Cool streets",
            problem="p",
            for_whom="w",
            topics=[people.topic],
            phase="investigate",
        )

    assert kinds(at_once(send, send, send)) == {None}
    assert Project.objects.filter(draft_key=key).count() == 1
    assert Project.objects.get(draft_key=key).activity.count() == 1


def test_two_projects_of_one_title_at_once_get_two_addresses(people: Cast) -> None:
    act = lambda: log_project(by=people.tel_aviv_lead, team=people.tel_aviv, title="Shade")  # noqa: E731
    assert kinds(at_once(act, act, act)) == {None}
    assert Project.objects.filter(title="Shade").values("slug").distinct().count() == 3


def test_two_people_of_a_team_who_adapt_at_once_make_one_project(people: Cast) -> None:
    source = people.projects["network"]

    def act() -> None:
        adapt(by=people.mulhouse_lead, source=source, team=people.mulhouse, title="t", kept="k", changed="c")

    assert kinds(at_once(act, act)) == {None, AdaptedAlready}
    assert Adaptation.objects.count() == 1
    assert Project.objects.filter(team=people.mulhouse).count() == 1


def test_following_twice_at_once_is_following_once(people: Cast) -> None:
    act = lambda: follow(by=people.mulhouse_lead, what=people.projects["network"])  # noqa: E731 - used twice below
    assert kinds(at_once(act, act)) == {None}
    assert Follow.objects.count() == 1
