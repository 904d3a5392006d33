"""The mails about introductions and check-ins: to whom, in which language, with what in them, and lost never."""

import datetime as dt
import re
import smtplib

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from cities.choices import Right
from engagement import introductions, letters
from engagement.choices import CheckInState, LetterKind, SuppressionCause
from engagement.models import CheckIn, Introduction, Letter, Suppression
from engagement.posting import post_waiting
from engagement.reach import hash_of
from innoteams.accounts.models import User
from innoteams.lib import mail as portal_mail
from projects.choices import Visibility
from projects.models import Project
from tests.cast import Cast, join, make_person
from tests.engagement.accompany_scenes import answered, drafted, introduction, somebody, submitted


def ask(cast: Cast, project: Project | None = None) -> Introduction:
    return introductions.ask(
        by=cast.mulhouse_lead,
        from_team=cast.mulhouse,
        to_team=cast.tel_aviv,
        reason="same_problem",
        message="Comment avez-vous commencé ?",
        language="fr",
        project=project,
    )


def post() -> list[EmailMultiAlternatives]:
    mail.outbox = []
    post_waiting(timezone.now())
    found = mail.outbox
    assert all(isinstance(message, EmailMultiAlternatives) for message in found)
    return found  # type: ignore[return-value]  # as just asserted


def both_parts(message: EmailMultiAlternatives) -> list[str]:
    return [str(message.body), str(message.alternatives[0][0])]


def to(messages: list[EmailMultiAlternatives], email: str) -> EmailMultiAlternatives:
    [message] = [message for message in messages if any(email in one for one in message.to)]
    return message


def test_the_asked_lead_reads_why_and_no_address(cast: Cast) -> None:
    ask(cast, project=cast.projects["network"])
    [message] = post()
    assert cast.tel_aviv_lead.email in message.to[0]
    for part in both_parts(message):
        assert "Comment avez-vous commencé ?" in part
        assert "Tel Aviv at level network" in part
        assert cast.mulhouse_lead.email not in part
    assert not message.reply_to


def test_a_yes_is_one_mail_to_both_with_both_addresses_in_both_languages(cast: Cast) -> None:
    asked = ask(cast)
    post()
    introductions.accept(by=cast.tel_aviv_lead, introduction=asked, words="With pleasure, Sundays.")
    [message] = post()
    for person in (cast.mulhouse_lead, cast.tel_aviv_lead):
        assert any(person.email in address for address in message.to)
        assert any(person.email in address for address in message.reply_to)
        assert all(person.email in part for part in both_parts(message))
    assert len(message.to) == len(message.reply_to) == 2
    for part in both_parts(message):
        assert "Comment avez-vous commencé ?" in part
        assert "With pleasure, Sundays." in part
        assert "You get this because you both agreed" in part
        assert "Vous recevez ce message parce que vous avez tous deux accepté" in part
    assert message.extra_headers["Content-Language"] == "fr, en"
    assert message.subject.count("Mulhouse") == 2


def test_each_language_of_the_mail_is_marked_as_such(cast: Cast) -> None:
    introductions.accept(by=cast.tel_aviv_lead, introduction=ask(cast))
    html = both_parts(to(post(), cast.mulhouse_lead.email))[1]
    for language in ("fr", "en"):
        assert re.search(rf'<div (?=[^>]*lang="{language}")(?=[^>]*dir="ltr")', html)


def test_an_answer_in_hebrew_runs_from_right_to_left(cast: Cast) -> None:
    introductions.accept(by=cast.tel_aviv_lead, introduction=ask(cast), words="„בשמחה”, ביום ראשון.")
    html = both_parts(to(post(), cast.mulhouse_lead.email))[1]
    [quoted] = [part for part in html.split("<blockquote")[1:] if "בשמחה" in part]
    assert 'dir="rtl"' in quoted.split(">")[0]


def test_two_of_one_language_read_it_once(cast: Cast) -> None:
    User.objects.update(language="fr")
    introductions.accept(by=cast.tel_aviv_lead, introduction=ask(cast))
    message = to(post(), cast.mulhouse_lead.email)
    assert message.extra_headers["Content-Language"] == "fr"
    assert str(message.body).count("Vous recevez ce message") == 1


@pytest.mark.parametrize("who", ["mulhouse_lead", "tel_aviv_lead"])
def test_nobodys_address_is_told_where_one_of_the_two_has_left(cast: Cast, who: str) -> None:
    asked = ask(cast)
    post()
    introductions.accept(by=cast.tel_aviv_lead, introduction=asked)
    somebody(cast, who).memberships.update(ends_on=timezone.now().date())
    assert post() == []


def test_nobodys_address_is_told_where_mail_does_not_reach_one_of_the_two(cast: Cast) -> None:
    asked = ask(cast)
    post()
    introductions.accept(by=cast.tel_aviv_lead, introduction=asked)
    Suppression.objects.create(address_hash=hash_of(cast.mulhouse_lead.email), cause=SuppressionCause.BOUNCE)
    assert post() == []
    assert not Letter.objects.filter(closed_at=None).exists()


def test_a_no_shows_nothing(cast: Cast) -> None:
    introductions.decline(by=cast.tel_aviv_lead, introduction=ask(cast))
    message = to(post(), cast.mulhouse_lead.email)
    assert all(cast.tel_aviv_lead.email not in part for part in both_parts(message))


def test_what_was_taken_back_before_it_was_posted_is_not_told(cast: Cast) -> None:
    introductions.withdraw(by=cast.mulhouse_lead, introduction=ask(cast))
    assert post() == []
    assert not Letter.objects.filter(closed_at=None).exists()


def test_who_has_left_since_is_not_told(cast: Cast) -> None:
    ask(cast)
    cast.tel_aviv_lead.memberships.update(ends_on=timezone.now().date())
    assert post() == []


def test_a_project_made_private_since_is_not_named_to_the_asker(cast: Cast) -> None:
    asked = ask(cast, project=cast.projects["network"])
    introductions.accept(by=cast.tel_aviv_lead, introduction=asked)
    Project.objects.update(visibility=Visibility.TEAM)
    message = to(post(), cast.mulhouse_lead.email)
    assert all("Tel Aviv at level network" not in part for part in both_parts(message))


def test_where_a_team_has_no_lead_its_members_are_asked(cast: Cast) -> None:
    member = make_person()
    join(cast.boston, member, Right.MEMBER)
    join(cast.boston, make_person(), Right.OBSERVER)
    assert letters.writers_of(cast.boston.pk) == [member]


# --- Check-ins -----------------------------------------------------------------------------------------------------


def test_every_step_of_a_check_in_is_told_without_quoting_it(cast: Cast) -> None:
    check_in = drafted(cast)
    letters.write(LetterKind.CHECK_IN_OPENED, letters.to_leads([check_in]))
    subjects = [post()[0].subject]
    sent = submitted(cast, check_in, hard="A private difficulty.")
    subjects.append(to(post(), cast.coordinator.email).subject)
    back = answered(cast, sent, CheckInState.RETURNED, "Private words of the coordinator.")
    [message] = post()
    subjects.append(message.subject)
    assert all("rivate" not in part for part in both_parts(message))
    answered(cast, submitted(cast, back), CheckInState.ACCEPTED)
    subjects.append(to(post(), cast.tel_aviv_lead.email).subject)
    city = "Tel Aviv Yafo"
    assert subjects == [
        f"Your check-in Quarter 3 of 2026 for {city} is drafted",
        f"{city} sent its check-in Quarter 3 of 2026",
        f"Your check-in Quarter 3 of 2026 for {city} came back with a question",
        f"Your check-in Quarter 3 of 2026 for {city} is accepted",
    ]


def test_every_mail_leads_to_its_page(cast: Cast) -> None:
    check_in = submitted(cast)
    for part in both_parts(post()[0]):
        assert f"http://localhost:8000{check_in.get_absolute_url()}" in part


def test_a_mail_about_what_has_moved_on_is_dropped(cast: Cast) -> None:
    answered(cast, submitted(cast), CheckInState.ACCEPTED)
    recipients = {address for message in post() for address in message.to}
    assert not any(cast.coordinator.email in address for address in recipients)


# --- Nothing is lost -----------------------------------------------------------------------------------------------


def test_a_letter_is_posted_once(cast: Cast) -> None:
    ask(cast)
    assert len(post()) == 1
    assert post() == []


def test_a_mail_server_that_is_away_is_tried_again_later(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(cast)

    def refuse(*args: object, **kwargs: object) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as away:
        away.setattr(portal_mail, "send", refuse)
        assert post() == []
    letter = Letter.objects.get()
    assert letter.closed_at is None
    assert letter.next_attempt_at > timezone.now()
    assert "gone" in letter.error
    mail.outbox = []
    assert post_waiting(timezone.now() + dt.timedelta(hours=1)) == 1


def test_a_letter_that_never_goes_is_given_up_loudly(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ask(cast)
    Letter.objects.update(attempts=letters.MOST_ATTEMPTS - 1)
    monkeypatch.setattr(portal_mail, "send", lambda *args, **kwargs: (_ for _ in ()).throw(OSError("no route")))
    post()
    assert Letter.objects.get().closed_at
    assert "was given up" in caplog.text


def test_a_letter_claimed_by_one_worker_is_not_claimed_by_another(cast: Cast) -> None:
    ask(cast)
    now = timezone.now()
    assert len(letters.claim(now)) == 1
    assert letters.claim(now) == []
    assert len(letters.claim(now + letters.LEASE)) == 1


def test_the_message_id_stays_over_attempts(cast: Cast) -> None:
    ask(cast)
    letter = Letter.objects.get()
    [message] = post()
    assert message.extra_headers["Message-ID"].startswith(f"<letter-{letter.pk}@")


def test_a_letter_is_about_one_thing(cast: Cast) -> None:
    assert CheckIn.objects.count() == 0
    one = introduction(cast)
    letters.write(LetterKind.INTRODUCTION_ASKED, [(cast.tel_aviv_lead, one)])
    assert Letter.objects.get().introduction == one
