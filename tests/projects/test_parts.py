"""Pilots, journal, evidence, adaptations and follows."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from cities.querysets import today
from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from innoteams.lib.verdicts import NotAllowed
from projects.adaptations import AdaptedAlready, OfOwnTeam, adapt, report_back
from projects.audience import audience, readers
from projects.choices import Decision, Outcome, Verb, Visibility
from projects.completeness import completeness
from projects.days import DayAhead
from projects.evidence import TargetBeforeBaseline, choose_indicator, log_consultation
from projects.follows import follow, is_following, unfollow
from projects.journal import change_journal, write_journal
from projects.locking import EditedMeanwhile
from projects.models import Activity, Adaptation, Follow, Project
from projects.phases import LessonMissing, conclude
from projects.pilots import EndsBeforeStart, LessonsMissing, NoSuchDecision, change_pilot, decide_pilot, start_pilot
from projects.readings import SourceMissing, add_reading, withdraw_reading
from projects.sharing import share_project
from tests.cast import KINDS, Cast, make_project, make_topic

TOMORROW = dt.timedelta(days=2)


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


def test_a_pilot_that_ends_before_it_starts_is_refused(cast: Cast, project: Project) -> None:
    with pytest.raises(EndsBeforeStart):
        start_pilot(
            by=cast.tel_aviv_lead,
            project=project,
            title="Shade",
            hypothesis="People stay longer.",
            starts_on=dt.date(2026, 5, 2),
            ends_on=dt.date(2026, 5, 1),
        )
    assert not project.pilots.exists()


def test_stopping_a_pilot_asks_what_was_learned(cast: Cast, project: Project) -> None:
    pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title="Shade", hypothesis="People stay longer.")
    with pytest.raises(LessonsMissing):
        decide_pilot(by=cast.tel_aviv_lead, pilot=pilot, decision=Decision.STOP)
    stopped = decide_pilot(by=cast.tel_aviv_lead, pilot=pilot, decision=Decision.STOP, lessons="Trees beat sails.")
    assert (stopped.decision, stopped.decided_by) == (Decision.STOP, cast.tel_aviv_lead)
    assert project.activity.get(verb=Verb.ENDED_WITH_LESSON).pilot == stopped


def test_a_stopped_pilot_is_not_decided_about_again(cast: Cast, project: Project) -> None:
    pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title="A", hypothesis="B", lessons="C")
    decide_pilot(by=cast.tel_aviv_lead, pilot=pilot, decision=Decision.STOP)
    with pytest.raises(NoSuchDecision, match="start a new one"):
        decide_pilot(by=cast.tel_aviv_member, pilot=pilot, decision=Decision.SCALE)


def test_what_two_people_write_about_a_pilot_is_not_overwritten(cast: Cast, project: Project) -> None:
    pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title="A", hypothesis="B")
    change_pilot(by=cast.tel_aviv_lead, pilot=pilot, version=1, observations="Forty people came.")
    with pytest.raises(EditedMeanwhile):
        change_pilot(by=cast.tel_aviv_member, pilot=pilot, version=1, observations="Few people came.")
    pilot.refresh_from_db()
    assert plain(pilot.observations) == "Forty people came."


def test_a_journal_entry_cannot_be_about_a_day_to_come(cast: Cast, project: Project) -> None:
    with pytest.raises(DayAhead) as refusal:
        write_journal(
            by=cast.tel_aviv_lead, project=project, happened_on=timezone.localdate() + TOMORROW, text="It went well."
        )
    assert refusal.value.field == "happened_on"


def test_today_is_the_day_where_the_person_is(cast: Cast, project: Project) -> None:
    cast.tel_aviv_lead.timezone = "Pacific/Kiritimati"
    there = timezone.now().astimezone(cast.tel_aviv_lead.zone).date()
    assert write_journal(by=cast.tel_aviv_lead, project=project, happened_on=there, text="New year first.").pk


def test_a_journal_entry_is_corrected_by_whoever_writes_for_the_team(cast: Cast, project: Project) -> None:
    entry = write_journal(by=cast.tel_aviv_lead, project=project, happened_on=today(), text="Ten came.")
    changed = change_journal(
        by=cast.tel_aviv_member, entry=entry, version=1, happened_on=today(), text="Twelve came.", language="en"
    )
    assert (plain(changed.text), changed.author) == ("Twelve came.", cast.tel_aviv_lead)


def test_a_target_comes_after_the_baseline(cast: Cast, project: Project) -> None:
    with pytest.raises(TargetBeforeBaseline):
        choose_indicator(
            by=cast.tel_aviv_lead,
            project=project,
            name="Visits",
            unit="people a week",
            baseline_on=dt.date(2026, 5, 2),
            target_on=dt.date(2026, 5, 1),
        )


def test_two_readings_of_one_day_from_two_sources_both_stay(cast: Cast, project: Project) -> None:
    indicator = choose_indicator(by=cast.tel_aviv_lead, project=project, name="Visits", unit="people")
    for value, source in ((40, "Count at the door"), (35, "Survey")):
        add_reading(
            by=cast.tel_aviv_lead, indicator=indicator, value=Decimal(value), read_on=dt.date(2026, 5, 1), source=source
        )
    assert indicator.readings.count() == 2


def test_a_reading_without_a_source_is_refused(cast: Cast, project: Project) -> None:
    indicator = choose_indicator(by=cast.tel_aviv_lead, project=project, name="Visits", unit="people")
    with pytest.raises(SourceMissing):
        add_reading(
            by=cast.tel_aviv_lead, indicator=indicator, value=Decimal(1), read_on=dt.date(2026, 5, 1), source=" "
        )


def test_a_reading_taken_back_leaves_that_it_was(cast: Cast, project: Project) -> None:
    indicator = choose_indicator(by=cast.tel_aviv_lead, project=project, name="Visits", unit="people")
    reading = add_reading(
        by=cast.tel_aviv_lead, indicator=indicator, value=Decimal(1), read_on=dt.date(2026, 5, 1), source="x"
    )
    withdraw_reading(by=cast.tel_aviv_member, reading=reading, why="Counted twice.")
    assert not indicator.readings.current().exists()
    assert project.activity.latest("pk").facts == {"fields": ["reading_removed"]}


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "coach", "coordinator", "mulhouse_lead", "administrator"])
def test_nobody_but_the_writers_of_the_team_adds_to_a_project(cast: Cast, project: Project, kind: str) -> None:
    person = cast.person(kind)
    assert isinstance(person, User)
    with pytest.raises(NotAllowed):
        log_consultation(
            by=person, project=project, held_on=dt.date(2026, 5, 1), method="Walk", heard="Elders", said="Benches."
        )
    with pytest.raises(NotAllowed):
        write_journal(by=person, project=project, happened_on=dt.date(2026, 5, 1), text="x")
    with pytest.raises(NotAllowed):
        start_pilot(by=person, project=project, title="x", hypothesis="y")
    assert not project.activity.exists()


def test_a_project_that_stops_says_what_was_learned(cast: Cast, project: Project) -> None:
    with pytest.raises(LessonMissing):
        conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.STOPPED)
    stopped = conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, lesson="Ask first.")
    assert (stopped.outcome, plain(stopped.lesson)) == (Outcome.STOPPED, "Ask first.")


# --- adaptations --------------------------------------------------------------------------------------------------


def adapted(cast: Cast, source: Project) -> Project:
    return adapt(
        by=cast.mulhouse_lead,
        source=source,
        team=cast.mulhouse,
        title="Lieux de prière ouverts",
        kept="The idea of opening them.",
        changed="Churches instead of synagogues.",
        problem="Des personnes âgées sont seules.",
        for_whom="Aînés",
    )


def test_an_adaptation_remembers_its_source_and_takes_its_topics(cast: Cast, project: Project) -> None:
    own = adapted(cast, project)
    assert own.adapted_from.get().source == project
    assert [ranked.topic for ranked in own.ranked_topics.all()] == [cast.topic]
    assert (own.visibility, own.language) == (Visibility.TEAM, "fr")


def test_the_source_hears_of_an_adaptation_when_it_is_shared_and_not_before(cast: Cast, project: Project) -> None:
    own = adapted(cast, project)
    heard = Activity.objects.filter(project=project, verb=Verb.ADAPTATION_STARTED)
    assert not heard.exists()
    share_project(by=cast.mulhouse_lead, project=own, visibility="network")
    assert heard.visible_to(cast.tel_aviv_lead).exists()


def test_an_adaptation_narrowed_again_is_not_heard_of_any_more(cast: Cast, project: Project) -> None:
    own = share_project(by=cast.mulhouse_lead, project=adapted(cast, project), visibility="network")
    share_project(by=cast.mulhouse_lead, project=own, visibility="team")
    rows = Activity.objects.filter(project=project, verb=Verb.ADAPTATION_STARTED)
    assert not rows.visible_to(cast.tel_aviv_lead).exists()
    assert rows.visible_to(cast.mulhouse_lead).exists()
    assert not Adaptation.objects.visible_to(cast.tel_aviv_lead).exists()


def test_a_team_adapts_a_project_once_and_never_its_own(cast: Cast, project: Project) -> None:
    adapted(cast, project)
    with pytest.raises(AdaptedAlready):
        adapted(cast, project)
    with pytest.raises(OfOwnTeam):
        adapt(by=cast.tel_aviv_lead, source=project, team=cast.tel_aviv, title="x", kept="", changed="")


def test_what_came_of_an_adaptation_is_told_on_both_projects(cast: Cast, project: Project) -> None:
    own = share_project(by=cast.mulhouse_lead, project=adapted(cast, project), visibility="network")
    report_back(
        by=cast.mulhouse_lead,
        adaptation=own.adapted_from.get(),
        version=1,
        came_of_it="It works.",
        kept="",
        changed="",
    )
    assert Activity.objects.filter(verb=Verb.ADAPTATION_REPORTED).count() == 2


# --- follows, completeness, audience ------------------------------------------------------------------------------


def test_following_twice_is_following_once_and_unfollowing_twice_is_fine(cast: Cast, project: Project) -> None:
    for what in (project, cast.tel_aviv.city, cast.topic):
        follow(by=cast.mulhouse_lead, what=what)
        follow(by=cast.mulhouse_lead, what=what)
        assert is_following(cast.mulhouse_lead, what)
    assert Follow.objects.filter(person=cast.mulhouse_lead).count() == 3
    unfollow(by=cast.mulhouse_lead, what=project)
    unfollow(by=cast.mulhouse_lead, what=project)
    assert not is_following(cast.mulhouse_lead, project)


def test_a_project_that_is_not_seen_is_not_followed(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        follow(by=cast.mulhouse_lead, what=cast.projects["team"])


def test_completeness_names_the_most_useful_missing_part(cast: Cast) -> None:
    bare = make_project(cast.tel_aviv, problem="")
    meter = completeness(bare)
    assert meter.next is not None
    assert (meter.done, meter.next.key) == (0, "basics")
    told = make_project(cast.tel_aviv, topics=(make_topic(),), contact=cast.tel_aviv_lead, approach="We try.")
    start_pilot(by=cast.tel_aviv_lead, project=told, title="A", hypothesis="B", lessons="C")
    after = completeness(told)
    assert after.next is not None
    assert (after.done, after.next.key) == (5, "consultation")


@pytest.mark.parametrize("level", list(Visibility))
def test_the_audience_counted_is_the_audience_that_sees(cast: Cast, level: str) -> None:
    project = cast.projects[level]
    counted = set(readers(cast.tel_aviv, level))
    seeing = {
        person
        for kind in KINDS
        if isinstance(person := cast.person(kind), User)
        and Project.objects.visible_to(person).filter(pk=project.pk).exists()
    }
    assert counted == seeing
    assert audience(cast.tel_aviv, level).people == len(seeing)
