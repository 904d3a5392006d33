"""Promises that complete themselves: which act keeps which, once, and in the transaction of the act."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cities.querysets import today
from engagement.choices import COMPLETED_BY, Act
from engagement.coaching import commitments, engagements
from engagement.coaching.keeping import acts_of, keep_promises, waiting_for
from engagement.models import Commitment
from innoteams.accounts.models import User
from projects import history
from projects.choices import Decision, Verb
from projects.endings import Answers
from projects.evidence import choose_indicator, log_consultation
from projects.history import record
from projects.models import Activity, JournalEntry, Project
from projects.phases import move_phase
from projects.pilots import decide_pilot, start_pilot
from projects.readings import add_reading
from projects.sharing import share_project
from tests.cast import Cast, make_project
from tests.engagement.accompany_scenes import engagement
from tests.engagement.promise_scenes import again, journal, promise

pytestmark = pytest.mark.django_db


def kept(one: Commitment) -> bool:
    return again(one).done_activity_id is not None


# --- Through the verbs of projects ---------------------------------------------------------------------------------


def _reading(project: Project, by: User) -> None:
    indicator = choose_indicator(by=by, project=project, name="Visits", unit="visits", better="up")
    add_reading(by=by, indicator=indicator, value=Decimal(3), read_on=today(), source="Count", kind="counted")


def _consultation(project: Project, by: User) -> None:
    log_consultation(by=by, project=project, held_on=today(), method="Walk", heard="Neighbours", said="Too dark")


def _phase(project: Project, by: User) -> None:
    move_phase(by=by, project=project, to="generate", note="We know enough.")


def _pilot(project: Project, by: User) -> None:
    start_pilot(by=by, project=project, title="Two benches", hypothesis="People sit down.")


def _stopped_pilot(project: Project, by: User) -> None:
    pilot = start_pilot(by=by, project=project, title="Two benches", hypothesis="People sit down.")
    decide_pilot(by=by, pilot=pilot, decision=Decision.STOP, ending=Answers(advice="Ask first."))


def _decided_pilot(project: Project, by: User) -> None:
    pilot = start_pilot(by=by, project=project, title="Two benches", hypothesis="People sit down.")
    decide_pilot(by=by, pilot=pilot, decision=Decision.SCALE, note="It works.")


def _journal(project: Project, by: User) -> None:
    journal(project, by)


def _share(project: Project, by: User) -> None:
    share_project(by=by, project=project, visibility="public")


@pytest.mark.parametrize(
    ("act", "work"),
    [
        (Act.ADD_READING, _reading),
        (Act.LOG_CONSULTATION, _consultation),
        (Act.MOVE_PHASE, _phase),
        (Act.START_PILOT, _pilot),
        (Act.DECIDE_PILOT, _decided_pilot),
        (Act.DECIDE_PILOT, _stopped_pilot),
        (Act.SHARE_LESSON, _stopped_pilot),
        (Act.WRITE_JOURNAL, _journal),
        (Act.SHARE_PROJECT, _share),
    ],
)
def test_the_act_keeps_the_promise(cast: Cast, act: Act, work: object) -> None:
    one = promise(engagement(cast), cast.tel_aviv_lead, act)
    assert callable(work)
    work(cast.projects["network"], cast.tel_aviv_member)
    now = again(one)
    assert (now.done_by, now.done_activity is not None) == (cast.tel_aviv_member, True)


def test_an_act_elsewhere_in_the_team_keeps_nothing_that_names_a_project(cast: Cast) -> None:
    one = promise(engagement(cast), cast.tel_aviv_lead, Act.WRITE_JOURNAL, cast.projects["programme"])
    journal(cast.projects["network"], cast.tel_aviv_lead)
    assert not kept(one)
    journal(cast.projects["programme"], cast.tel_aviv_lead)
    assert kept(one)


def test_another_act_keeps_nothing(cast: Cast) -> None:
    one = promise(engagement(cast), cast.tel_aviv_lead, Act.ADD_READING)
    journal(cast.projects["network"], cast.tel_aviv_lead)
    assert not kept(one)


def test_what_is_promised_without_an_act_waits_for_a_word(cast: Cast) -> None:
    one = promise(engagement(cast), cast.tel_aviv_lead)
    journal(cast.projects["network"], cast.tel_aviv_lead)
    assert again(one).is_open


def test_another_citys_word_on_the_teams_project_keeps_nothing(cast: Cast) -> None:
    one = promise(engagement(cast), cast.tel_aviv_lead, Act.REPORT_ADAPTATION)
    record(Verb.ADAPTATION_REPORTED, cast.projects["network"], by=cast.mulhouse_lead)
    assert not kept(one)


def test_nothing_is_kept_after_the_coaching_has_ended(cast: Cast) -> None:
    opened = engagement(cast)
    one = promise(opened, cast.tel_aviv_lead, Act.WRITE_JOURNAL)
    engagements.end_engagement(by=cast.coordinator, engagement=opened)
    journal(cast.projects["network"], cast.tel_aviv_lead)
    assert again(one).is_open


def test_what_was_let_go_stays_let_go(cast: Cast) -> None:
    one = promise(engagement(cast), cast.tel_aviv_lead, Act.WRITE_JOURNAL)
    commitments.let_go(by=cast.tel_aviv_lead, commitment=one, why="Not worth it.")
    journal(cast.projects["network"], cast.tel_aviv_lead)
    assert again(one).done_at is None


def test_undone_it_is_not_kept_again_by_the_same_act_but_by_the_next(cast: Cast) -> None:
    one = promise(engagement(cast), cast.tel_aviv_lead, Act.WRITE_JOURNAL)
    journal(cast.projects["network"], cast.tel_aviv_lead)
    commitments.reopen(by=cast.tel_aviv_lead, commitment=again(one))
    assert again(one).is_open
    journal(cast.projects["network"], cast.tel_aviv_lead)
    assert kept(one)


def test_it_stays_done_when_what_kept_it_is_gone(cast: Cast) -> None:
    one = promise(engagement(cast), cast.tel_aviv_lead, Act.WRITE_JOURNAL)
    journal(cast.projects["network"], cast.tel_aviv_lead)
    JournalEntry.objects.all().delete()
    now = again(one)
    assert (now.done_activity, now.done_at is not None) == (None, True)


def test_a_failing_listener_fails_the_act(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(activity: Activity) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(history, "after_record", [fails])
    with pytest.raises(RuntimeError, match="no"):
        journal(cast.projects["network"], cast.tel_aviv_lead)
    assert not JournalEntry.objects.exists()


def test_projects_tell_coaching_of_every_act(cast: Cast) -> None:
    assert keep_promises in history.after_record


def test_each_act_is_done_by_verbs_of_its_own() -> None:
    assert set(COMPLETED_BY) == set(Act)
    for verb in Verb:
        assert len(acts_of(Activity(verb=verb, facts={}))) <= 1


# --- Any act, any promise ------------------------------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    act=st.sampled_from([*Act.values, ""]),
    verb=st.sampled_from(Verb.values),
    named=st.sampled_from(["none", "same", "other"]),
    before=st.booleans(),
    actor=st.sampled_from(["tel_aviv_lead", "tel_aviv_member", "tel_aviv_observer", "coach", "mulhouse_lead"]),
    of_team=st.booleans(),
)
def test_a_promise_is_kept_by_its_act_alone(
    act: str, verb: str, named: str, before: bool, actor: str, of_team: bool, cast: Cast
) -> None:
    """Of the right kind, in the right project, by people who write for the team, after it was promised."""
    Commitment.objects.all().delete()
    opened = cast.tel_aviv.engagements.first() or engagement(cast)
    project = cast.projects["network"] if of_team else make_project(cast.mulhouse)
    about = {"none": None, "same": project if of_team else None, "other": cast.projects["programme"]}[named]
    one = promise(opened, cast.tel_aviv_lead, act, about)
    if before:
        Commitment.objects.filter(pk=one.pk).update(created_at=timezone.now() + dt.timedelta(minutes=1))
    person = cast.person(actor)
    assert isinstance(person, User)
    record(Verb(verb), project, by=person)
    expected = (
        bool(act)
        and verb in COMPLETED_BY[Act(act)]
        and about in (None, project)
        and not before
        and actor in ("tel_aviv_lead", "tel_aviv_member")
        and of_team
    )
    assert kept(one) == expected


# --- What it costs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "queries"), [(Verb.JOURNAL_ADDED, 1), (Verb.PROJECT_CHANGED, 0)])
def test_an_act_that_nothing_waits_for_costs_one_query_at_most(cast: Cast, verb: str, queries: int) -> None:
    engagement(cast)
    activity = Activity.objects.create(project=cast.projects["network"], verb=verb, actor=cast.tel_aviv_lead)
    with CaptureQueriesContext(connection) as asked:
        keep_promises(activity)
    assert len(asked) == queries


def test_the_question_is_answered_from_the_index_of_open_promises(cast: Cast) -> None:
    opened = engagement(cast)
    day = today()
    done = timezone.now()
    Commitment.objects.bulk_create(
        Commitment(
            engagement=opened, text="Old", owner=cast.tel_aviv_lead, due_on=day, act=Act.WRITE_JOURNAL, done_at=done
        )
        for _ in range(3000)
    )
    activity = Activity.objects.create(
        project=cast.projects["network"], verb=Verb.JOURNAL_ADDED, actor=cast.tel_aviv_lead
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE engagement_commitment")
    plan = waiting_for(activity, acts_of(activity)).select_for_update(of=("self",)).explain()
    assert "commitment_waits_for_act" in plan
    assert "Seq Scan on engagement_commitment" not in plan
