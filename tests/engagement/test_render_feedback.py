"""More like this, less, nothing of this city: said from the mail or the portal, seen by nobody else, taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagement.choices import FeedbackWish, ItemKind
from engagement.digests import feedback, unsubscribe
from engagement.models import Digest, DigestFeedback, DigestItem
from innoteams.accounts.models import User
from projects.choices import Visibility
from projects.models import Project
from tests.access.rows_digest import sent
from tests.cast import Cast, make_project
from tests.engagement.digest_scenes import ask
from tests.projects.test_together import at_once, kinds

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(cast: Cast) -> User:
    User.objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    cast.mulhouse_lead.refresh_from_db()
    return cast.mulhouse_lead


@pytest.fixture
def item(cast: Cast, me: User) -> DigestItem:
    """Of Tel Aviv, in a digest sent to me."""
    return sent(cast).items.get()


def url_of(item: DigestItem, person: User | None = None) -> str:
    person = person or item.digest.person
    key = unsubscribe.keys_for([person.pk])[person.pk]
    return reverse("digest_say", args=[key, item.digest_id, item.rank])


@pytest.fixture
def stranger_post() -> Callable[..., Any]:
    """Without cookie and token, and Django minds."""
    return Client(enforce_csrf_checks=True).post


# --- From the mail ------------------------------------------------------------------------------------------------


def test_opening_the_link_shows_the_item_and_changes_nothing(client: Client, item: DigestItem, me: User) -> None:
    response = client.get(url_of(item))

    page = response.content.decode()
    assert "Tel Aviv at level network" in page
    assert "Nothing of Tel Aviv" in page
    assert "Opening this page changed nothing" in page
    assert me.email not in page
    assert not DigestFeedback.objects.exists()


@pytest.mark.parametrize("wish", [FeedbackWish.MORE, FeedbackWish.LESS])
def test_more_and_less_are_of_the_project(
    stranger_post: Callable[..., Any], item: DigestItem, me: User, wish: str
) -> None:
    assert stranger_post(url_of(item), {"wish": wish}).status_code == 200

    row = DigestFeedback.objects.get()
    assert (row.person, row.wish, row.project_id, row.city_id) == (me, wish, item.project_id, None)


def test_a_city_can_be_hidden_beside(stranger_post: Callable[..., Any], item: DigestItem, cast: Cast) -> None:
    stranger_post(url_of(item), {"wish": "less"})
    stranger_post(url_of(item), {"wish": "hide_city"})

    assert {(row.wish, row.city_id) for row in DigestFeedback.objects.all()} == {
        ("less", None),
        ("hide_city", cast.tel_aviv.city_id),
    }


def test_saying_the_opposite_replaces_what_was_said(stranger_post: Callable[..., Any], item: DigestItem) -> None:
    for wish in ("more", "more", "less"):
        stranger_post(url_of(item), {"wish": wish})

    assert [row.wish for row in DigestFeedback.objects.all()] == ["less"]


def test_what_was_said_is_taken_back_on_the_same_page(stranger_post: Callable[..., Any], item: DigestItem) -> None:
    page = stranger_post(url_of(item), {"wish": "less"}).content.decode()
    assert "Noted: less like this." in page
    assert "Take it back" in page

    page = stranger_post(url_of(item), {"take_back": DigestFeedback.objects.get().pk}).content.decode()

    assert "Taken back." in page
    assert not DigestFeedback.objects.exists()


def test_of_a_question_a_city_or_a_suggestion_the_city_is_meant(cast: Cast, me: User, item: DigestItem) -> None:
    question = ask(cast.tel_aviv_lead, team=cast.tel_aviv)
    about = DigestItem.objects.create(digest=item.digest, rank=2, kind=ItemKind.QUESTION, question=question)
    met = DigestItem.objects.create(digest=item.digest, rank=3, kind=ItemKind.CITY, city=cast.tel_aviv.city)

    for one in (about, met):
        row = feedback.say(by=me, item=one, wish=FeedbackWish.MORE)
        assert (row.city_id, row.project_id) == (cast.tel_aviv.city_id, None)

    assert DigestFeedback.objects.count() == 1


@pytest.mark.parametrize("data", [{}, {"wish": "everything"}, {"wish": ""}])
def test_any_other_word_is_refused_and_changes_nothing(
    stranger_post: Callable[..., Any], item: DigestItem, data: dict[str, str]
) -> None:
    response = stranger_post(url_of(item), data)

    assert response.status_code == 422
    assert "Choose one of the buttons." in response.content.decode()
    assert not DigestFeedback.objects.exists()


def test_the_page_speaks_the_recipients_language(client: Client, item: DigestItem, me: User) -> None:
    User.objects.filter(pk=me.pk).update(language="fr")

    page = client.get(url_of(item), headers={"accept-language": "en"}).content.decode()

    assert '<html lang="fr"' in page


# --- Nobody else --------------------------------------------------------------------------------------------------


def test_a_key_opens_only_the_items_of_its_own_person(client: Client, cast: Cast, item: DigestItem) -> None:
    response = client.get(url_of(item, cast.stranger))

    assert response.status_code == 404
    assert "This link no longer works" in response.content.decode()
    assert "Tel Aviv" not in response.content.decode()


def test_a_replaced_key_opens_nothing(client: Client, item: DigestItem, me: User) -> None:
    old = url_of(item)
    unsubscribe.revoke(by=me)

    assert client.get(old).status_code == 404
    assert client.post(old, {"wish": "less"}).status_code == 404
    assert client.get(url_of(item)).status_code == 200


def test_a_closed_account_an_unsent_digest_and_a_missing_rank_open_nothing(
    client: Client, item: DigestItem, me: User
) -> None:
    url = url_of(item)
    assert client.get(url.replace(f"/{item.rank}/", "/77/")).status_code == 404
    Digest.objects.update(state="built")
    assert client.get(url).status_code == 404
    Digest.objects.update(state="sent")
    User.objects.filter(pk=me.pk).update(is_active=False)
    assert client.get(url).status_code == 404


def test_what_was_narrowed_since_is_not_named_and_nothing_is_said_of_it(
    client: Client, cast: Cast, item: DigestItem
) -> None:
    Project.objects.filter(digest_items=item).update(visibility=Visibility.TEAM)

    page = client.get(url_of(item)).content.decode()
    refused = client.post(url_of(item), {"wish": "more"})

    assert "no longer shared with you" in page
    assert "Tel Aviv" not in page
    assert refused.status_code == 422
    assert not DigestFeedback.objects.exists()


def test_somebody_elses_word_cannot_be_taken_back(client: Client, cast: Cast, item: DigestItem, me: User) -> None:
    row = feedback.say(by=me, item=item, wish=FeedbackWish.LESS)
    client.force_login(cast.stranger)

    assert client.post(reverse("digest_feedback_take_back", args=[row.pk])).status_code == 404
    assert DigestFeedback.objects.filter(pk=row.pk).exists()


def test_an_item_of_somebody_elses_digest_is_not_answered(cast: Cast, item: DigestItem) -> None:
    with pytest.raises(feedback.FeedbackRefused):
        feedback.say(by=cast.stranger, item=item, wish=FeedbackWish.MORE)


# --- In the portal ------------------------------------------------------------------------------------------------


def test_signed_in_the_same_is_said_without_the_key(client: Client, item: DigestItem, me: User) -> None:
    client.force_login(me)
    url = reverse("digest_item_say", args=[item.digest_id, item.rank])

    assert "Tel Aviv at level network" in client.get(url).content.decode()
    client.post(url, {"wish": "more"})

    assert DigestFeedback.objects.get().wish == FeedbackWish.MORE


def test_all_that_was_said_stands_on_the_page_of_digests_and_can_be_taken_back(
    client: Client, item: DigestItem, me: User
) -> None:
    client.force_login(me)
    row = feedback.say(by=me, item=item, wish=FeedbackWish.LESS)
    take_back = reverse("digest_feedback_take_back", args=[row.pk])
    page = client.get(reverse("digest_list")).content.decode()
    assert "Tel Aviv at level network" in page
    assert take_back in page

    client.post(take_back)

    assert not DigestFeedback.objects.exists()


def test_a_project_narrowed_since_is_not_named_in_the_list(client: Client, item: DigestItem, me: User) -> None:
    client.force_login(me)
    feedback.say(by=me, item=item, wish=FeedbackWish.LESS)
    Project.objects.filter(digest_items=item).update(visibility=Visibility.TEAM)

    page = client.get(reverse("digest_list")).content.decode()

    assert "A project that is no longer shared with you" in page
    assert "Tel Aviv at level network" not in page


def test_the_list_of_what_was_said_asks_two_questions_however_long(cast: Cast, me: User) -> None:
    for number in range(5):
        DigestFeedback.objects.create(person=me, wish="less", project=make_project(title=f"P{number}"))

    with CaptureQueriesContext(connection) as queries:
        assert len(feedback.said_by(me)) == 5

    assert len(queries) == 2


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_word(cast: Cast, item: DigestItem, me: User) -> None:
    raised = at_once(*[lambda: feedback.say(by=me, item=item, wish=FeedbackWish.LESS) for _ in range(4)])

    assert kinds(raised) == {None}
    assert DigestFeedback.objects.count() == 1
