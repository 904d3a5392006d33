"""What a mail provider reports is taken from that provider alone, once, and as far as something follows from it."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from engagement import reach
from engagement.choices import MailReport, SuppressionCause
from engagement.digests import ledger
from engagement.models import ProviderEvent, Suppression
from engagement.reach import FAILING_DAYS, FAILING_WITHIN, Report, hash_of
from tests.engagement.reach_scenes import ANYMAIL, basic, mailgun, post, postmark

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.engagement.reach_urls")]

ADDRESS = "lea@mulhouse.example"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _secrets(settings: Any) -> None:
    settings.ANYMAIL = ANYMAIL


@pytest.fixture
def provider() -> Client:
    """No cookie, no token, and Django minds."""
    return Client(enforce_csrf_checks=True)


def delayed(days_ago: float, *, number: int = 0) -> Report:
    at = timezone.now() - dt.timedelta(days=days_ago)
    return Report("Postmark", f"{days_ago} {number}", MailReport.DELAYED, ADDRESS, at)


def delivered(days_ago: float) -> Report:
    at = timezone.now() - dt.timedelta(days=days_ago)
    return Report("Postmark", f"delivered {days_ago}", MailReport.DELIVERED, ADDRESS, at)


def is_suppressed() -> bool:
    return bool(reach.suppressed([ADDRESS]))


# --- Where it comes from -------------------------------------------------------------------------------------------


def test_a_hard_bounce_from_postmark_stops_mail_to_the_address(provider: Client) -> None:
    assert post(provider, "postmark", postmark("HardBounce", ADDRESS)) == 200

    assert reach.suppressed([ADDRESS, "else@city.example"]) == {ADDRESS}
    assert Suppression.objects.get().cause == SuppressionCause.BOUNCE


def test_a_permanent_failure_from_mailgun_stops_mail_to_the_address(provider: Client) -> None:
    body = mailgun("failed", ADDRESS, severity="permanent", reason="bounce")

    assert post(provider, "mailgun", body) == 200

    assert is_suppressed()


@pytest.mark.parametrize("pair", ["", "reporter:wrong", "somebody:a-long-password", "reporter"])
def test_a_missing_or_wrong_password_is_refused_and_nothing_kept(provider: Client, pair: str) -> None:
    header = basic(pair) if pair else ""

    assert post(provider, "postmark", postmark("HardBounce", ADDRESS), authorization=header) == 400

    assert not ProviderEvent.objects.exists()
    assert not is_suppressed()


@pytest.mark.parametrize(
    "change",
    [
        {"signature": {}},
        {"signature": {"timestamp": "1", "token": "x", "signature": "0" * 64}},
        {"signature": mailgun("failed", ADDRESS, key="another-key")["signature"]},
    ],
)
def test_a_missing_or_wrong_signature_is_refused_and_nothing_kept(provider: Client, change: dict[str, Any]) -> None:
    assert post(provider, "mailgun", {**mailgun("failed", ADDRESS, severity="permanent"), **change}) == 400

    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("body", [[], {}, {"RecordType": 7, "Type": []}, "text", None, {"RecordType": "Bounce"}])
def test_a_report_that_makes_no_sense_is_a_bad_request_or_ignored(provider: Client, body: object) -> None:
    assert post(provider, "postmark", body) in (200, 400)

    assert not ProviderEvent.objects.exists()


def test_the_page_cannot_be_read(provider: Client) -> None:
    assert provider.get("/mail/postmark/tracking/").status_code == 405


@pytest.mark.urls("innoteams.urls")
def test_a_portal_without_a_provider_takes_no_reports(provider: Client) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("mail_reports")
    assert provider.post("/mail/postmark/tracking/").status_code == 404


# --- Once ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("postmark", postmark("HardBounce", ADDRESS)),
        ("mailgun", mailgun("complained", ADDRESS)),
        ("brevo", {"event": "hard_bounce", "email": ADDRESS, "ts_epoch": 1604933654000, "message-id": "<a@b>"}),
    ],
)
def test_a_report_that_is_repeated_is_kept_once(provider: Client, name: str, body: dict[str, Any]) -> None:
    for _ in range(3):
        assert post(provider, name, body) == 200

    assert ProviderEvent.objects.count() == Suppression.objects.count() == 1


def test_a_report_from_before_another_try_does_not_stop_mail_again(provider: Client) -> None:
    early = timezone.now() - dt.timedelta(minutes=5)
    post(provider, "postmark", postmark("HardBounce", ADDRESS, at=early))
    reach.lift(ADDRESS)

    post(provider, "postmark", postmark("HardBounce", ADDRESS, at=early))
    post(provider, "postmark", postmark("HardBounce", ADDRESS, number=2, at=early))
    assert not is_suppressed()

    post(provider, "postmark", postmark("HardBounce", ADDRESS, number=3))
    assert is_suppressed()


@pytest.mark.django_db(transaction=True)
def test_a_report_that_comes_twice_at_once_is_kept_once() -> None:
    start = threading.Barrier(4)
    answers: list[int] = []

    def report() -> None:
        try:
            start.wait(timeout=20)
            answers.append(post(Client(), "postmark", postmark("HardBounce", ADDRESS)))
        finally:
            connection.close()

    threads = [threading.Thread(target=report) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 4
    assert ProviderEvent.objects.count() == Suppression.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_different_reports_at_once_stop_mail_once() -> None:
    start = threading.Barrier(2)

    def report(number: int) -> None:
        try:
            start.wait(timeout=20)
            post(Client(), "postmark", postmark("HardBounce", ADDRESS, number=number))
        finally:
            connection.close()

    threads = [threading.Thread(target=report, args=[number]) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (ProviderEvent.objects.count(), Suppression.objects.count()) == (2, 1)


# --- What follows --------------------------------------------------------------------------------------------------


def test_no_address_is_kept(provider: Client) -> None:
    post(provider, "postmark", postmark("HardBounce", ADDRESS))

    event, stop = ProviderEvent.objects.values().get(), Suppression.objects.values().get()
    assert "lea" not in repr(event) + repr(stop)
    assert stop["detail"] == event["detail"] == "smtp;550 5.1.1 …: user unknown"


def test_an_address_is_known_however_it_is_written() -> None:
    assert hash_of(" Lea@Mulhouse.Example") == hash_of(ADDRESS)


def test_another_key_knows_no_address(settings: Any) -> None:
    before = hash_of(ADDRESS)
    settings.SECRET_KEY = "another"
    assert hash_of(ADDRESS) != before


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("postmark", postmark("SpamComplaint", ADDRESS), MailReport.COMPLAINED),
        ("postmark", postmark("SoftBounce", ADDRESS), MailReport.DELAYED),
        ("postmark", postmark("Transient", ADDRESS), MailReport.DELAYED),
        ("postmark", postmark("BadEmailAddress", ADDRESS), MailReport.BOUNCED),
        ("postmark", postmark("DMARCPolicy", ADDRESS), MailReport.DELAYED),
        ("mailgun", mailgun("complained", ADDRESS), MailReport.COMPLAINED),
        ("mailgun", mailgun("failed", ADDRESS, severity="temporary", reason="generic"), MailReport.DELAYED),
        ("mailgun", mailgun("failed", ADDRESS, severity="permanent", reason="suppress-bounce"), MailReport.BOUNCED),
        ("brevo", {"event": "soft_bounce", "email": ADDRESS, "ts_epoch": 1}, MailReport.DELAYED),
        ("brevo", {"event": "spam", "email": ADDRESS, "ts_epoch": 1}, MailReport.COMPLAINED),
        ("mailjet", {"event": "bounce", "email": ADDRESS, "hard_bounce": False, "error": "quota exceeded"}, "delayed"),
        ("mailjet", {"event": "bounce", "email": ADDRESS, "hard_bounce": True, "error": "user unknown"}, "bounced"),
        ("sparkpost", [{"msys": {"message_event": {
            "type": "bounce", "bounce_class": "22", "raw_rcpt_to": ADDRESS, "event_id": "9", "raw_reason": "552 full",
        }}}], "delayed"),
        ("sparkpost", [{"msys": {"message_event": {
            "type": "bounce", "bounce_class": "10", "raw_rcpt_to": ADDRESS, "event_id": "9", "raw_reason": "550 no",
        }}}], "bounced"),
    ],
)  # fmt: skip
def test_each_provider_is_understood(provider: Client, name: str, body: object, kind: str) -> None:
    assert post(provider, name, body) == 200

    event = ProviderEvent.objects.get()
    assert (event.kind, event.address_hash) == (kind, hash_of(ADDRESS))
    assert is_suppressed() == (kind != MailReport.DELAYED)


@pytest.mark.parametrize("event", ["opened", "clicked", "unsubscribed", "accepted"])
def test_whether_somebody_reads_is_not_kept(provider: Client, event: str) -> None:
    assert post(provider, "mailgun", mailgun(event, ADDRESS, url="https://portal.example/")) == 200

    assert not ProviderEvent.objects.exists()


def test_a_complaint_is_told_apart(provider: Client) -> None:
    post(provider, "postmark", postmark("SpamComplaint", ADDRESS))

    assert Suppression.objects.get().cause == SuppressionCause.COMPLAINT


def test_delays_on_one_day_stop_nothing() -> None:
    for number in range(10):
        reach.note(delayed(0.001, number=number))

    assert not is_suppressed()


def test_delays_on_several_days_do() -> None:
    for days in range(FAILING_DAYS, 0, -1):
        assert not is_suppressed()
        reach.note(delayed(days))

    assert is_suppressed()


def test_a_delivery_in_between_counts_afresh() -> None:
    reach.note(delayed(5))
    reach.note(delayed(4))
    assert reach.note(delivered(3))
    reach.note(delayed(2))
    reach.note(delayed(1))

    assert not is_suppressed()


def test_delays_long_ago_are_forgotten() -> None:
    reach.note(delayed(FAILING_WITHIN.days + 2))
    reach.note(delayed(2))
    reach.note(delayed(1))

    assert not is_suppressed()


def test_of_a_mail_that_simply_arrived_nothing_is_kept(provider: Client) -> None:
    assert post(provider, "postmark", postmark("Delivery", ADDRESS)) == 200

    assert not ProviderEvent.objects.exists()


def test_a_sign_in_code_that_arrives_proves_that_the_address_works() -> None:
    reach.note(Report("Postmark", "1", MailReport.BOUNCED, ADDRESS, timezone.now() - DAY))
    assert is_suppressed()

    reach.note(Report("Postmark", "2", MailReport.DELIVERED, ADDRESS, timezone.now() - DAY))
    assert is_suppressed(), "an earlier mail proves nothing"
    Suppression.objects.update(created_at=timezone.now() - DAY)
    reach.note(Report("Postmark", "3", MailReport.DELIVERED, ADDRESS, timezone.now()))

    assert not is_suppressed()


def test_a_mail_that_arrives_takes_no_complaint_back() -> None:
    reach.note(Report("Postmark", "1", MailReport.COMPLAINED, ADDRESS, timezone.now()))
    Suppression.objects.update(created_at=timezone.now() - DAY)

    reach.note(Report("Postmark", "2", MailReport.DELIVERED, ADDRESS, timezone.now()))

    assert is_suppressed()


def test_a_delivery_settles_a_digest_of_which_nobody_knew(provider: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def confirmed(message_id: str, now: dt.datetime) -> bool:
        asked.append(message_id)
        return True

    monkeypatch.setattr(ledger, "confirmed", confirmed, raising=False)
    post(provider, "mailgun", mailgun("delivered", ADDRESS, message_id="digest.2026-w40.7@innoteams.example"))

    assert asked == ["<digest.2026-w40.7@innoteams.example>"]
    assert ProviderEvent.objects.get().kind == MailReport.DELIVERED
