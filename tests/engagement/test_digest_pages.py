"""My digests, their preferences, and the page behind the footer's link."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from engagement.choices import Cadence, DigestState, Stream
from engagement.digests import preferences, unsubscribe
from engagement.models import Digest, DigestPreference
from innoteams.accounts.models import User
from projects.choices import Visibility
from projects.models import Project
from tests.access.rows_digest import sent
from tests.cast import Cast
from tests.engagement.digest_scenes import DAY, digest_of, happen, only, prefer, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(cast: Cast) -> User:
    User.objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    cast.mulhouse_lead.refresh_from_db()
    return cast.mulhouse_lead


@pytest.fixture
def mine(me: User, client: Client) -> Client:
    client.force_login(me)
    return client


def key_of(person: User) -> str:
    return unsubscribe.keys_for([person.pk])[person.pk]


def stop_url(person: User) -> str:
    return reverse("digest_stop", args=[key_of(person)])


@pytest.fixture
def stranger_post() -> Callable[..., object]:
    """As a mail program posts: no cookie, no token, and Django minds."""
    browser = Client(enforce_csrf_checks=True)
    return browser.post


# --- Archive and preview ------------------------------------------------------------------------------------------


def test_a_sent_digest_is_kept_as_it_was_sent(cast: Cast, mine: Client, me: User) -> None:
    only(me)
    happen(cast.projects["network"])
    run()
    digest = digest_of(me)

    page = mine.get(reverse("digest_detail", args=[digest.pk])).content.decode()
    mail = mine.get(reverse("digest_mail", args=[digest.pk]))

    assert f'src="{reverse("digest_mail", args=[digest.pk])}" sandbox="' in page
    assert mail.content.decode().replace('<base target="_blank">', "") == digest.html_body


def test_a_mail_shown_in_the_portal_can_run_load_and_send_nothing(cast: Cast, mine: Client) -> None:
    response = mine.get(reverse("digest_mail", args=[sent(cast).pk]))

    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert "script" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_digest_that_told_of_a_project_narrowed_since_shows_what_is_left(cast: Cast, mine: Client) -> None:
    digest = sent(cast, word="grumblefig")
    Project.objects.filter(pk=cast.projects["network"].pk).update(visibility=Visibility.TEAM)

    page = mine.get(reverse("digest_detail", args=[digest.pk])).content.decode()

    assert "1 item of this digest is no longer shared with you" in page
    assert "grumblefig" not in page
    assert "grumblefig" not in mine.get(reverse("digest_list")).content.decode()
    assert mine.get(reverse("digest_mail", args=[digest.pk])).status_code == 404


def test_a_digest_not_yet_sent_has_no_page(cast: Cast, mine: Client) -> None:
    digest = sent(cast)
    Digest.objects.update(state=DigestState.BUILT)

    assert mine.get(reverse("digest_detail", args=[digest.pk])).status_code == 404


def test_a_preview_says_what_is_new_and_stores_nothing(cast: Cast, mine: Client) -> None:
    happen(cast.projects["network"])

    page = mine.get(reverse("digest_preview_mail")).content.decode()

    assert "Tel Aviv at level network" in page
    assert "/digests/stop/" not in page
    assert not Digest.objects.exists()


def test_a_preview_with_nothing_new_says_what_to_do(mine: Client) -> None:
    assert "Nothing new for you since the last one" in mine.get(reverse("digest_preview")).content.decode()


def test_the_list_asks_few_questions_however_many_there_are(cast: Cast, mine: Client) -> None:
    counts = []
    for keys in (["2026-W01"], ["2026-W02", "2026-W03"]):
        for key in keys:
            sent(cast, key=key)
        with CaptureQueriesContext(connection) as queries:
            mine.get(reverse("digest_list"))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10


def test_the_list_says_when_the_next_one_comes(mine: Client, me: User) -> None:
    prefer(me, cadence=Cadence.WEEKLY, weekday=3, local_hour=17)

    page = mine.get(reverse("digest_list")).content.decode()

    assert re.search(r"It is due on <strong>Thursday, [^<]+</strong> at <strong>17:00</strong>, your time", page)


# --- Preferences --------------------------------------------------------------------------------------------------


def test_preferences_are_saved(mine: Client, me: User) -> None:
    data = {"cadence": "monthly", "weekday": "4", "local_hour": "17", "paused_until": ""}

    assert mine.post(reverse("digest_preferences"), data).status_code == 302

    saved = preferences.preference_of(me)
    assert (saved.cadence, saved.weekday, saved.local_hour) == (Cadence.MONTHLY, 4, 17)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"cadence": "hourly"}, "Select a valid choice"),
        ({"local_hour": "24"}, "Select a valid choice"),
        ({"weekday": "9"}, "is not one of the available choices"),
        ({"paused_until": "2020-01-01"}, "Choose a day to come"),
        ({"paused_until": "9999-12-31"}, "A pause lasts a year at most"),
        ({"paused_until": "soon"}, "Enter a valid date"),
    ],
)
def test_a_wrong_preference_is_told_at_its_field_and_changes_nothing(
    mine: Client, me: User, wrong: dict[str, str], sentence: str
) -> None:
    data = {"cadence": "monthly", "weekday": "4", "local_hour": "17", "paused_until": "", **wrong}

    response = mine.post(reverse("digest_preferences"), data)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not DigestPreference.objects.exists()


def test_a_pause_is_over_on_the_day_named() -> None:
    preference = DigestPreference(paused_until=timezone.now().date() + DAY)

    assert preferences.is_paused(preference, "UTC", timezone.now())
    assert not preferences.is_paused(preference, "UTC", timezone.now() + DAY)


def test_the_default_is_weekly_on_tuesday_at_8(me: User) -> None:
    preference = preferences.preference_of(me)

    assert (preference.cadence, preference.weekday, preference.local_hour) == (Cadence.WEEKLY, 1, 8)


# --- The footer's link --------------------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing(client: Client, me: User) -> None:
    before = key_of(me)

    response = client.get(stop_url(me))

    assert response.status_code == 200
    assert not DigestPreference.objects.exists()
    assert key_of(me) == before
    assert me.email not in response.content.decode()


def test_one_click_stops_without_cookie_token_or_redirect(me: User, stranger_post: Callable[..., object]) -> None:
    response = stranger_post(stop_url(me), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200  # type: ignore[attr-defined]  # a response
    assert not response.cookies  # type: ignore[attr-defined]
    assert preferences.preference_of(me).cadence == Cadence.OFF


def test_one_click_stops_that_stream_alone_and_nobody_else(me: User, cast: Cast, client: Client) -> None:
    other = DigestPreference.objects.create(person=me, stream="other")

    client.post(stop_url(me), {"List-Unsubscribe": "One-Click"})

    other.refresh_from_db()
    assert other.cadence == Cadence.WEEKLY
    assert preferences.preference_of(cast.stranger).cadence == Cadence.WEEKLY


@pytest.mark.parametrize(
    ("before", "after"),
    [(Cadence.DAILY, Cadence.WEEKLY), (Cadence.WEEKLY, Cadence.FORTNIGHTLY), (Cadence.FORTNIGHTLY, Cadence.MONTHLY)],
)
def test_less_often_is_one_step(me: User, client: Client, before: Cadence, after: Cadence) -> None:
    prefer(me, cadence=before)

    client.post(stop_url(me), {"do": "slower"})

    assert preferences.preference_of(me).cadence == after


def test_below_monthly_there_is_no_less(me: User, client: Client) -> None:
    prefer(me, cadence=Cadence.MONTHLY)

    response = client.post(stop_url(me), {"do": "slower"})

    assert response.status_code == 422
    assert "It does not come less often than once a month" in response.content.decode()


def test_a_pause_is_a_month_and_can_be_undone(me: User, client: Client) -> None:
    client.post(stop_url(me), {"do": "pause"})
    assert preferences.is_paused(preferences.preference_of(me), me.timezone, timezone.now() + 29 * DAY)

    response = client.post(stop_url(me), {"do": "undo"})

    assert preferences.preference_of(me).paused_until is None
    assert "Undone" in response.content.decode()


def test_a_scanner_that_stops_it_twice_does_not_spoil_the_undo(me: User, client: Client) -> None:
    prefer(me, cadence=Cadence.MONTHLY)
    for _ in range(2):
        client.post(stop_url(me), {"List-Unsubscribe": "One-Click"})

    client.post(stop_url(me), {"do": "undo"})

    assert preferences.preference_of(me).cadence == Cadence.MONTHLY


def test_any_other_word_is_refused_and_changes_nothing(me: User, client: Client) -> None:
    assert client.post(stop_url(me), {"do": "explode"}).status_code == 422
    assert client.post(stop_url(me)).status_code == 422
    assert not DigestPreference.objects.exists()


def test_replaced_links_no_longer_work_and_new_ones_do(me: User, mine: Client) -> None:
    old = stop_url(me)

    mine.post(reverse("digest_links_renew"))

    assert mine.post(old, {"do": "stop"}).status_code == 404
    assert mine.get(stop_url(me)).status_code == 200
    assert preferences.preference_of(me).cadence == Cadence.WEEKLY


def test_the_page_speaks_the_recipients_language(me: User, client: Client) -> None:
    User.objects.filter(pk=me.pk).update(language="fr")

    assert '<html lang="fr"' in client.get(stop_url(me), headers={"accept-language": "en"}).content.decode()


def test_keys_are_made_once_and_stay(cast: Cast) -> None:
    people = [cast.stranger.pk, cast.coach.pk]

    first = unsubscribe.keys_for(people, Stream.NETWORK)

    assert unsubscribe.keys_for(people, Stream.NETWORK) == first
    assert len(set(first.values())) == 2


def test_a_mail_to_the_lists_own_address_stops_it_too(me: User) -> None:
    stopped = unsubscribe.act_on_mail(f"From: me@elsewhere.example\r\nSubject: Re: stop {key_of(me)}\r\n\r\n".encode())

    assert stopped is not None
    assert preferences.preference_of(me).cadence == Cadence.OFF


@pytest.mark.parametrize("subject", ["stop", "stop everything-for-everybody-now", "", "=?utf-8?b?c3RvcA==?="])
def test_a_mail_that_names_no_digest_stops_nothing(me: User, subject: str) -> None:
    assert unsubscribe.act_on_mail(f"Subject: {subject}\r\n\r\nstop".encode()) is None
    assert not DigestPreference.objects.exists()
