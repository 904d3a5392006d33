"""The check-in pages: the list, writing, and answering when somebody else was faster."""

from typing import Protocol

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from engagement.checkins import moves
from engagement.choices import CheckInState
from engagement.models import CheckIn
from projects.choices import Visibility
from tests.cast import Cast, accompany, join, make_project, make_team
from tests.engagement.accompany_scenes import (
    answered,
    client_of,
    drafted,
    period,
    sheet,
    submitted,
    with_line,
)


class Answer(Protocol):
    """What the test client answers with, as far as these tests look at it."""

    status_code: int
    content: bytes

    def __getitem__(self, header: str) -> str: ...


def save(client: Client, check_in: CheckIn, version: int | None = None, **typed: str) -> Answer:
    data = {"hard": "", "help_wanted": "", "language": "en", "version": str(version or check_in.version), **typed}
    return client.post(reverse("check_in_save", args=[check_in.pk]), data)


def answer(client: Client, check_in: CheckIn, version: int | None = None, **typed: str) -> Answer:
    data = {"version": str(version or check_in.version), **typed}
    return client.post(reverse("check_in_answer", args=[check_in.pk]), data)


def test_the_team_sends_from_the_page(cast: Cast) -> None:
    check_in = drafted(cast)
    line = with_line(check_in, cast.projects["network"])
    client = client_of(cast.tel_aviv_lead)
    note = {f"line-{line.pk}-note": "A good week."}
    response = save(client, check_in, None, hard="Nobody has time.", send="1", **note)
    assert response.status_code == 302
    check_in.refresh_from_db()
    line.refresh_from_db()
    assert check_in.state == CheckInState.SUBMITTED
    # A checkbox that is not sent is switched off.
    assert (line.included, line.note) == (False, "A good week.")


def test_an_empty_sheet_comes_back_with_a_sentence(cast: Cast) -> None:
    response = save(client_of(cast.tel_aviv_lead), drafted(cast), send="1")
    assert response.status_code == 422
    assert "leave a line switched on, or write a sentence" in response.content.decode()


def test_too_long_a_text_keeps_what_was_typed(cast: Cast) -> None:
    response = save(client_of(cast.tel_aviv_lead), drafted(cast), hard="x" * 4001, help_wanted="A word from the mayor")
    assert response.status_code == 422
    assert "A word from the mayor" in response.content.decode()
    assert "x" * 4001 in response.content.decode()


@pytest.mark.parametrize("version", ["", "abc", "-1", "99999999999999999999"])
def test_a_tampered_version_is_never_an_error_of_ours(cast: Cast, version: str) -> None:
    check_in = drafted(cast)
    response = client_of(cast.tel_aviv_lead).post(
        reverse("check_in_save", args=[check_in.pk]), {"hard": "Mine", "language": "en", "version": version}
    )
    assert response.status_code in (409, 422)
    assert "Mine" in response.content.decode()


def test_when_a_colleague_saved_meanwhile_both_texts_are_on_the_page(cast: Cast) -> None:
    check_in = drafted(cast)
    moves.save_sheet(by=cast.tel_aviv_member, check_in=check_in, version=1, sheet=sheet("Theirs stands here."))
    client = client_of(cast.tel_aviv_lead)
    response = save(client, check_in, version=1, hard="Mine stands here.")
    page = response.content.decode()
    assert response.status_code == 409
    assert "Tel Aviv member saved this check-in" in page
    assert "Theirs stands here." in page
    assert "Mine stands here." in page
    # Sent again from that page, it is meant.
    assert save(client, check_in, version=2, hard="Mine stands here.").status_code == 302
    assert CheckIn.objects.get().hard == "Mine stands here."


def test_when_it_was_sent_meanwhile_what_was_typed_is_kept(cast: Cast) -> None:
    check_in = drafted(cast)
    submitted(cast, check_in)
    response = save(client_of(cast.tel_aviv_member), check_in, version=1, hard="My half sentence.")
    assert response.status_code == 409
    assert "Tel Aviv lead sent this check-in" in response.content.decode()
    assert "My half sentence." in response.content.decode()


def test_the_second_of_two_coordinators_keeps_the_text(cast: Cast) -> None:
    check_in = submitted(cast)
    answered(cast, check_in, CheckInState.ACCEPTED, "The first answer.")
    response = answer(client_of(cast.coordinator), check_in, words="The second answer.", accept="1")
    page = response.content.decode()
    assert response.status_code == 409
    assert "Coordinator accepted this check-in" in page
    assert "The second answer." in page


def test_an_answer_without_a_word_is_refused_at_the_field(cast: Cast) -> None:
    response = answer(client_of(cast.coordinator), submitted(cast), words="  ", accept="1")
    assert response.status_code == 422
    assert "answered in words" in response.content.decode()


def test_a_funder_reads_and_is_told_why_not_to_answer(cast: Cast) -> None:
    check_in = submitted(cast)
    page = client_of(cast.funder_coordinator).get(check_in.get_absolute_url()).content.decode()
    assert "Hazira answers this check-in" in page
    assert "Accept with these words" not in page
    assert answer(client_of(cast.funder_coordinator), check_in, words="Fine.", accept="1").status_code == 403


def test_after_an_answer_the_next_one_is_offered(cast: Cast) -> None:
    first = submitted(cast)
    other = make_team()
    accompany(other.city, cast.programme)
    join(other, cast.tel_aviv_lead)
    second = submitted(cast, drafted(cast, first.period, other))
    client = client_of(cast.coordinator)
    response = answer(client, first, words="Thank you.", accept="1")
    page = client.get(response["Location"]).content.decode()
    assert reverse("check_in_detail", args=[second.pk]) in page
    assert "Next one" in page


def test_the_team_sees_which_lines_stay_with_it_and_the_coordinator_nothing_of_them(cast: Cast) -> None:
    check_in = drafted(cast)
    with_line(check_in, cast.projects[Visibility.TEAM])
    with_line(check_in, cast.projects[Visibility.PROGRAMME])
    page = client_of(cast.tel_aviv_lead).get(check_in.get_absolute_url()).content.decode()
    assert "Only your team sees this project" in page
    submitted(cast, check_in)
    page = client_of(cast.coordinator).get(check_in.get_absolute_url()).content.decode()
    assert "Tel Aviv at level programme" in page
    assert "Tel Aviv at level team" not in page


def test_what_waits_for_me_comes_first_in_the_list(cast: Cast) -> None:
    done = answered(cast, submitted(cast), CheckInState.ACCEPTED)
    waiting = submitted(cast, drafted(cast, period(cast.programme, "2026-Q2", due_in=-90)))
    page = client_of(cast.coordinator).get(reverse("check_in_list")).content.decode()
    assert page.index(waiting.get_absolute_url()) < page.index(done.get_absolute_url())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=accepted", 1),
        ("state=returned", 0),
        ("period=2026-Q3", 1),
        # A period that is not in the list cannot be chosen; the field says so.
        ("period=2020-Q1", 1),
        ("waits=me", 0),
        ("state=nonsense&programme=nowhere&page=zz", 1),
    ],
)
def test_the_list_is_narrowed_by_its_address(cast: Cast, query: str, found: int) -> None:
    check_in = answered(cast, submitted(cast), CheckInState.ACCEPTED)
    response = client_of(cast.coordinator).get(f"{reverse('check_in_list')}?{query}")
    assert response.status_code == 200
    assert response.content.decode().count(f'href="{check_in.get_absolute_url()}"') == found


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_costs_the_same_for_one_and_for_thirty(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    of = period(cast.programme)
    for _ in range(many):
        team = make_team()
        accompany(team.city, cast.programme)
        CheckIn.objects.create(period=of, team=team, state=CheckInState.SUBMITTED)
    client = client_of(cast.coordinator)
    with django_assert_max_num_queries(9):
        client.get(reverse("check_in_list"))


@pytest.mark.parametrize("many", [1, 30])
def test_the_page_costs_the_same_for_one_line_and_for_thirty(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    check_in = drafted(cast)
    for _ in range(many):
        with_line(check_in, make_project(cast.tel_aviv))
    client = client_of(cast.tel_aviv_lead)
    with django_assert_max_num_queries(14):
        client.get(check_in.get_absolute_url())
    submitted(cast, check_in)
    client = client_of(cast.coordinator)
    with django_assert_max_num_queries(16):
        client.get(check_in.get_absolute_url())
