"""The coordinator's portfolio: every figure from what was logged, and nothing that the reader may not see."""

import csv
import datetime as dt
import html
import io
import random
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import Workbook, load_workbook
from pytest_django import DjangoAssertNumQueries

from cities.models import Team, Topic
from engagement.choices import CheckInState
from engagement.exports import safe_cell, workbook
from engagement.models import CheckIn, CheckInMove, CheckInPeriod, Question
from engagement.portfolio import ANSWER_LATE, LATE, NONE, Narrowing, Portfolio, portfolio_of
from engagement.portfolio.tables import LISTS, Table, Value
from innoteams.accounts.models import User
from projects.choices import Outcome, Phase, Visibility
from projects.models import Activity, Adaptation, Consultation, Pilot, Project
from projects.stuck import say_stuck
from tests.cast import Cast, accompany, make_city, make_programme, make_project, make_team, make_topic
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

MOST_QUERIES = 19
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
    assert not any(row.is_stale for row in mine(cast).projects)


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
        (Narrowing(country="IL"), 1),
        (Narrowing(country="FR"), 0),
        (Narrowing(team="tel-aviv-yafo"), 1),
        (Narrowing(phase=(Phase.INVESTIGATE,)), 1),
        (Narrowing(phase=(Phase.PREPARE,)), 0),
        (Narrowing(phase=(Phase.INVESTIGATE, Phase.PREPARE)), 0),
        (Narrowing(state=(CheckInState.SUBMITTED,)), 1),
        (Narrowing(state=(LATE,)), 0),
        (Narrowing(quiet=("logged",)), 1),
        (Narrowing(quiet=("any",)), 1),
        (Narrowing(stale=True), 1),
        (Narrowing(stuck=True), 0),
        (Narrowing(joined=True), 0),
        (Narrowing(group=("people",)), 1),
        (Narrowing(group=("energy",)), 0),
        (Narrowing(rung=("ground",)), 1),
    ],
)
def test_the_filters_narrow_the_teams(cast: Cast, wanted: Narrowing, found: int) -> None:
    submitted(cast)
    assert len(mine(cast, wanted).teams) == found


# --- What must not show ---------------------------------------------------------------------------------------------


def test_what_happens_to_parts_that_only_the_team_sees_does_not_freshen_a_project(cast: Cast) -> None:
    project = cast.projects["programme"]
    pilot = Pilot.objects.create(project=project, title="Quiet", hypothesis="h", visibility=Visibility.TEAM)
    logged(project, "pilot_added", pilot=pilot)
    [row] = [row for row in mine(cast).projects if row.project == project]
    assert row.last_logged is None
    logged(project, at=LONG_AGO)
    [row] = [row for row in mine(cast).projects if row.project == project]
    assert (row.last_logged, row.is_stale) == (LONG_AGO.date(), True)


def test_a_stuck_project_that_only_the_team_sees_is_not_counted(cast: Cast) -> None:
    say_stuck(by=cast.tel_aviv_lead, project=cast.projects["team"], why="Nobody knows.")
    say_stuck(by=cast.tel_aviv_lead, project=cast.projects["public"], why="The permit.")
    assert [row.project for row in mine(cast).projects if row.is_stuck] == [cast.projects["public"]]


def test_voices_that_only_the_team_keeps_are_not_counted(cast: Cast) -> None:
    common = {"held_on": "2026-09-01", "method": "A walk", "heard": "Elders", "said": "Benches."}
    project = cast.projects["public"]
    Consultation.objects.create(project=project, heard_count=12, **common)
    Consultation.objects.create(project=project, heard_count=40, visibility=Visibility.TEAM, **common)
    Consultation.objects.create(project=cast.projects["team"], heard_count=50, **common)
    assert [one.people for one in mine(cast).heard] == [12]


# --- Quiet ----------------------------------------------------------------------------------------------------------


def signs(cast: Cast) -> set[str]:
    return set(mine(cast).teams[cast.tel_aviv.pk].signs)


def test_a_team_that_logs_signs_in_and_asks_is_not_quiet(cast: Cast) -> None:
    assert signs(cast) == {"logged", "signed_in", "learned"}
    logged(cast.projects["network"])
    User.objects.filter(pk=cast.tel_aviv_member.pk).update(last_login=timezone.now())
    Question.objects.create(author=cast.tel_aviv_lead, team=cast.tel_aviv, text="How?")
    assert signs(cast) == set()


def test_a_coach_who_signs_in_does_not_make_the_team_heard_of(cast: Cast) -> None:
    User.objects.filter(pk=cast.coach.pk).update(last_login=timezone.now())
    assert "signed_in" in signs(cast)


def test_a_team_of_which_the_last_two_check_ins_were_not_accepted_is_quiet(cast: Cast) -> None:
    first, second = period(cast.programme, "2026-Q1", due_in=-100), period(cast.programme, "2026-Q2", due_in=-5)
    drafted(cast, first)
    assert "accepted" not in signs(cast)
    drafted(cast, second)
    assert "accepted" in signs(cast)
    CheckIn.objects.filter(period=first).update(state=CheckInState.ACCEPTED)
    assert "accepted" not in signs(cast)


def test_a_team_that_adapted_something_has_learned(cast: Cast) -> None:
    Adaptation.objects.create(project=cast.projects["network"], outside_name="Gothenburg")
    assert "learned" not in signs(cast)


# --- Turn-around ----------------------------------------------------------------------------------------------------


def test_it_tells_how_long_answers_and_resubmissions_take(cast: Cast) -> None:
    check_in = submitted(cast)
    check_in = answered(cast, check_in, CheckInState.RETURNED)
    submitted(cast, check_in)
    days = [20, 14, 10]
    for move, ago in zip(check_in.moves.order_by("pk"), days, strict=True):
        CheckInMove.objects.filter(pk=move.pk).update(at=timezone.now() - dt.timedelta(days=ago))
    found = {turn.kind: turn.days for turn in mine(cast).turns}
    assert found == {"answers": 6.0, "resubmissions": 4.0}


def test_open_check_ins_of_earlier_periods_still_count_as_overdue(cast: Cast) -> None:
    for number in range(8):
        ends_on = timezone.now().date() - dt.timedelta(days=30 * (number + 1))
        one = CheckInPeriod.objects.create(
            programme=cast.programme,
            key=f"p{number}",
            starts_on=ends_on - dt.timedelta(days=20),
            ends_on=ends_on,
            due_on=ends_on + dt.timedelta(days=5),
        )
        drafted(cast, one)
    CheckIn.objects.filter(period__key="p7").update(state=CheckInState.ACCEPTED)
    portfolio = mine(cast)
    assert len(portfolio.boards[0].periods) == 6
    assert len(portfolio.late(LATE)) == 7


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


def read_book(cast: Cast, address: str, language: str = "en") -> Workbook:
    client = client_of(cast.coordinator)
    with translation.override(language):
        return load_workbook(io.BytesIO(client.get(address).content))


def test_the_csv_of_teams_is_what_the_screen_shows(cast: Cast) -> None:
    answered(cast, submitted(cast), CheckInState.ACCEPTED)
    heads, row = read_csv(cast, "teams")
    told = dict(zip(heads, row, strict=True))
    assert told["City"] == "Tel Aviv Yafo"
    assert told["Programme"] == cast.programme.name
    assert row[4] == "accepted"
    assert (told["Live projects"], told["Investigate"], told["Prepare to deliver"]) == ("3", "3", "0")


def test_the_csv_follows_the_filters(cast: Cast) -> None:
    assert len(read_csv(cast, "projects")) == 4
    assert len(read_csv(cast, "projects", "phase=prepare")) == 1
    assert len(read_csv(cast, "teams", "state=late")) == 1


@pytest.mark.parametrize("what", list(LISTS))
def test_every_list_is_on_the_screen_and_in_both_files_the_same(cast: Cast, what: str) -> None:
    rich_world(cast, random.Random(3))
    Consultation.objects.create(
        project=cast.projects["public"], held_on="2026-09-01", method="=1+1", heard="Elders", said="Benches."
    )
    client = client_of(cast.coordinator)
    shown = client.get(reverse("portfolio_rows", args=[what]))
    heads, *rows = read_csv(cast, what)
    sheet = read_book(cast, reverse("portfolio_sheet", args=[what])).worksheets[0]
    assert shown.context["table"].heads == heads == [cell.value for cell in sheet[1]]
    assert len(rows) == shown.context["page_obj"].paginator.count == sheet.max_row - 1
    assert len(rows) > 0


def test_the_spreadsheet_has_a_sheet_of_teams_and_one_of_projects_with_real_numbers_and_days(cast: Cast) -> None:
    logged(cast.projects["network"], at=LONG_AGO)
    book = read_book(cast, reverse("portfolio_workbook"))
    assert book.sheetnames == ["Teams", "Live projects"]
    teams, projects = book.worksheets
    heads = [cell.value for cell in teams[1]]
    row = dict(zip(heads, [cell.value for cell in teams[2]], strict=True))
    assert row["Live projects"] == 3
    last = row["Last logged"]
    assert isinstance(last, dt.datetime)
    assert last.date() == LONG_AGO.date()
    assert projects.max_row == 4
    assert not teams.sheet_view.rightToLeft


@pytest.mark.parametrize(("language", "rtl"), [("he", True), ("ar", True), ("fr", False)])
def test_a_sheet_runs_as_the_readers_language_does(language: str, rtl: bool) -> None:
    table = Table(["Head"], [[Value("cell")]])
    with translation.override(language):
        book = load_workbook(io.BytesIO(workbook({"Sheet": table})))
    assert bool(book.worksheets[0].sheet_view.rightToLeft) is rtl


@pytest.mark.parametrize("text", ['=HYPERLINK("http://elsewhere.example")', "+1", "-1", "@x", "\x07bell", "plain"])
def test_no_text_of_a_sheet_is_a_formula_or_breaks_it(text: str) -> None:
    book = load_workbook(io.BytesIO(workbook({"Sheet": Table(["Head"], [[Value(text)]])})))
    cell = book.worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert cell.value == text.replace("\x07", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert safe_cell(f"{start}HYPERLINK(1)").startswith("'")


def test_a_title_that_looks_like_a_formula_is_exported_as_text(cast: Cast) -> None:
    make_project(cast.tel_aviv, title='=HYPERLINK("http://elsewhere.example")')
    assert any(row[0].startswith("'=HYPERLINK") for row in read_csv(cast, "projects"))


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
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse("portfolio"))


# --- From every figure to its rows ----------------------------------------------------------------------------------

STATES = list(CheckInState)


def rich_world(cast: Cast, chance: random.Random) -> None:
    """Two programmes, some teams in both, with a bit of everything drawn by chance."""
    second = make_programme(cast.operator)
    topics = [make_topic(f"topic-of-{group}", group=group) for group in ("people", "energy")]
    periods = [
        period(programme, f"2026-Q{number}", due_in=chance.choice([-100, -50, -1, 5]))
        for programme in (cast.programme, second)
        for number in range(1, 4)
    ]
    teams = [cast.tel_aviv, *(make_team(make_city(country=chance.choice(["FR", "US"]))) for _ in range(5))]
    made: list[Project] = []
    for team in teams:
        if team != cast.tel_aviv:
            accompany(team.city, cast.programme)
        if chance.random() < 0.4:
            accompany(team.city, second)
        departments = [team.city.departments.create(name=name) for name in ("Roads", "Welfare")]
        for each in periods:
            if chance.random() < 0.8:
                _random_check_in(cast, each, team, chance)
        for _ in range(chance.randint(0, 4)):
            made.append(_random_project(team, chance, topics))
            made[-1].departments.set(departments[: chance.randint(0, 2)])
    for _ in range(6):
        one, other = chance.sample(made, 2) if len(made) > 1 else (cast.projects["public"], made[0])
        came = chance.choice(["", "It works."])
        Adaptation.objects.get_or_create(project=one, source=other, defaults={"came_of_it": came})


def _random_check_in(cast: Cast, each: CheckInPeriod, team: Team, chance: random.Random) -> None:
    state = chance.choice(STATES)
    moment = timezone.now() - dt.timedelta(days=chance.randint(0, 40))
    row = CheckIn.objects.create(period=each, team=team, state=state, submitted_at=moment, answered_at=moment)
    at = moment
    before = CheckInState.DRAFTED
    for after in (CheckInState.SUBMITTED, CheckInState.RETURNED, CheckInState.SUBMITTED, CheckInState.ACCEPTED):
        move = CheckInMove.objects.create(check_in=row, from_state=before, to_state=after, words="w")
        CheckInMove.objects.filter(pk=move.pk).update(at=at)
        at, before = at + dt.timedelta(days=chance.randint(1, 9)), after
        if after == state and chance.random() < 0.6:
            break


def _random_project(team: Team, chance: random.Random, topics: list[Topic]) -> Project:
    project = make_project(
        team,
        phase=chance.choice(Phase.values),
        outcome=chance.choice([Outcome.IN_PROGRESS, Outcome.SCALED, Outcome.STOPPED]),
        visibility=chance.choice(Visibility.values),
        approach=chance.choice(["", "We try."]),
        topics=(chance.choice(topics),),
        stuck_since=chance.choice([None, dt.date(2026, 9, 1)]),
    )
    if chance.random() < 0.5:
        logged(project, at=chance.choice([LONG_AGO, None]))
    if chance.random() < 0.5:
        Consultation.objects.create(
            project=project,
            held_on="2026-09-01",
            method="A walk",
            heard="Elders",
            said="Benches.",
            heard_count=chance.choice([None, 7]),
            visibility=chance.choice(["", Visibility.TEAM]),
        )
    return project


def random_query(chance: random.Random) -> str:
    offered = {
        "phase": chance.choice(Phase.values),
        "rung": chance.choice(["ground", "described"]),
        "group": chance.choice(["people", "energy"]),
        "state": chance.choice([*STATES, LATE, ANSWER_LATE]),
        "quiet": chance.choice(["any", "logged", "accepted", "learned"]),
        "country": chance.choice(["FR", "IL"]),
        "since": "2026-01-01",
        "stale": "1",
        "stuck": "1",
        "joined": "1",
    }
    chosen = chance.sample(sorted(offered), chance.randint(0, 2))
    return "&".join(f"{name}={offered[name]}" for name in chosen)


def figures_on(client: Client, address: str) -> list[tuple[int, str]]:
    text = client.get(address).content.decode()
    found = re.findall(r'data-figure="(\d+)" href="([^"]+)"', text)
    return [(int(count), html.unescape(url)) for count, url in found]


@pytest.mark.parametrize("seed", range(3))
def test_every_figure_leads_to_exactly_the_rows_that_it_counts(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    rich_world(cast, chance)
    client = client_of(cast.coordinator)
    looked = {}
    for query in ["", random_query(chance)]:
        for count, url in figures_on(client, f"{reverse('portfolio')}?{query}"):
            if url not in looked:
                looked[url] = client.get(url).context["page_obj"].paginator.count
            assert looked[url] == count, (query, url)
    assert len(looked) > 12


def test_the_figures_of_a_teams_row_lead_to_its_rows(cast: Cast) -> None:
    rich_world(cast, random.Random(3))
    client = client_of(cast.coordinator)
    table = client.get(reverse("portfolio_rows", args=["teams"])).context["table"]
    for row in table.rows:
        for value in row:
            if value.is_number and value.url.startswith("/portfolio/projects/"):
                assert client.get(value.url).context["page_obj"].paginator.count == value.plain, value.url


def test_what_waits_for_the_readers_answer_stands_on_top_the_oldest_promise_first(cast: Cast) -> None:
    other = make_team()
    accompany(other.city, cast.programme)
    submitted(cast)
    of = CheckInPeriod.objects.get()
    earlier = CheckIn.objects.create(
        period=of, team=other, state=CheckInState.SUBMITTED, submitted_at=timezone.now() - dt.timedelta(days=9)
    )
    context = client_of(cast.coordinator).get(reverse("portfolio"), {"phase": "prepare"}).context
    assert context["waiting"][0] == earlier
    assert context["waiting_count"] == 2
    assert client_of(cast.funder_coordinator).get(reverse("portfolio")).context["waiting_count"] == 0


def test_the_page_turns_a_long_heat_map_and_keeps_its_totals(cast: Cast) -> None:
    of = period(cast.programme)
    for _ in range(45):
        team = make_team()
        accompany(team.city, cast.programme)
        CheckIn.objects.create(period=of, team=team, state=CheckInState.ACCEPTED)
    client = client_of(cast.coordinator)
    first = client.get(reverse("portfolio"))
    assert first.content.decode().count('data-state="accepted"') == 40
    [board] = first.context["boards"]
    assert board["footer"][0][2][0].count == 45
    second = client.get(reverse("portfolio"), {f"page-{cast.programme.slug}": "2"})
    assert second.content.decode().count('data-state="accepted"') == 5
