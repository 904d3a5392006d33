"""Pins, and who is never shown or receives nothing."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cities.models import Operator
from cities.querysets import today
from engagement.choices import Cadence, DigestState, SuppressionCause
from engagement.digests import operating, reached
from engagement.models import DigestItem, DigestPin, Suppression
from engagement.reach import hash_of
from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed
from projects.models import Project
from tests.cast import Cast, join, make_person
from tests.engagement.accompany_scenes import client_of
from tests.engagement.digest_scenes import DAY, prefer
from tests.engagement.run_scenes import kept

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - dt.timedelta(days=60)


def pin(cast: Cast, by: User | None = None, project: str = "network", **values: object) -> DigestPin:
    given: dict[str, object] = {"note": "Worth copying.", "until": today() + 10 * DAY, "operator": cast.operator}
    return operating.pin(by=by or cast.coordinator, project=cast.projects[project], **{**given, **values})  # type: ignore[arg-type]  # by name


# --- Pins ----------------------------------------------------------------------------------------------------------


def test_a_coordinator_pins_a_project_of_the_network(cast: Cast) -> None:
    made = pin(cast)

    assert (made.operator, made.by, made.removed_at) == (cast.operator, cast.coordinator, None)


@pytest.mark.parametrize("level", ["team", "programme"])
def test_what_not_everybody_may_see_is_not_pinned(level: str, cast: Cast) -> None:
    with pytest.raises(operating.PinRefused, match="shared with the network"):
        pin(cast, project=level)


def test_only_coordinators_of_the_operator_pin_for_it(cast: Cast) -> None:
    for kind in ("administrator", "other_coordinator", "funder_coordinator", "coach"):
        with pytest.raises(NotAllowed):
            pin(cast, by=getattr(cast, kind))


def test_one_project_at_a_time_until_its_day_is_over_or_it_is_taken_out(cast: Cast) -> None:
    first = pin(cast)
    with pytest.raises(operating.PinRefused, match="One project at a time"):
        pin(cast, project="public")

    DigestPin.objects.filter(pk=first.pk).update(until=today() - DAY)
    second = pin(cast, project="public")
    first.refresh_from_db()
    assert first.removed_at

    operating.unpin(by=cast.coordinator, pin=second)
    second.refresh_from_db()
    assert second.removed_by == cast.coordinator
    pin(cast)


@pytest.mark.parametrize("days", [-1, 61])
def test_a_pin_has_an_end_that_can_be_overlooked(days: int, cast: Cast) -> None:
    with pytest.raises(operating.PinRefused, match="60 days"):
        pin(cast, until=today() + days * DAY)


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_pin_one(cast: Cast) -> None:
    def act(project: str) -> bool:
        try:
            pin(cast, project=project)
        except operating.PinRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(act, ["network", "public"]))

    assert sorted(done) == [False, True]
    assert DigestPin.objects.filter(removed_at=None).count() == 1


def test_on_the_page_a_project_is_found_chosen_and_pinned(cast: Cast) -> None:
    client = client_of(cast.coordinator)
    page = reverse("digest_pins")
    assert "Nothing was pinned so far" in client.get(page).content.decode()
    found = client.get(page, {"find": "level"}).content.decode()
    assert "?project=tel-aviv-network" in found
    assert "?project=tel-aviv-programme" not in found
    assert "No project that is shared" in client.get(page, {"find": "zeppelin"}).content.decode()

    data = {
        "project": "tel-aviv-network",
        "operator": str(cast.operator.pk),
        "note": "Look at this.",
        "language": "en",
        "until": f"{today() + 5 * DAY}",
    }
    told = client.post(page, data, follow=True).content.decode()

    assert "Look at this." in told
    assert "people have got it" in told
    [made] = DigestPin.objects.all()
    client.post(reverse("digest_pin_remove", args=[made.pk]))
    made.refresh_from_db()
    assert made.removed_by == cast.coordinator


def test_what_was_typed_stays_where_it_is_refused(cast: Cast) -> None:
    pin(cast)
    data = {"project": "tel-aviv-public", "operator": str(cast.operator.pk), "note": "A second one.", "language": "en"}

    response = client_of(cast.coordinator).post(reverse("digest_pins"), data | {"until": f"{today()}"})

    assert response.status_code == 422
    assert DigestPin.objects.count() == 1


def test_it_counts_who_has_got_it(cast: Cast) -> None:
    made = pin(cast)
    for person, state in ((cast.tel_aviv_lead, "sent"), (cast.tel_aviv_member, "sent"), (cast.stranger, "failed")):
        digest = kept(person, state=state)
        DigestItem.objects.create(digest=digest, rank=9, kind="project", project=made.project, pin=made)

    told = client_of(cast.coordinator).get(reverse("digest_pins")).content.decode()

    assert '<strong class="tabular">2</strong>' in told


def test_a_pinned_project_that_was_narrowed_is_not_named(cast: Cast) -> None:
    pin(cast)
    Project.objects.filter(pk=cast.projects["network"].pk).update(visibility="team")

    told = client_of(cast.coordinator).get(reverse("digest_pins")).content.decode()

    assert "Tel Aviv at level network" not in told
    assert "not shared with you any more" in told


def test_another_operators_pin_is_not_found(cast: Cast) -> None:
    made = pin(cast)

    assert client_of(cast.other_coordinator).post(reverse("digest_pin_remove", args=[made.pk])).status_code == 404
    assert Operator.objects.count() == 3


# --- Who is shown, who is reached ----------------------------------------------------------------------------------


def why_of(reader: User, *people: User) -> list[str | None]:
    now = timezone.now()
    found = {row.person.pk: row.why for row in reached.unreached(reader, now - 30 * DAY, now)}
    return [found.get(person.pk) for person in people]


def old_hand(cast: Cast, name: str = "") -> User:
    person = make_person(name, welcomed_at=LONG_AGO, date_joined=LONG_AGO)
    join(cast.tel_aviv, person)
    return person


def test_it_is_told_why_somebody_receives_nothing(cast: Cast) -> None:
    off, paused, bounced, empty, failed, none, held = (old_hand(cast) for _number in range(7))
    got, new = old_hand(cast), make_person()
    join(cast.tel_aviv, new)
    prefer(off, cadence=Cadence.OFF)
    prefer(paused, paused_until=timezone.now().date() + 5 * DAY)
    Suppression.objects.create(address_hash=hash_of(bounced.email), cause=SuppressionCause.BOUNCE)
    kept(empty, state=DigestState.EMPTY)
    kept(failed, state=DigestState.UNKNOWN)
    kept(held, state=DigestState.BUILT, held_at=timezone.now())
    kept(got)
    absent = make_person(welcomed_at=None, date_joined=LONG_AGO)
    join(cast.tel_aviv, absent)

    assert why_of(cast.coordinator, off, paused, bounced, empty, failed, none, held) == [
        "off",
        "paused",
        "suppressed",
        "empty",
        "failed",
        "none",
        "held",
    ]
    assert why_of(cast.coordinator, got, new, absent) == [None, None, "not_arrived"]


def test_a_coordinator_is_told_of_the_own_people_alone(cast: Cast) -> None:
    person = old_hand(cast)

    assert why_of(cast.coordinator, person) == ["none"]
    assert why_of(cast.other_coordinator, person) == [None]
    assert why_of(cast.administrator, person) == ["none"]


def test_teams_are_listed_with_the_least_shown_first(cast: Cast) -> None:
    since = timezone.now() - 30 * DAY
    assert [row.times for row in reached.teams_shown(cast.coordinator, since)] == [0]
    kept(cast.mulhouse_lead, project=cast.projects["network"])

    [mine] = reached.teams_shown(cast.coordinator, since)
    assert (mine.team, mine.times) == (cast.tel_aviv, 1)
    assert mine.last
    everywhere = reached.teams_shown(cast.administrator, since)
    assert everywhere[-1].team == cast.tel_aviv
    assert everywhere[0].last is None


def test_the_page_can_be_narrowed_to_one_reason(cast: Cast) -> None:
    off, none = old_hand(cast, name="Wants none"), old_hand(cast, name="Got none")
    prefer(off, cadence=Cadence.OFF)

    def look(**query: str) -> str:
        return client_of(cast.coordinator).get(reverse("digest_exposure"), query).content.decode()

    assert off.name in look()
    assert none.name in look()
    assert none.name not in look(why="off")
    assert off.name in look(why="off")
    assert off.email not in look()
    assert none.name in look(why="nonsense")


def test_where_everybody_heard_something_the_page_says_so(cast: Cast) -> None:
    assert "Everybody heard something" in client_of(cast.coordinator).get(reverse("digest_exposure")).content.decode()
