"""The watched browser notices what a test does not look at."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests import browser as chromium
from tests.browser import SignIn, Watch
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_page_opens_without_a_complaint(page: Page) -> None:
    answer = page.goto("/accounts/login/")

    assert answer is not None
    assert answer.status == 200


def test_a_person_of_the_cast_is_signed_in(page_of: SignIn, cast: Cast) -> None:
    page = page_of(cast.tel_aviv_lead)

    page.goto("/my-work/")

    assert page.url.endswith("/my-work/")


@pytest.mark.parametrize(
    ("script", "part"),
    [
        ("console.error('broken')", "console error: broken"),
        ("setTimeout(() => { throw new Error('thrown') })", "exception: thrown"),
        ("location.href = 'http://elsewhere.example/'", "request to another host"),
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
    ],
)
def test_what_goes_wrong_behind_the_back_is_noticed(page: Page, watch: Watch, script: str, part: str) -> None:
    page.goto("/accounts/login/")

    page.evaluate(f"() => {{ {script} }}")
    page.wait_for_timeout(300)

    assert any(part in problem for problem in watch.problems), watch.problems
    watch.problems.clear()


def test_what_a_test_provokes_on_purpose_is_tolerated() -> None:
    watch = Watch()
    watch.problems.append("console error: Failed to load resource: the server responded with a status of 404")

    watch.tolerate("status of 404")

    assert watch.unexpected() == []


def test_a_chromium_of_one_s_choice_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INNOTEAMS_CHROMIUM", "/opt/chromium")

    assert chromium.find_chromium() == "/opt/chromium"


def test_without_a_chromium_none_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INNOTEAMS_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")

    assert chromium.find_chromium() is None
