"""How often: counted per person, in windows, with the moment to come back."""

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from innoteams.accounts.models import User
from innoteams.lib.rates import Rate, is_over, limited
from tests.cast import make_person

# The page that says "too often" shows who is signed in.
pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> User:
    return make_person()


def ask(view: object, who: User | AnonymousUser, method: str = "POST", address: str = "127.0.0.1") -> HttpResponse:
    request = RequestFactory().generic(method, "/", REMOTE_ADDR=address)
    request.user = who
    response = view(request)  # type: ignore[operator]  # a view
    assert isinstance(response, HttpResponse)
    return response


@limited("test", times=2, seconds=60)
def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


def statuses(who: User | AnonymousUser, times: int, method: str = "POST", address: str = "127.0.0.1") -> list[int]:
    return [ask(view, who, method, address).status_code for _ in range(times)]


@time_machine.travel("2027-03-01T12:00:10+00:00", tick=False)
def test_one_too_many_is_refused(one: User) -> None:
    assert statuses(one, 3) == [200, 200, 429]


@time_machine.travel("2027-03-01T12:00:10+00:00", tick=False)
def test_each_person_is_counted_alone(one: User) -> None:
    statuses(one, 3)
    assert statuses(make_person(), 1) == [200]


@time_machine.travel("2027-03-01T12:00:10+00:00", tick=False)
def test_visitors_are_counted_by_where_they_come_from() -> None:
    assert statuses(AnonymousUser(), 3, address="192.0.2.1")[-1] == 429
    assert statuses(AnonymousUser(), 1, address="192.0.2.2") == [200]


@time_machine.travel("2027-03-01T12:00:10+00:00", tick=False)
def test_looking_is_not_counted(one: User) -> None:
    assert statuses(one, 5, method="GET") == [200] * 5


@time_machine.travel("2027-03-01T12:00:10+00:00", tick=False)
def test_the_answer_says_when_to_try_again(one: User) -> None:
    statuses(one, 2)
    response = ask(view, one)
    assert response["Retry-After"] == "51"
    assert "12:01" in response.text


def test_after_the_window_it_goes_on(one: User) -> None:
    with time_machine.travel("2027-03-01T12:00:10+00:00", tick=False):
        statuses(one, 3)
    with time_machine.travel("2027-03-01T12:01:00+00:00", tick=False):
        assert statuses(one, 1) == [200]


@time_machine.travel("2027-03-01T12:00:10+00:00", tick=False)
def test_two_limits_do_not_share_their_count() -> None:
    rate = Rate(1, 60)
    assert not is_over("one", "person-1", rate)
    assert not is_over("two", "person-1", rate)
    assert is_over("one", "person-1", rate)


@given(now=st.floats(0, 4e9), seconds=st.integers(1, 86_400))
def test_whoever_waits_as_told_is_in_a_later_window(now: float, seconds: int) -> None:
    rate = Rate(1, seconds)
    assert 1 <= rate.again_in(now) <= seconds + 1
    assert rate.window(now + rate.again_in(now)) > rate.window(now)


@pytest.mark.parametrize("times", [0, 1])
@time_machine.travel("2027-03-01T12:00:10+00:00", tick=False)
def test_nothing_allowed_is_nothing(times: int) -> None:
    assert is_over(f"none-{times}", "person-1", Rate(times, 60)) == (times == 0)
