"""The coordinator's portfolio: every figure from what was logged, and nothing that the reader may not see."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from engagement.choices import CheckInState
from engagement.exports import safe_cell
from engagement.models import CheckIn
from engagement.portfolio import ANSWER_LATE, LATE, NONE, Narrowing, Portfolio, portfolio_of
from projects.choices import Outcome, Phase, Visibility
from projects.models import Activity, Project
from tests.cast import Cast, accompany, make_programme, make_project, make_team
from tests.engagement.accompany_scenes import (
    answered,
    client_of,
    drafted,
    engagement,
    logged,
    period,
    somebody,
    submitted,
)

LONG_AGO = timezone.now() - dt.timedelta(days=120)


def state_of(portfolio: Portfolio, team_pk: int) -> str:
    return portfolio.teams[team_pk].latest.state


def mine(cast: Cast, wanted: Narrowing | None = None) -> Portfolio:
    return portfolio_of(cast.coordinator, wanted)


def test_a_coordinator_sees_the_teams_of_the_own_programmes(cast: Cast) -> None:
    assert set(mine(cast).teams) == {cast.tel_aviv.pk}
    assert set(portfolio_of(cast.other_coordinator).teams) == {cast.mulhouse.pk}


def test_a_funder_sees_the_same_and_decides_nothing(cast: Cast) -> None:
    [board] = portfolio_of(cast.funder_coordinator).boards
    assert [row.team for row in board.rows] == [cast.tel_aviv]
    assert not board.decides
    assert mine(cast).boards[0].decides


def test_a_cell_says_how_the_check_in_stands(cast: Cast) -> None:
    period(cast.programme)
    assert state_of(mine(cast), cast.tel_aviv.pk) == NONE


@pytest.mark.parametrize(
    ("state", "due_in", "word"),
    [
        (CheckInState.DRAFTED, 3, CheckInState.DRAFTED),
        (CheckInState.DRAFTED, 0, CheckInState.DRAFTED),
        (CheckInState.DRAFTED, -1, LATE),
        (CheckInState.ACCEPTED, -30, CheckInState.ACCEPTED),
    ],
)
def test_a_team_is_late_after_the_due_day(cast: Cast, state: str, due_in: int, word: str) -> None:
    check_in = drafted(cast, period(cast.programme, due_in=due_in))
    CheckIn.objects.filter(pk=check_in.pk).update(state=state)
    assert state_of(mine(cast), cast.tel_aviv.pk) == word


@pytest.mark.parametrize(("days", "word"), [(14, CheckInState.SUBMITTED), (15, ANSWER_LATE)])
def test_a_coordinators_own_lateness_shows(cast: Cast, days: int, word: str) -> None:
    submitted(cast)
    CheckIn.objects.update(submitted_at=timezone.now() - dt.timedelta(days=days))
    assert state_of(mine(cast), cast.tel_aviv.pk) == word


def test_a_draft_cannot_be_opened_from_here(cast: Cast) -> None:
    check_in = drafted(cast)
    assert not mine(cast).teams[cast.tel_aviv.pk].latest.readable
    page = client_of(cast.coordinator).get(reverse("portfolio")).content.decode()
    assert check_in.get_absolute_url() not in page


def test_projects_that_only_the_team_sees_are_not_counted(cast: Cast) -> None:
    titles = {row.project.title for row in mine(cast).projects}
    assert titles == {f"Tel Aviv at level {level}" for level in ("programme", "network", "public")}


def test_projects_that_have_ended_are_not_counted(cast: Cast) -> None:
    Project.objects.filter(team=cast.tel_aviv).update(outcome=Outcome.STOPPED)
    assert mine(cast).projects == []


def test_a_project_is_stale_when_nothing_was_logged_for_ninety_days(cast: Cast) -> None:
    logged(cast.projects["network"])
    logged(cast.projects["public"], at=LONG_AGO)
    stale = {row.project.title for row in mine(cast).projects if row.is_stale}
    assert stale == {"Tel Aviv at level public", "Tel Aviv at level programme"}


def test_an_entry_from_a_public_source_is_nobodys_promise(cast: Cast) -> None:
    Project.objects.filter(team=cast.tel_aviv).update(source_line="CityLab, 2017")
    assert mine(cast).stale_count == 0


def test_a_team_of_two_programmes_is_counted_once(cast: Cast) -> None:
    second = make_programme(cast.operator)
    accompany(cast.tel_aviv.city, second)
    portfolio = mine(cast)
    assert len(portfolio.boards) == 2
    assert len(portfolio.projects) == 3


def test_who_coaches_a_team_is_told(cast: Cast) -> None:
    engagement(cast)
    assert mine(cast).teams[cast.tel_aviv.pk].coaches == ["Coach"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Narrowing(programme="nowhere"), 0),
        (Narrowing(phase=Phase.INVESTIGATE), 1),
        (Narrowing(phase=Phase.PREPARE), 0),
        (Narrowing(state=CheckInState.SUBMITTED), 1),
        (Narrowing(state=LATE), 0),
        (Narrowing(state="quiet"), 1),
        (Narrowing(stale=True), 1),
    ],
)
def test_the_filters_narrow_the_teams(cast: Cast, wanted: Narrowing, found: int) -> None:
    submitted(cast)
    assert len(mine(cast, wanted).teams) == found


@pytest.mark.parametrize("kind", ["stranger", "tel_aviv_lead", "coach", "administrator"])
def test_who_coordinates_nothing_has_no_portfolio(cast: Cast, kind: str) -> None:
    client = client_of(somebody(cast, kind))
    assert client.get(reverse("portfolio")).status_code == 404
    assert client.get(reverse("portfolio_export", args=["teams"])).status_code == 404


@pytest.mark.parametrize("query", ["", "programme=x&phase=y&state=z&stale=2&page=-1", "page=9999"])
def test_any_address_is_answered(cast: Cast, query: str) -> None:
    assert client_of(cast.coordinator).get(f"{reverse('portfolio')}?{query}").status_code == 200


def read_csv(cast: Cast, what: str, query: str = "") -> list[list[str]]:
    response = client_of(cast.coordinator).get(f"{reverse('portfolio_export', args=[what])}?{query}")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_csv_of_teams_is_what_the_screen_shows(cast: Cast) -> None:
    answered(cast, submitted(cast), CheckInState.ACCEPTED)
    heads, row = read_csv(cast, "teams")
    assert heads[3].startswith("2026-Q3")
    assert row[:4] == [cast.programme.name, "Tel Aviv Yafo", "Tel Aviv Yafo innovation team", "accepted"]
    assert row[4:8] == ["3", "0", "0", "0"]


def test_the_csv_follows_the_filters(cast: Cast) -> None:
    assert len(read_csv(cast, "projects")) == 4
    assert len(read_csv(cast, "projects", "phase=prepare")) == 1
    assert len(read_csv(cast, "teams", "state=late")) == 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert safe_cell(f"{start}HYPERLINK(1)").startswith("'")


def test_a_title_that_looks_like_a_formula_is_exported_as_text(cast: Cast) -> None:
    make_project(cast.tel_aviv, title='=HYPERLINK("http://elsewhere.example")')
    assert any(row[1].startswith("'=HYPERLINK") for row in read_csv(cast, "projects"))


@pytest.mark.parametrize("many", [1, 30])
def test_the_portfolio_costs_the_same_for_one_team_and_for_thirty(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    periods = [period(cast.programme, f"2026-Q{number}", due_in=-90 * number) for number in (1, 2, 3)]
    for _ in range(many):
        team = make_team()
        accompany(team.city, cast.programme)
        for each in periods:
            CheckIn.objects.create(period=each, team=team, state=CheckInState.SUBMITTED)
        logged(make_project(team, visibility=Visibility.PROGRAMME))
    assert Activity.objects.exists()
    client = client_of(cast.coordinator)
    with django_assert_max_num_queries(14):
        client.get(reverse("portfolio"))
