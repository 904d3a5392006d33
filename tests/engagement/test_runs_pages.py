"""How digests go out, as those see it who answer for it."""

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from engagement.choices import DigestState, ItemKind, Stream
from engagement.digests import operating, overdue, runs, shown, wording
from engagement.models import Digest, DigestHold, DigestItem
from innoteams.accounts.models import User
from tests.cast import Cast, join, make_person
from tests.engagement.accompany_scenes import client_of
from tests.engagement.run_scenes import give_leave, kept

KEY = "2026-W40"
MOST_QUERIES = 12


def page(person: User, name: str, *args: object, **query: str) -> str:
    response = client_of(person).get(reverse(name, args=args), query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def digest_page(person: User, digest: Digest) -> str:
    return page(person, "digest_kept", digest.pk)


# --- Runs ----------------------------------------------------------------------------------------------------------


def test_a_run_counts_its_digests_by_state_reason_and_language(cast: Cast) -> None:
    kept(cast.tel_aviv_lead)
    kept(cast.tel_aviv_member, state=DigestState.SKIPPED, reason="paused")
    kept(cast.mulhouse_lead, state=DigestState.SKIPPED, reason="stopped")
    kept(cast.stranger, state=DigestState.UNKNOWN)

    [run] = runs.told(runs.runs_of(Digest.objects.all()), Digest.objects.all())

    assert run.states == {"sent": 1, "skipped": 2, "unknown": 1}
    assert run.skipped == [("the person has paused", 1), ("the person wants none", 1)]
    assert run.languages == {"en": 3, "fr": 1}
    assert (run.total, run.trouble) == (4, 1)


def test_the_figures_of_a_run_are_whole_also_where_runs_are_looked_for_by_state(cast: Cast) -> None:
    rows = Digest.objects.all()
    kept(cast.tel_aviv_lead, due_at=timezone.now() - dt.timedelta(days=3))
    kept(cast.stranger, state=DigestState.FAILED)
    kept(cast.stranger, key="2026-W41")

    [run] = runs.told(runs.runs_of(rows, state=DigestState.FAILED), rows)

    assert run.states == {"sent": 1, "failed": 1}
    assert run.first_due < timezone.now() - dt.timedelta(days=2)


def test_a_coordinators_figures_are_those_of_the_people_they_accompany(cast: Cast) -> None:
    kept(cast.tel_aviv_lead)
    kept(cast.mulhouse_lead)
    kept(cast.stranger)

    def total(person: User) -> int:
        rows = Digest.objects.overseen_by(person)
        return sum(run.total for run in runs.told(runs.runs_of(rows), rows))

    seen = [cast.coordinator, cast.funder_coordinator, cast.other_coordinator, cast.administrator, cast.coach]
    assert [total(person) for person in seen] == [1, 1, 1, 3, 0]


def test_a_coordinator_finds_no_person_of_other_cities_in_a_run(cast: Cast) -> None:
    kept(cast.tel_aviv_lead)
    other = kept(cast.mulhouse_lead)

    told = page(cast.coordinator, "digest_run", Stream.NETWORK, KEY)

    assert "Tel Aviv lead" in told
    assert "Mulhouse lead" not in told
    assert client_of(cast.coordinator).get(reverse("digest_kept", args=[other.pk])).status_code == 404


def test_whoever_left_the_team_is_no_longer_overseen(cast: Cast) -> None:
    kept(cast.former_member)

    assert not Digest.objects.overseen_by(cast.coordinator).exists()


def test_the_page_says_what_waits_and_since_when(cast: Cast) -> None:
    kept(cast.tel_aviv_lead, state=DigestState.BUILT, due_at=timezone.now() - dt.timedelta(hours=3))

    told = page(cast.administrator, "digest_runs")

    assert "the oldest for 3\xa0hours" in told
    assert "nothing waits" in told


def test_what_was_put_off_on_purpose_is_not_overdue_and_what_failed_to_go_out_is(cast: Cast) -> None:
    now = timezone.now()
    later = now + dt.timedelta(minutes=20)
    kept(cast.stranger, state=DigestState.BUILT, next_attempt_at=later, reason="full_minute")
    assert overdue.oldest_due_seconds(now) is None

    kept(cast.tel_aviv_lead, state=DigestState.BUILT, next_attempt_at=later, error="connection refused")
    assert overdue.oldest_due_seconds(now) == pytest.approx(3600, abs=30)


def test_what_is_held_back_does_not_make_the_oldest_older(cast: Cast) -> None:
    now = timezone.now()
    kept(cast.stranger, state=DigestState.BUILT, held_at=now)
    kept(cast.stranger, state=DigestState.BUILT, stream=Stream.ACTIONS)
    operating.hold_stream(by=None, stream=Stream.ACTIONS, why="")

    assert overdue.oldest_due_seconds(now) is None


def test_the_list_can_be_narrowed_to_a_stream_and_a_state(cast: Cast) -> None:
    kept(cast.stranger, key="2026-W39")
    kept(cast.stranger, key="2026-09-01", stream=Stream.ACTIONS, state=DigestState.FAILED)

    assert "Sept. 1, 2026" in page(cast.administrator, "digest_runs", stream="actions", state="failed")
    assert "Week of" not in page(cast.administrator, "digest_runs", stream="actions", state="failed")
    assert "No run fits these choices" in page(cast.administrator, "digest_runs", state="unknown")
    assert "Week of" in page(cast.administrator, "digest_runs", state="nonsense")


def test_an_empty_ledger_says_what_will_stand_here(cast: Cast) -> None:
    assert "No digest was planned yet" in page(cast.administrator, "digest_runs")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("2026-W37", "Week of Sept. 7, 2026"),
        ("2026-W37-2w", "Two weeks from Sept. 7, 2026"),
        ("2026-09", "September 2026"),
        ("2026-09-15", "Sept. 15, 2026"),
        ("2026-W99", "2026-W99"),
        ("anything", "anything"),
    ],
)
def test_a_period_is_named_in_words(key: str, words: str) -> None:
    assert wording.period_words(key) == words


def test_rows_tell_state_attempts_error_and_trail_without_an_address(cast: Cast) -> None:
    kept(
        cast.tel_aviv_lead,
        state=DigestState.FAILED,
        reason="refused",
        attempts=5,
        error="550 <tel.aviv.lead@cast.example> unknown",
    )

    told = page(cast.coordinator, "digest_run", Stream.NETWORK, KEY, state="failed")

    assert "the mail server refused it" in told
    assert "550 &lt;…@cast.example&gt; unknown" in told
    assert "tel.aviv.lead@" not in told
    assert "the planner" in told


def test_rows_come_as_csv_with_nothing_that_a_spreadsheet_runs(cast: Cast) -> None:
    kept(cast.tel_aviv_lead, error="=1+1 lead@cast.example")
    kept(cast.mulhouse_lead, state=DigestState.EMPTY)
    User.objects.filter(pk=cast.tel_aviv_lead.pk).update(name="=cmd()")

    response = client_of(cast.administrator).get(
        reverse("digest_run_export", args=[Stream.NETWORK, KEY]), {"state": "sent"}
    )
    text = response.getvalue().decode("utf-8-sig")
    [row] = list(csv.DictReader(io.StringIO(text)))

    assert row["person"] == "'=cmd()"
    assert row["error"] == "'=1+1 …@cast.example"
    assert (row["state"], row["period_key"]) == ("sent", KEY)


def test_a_run_tells_which_cities_it_shows_to_how_many(cast: Cast) -> None:
    for person in (cast.mulhouse_lead, cast.stranger):
        kept(person, project=cast.projects["network"])
    kept(cast.former_member, state=DigestState.FAILED, project=cast.projects["network"])

    exposure = shown.exposure_of(Digest.objects.all())

    assert [(one.city, one.people) for one in exposure.shown] == [(cast.tel_aviv.city, 2)]
    assert cast.tel_aviv.city not in exposure.nobody
    assert cast.mulhouse.city in exposure.nobody
    assert "Which cities it shows" in page(cast.administrator, "digest_run", Stream.NETWORK, KEY)


@pytest.mark.parametrize("number", [1, 12])
def test_pages_ask_as_much_for_many_rows_as_for_one(
    number: int, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(number):
        person = make_person()
        join(cast.tel_aviv, person)
        kept(person, project=cast.projects["network"])
        kept(person, key=f"2026-W{place + 10}", state=DigestState.FAILED)
    client = client_of(cast.coordinator)
    for name, args in (("digest_runs", []), ("digest_run", [Stream.NETWORK, KEY]), ("digest_exposure", [])):
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get(reverse(name, args=args))


# --- The words of one ----------------------------------------------------------------------------------------------


def test_an_administrator_reads_what_everybody_may_read(cast: Cast) -> None:
    digest = kept(cast.mulhouse_lead, project=cast.projects["network"])

    told = digest_page(cast.administrator, digest)

    assert "A subject of its own" in told
    assert "Tel Aviv at level network" in told
    assert "4.50" in told
    assert "shared_topic" in told
    assert digest.message_id.strip("<>") in told


def test_where_something_is_not_theirs_to_see_the_words_are_withheld_and_the_scores_stay(cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead, project=cast.projects["programme"])

    told = digest_page(cast.administrator, digest)

    assert "Its words are withheld from you" in told
    assert "A subject of its own" not in told
    assert "Tel Aviv at level programme" not in told
    assert "shared_topic" in told
    assert "4.50" in told
    assert "List-Id" in told
    mail = client_of(cast.administrator).get(reverse("digest_kept_mail", args=[digest.pk]))
    assert mail.status_code == 404


def test_a_coordinator_reads_with_the_persons_leave_alone(cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead, project=cast.projects["programme"])
    assert "has not given coordinators leave" in digest_page(cast.coordinator, digest)

    give_leave(cast.tel_aviv_lead)

    assert "A subject of its own" in digest_page(cast.coordinator, digest)


def test_leave_opens_nothing_that_the_coordinator_may_not_see(cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead, project=cast.projects["team"])
    give_leave(cast.tel_aviv_lead)

    assert "Its words are withheld from you" in digest_page(cast.coordinator, digest)


@pytest.mark.parametrize("kind", ["administrator", "coordinator"])
def test_what_waits_for_somebody_is_nobody_elses_to_read(kind: str, cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead, stream=Stream.ACTIONS, project=cast.projects["network"])
    give_leave(cast.tel_aviv_lead)

    told = digest_page(getattr(cast, kind), digest)

    assert "read by that person alone" in told
    assert "A subject of its own" not in told


def test_what_coordinators_are_told_is_not_for_administrators(cast: Cast) -> None:
    digest = kept(cast.coordinator, stream=Stream.COORDINATION, project=cast.projects["network"])

    assert "read by coordinators of the same organisation" in digest_page(cast.administrator, digest)


def test_the_words_of_a_narrowed_project_are_gone_at_once(cast: Cast) -> None:
    digest = kept(cast.mulhouse_lead, project=cast.projects["network"])
    type(cast.projects["network"]).objects.filter(pk=cast.projects["network"].pk).update(visibility="team")

    assert "A subject of its own" not in digest_page(cast.administrator, digest)


def test_no_key_of_the_recipient_reaches_the_one_who_looks(cast: Cast) -> None:
    digest = kept(cast.mulhouse_lead, project=cast.projects["network"])

    told = digest_page(cast.administrator, digest)
    mail = client_of(cast.administrator).get(reverse("digest_kept_mail", args=[digest.pk])).content.decode()

    assert "Words in HTML" in mail
    assert "/digests/stop/…" in mail
    assert "a-key-of-32" not in told + mail
    assert "mulhouse.lead@" not in told
    assert (
        "sandbox"
        in client_of(cast.administrator)
        .get(reverse("digest_kept_mail", args=[digest.pk]))
        .headers["Content-Security-Policy"]
    )


def test_a_digest_that_was_not_written_says_so(cast: Cast) -> None:
    assert "nothing was written" in digest_page(cast.administrator, kept(cast.stranger, state=DigestState.EMPTY))
    assert "not written yet" in digest_page(
        cast.administrator, kept(cast.stranger, key="2026-W41", state=DigestState.PLANNED)
    )


def test_items_of_every_kind_are_laid_out(cast: Cast) -> None:
    digest = kept(cast.mulhouse_lead)
    DigestItem.objects.create(digest=digest, rank=1, kind=ItemKind.CITY, city=cast.boston.city, score=1)
    DigestItem.objects.create(digest=digest, rank=2, kind=ItemKind.TEAM, team=cast.boston, score=1)
    Digest.objects.filter(pk=digest.pk).update(item_count=2)

    told = digest_page(cast.administrator, digest)

    assert "city to meet" in told
    assert "team" in told


# --- Acts ----------------------------------------------------------------------------------------------------------


def post(person: User, name: str, *args: object, **data: str) -> tuple[int, str]:
    client: Client = client_of(person)
    response = client.post(reverse(name, args=args), data, follow=True)
    return response.status_code, response.content.decode()


def test_an_administrator_holds_a_stream_back_and_releases_it(cast: Cast) -> None:
    _status, told = post(cast.administrator, "digest_stream_hold", "network", why="The server is being moved.")
    assert "The server is being moved." in told
    hold = DigestHold.objects.get()
    assert (hold.by, hold.released_at) == (cast.administrator, None)

    _status, told = post(cast.administrator, "digest_stream_release", "network")
    hold.refresh_from_db()
    assert hold.released_by == cast.administrator
    assert "The server is being moved." not in told


def test_a_hold_needs_a_reason_and_comes_once(cast: Cast) -> None:
    assert post(cast.administrator, "digest_stream_hold", "network", why=" ")[0] == 422
    post(cast.administrator, "digest_stream_hold", "network", why="Once.")

    status, told = post(cast.administrator, "digest_stream_hold", "network", why="Twice.")

    assert status == 422
    assert "held back already" in told
    assert "Twice." in told


def test_a_stream_that_is_none_is_not_found(cast: Cast) -> None:
    assert client_of(cast.administrator).get("/digests/runs/hold/nonsense/").status_code == 404
    assert client_of(cast.administrator).get("/digests/runs/network/2019-W01/").status_code == 404


def test_one_digest_is_held_and_released_and_its_trail_says_who_and_why(cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead, state=DigestState.BUILT)

    _status, told = post(cast.coordinator, "digest_hold", digest.pk, why="A name is wrong in it.")
    assert "A name is wrong in it." in told
    digest.refresh_from_db()
    assert (digest.held_by, digest.state) == (cast.coordinator, DigestState.BUILT)
    assert digest.trail[-1]["by"] == f"person:{cast.coordinator.pk}"

    _status, told = post(cast.coordinator, "digest_release", digest.pk)
    digest.refresh_from_db()
    assert digest.held_at is None
    assert "released" in told
    assert "Coordinator" in told


def test_what_is_sent_cannot_be_held_any_more(cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead)

    status, told = post(cast.coordinator, "digest_hold", digest.pk, why="Too late.")

    assert status == 422
    assert "nothing to hold back" in told


def test_before_an_unknown_one_is_sent_again_the_page_says_that_it_may_come_twice(cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead, state=DigestState.UNKNOWN)
    assert "The person may get it twice" in page(cast.coordinator, "digest_resend", digest.pk)

    post(cast.coordinator, "digest_resend", digest.pk, why="They rang: nothing came.")

    digest.refresh_from_db()
    assert (digest.state, digest.attempts) == (DigestState.BUILT, 0)
    assert digest.trail[-1] | {"at": ""} == {
        "at": "",
        "by": f"person:{cast.coordinator.pk}",
        "from": "unknown",
        "to": "built",
        "why": "by_hand",
        "words": "They rang: nothing came.",
    }


def test_a_failed_one_is_written_anew(cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead, state=DigestState.FAILED)
    assert "twice" not in page(cast.coordinator, "digest_resend", digest.pk)

    post(cast.coordinator, "digest_resend", digest.pk, why="The server is mended.")

    digest.refresh_from_db()
    assert digest.state == DigestState.PLANNED


def test_what_a_later_one_took_up_is_not_sent_again(cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead, state=DigestState.UNKNOWN)
    kept(cast.tel_aviv_lead, key="2026-W41", window_end=timezone.now())

    status, told = post(cast.coordinator, "digest_resend", digest.pk, why="Please.")

    assert status == 422
    assert "A later digest of this person has taken up" in told


def test_a_sent_one_offers_no_button(cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead)

    assert "Back to the digest" in page(cast.coordinator, "digest_resend", digest.pk)
    assert post(cast.coordinator, "digest_resend", digest.pk, why="Please.")[0] == 422


def test_a_funder_reads_and_decides_nothing(cast: Cast) -> None:
    digest = kept(cast.tel_aviv_lead, state=DigestState.UNKNOWN)

    assert "Send again" not in digest_page(cast.funder_coordinator, digest)
    assert post(cast.funder_coordinator, "digest_resend", digest.pk, why="Please.")[0] == 403


# --- Ways there ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        ("coordinator", "digest_list", True),
        ("administrator", "digest_list", True),
        ("tel_aviv_lead", "digest_list", False),
        ("coordinator", "portfolio", True),
        ("administrator", "people", True),
        ("tel_aviv_lead", "people", False),
    ],
)
def test_those_who_answer_for_the_sending_find_it(kind: str, name: str, shown: bool, cast: Cast) -> None:
    person = getattr(cast, kind)

    assert (reverse("digest_runs") in page(person, name)) == shown


def test_each_is_offered_the_pages_that_are_theirs(cast: Cast) -> None:
    assert reverse("digest_dry_run") in page(cast.administrator, "digest_runs")
    assert reverse("digest_pins") not in page(cast.administrator, "digest_runs")
    assert reverse("digest_dry_run") not in page(cast.coordinator, "digest_runs")
    assert reverse("digest_pins") in page(cast.coordinator, "digest_runs")


def test_teams_beyond_the_first_ones_are_one_click_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engagement.views.digest_exposure.TEAMS_SHOWN", 1)

    assert "Show all 3 teams" in page(cast.administrator, "digest_exposure")
    assert "Show all" not in page(cast.administrator, "digest_exposure", teams="all")
