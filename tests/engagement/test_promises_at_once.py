"""Two people at the same moment, on real connections."""

import pytest

from engagement.choices import Act, Moment
from engagement.coaching import commitments, reflections
from engagement.coaching.reflections import Words
from engagement.models import Reflection
from projects.locking import EditedMeanwhile
from projects.phases import move_phase
from tests.cast import Cast, make_cast
from tests.engagement.accompany_scenes import engagement
from tests.engagement.promise_scenes import again, journal, promise
from tests.projects.test_together import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return make_cast()


def test_of_two_acts_one_keeps_the_promise(people: Cast) -> None:
    one = promise(engagement(people), people.tel_aviv_lead, Act.WRITE_JOURNAL)
    raised = at_once(
        lambda: journal(people.projects["network"], people.tel_aviv_lead),
        lambda: journal(people.projects["programme"], people.tel_aviv_member),
        lambda: journal(people.projects["team"], people.tel_aviv_lead),
    )
    assert kinds(raised) == {None}
    now = again(one)
    first = now.done_activity
    assert first is not None
    assert (now.done_by_id, now.done_at) == (first.actor_id, first.at)


def test_an_act_and_a_change_do_not_wait_for_each_other_for_ever(people: Cast) -> None:
    project = people.projects["network"]
    one = promise(engagement(people), people.tel_aviv_lead, Act.MOVE_PHASE, project)
    raised = at_once(
        lambda: move_phase(by=people.tel_aviv_lead, project=project, to="generate", note="On."),
        lambda: commitments.change_commitment(
            by=people.coach,
            commitment=one,
            known=commitments.fingerprint(one),
            text="Move on",
            due_on=one.due_on,
            act=Act.MOVE_PHASE,
            project=project,
        ),
    )
    assert kinds(raised) <= {None, commitments.SettledMeanwhile}
    assert again(one).done_activity is not None


def test_of_two_who_begin_a_reflection_the_second_reads_the_first(people: Cast) -> None:
    opened = engagement(people)

    def write(words: str) -> None:
        by = people.tel_aviv_lead if words == "mine" else people.tel_aviv_member
        reflections.reflect(
            by=by, engagement=opened, moment=Moment.START, version=0, steps={"try_small": 2}, words=Words(culture=words)
        )

    raised = at_once(lambda: write("mine"), lambda: write("theirs"))
    assert kinds(raised) == {None, EditedMeanwhile}
    assert Reflection.objects.get().version == 1
