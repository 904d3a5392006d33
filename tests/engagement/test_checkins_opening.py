"""Opening check-ins: once for each team, drafted from what was logged."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cities.choices import PeriodStatus
from cities.models import MembershipPeriod
from engagement.checkins.opening import open_due_periods
from engagement.choices import LetterKind
from engagement.models import CheckIn, CheckInPeriod, Letter
from projects.choices import Verb, Visibility
from projects.models import Pilot
from tests.cast import Cast, accompany, make_city, make_project, make_team
from tests.engagement.accompany_scenes import NOW, logged, schedule

IN_PERIOD = dt.datetime(2026, 8, 15, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def _scheduled(cast: Cast) -> None:
    schedule(cast.programme)


pytestmark = pytest.mark.usefixtures("_scheduled")


def opened(cast: Cast) -> CheckIn:
    open_due_periods(NOW)
    return CheckIn.objects.get(team=cast.tel_aviv)


def test_each_accompanied_team_gets_one_check_in_when_the_period_has_ended(cast: Cast) -> None:
    periods = open_due_periods(NOW)
    assert [period.key for period in periods] == ["2026-Q3"]
    assert [check_in.team for check_in in CheckIn.objects.all()] == [cast.tel_aviv]


def test_a_second_tick_opens_nothing_more(cast: Cast) -> None:
    open_due_periods(NOW)
    assert open_due_periods(NOW + dt.timedelta(hours=1)) == []
    assert CheckIn.objects.count() == 1


def test_nothing_is_opened_while_the_period_lasts_anywhere(cast: Cast) -> None:
    assert open_due_periods(dt.datetime(2026, 10, 1, 11, 0, tzinfo=dt.UTC)) == []


def test_a_team_has_its_days_from_the_end_of_the_period(cast: Cast) -> None:
    assert opened(cast).period.due_on == dt.date(2026, 10, 14)


def test_a_team_has_its_days_also_when_the_period_is_opened_late(cast: Cast) -> None:
    [period] = open_due_periods(dt.datetime(2026, 11, 20, 13, 0, tzinfo=dt.UTC))
    assert period.due_on == dt.date(2026, 11, 19) + dt.timedelta(days=14)


@pytest.mark.parametrize("status", [PeriodStatus.INVITED, PeriodStatus.ALUMNI])
def test_cities_that_the_programme_does_not_accompany_get_none(cast: Cast, status: str) -> None:
    MembershipPeriod.objects.filter(programme=cast.programme).update(status=status)
    open_due_periods(NOW)
    assert not CheckIn.objects.exists()


def test_a_team_that_is_not_active_gets_none(cast: Cast) -> None:
    cast.tel_aviv.is_active = False
    cast.tel_aviv.save()
    open_due_periods(NOW)
    assert not CheckIn.objects.exists()


def test_a_city_that_joined_after_the_period_waits_for_the_next_one(cast: Cast) -> None:
    late = make_team(make_city())
    accompany(late.city, cast.programme, starts_on=dt.date(2026, 10, 1))
    open_due_periods(NOW)
    assert not CheckIn.objects.filter(team=late).exists()


def test_it_is_drafted_from_what_the_team_logged_in_the_period(cast: Cast) -> None:
    inside = logged(cast.projects["network"], at=IN_PERIOD)
    logged(cast.projects["network"], at=IN_PERIOD - dt.timedelta(days=100))
    logged(make_project(cast.mulhouse), at=IN_PERIOD)
    assert [line.activity for line in opened(cast).lines.all()] == [inside]


@pytest.mark.parametrize(
    ("at", "belongs"),
    [
        # 1 October, one o'clock in Tel Aviv-Yafo, is still September in UTC.
        (dt.datetime(2026, 9, 30, 22, 0, tzinfo=dt.UTC), False),
        (dt.datetime(2026, 9, 30, 20, 0, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 6, 30, 22, 0, tzinfo=dt.UTC), True),
    ],
)
def test_the_period_is_that_of_the_citys_own_calendar(cast: Cast, at: dt.datetime, belongs: bool) -> None:
    logged(cast.projects["network"], at=at)
    assert opened(cast).lines.exists() is belongs


def test_record_keeping_is_not_reported(cast: Cast) -> None:
    logged(cast.projects["network"], Verb.PROJECT_CHANGED, at=IN_PERIOD)
    assert not opened(cast).lines.exists()


def test_a_pilot_written_on_several_times_is_one_line(cast: Cast) -> None:
    pilot = Pilot.objects.create(project=cast.projects["network"], title="Open stairwell", hypothesis="People stop.")
    logged(pilot.project, Verb.PILOT_CHANGED, at=IN_PERIOD, pilot=pilot)
    last = logged(pilot.project, Verb.PILOT_CHANGED, at=IN_PERIOD + dt.timedelta(days=2), pilot=pilot)
    assert [line.activity for line in opened(cast).lines.all()] == [last]


def test_what_only_the_team_sees_is_drafted_but_switched_off(cast: Cast) -> None:
    logged(cast.projects[Visibility.TEAM], at=IN_PERIOD)
    logged(cast.projects[Visibility.PROGRAMME], at=IN_PERIOD)
    lines = dict(opened(cast).lines.values_list("activity__project__visibility", "included"))
    assert lines == {Visibility.TEAM: False, Visibility.PROGRAMME: True}


def test_the_leads_are_told(cast: Cast) -> None:
    open_due_periods(NOW)
    letter = Letter.objects.get()
    assert (letter.kind, letter.person) == (LetterKind.CHECK_IN_OPENED, cast.tel_aviv_lead)


def test_opening_costs_the_same_for_one_team_and_for_thirty(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as for_one:
        open_due_periods(NOW)
    CheckInPeriod.objects.all().delete()
    for _ in range(29):
        team = make_team()
        accompany(team.city, cast.programme)
        logged(make_project(team), at=IN_PERIOD)
    with CaptureQueriesContext(connection) as for_thirty:
        open_due_periods(NOW)
    assert CheckIn.objects.count() == 30
    # One more only because there are lines to write at all.
    assert len(for_thirty) <= len(for_one) + 1


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_leave_exactly_one_check_in_and_one_line_each(cast: Cast) -> None:
    for _ in range(5):
        team = make_team()
        accompany(team.city, cast.programme)
        logged(make_project(team), at=IN_PERIOD)
    at_once = threading.Barrier(10)

    def work() -> None:
        try:
            at_once.wait()
            open_due_periods(NOW)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert CheckInPeriod.objects.count() == 1
    assert CheckIn.objects.count() == CheckIn.objects.values("team").distinct().count() == 6
    assert sum(check_in.lines.count() for check_in in CheckIn.objects.all()) == 5
    assert Letter.objects.count() == 1
