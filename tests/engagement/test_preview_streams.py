"""Leave to look at one's next digest is given stream by stream, and shows no more than both may see."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cities.models import MembershipPeriod
from engagement import introductions
from engagement.choices import Cadence, IntroductionReason, ItemKind, Stream
from engagement.digests import leave
from engagement.digests.reading_along import both_see
from engagement.models import DigestItem, DigestPreference, PreviewLeave
from innoteams.accounts.models import User
from tests.cast import Cast, coordinate, make_operator, make_person
from tests.engagement.accompany_scenes import client_of
from tests.engagement.action_scenes import DAY, draft
from tests.engagement.digest_scenes import happen

pytestmark = pytest.mark.django_db


@pytest.fixture
def looking(cast: Cast) -> Client:
    """A coordinator of the programme that accompanies Tel Aviv-Yafo."""
    return client_of(cast.coordinator)


def address(person: User, stream: str, name: str = "digest_preview_person_of") -> str:
    return reverse(name, args=[person.pk, stream])


def let_look(person: User) -> None:
    """At all that waits for them: who reads it weekly is told of what is not new, too."""
    leave.give(by=person, stream=Stream.ACTIONS)
    DigestPreference.objects.create(person=person, stream=Stream.ACTIONS, cadence=Cadence.WEEKLY)


def ask(cast: Cast) -> None:
    """A message to Tel Aviv-Yafo that its coordinators do not read."""
    introductions.ask(
        by=cast.mulhouse_lead,
        from_team=cast.mulhouse,
        to_team=cast.tel_aviv,
        reason=IntroductionReason.OTHER,
        message="grumblefig",
        language="en",
    )


def test_leave_for_one_stream_opens_no_other(cast: Cast, looking: Client) -> None:
    leave.give(by=cast.tel_aviv_lead, stream=Stream.ACTIONS)

    assert looking.get(address(cast.tel_aviv_lead, Stream.ACTIONS)).status_code == 200
    assert looking.get(address(cast.tel_aviv_lead, Stream.NETWORK)).status_code == 404
    assert looking.get(address(cast.tel_aviv_lead, Stream.NETWORK, "digest_preview_person_mail_of")).status_code == 404
    assert looking.get(address(cast.tel_aviv_lead, "gossip")).status_code == 404


def test_what_both_read_of_what_waits_is_shown_as_the_mail_itself(cast: Cast, looking: Client) -> None:
    let_look(cast.tel_aviv_member)
    check_in = draft(cast, due=timezone.localdate() + DAY)
    check_in.state = "returned"
    check_in.save(update_fields=["state"])

    shown = looking.get(address(cast.tel_aviv_member, Stream.ACTIONS)).content.decode()

    assert check_in.get_absolute_url() in shown
    assert reverse("digest_preview_person_mail_of", args=[cast.tel_aviv_member.pk, "actions"]) in shown
    mail = looking.get(address(cast.tel_aviv_member, Stream.ACTIONS, "digest_preview_person_mail_of"))
    assert mail.status_code == 200
    assert "/digests/stop/" not in mail.content.decode()


def test_an_introduction_that_waits_stays_between_the_two_teams(cast: Cast, looking: Client) -> None:
    let_look(cast.tel_aviv_lead)
    ask(cast)

    shown = looking.get(address(cast.tel_aviv_lead, Stream.ACTIONS)).content.decode()

    assert "left out" in shown
    assert "grumblefig" not in shown
    assert looking.get(address(cast.tel_aviv_lead, Stream.ACTIONS, "digest_preview_person_mail_of")).status_code == 404


def test_what_is_told_of_a_team_waits_for_its_person_alone(cast: Cast) -> None:
    items = [
        DigestItem(kind=ItemKind.TEAM, team=cast.tel_aviv),
        DigestItem(kind=ItemKind.CITY, city=cast.mulhouse.city),
    ]

    assert both_see(items, Stream.ACTIONS, cast.coordinator) == items[1:]
    assert both_see(items, Stream.COORDINATION, cast.coordinator) == items


def test_what_coordinators_are_told_is_shown_to_colleagues_of_the_same_operator_alone(
    cast: Cast, looking: Client
) -> None:
    colleague = make_person("Colleague", second_factor=True)
    coordinate(cast.programme.operator, colleague)
    leave.give(by=colleague, stream=Stream.COORDINATION)

    assert looking.get(address(colleague, Stream.COORDINATION)).status_code == 200
    assert client_of(cast.other_coordinator).get(address(colleague, Stream.COORDINATION)).status_code == 404
    assert client_of(cast.administrator).get(address(colleague, Stream.COORDINATION)).status_code == 404

    coordinate(make_operator(), colleague)

    assert looking.get(address(colleague, Stream.COORDINATION)).status_code == 404


def test_the_list_of_people_names_what_each_lets_look_at(cast: Cast, looking: Client) -> None:
    leave.give(by=cast.tel_aviv_lead, stream=Stream.NETWORK)
    leave.give(by=cast.tel_aviv_lead, stream=Stream.ACTIONS)
    leave.give(by=cast.tel_aviv_member, stream=Stream.ACTIONS)

    shown = looking.get(reverse("digest_preview_people")).content.decode()

    assert address(cast.tel_aviv_lead, Stream.NETWORK) in shown
    assert address(cast.tel_aviv_lead, Stream.ACTIONS) in shown
    assert address(cast.tel_aviv_member, Stream.NETWORK) not in shown
    # Without a stream in its address the page is that of the first one that was given.
    first = looking.get(reverse("digest_preview_person", args=[cast.tel_aviv_member.pk]))
    assert first.context["stream"] == Stream.ACTIONS


def test_each_stream_is_given_and_taken_back_for_itself(cast: Cast) -> None:
    mine = client_of(cast.tel_aviv_lead)
    for stream in (Stream.ACTIONS, Stream.NETWORK):
        mine.post(reverse("digest_preview_leave"), {"do": "give", "stream": stream})
    assert leave.streams_of(cast.tel_aviv_lead) == [Stream.NETWORK, Stream.ACTIONS]

    mine.post(reverse("digest_preview_leave"), {"do": "withdraw", "stream": Stream.NETWORK})
    assert leave.streams_of(cast.tel_aviv_lead) == [Stream.ACTIONS]

    mine.post(reverse("digest_preview_leave"), {"do": "withdraw", "stream": Stream.ACTIONS})
    assert not PreviewLeave.objects.exists()
    # No coordinator: there is nothing to let anybody look at.
    coordination = {"do": "give", "stream": Stream.COORDINATION}
    assert mine.post(reverse("digest_preview_leave"), coordination).status_code == 404


def test_leave_of_before_is_for_the_network_stream(cast: Cast) -> None:
    PreviewLeave.objects.create(person=cast.tel_aviv_lead)

    assert leave.streams_of(cast.tel_aviv_lead) == [Stream.NETWORK]


def test_who_no_longer_coordinates_the_city_sees_nothing_of_any_stream(cast: Cast, looking: Client) -> None:
    happen(cast.projects["network"])
    for stream in (Stream.NETWORK, Stream.ACTIONS):
        leave.give(by=cast.tel_aviv_lead, stream=stream)
    MembershipPeriod.objects.filter(city=cast.tel_aviv.city).delete()

    for name in Stream.values:
        assert looking.get(address(cast.tel_aviv_lead, name)).status_code == 404
