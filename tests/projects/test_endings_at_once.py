"""Two people of a team end something at the same moment: it ends once, and the other is told."""

import pytest

from projects.choices import Decision, Outcome, Verb
from projects.endings import Answers, ToldAlready, change_ending, tell_ending
from projects.lessons import answer_lesson
from projects.locking import EditedMeanwhile
from projects.models import Ending, LessonAnswer, OutcomeMove, Project
from projects.phases import NoSuchOutcome, conclude
from projects.pilots import NoSuchDecision, decide_pilot, start_pilot
from tests.cast import Cast, make_cast
from tests.projects.test_together import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return make_cast()


def test_a_project_is_stopped_once(people: Cast) -> None:
    project = people.projects["network"]
    raised = at_once(
        *(
            lambda by=by: conclude(by=by, project=project, outcome=Outcome.STOPPED, ending=Answers(advice=by.name))
            for by in (people.tel_aviv_lead, people.tel_aviv_member)
        )
    )
    assert kinds(raised) == {None, NoSuchOutcome}
    assert "somebody may have said so just now" in str(next(filter(None, raised)))
    assert Ending.objects.count() == OutcomeMove.objects.count() == 1
    assert project.activity.filter(verb=Verb.ENDED_WITH_LESSON).count() == 1


def test_a_project_is_not_stopped_and_sustained_at_once(people: Cast) -> None:
    project = people.projects["network"]
    raised = at_once(
        lambda: conclude(by=people.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, ending=Answers(advice="a")),
        lambda: conclude(by=people.tel_aviv_member, project=project, outcome=Outcome.SUSTAINED, note="n"),
    )
    # Sustained first and stopped after is legal; the other way round is not.
    assert Project.objects.get(pk=project.pk).outcome == Outcome.STOPPED
    assert OutcomeMove.objects.count() == 2 - len(kinds(raised) - {None})


def test_a_pilot_is_stopped_once(people: Cast) -> None:
    pilot = start_pilot(by=people.tel_aviv_lead, project=people.projects["network"], title="t", hypothesis="h")
    raised = at_once(
        *(
            lambda by=by: decide_pilot(by=by, pilot=pilot, decision=Decision.STOP, ending=Answers(advice=by.name))
            for by in (people.tel_aviv_lead, people.tel_aviv_member)
        )
    )
    assert kinds(raised) == {None, NoSuchDecision}
    assert Ending.objects.count() == 1


def test_an_old_end_is_told_once_and_corrected_by_one(people: Cast) -> None:
    project = people.projects["network"]
    Project.objects.filter(pk=project.pk).update(outcome=Outcome.STOPPED)
    tell = lambda: tell_ending(by=people.tel_aviv_lead, what=project, answers=Answers(advice="a"))  # noqa: E731 - used twice below
    assert kinds(at_once(tell, tell)) == {None, ToldAlready}
    ending = Ending.objects.get()
    raised = at_once(
        lambda: change_ending(by=people.tel_aviv_lead, ending=ending, version=1, advice="mine"),
        lambda: change_ending(by=people.tel_aviv_member, ending=ending, version=1, advice="theirs"),
    )
    assert kinds(raised) == {None, EditedMeanwhile}


def test_a_team_that_answers_twice_at_once_has_answered_once(people: Cast) -> None:
    project = people.projects["network"]
    conclude(by=people.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, ending=Answers(advice="a"))
    ending = Ending.objects.get()
    say = lambda: answer_lesson(by=people.mulhouse_lead, ending=ending, team=people.mulhouse, usefulness="useful")  # noqa: E731 - used thrice below
    assert kinds(at_once(say, say, say)) == {None}
    assert LessonAnswer.objects.count() == 1
