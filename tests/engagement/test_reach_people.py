"""Who is not reached is told so in the portal and decides about it; those who look after them see it too."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cities import invitations
from cities.choices import Right
from engagement import letters, posting, reach
from engagement.choices import IntroductionState, LetterKind, SuppressionCause
from engagement.models import Introduction, Letter, Suppression
from engagement.posting import NOT_REACHED
from engagement.reach import TRIES, TRIES_WITHIN, ReachRefused, hash_of
from innoteams.accounts.models import User
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

TRY_AGAIN = "/mail/try-again/"
CANNOT = "We cannot reach you at"


def stop_mail(person: User, cause: str = SuppressionCause.BOUNCE, detail: str = "") -> Suppression:
    return Suppression.objects.create(address_hash=hash_of(person.email), cause=cause, detail=detail)


@pytest.fixture
def me(cast: Cast) -> User:
    return cast.tel_aviv_lead


@pytest.fixture
def mine(me: User, client: Client) -> Client:
    client.force_login(me)
    return client


# --- The notice ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["my_work", "project_list", "digest_list", "account_email"])
def test_who_is_not_reached_is_told_on_every_page(mine: Client, me: User, name: str) -> None:
    stop_mail(me, detail="550 5.1.1 …: user <unknown>")

    page = mine.get(reverse(name)).content.decode()

    assert f"{CANNOT} <bdi>{me.email}</bdi>" in page
    assert "550 5.1.1 …: user &lt;unknown&gt;" in page
    assert f'action="{TRY_AGAIN}"' in page


def test_nobody_else_is_told(cast: Cast, client: Client, me: User) -> None:
    stop_mail(me)
    assert CANNOT not in client.get("/projects/").content.decode()
    client.force_login(cast.tel_aviv_member)
    assert CANNOT not in client.get("/my-work/").content.decode()


def test_a_complaint_is_called_one(mine: Client, me: User) -> None:
    stop_mail(me, SuppressionCause.COMPLAINT)

    assert "was marked as spam on" in mine.get("/my-work/").content.decode()


def test_whom_mail_reaches_costs_no_query(mine: Client, me: User) -> None:
    mine.get("/questions/")
    with CaptureQueriesContext(connection) as before:
        mine.get("/questions/")
    stop_mail(me)
    with CaptureQueriesContext(connection) as after:
        mine.get("/questions/")

    assert [query for query in before if 'FROM "engagement_suppression"' in query["sql"][:60]] == []
    assert len(after) == len(before) + 1


def test_another_address_is_another_matter(mine: Client, me: User) -> None:
    stop_mail(me)
    User.objects.filter(pk=me.pk).update(email="new@tel-aviv.example")

    assert CANNOT not in mine.get("/my-work/").content.decode()


# --- Trying again --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", SuppressionCause.values)
def test_one_button_lets_mail_go_out_again(mine: Client, me: User, cause: str) -> None:
    stop_mail(me, cause)

    answer = mine.post(TRY_AGAIN, {"next": "/questions/"}, follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain == [("/questions/", 302)]
    assert CANNOT not in page
    assert f"We write to {me.email} again." in page
    lifted = Suppression.objects.get()
    assert (lifted.lifted_by, reach.suppressed([me.email])) == (me, set())


def test_opening_the_address_changes_nothing(mine: Client, me: User) -> None:
    stop_mail(me)

    assert mine.get(TRY_AGAIN).status_code == 405
    assert reach.suppression_of(me.email)


def test_the_button_leads_to_no_other_site(mine: Client) -> None:
    assert mine.post(TRY_AGAIN, {"next": "https://elsewhere.example/"}).headers["Location"] == "/my-work/"


def test_trying_again_is_limited_in_a_week(mine: Client, me: User) -> None:
    with time_machine.travel(dt.datetime(2026, 9, 14, 9, tzinfo=dt.UTC), tick=False) as clock:
        for _ in range(TRIES):
            stop_mail(me)
            reach.try_again(by=me)
            clock.shift(dt.timedelta(hours=1))
        stop_mail(me)
        mine.force_login(me)

        page = mine.post(TRY_AGAIN, follow=True).content.decode()
        assert f"It was tried {TRIES} times this week" in page
        assert CANNOT in page

        clock.shift(TRIES_WITHIN)
        reach.try_again(by=me)

    assert reach.suppressed([me.email]) == set()


def test_after_a_complaint_it_is_not_limited(me: User) -> None:
    for _ in range(TRIES + 2):
        stop_mail(me, SuppressionCause.COMPLAINT)
        reach.try_again(by=me)

    stop_mail(me)
    reach.try_again(by=me)
    assert reach.suppressed([me.email]) == set()


def test_trying_again_when_mail_is_sent_changes_nothing(mine: Client) -> None:
    assert mine.post(TRY_AGAIN).status_code == 302
    assert not Suppression.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_count_as_one_try() -> None:
    me = make_cast().tel_aviv_lead
    stop_mail(me)
    start = threading.Barrier(2)
    refused: list[ReachRefused] = []

    def click() -> None:
        try:
            start.wait(timeout=20)
            reach.try_again(by=User.objects.get(pk=me.pk))
        except ReachRefused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == []
    assert Suppression.objects.filter(lifted_by=me).count() == 1


# --- What is not sent, and what is ---------------------------------------------------------------------------------


def asked_to_meet(cast: Cast) -> Introduction:
    return Introduction.objects.create(
        asked_by=cast.mulhouse_lead,
        from_team=cast.mulhouse,
        to_team=cast.tel_aviv,
        state=IntroductionState.ASKED,
        reason="same_problem",
        message="Shall we talk?",
    )


def test_a_letter_is_not_sent_to_somebody_who_is_not_reached(cast: Cast, me: User) -> None:
    stop_mail(me)
    about = asked_to_meet(cast)
    letters.write(LetterKind.INTRODUCTION_ASKED, [(me, about), (cast.tel_aviv_member, about)])

    assert posting.post_waiting(timezone.now()) == 1

    assert [message.to for message in mail.outbox] == [[f"Tel Aviv member <{cast.tel_aviv_member.email}>"]]
    letter = Letter.objects.get(person=me)
    assert letter.closed_at is not None
    assert (letter.sent_at, letter.error) == (None, NOT_REACHED)


def test_a_sign_in_code_is_sent_in_any_case(client: Client, me: User) -> None:
    stop_mail(me)

    client.post(reverse("account_request_login_code"), {"email": me.email})

    assert [message.to for message in mail.outbox] == [[me.email]]


def test_an_invitation_is_sent_in_any_case(cast: Cast, client: Client) -> None:
    reach.suppress("new@city.example")
    client.force_login(cast.tel_aviv_lead)

    client.post(
        reverse("invitation_create", args=[cast.tel_aviv.slug]),
        {"email": "new@city.example", "right": "member", "function": "other", "language": "en"},
    )

    assert ["new@city.example"] in [message.to for message in mail.outbox]


# --- For those who look after people -------------------------------------------------------------------------------


def test_who_manages_people_sees_whom_mail_does_not_reach(cast: Cast, client: Client) -> None:
    stop_mail(cast.tel_aviv_member)
    invitations.invite(by=cast.tel_aviv_lead, team=cast.tel_aviv, email="new@city.example", right=Right.MEMBER)
    reach.suppress("new@city.example")
    seen = {}
    for kind in ("tel_aviv_lead", "coordinator", "administrator", "tel_aviv_observer", "stranger", "coach"):
        client.force_login(cast.person(kind))  # type: ignore[arg-type]  # none of them is the visitor
        page = client.get(reverse("team_people", args=[cast.tel_aviv.slug])).content.decode()
        seen[kind] = page.count("Mail does not arrive")

    managers = {"tel_aviv_lead": 2, "coordinator": 2, "administrator": 2}
    assert seen == {**dict.fromkeys(seen, 0), **managers}


def test_an_administrator_sees_it_of_coordinators(cast: Cast, client: Client) -> None:
    stop_mail(cast.coordinator)
    url = reverse("operator_people", args=[cast.operator.slug])
    client.force_login(cast.administrator)
    assert "Mail does not arrive" in client.get(url).content.decode()
    client.force_login(cast.stranger)
    assert "Mail does not arrive" not in client.get(url).content.decode()


def test_mail_is_stopped_and_let_out_by_hand(capsys: pytest.CaptureFixture[str], me: User) -> None:
    call_command("suppress", me.email.upper())
    assert reach.suppressed([me.email]) == {me.email}
    call_command("suppress", me.email)
    call_command("suppress", me.email, lift=True)
    assert reach.suppressed([me.email]) == set()
    call_command("suppress", me.email, lift=True)

    assert capsys.readouterr().out.splitlines() == [
        "Nothing is sent there any more.",
        "It was suppressed already; nothing changed.",
        "It is written to again.",
        "It was not suppressed; nothing changed.",
    ]


def test_what_is_no_address_is_not_suppressed() -> None:
    with pytest.raises(CommandError, match="is not an e-mail address"):
        call_command("suppress", "nobody")
