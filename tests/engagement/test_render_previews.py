"""How the next digest would read: one's own with its sums; somebody else's with their leave, as far as both may see."""

import pytest
from django.test import Client
from django.urls import reverse

from cities.models import Membership, MembershipPeriod
from engagement.choices import ItemKind, Stream
from engagement.digests import archive, leave
from engagement.models import Digest, DigestItem, DigestPicture, PreviewLeave
from innoteams.accounts.models import User
from projects.choices import Verb, Visibility
from projects.models import Project
from tests.access.rows_digest import sent
from tests.cast import Cast, accompany, join, make_person
from tests.engagement.digest_scenes import digest_of, happen, only, run
from tests.engagement.test_render_mail import series

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(cast: Cast, client: Client) -> Client:
    """The Mulhouse lead's, in English."""
    User.objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    cast.mulhouse_lead.refresh_from_db()
    client.force_login(cast.mulhouse_lead)
    return client


@pytest.fixture
def looking(cast: Cast) -> Client:
    """A coordinator of a programme that accompanies Mulhouse, whose lead gave leave."""
    accompany(cast.mulhouse.city, cast.programme)
    leave.give(by=cast.mulhouse_lead)
    client = Client()
    client.force_login(cast.coordinator)
    return client


def page(client: Client, person: User) -> str:
    return client.get(reverse("digest_preview_person", args=[person.pk])).content.decode()


# --- One's own ----------------------------------------------------------------------------------------------------


def test_each_item_says_how_its_score_adds_up(cast: Cast, mine: Client) -> None:
    happen(cast.projects["network"])
    [first, *_others] = archive.preview(cast.mulhouse_lead).items

    shown = mine.get(reverse("digest_preview")).content.decode()

    assert "Why these?" in shown
    assert "How new it is" in shown
    assert f"{first.score:.2f}" in shown


def test_every_reason_that_was_ever_stored_has_words(mine: Client) -> None:
    [parts] = archive.sums_of([DigestItem(reasons=[{"code": "from_long_ago", "weight": 1}, {"code": "fresh"}])])

    assert [part.words for part in parts] == ["Another reason (from_long_ago)", "How new it is"]


def test_there_is_a_preview_of_each_stream_that_one_gets(cast: Cast, mine: Client) -> None:
    own = mine.get(reverse("digest_preview_of", args=[Stream.ACTIONS]))
    assert own.status_code == 200
    assert reverse("digest_preview_of", args=[Stream.NETWORK]) in own.content.decode()
    # For coordinators alone.
    assert mine.get(reverse("digest_preview_of", args=[Stream.COORDINATION])).status_code == 404
    assert mine.get(reverse("digest_preview_of", args=["gossip"])).status_code == 404
    mine.force_login(cast.coordinator)
    assert mine.get(reverse("digest_preview_of", args=[Stream.COORDINATION])).status_code == 200


def test_a_preview_shows_its_charts_and_keeps_nothing(cast: Cast, mine: Client) -> None:
    series(cast.projects["network"], 40, 61)

    mail = mine.get(reverse("digest_preview_mail"))

    assert 'src="data:image/png;base64,' in mail.content.decode()
    assert "img-src data:" in mail.headers["Content-Security-Policy"]
    assert not DigestPicture.objects.exists()
    assert not Digest.objects.exists()


# --- As it was sent -----------------------------------------------------------------------------------------------


def test_a_sent_digest_is_shown_with_the_pictures_it_had(cast: Cast, mine: Client) -> None:
    only(cast.mulhouse_lead)
    series(cast.projects["network"], 40, 61)
    run()
    digest = digest_of(cast.mulhouse_lead)

    shown = mine.get(reverse("digest_mail", args=[digest.pk])).content.decode()

    assert 'src="data:image/png;base64,' in shown
    assert "cid:" not in shown


def test_one_whose_reading_was_withdrawn_is_no_longer_shown_whole(cast: Cast, mine: Client) -> None:
    only(cast.mulhouse_lead)
    indicator = series(cast.projects["network"], 40, 61)
    run()
    indicator.readings.update(withdrawn_at="2026-01-01T00:00Z")

    assert mine.get(reverse("digest_mail", args=[digest_of(cast.mulhouse_lead).pk])).status_code == 404


@pytest.mark.parametrize("stream", [Stream.ACTIONS, Stream.COORDINATION])
def test_digests_of_other_streams_are_kept_too(cast: Cast, mine: Client, stream: str) -> None:
    digest = sent(cast, word="plumwhistle")
    Digest.objects.filter(pk=digest.pk).update(stream=stream)
    DigestItem.objects.create(digest=digest, rank=2, kind=ItemKind.TEAM, team=cast.tel_aviv)

    assert mine.get(reverse("digest_detail", args=[digest.pk])).status_code == 200


# --- Somebody else's ----------------------------------------------------------------------------------------------


def test_without_leave_there_is_no_such_page(cast: Cast, looking: Client) -> None:
    leave.withdraw(by=cast.mulhouse_lead)

    for name in ("digest_preview_person", "digest_preview_person_mail"):
        assert looking.get(reverse(name, args=[cast.mulhouse_lead.pk])).status_code == 404
    assert "Nobody lets you look yet" in looking.get(reverse("digest_preview_people")).content.decode()


def test_with_leave_the_coordinator_reads_what_the_person_would(cast: Cast, looking: Client) -> None:
    happen(cast.projects["network"])

    assert "Tel Aviv at level network" in page(looking, cast.mulhouse_lead)
    mail = looking.get(reverse("digest_preview_person_mail", args=[cast.mulhouse_lead.pk]))
    assert "Tel Aviv at level network" in mail.content.decode()
    # No key of the person's: what stops or answers their digests is theirs.
    assert "/digests/stop/" not in mail.content.decode()
    assert "/digests/say/" not in mail.content.decode()
    assert cast.mulhouse_lead.name in looking.get(reverse("digest_preview_people")).content.decode()


def test_what_the_coordinator_may_not_see_is_left_out_and_counted(cast: Cast, looking: Client) -> None:
    happen(cast.projects["network"])
    hidden = cast.projects["programme"]
    # Seen by the person, who belongs to a team there, and not by this coordinator, whose programme ends.
    Project.objects.filter(pk=hidden.pk).update(title="grumblefig")
    other = make_person("Other", language="en")
    join(cast.mulhouse, other)
    leave.give(by=other)
    join(cast.tel_aviv, other, "coach")
    MembershipPeriod.objects.filter(city=cast.tel_aviv.city).delete()
    happen(hidden)

    shown = page(looking, other)

    assert "grumblefig" not in shown
    assert "1 item is left out" in shown
    assert "Tel Aviv at level network" in shown
    assert looking.get(reverse("digest_preview_person_mail", args=[other.pk])).status_code == 404


def test_leave_is_for_coordinators_of_the_persons_own_city(cast: Cast, looking: Client) -> None:
    Membership.objects.filter(person=cast.mulhouse_lead).update(ends_on="2020-01-01", starts_on="2019-01-01")

    assert looking.get(reverse("digest_preview_person", args=[cast.mulhouse_lead.pk])).status_code == 404


def test_leave_is_given_and_taken_back_by_the_person_alone(cast: Cast, mine: Client) -> None:
    mine.get(reverse("digest_preview_leave"))
    assert not PreviewLeave.objects.exists()

    mine.post(reverse("digest_preview_leave"), {"do": "give"})
    assert PreviewLeave.objects.get().person == cast.mulhouse_lead

    mine.post(reverse("digest_preview_leave"), {"do": "withdraw"})
    assert not PreviewLeave.objects.exists()


def test_nothing_new_is_said_for_them_too(cast: Cast, looking: Client) -> None:
    assert "Nothing new for them since the last one" in page(looking, cast.mulhouse_lead)


def test_a_pilot_kept_to_the_team_is_in_no_preview(cast: Cast, looking: Client) -> None:
    happen(cast.projects["network"])
    project = cast.projects["network"]
    pilot = project.pilots.create(title="grumblefig", hypothesis="x", visibility=Visibility.TEAM)
    happen(project, Verb.PILOT_ADDED, pilot=pilot)

    assert "grumblefig" not in page(looking, cast.mulhouse_lead)
