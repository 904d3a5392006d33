"""What every test stands on: embedded servers of the run's own, the named cast, and a watched browser."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as property_tests
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from innoteams import embedded
from innoteams.accounts.models import User
from innoteams.lib.catalogues import compile_catalogues
from tests.browser import ARGUMENTS, SignIn, Watch, find_chromium, sign_in
from tests.cast import Cast, make_cast
from tests.database import empty, make_template

NO_BROWSER = "no Chromium on this machine"

# A property holds or not; how long an example takes on a busy machine says nothing about it.
property_tests.register_profile("portal", deadline=None)
property_tests.load_profile("portal")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """No rate limit or cached page of one test is felt by another, nor the language of the last request."""
    cache.clear()
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Test databases are copies of one that was migrated before."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = make_template()


@pytest.fixture(scope="session", autouse=True)
def _quickly_emptied() -> Iterator[None]:
    """After a test with `transaction=True`, whose rows are not simply rolled back."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty())
        yield


# --- The browser ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; every test gets a fresh context of it through `page`."""
    executable = find_chromium()
    if executable is None:
        if os.environ.get("INNOTEAMS_REQUIRE_BROWSER"):
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def live_portal(live_server: LiveServer) -> str:
    """The portal on a real port, in this process and on the test's database; its address without a closing slash."""
    return str(live_server.url)


@pytest.fixture
def watch() -> Watch:
    """What `page` noticed; `watch.tolerate(...)` for what a test provokes on purpose."""
    return Watch()


@pytest.fixture
def context(browser: Browser, live_portal: str, watch: Watch) -> Iterator[BrowserContext]:
    """A fresh visitor's browser. The test fails if its pages logged an error, broke the CSP or left this machine."""
    context = browser.new_context(base_url=live_portal, locale="en-GB", timezone_id="Europe/Paris")
    context.set_default_timeout(10_000)
    watch.on(context)
    yield context
    context.close()
    assert not watch.unexpected(), "\n".join(watch.unexpected())


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A visitor's page; addresses given to `goto` are relative to the portal."""
    return context.new_page()


@pytest.fixture
def page_of(page: Page, live_portal: str) -> SignIn:
    """`page_of(person)` is the page, signed in as that person."""

    def enter(person: User) -> Page:
        sign_in(page, live_portal, person)
        return page

    return enter


# --- The run as a whole --------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Compiled translations are not kept in the repository; the first process of the run makes them for all."""
    if not hasattr(config, "workerinput"):
        compile_catalogues()


# The longest files begin, or one worker would still be at them when the others have nothing left to do.
LONGEST = (
    "access/test_pages.py",
    "engagement/test_digest_faults.py",
    "engagement/test_actions_reminders.py",
    "access/test_table.py",
    "engagement/test_actions_waiting.py",
    "journeys/test_from_empty_to_adapted.py",
    "journeys/test_rich_text.py",
    "journeys/test_logging.py",
    "journeys/test_projects.py",
    "projects/test_history.py",
    "projects/test_bad_input.py",
    "projects/test_visibility_properties.py",
    "demo/test_load_when.py",
    "demo/test_load.py",
    "engagement/test_checkins_rounds.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for the browser is marked with it, so that `-m browser` finds them all."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    places = {str(Path(__file__).parent / name): place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(str(item.path), len(places)))


def pytest_collection_finish() -> None:
    """What was imported stays until the end: looking through it for garbage again and again took a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.getreports("skipped") if NO_BROWSER in str(report.longrepr)]
    if skipped:
        terminalreporter.section("BROWSER TESTS WERE NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(
            f"{len(skipped)} tests were skipped because there is {NO_BROWSER}. Install one (Debian: apt install "
            "chromium) or name one in INNOTEAMS_CHROMIUM: without them the pages are not known to work.",
            red=True,
        )


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process of the run, which outlives its workers, leaves nothing behind."""
    if hasattr(config, "workerinput"):
        return
    embedded.leave()
    if embedded.wait_until_stopped():
        shutil.rmtree(Path(os.environ["INNOTEAMS_TEST_HOME"]), ignore_errors=True)
