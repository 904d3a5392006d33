"""The pages of promises: what is said of each, changing, handing over, letting go, and My work."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from cities.models import Membership
from cities.querysets import today
from engagement.choices import Act
from engagement.coaching import commitments
from engagement.coaching.commitments import (
    CannotDoIt,
    ChangedMeanwhile,
    NotAProjectOfTheTeam,
    NotOfThePair,
    SettledMeanwhile,
    fingerprint,
)
from engagement.models import CoachingEngagement, Commitment
from engagement.waiting import Waiting, waiting_for
from innoteams.accounts.models import User
from innoteams.lib import asides
from innoteams.lib.verdicts import NotAllowed
from projects.evidence import choose_indicator
from projects.models import Project
from projects.readings import add_reading, withdraw_reading
from tests.cast import Cast, make_project
from tests.engagement.accompany_scenes import client_of, engagement, session
from tests.engagement.promise_scenes import again, journal, promise

pytestmark = pytest.mark.django_db


def page_of(of: CoachingEngagement, client: Client) -> str:
    return client.get(of.get_absolute_url()).content.decode()


def leave_team(person: User) -> None:
    Membership.objects.filter(person=person).update(ends_on=today())


# --- What is said of a promise -------------------------------------------------------------------------------------


def test_the_page_says_what_kept_it_and_where(cast: Cast) -> None:
    opened, project = engagement(cast), cast.projects["network"]
    promise(opened, cast.tel_aviv_lead, Act.WRITE_JOURNAL)
    journal(project, cast.tel_aviv_lead)
    page = page_of(opened, client_of(cast.coach))
    assert "Kept by itself: the journal was written on" in page
    assert f"{project.get_absolute_url()}#journal" in page


def test_the_coach_reads_that_it_is_kept_and_not_in_which_closed_project(cast: Cast) -> None:
    opened, project = engagement(cast), cast.projects["team"]
    promise(opened, cast.tel_aviv_lead, Act.WRITE_JOURNAL, project)
    waiting = page_of(opened, client_of(cast.coach))
    journal(project, cast.tel_aviv_lead)
    kept = page_of(opened, client_of(cast.coach))
    assert "(in a project that only the team sees)" in waiting
    assert "Kept by itself: the journal was written on" in kept
    for page in (waiting, kept):
        assert project.title not in page
        assert project.slug not in page
    assert project.title in page_of(opened, client_of(cast.tel_aviv_observer))


def test_the_named_project_stays_named_when_what_kept_it_was_taken_back(cast: Cast) -> None:
    opened, project, lead = engagement(cast), cast.projects["team"], cast.tel_aviv_lead
    one = promise(opened, lead, Act.ADD_READING, project)
    indicator = choose_indicator(by=lead, project=project, name="Visits", unit="visits", better="up")
    reading = add_reading(by=lead, indicator=indicator, value=Decimal(3), read_on=today(), source="Count")
    withdraw_reading(by=lead, reading=reading, why="Counted twice.")
    assert again(one).done_at is not None
    assert f'"{project.get_absolute_url()}"' in page_of(opened, client_of(cast.tel_aviv_observer))
    assert project.title not in page_of(opened, client_of(cast.coach))


def test_it_says_through_how_many_sessions_it_was_carried(cast: Cast) -> None:
    opened = engagement(cast)
    one = promise(opened, cast.coach)
    Commitment.objects.filter(pk=one.pk).update(created_at=one.created_at - dt.timedelta(days=40))
    for days in (-30, -10):
        held = session(opened, days=days)
        held.logged_at = held.starts_at
        held.save()
    session(opened, days=-2)
    assert "carried over 2 sessions" in page_of(opened, client_of(cast.coach))


def test_what_was_let_go_stays_readable_with_its_reason(cast: Cast) -> None:
    opened = engagement(cast)
    one = promise(opened, cast.coach)
    client = client_of(cast.coach)
    answer = client.post(reverse("commitment_let_go", args=[one.pk]), {"why": "The mayor said it first."}, follow=True)
    page = answer.content.decode()
    assert "The mayor said it first." in page
    assert "1 let go" in page
    client.post(reverse("commitment_reopen", args=[one.pk]))
    now = again(one)
    assert (now.is_open, now.let_go_why) == (True, "")


def test_letting_go_needs_a_reason(cast: Cast) -> None:
    one = promise(engagement(cast), cast.coach)
    answer = client_of(cast.coach).post(reverse("commitment_let_go", args=[one.pk]), {"why": "  "})
    assert answer.status_code == 422
    assert again(one).is_open


def test_what_is_let_go_is_not_done_and_the_other_way_round(cast: Cast) -> None:
    opened = engagement(cast)
    gone = commitments.let_go(by=cast.coach, commitment=promise(opened, cast.coach), why="No.")
    done = commitments.settle(by=cast.coach, commitment=promise(opened, cast.coach))
    with pytest.raises(SettledMeanwhile):
        commitments.settle(by=cast.coach, commitment=gone)
    with pytest.raises(SettledMeanwhile):
        commitments.let_go(by=cast.coach, commitment=done, why="No.")
    assert client_of(cast.coach).get(reverse("commitment_change", args=[done.pk])).status_code == 200


# --- Promising, changing, handing over -----------------------------------------------------------------------------


def test_a_promise_is_bound_on_the_page(cast: Cast) -> None:
    opened, project = engagement(cast), cast.projects["team"]
    typed = {
        "text": "Count the visitors",
        "owner": cast.tel_aviv_member.pk,
        "due_on": today().isoformat(),
        "act": Act.ADD_READING.value,
        "project": project.pk,
    }
    client_of(cast.tel_aviv_lead).post(reverse("commitment_create", args=[opened.pk]), typed)
    one = Commitment.objects.get()
    assert (one.act, one.project, one.created_by) == (Act.ADD_READING, project, cast.tel_aviv_lead)


def test_a_coach_is_not_offered_a_project_that_the_coach_does_not_see(cast: Cast) -> None:
    opened, project = engagement(cast), cast.projects["team"]
    client = client_of(cast.coach)
    assert project.title not in page_of(opened, client)
    typed = {
        "text": "Count",
        "owner": cast.tel_aviv_member.pk,
        "due_on": today().isoformat(),
        "act": Act.ADD_READING.value,
        "project": project.pk,
    }
    assert client.post(reverse("commitment_create", args=[opened.pk]), typed).status_code == 422
    assert not Commitment.objects.exists()


def test_a_promise_names_a_project_of_this_team_only(cast: Cast) -> None:
    with pytest.raises(NotAProjectOfTheTeam):
        promise(engagement(cast), cast.tel_aviv_lead, Act.WRITE_JOURNAL, make_project(cast.mulhouse))


@pytest.mark.parametrize("kind", ["coach", "tel_aviv_observer"])
def test_who_cannot_act_in_the_projects_does_not_promise_an_act(cast: Cast, kind: str) -> None:
    opened = engagement(cast)
    with pytest.raises(CannotDoIt):
        commitments.commit(
            by=cast.tel_aviv_lead,
            engagement=opened,
            text="Count",
            owner=getattr(cast, kind),
            due_on=today(),
            act=Act.ADD_READING,
        )


def test_a_coach_who_changes_the_words_leaves_the_unseen_project_as_it_is(cast: Cast) -> None:
    one = promise(engagement(cast), cast.tel_aviv_lead, Act.WRITE_JOURNAL, cast.projects["team"])
    client, url = client_of(cast.coach), reverse("commitment_change", args=[one.pk])
    assert cast.projects["team"].title not in client.get(url).content.decode()
    typed = {"text": "In other words", "due_on": one.due_on.isoformat(), "act": one.act, "known": fingerprint(one)}
    assert client.post(url, typed).status_code == 302
    now = again(one)
    assert (now.text, now.project) == ("In other words", cast.projects["team"])


def test_a_late_one_may_be_reworded_without_another_day(cast: Cast) -> None:
    one = promise(engagement(cast), cast.coach, days=-3)
    typed = {"text": "Shorter", "due_on": one.due_on.isoformat(), "act": "", "known": fingerprint(one)}
    assert client_of(cast.coach).post(reverse("commitment_change", args=[one.pk]), typed).status_code == 302
    typed |= {"due_on": (one.due_on - dt.timedelta(days=1)).isoformat(), "known": fingerprint(again(one))}
    assert client_of(cast.coach).post(reverse("commitment_change", args=[one.pk]), typed).status_code == 422


def test_the_second_to_change_it_sees_what_the_first_wrote(cast: Cast) -> None:
    one = promise(engagement(cast), cast.coach, text="First words")
    known = fingerprint(one)
    by = cast.tel_aviv_lead
    commitments.change_commitment(by=by, commitment=one, known=known, text="Their words", due_on=one.due_on)
    with pytest.raises(ChangedMeanwhile):
        commitments.change_commitment(by=cast.coach, commitment=one, known=known, text="Mine", due_on=one.due_on)
    typed = {"text": "My words", "due_on": one.due_on.isoformat(), "act": "", "known": known}
    client, url = client_of(cast.coach), reverse("commitment_change", args=[one.pk])
    answer = client.post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Their words" in page
    assert "My words" in page
    assert client.post(url, typed | {"known": fingerprint(again(one))}).status_code == 302


def test_a_promise_of_somebody_who_left_is_given_to_somebody(cast: Cast) -> None:
    opened = engagement(cast)
    one = promise(opened, cast.tel_aviv_member, text="Call the baker")
    leave_team(cast.tel_aviv_member)
    client = client_of(cast.coach)
    assert "<bdi>Tel Aviv member</bdi> has left." in page_of(opened, client)
    typed = {"owner": cast.tel_aviv_lead.pk}
    page = client.post(reverse("commitment_hand_over", args=[one.pk]), typed, follow=True).content.decode()
    assert again(one).owner == cast.tel_aviv_lead
    assert "has left" not in page


def test_it_waits_for_the_coach_and_the_leads_meanwhile(cast: Cast) -> None:
    Project.objects.filter(team=cast.tel_aviv).update(created_by=None)
    promise(engagement(cast), cast.tel_aviv_member)
    leave_team(cast.tel_aviv_member)
    for person in (cast.coach, cast.tel_aviv_lead):
        assert "commitment_left_behind" in [item.kind for item in waiting_for(person)]
    assert waiting_for(cast.tel_aviv_member) == []


def test_it_goes_to_somebody_of_the_pair(cast: Cast) -> None:
    one = promise(engagement(cast), cast.coach)
    with pytest.raises(NotOfThePair):
        commitments.hand_over(by=cast.coach, commitment=one, owner=cast.mulhouse_lead)
    bound = promise(one.engagement, cast.tel_aviv_lead, Act.WRITE_JOURNAL)
    with pytest.raises(CannotDoIt):
        commitments.hand_over(by=cast.coach, commitment=bound, owner=cast.coach)


@pytest.mark.parametrize("verb", ["hand_over", "let_go", "settle", "reopen"])
def test_an_observer_decides_nothing(cast: Cast, verb: str) -> None:
    one = promise(engagement(cast), cast.coach)
    wanted: dict[str, dict[str, object]] = {"hand_over": {"owner": cast.coach}, "let_go": {"why": "No."}}
    more = wanted.get(verb, {})
    with pytest.raises(NotAllowed):
        getattr(commitments, verb)(by=cast.tel_aviv_observer, commitment=one, **more)


# --- My work -------------------------------------------------------------------------------------------------------


def the_promise(person: User) -> Waiting:
    [item] = [one for one in waiting_for(person) if one.kind == "commitment"]
    return item


@pytest.mark.parametrize(
    ("act", "url", "action"),
    [
        (Act.WRITE_JOURNAL, "/projects/tel-aviv-network/journal/new/", "Write in the journal"),
        (Act.ADD_READING, "/projects/tel-aviv-network/#figures", "Add a reading"),
        (Act.SHARE_PROJECT, "/projects/tel-aviv-network/share/", "Share the project"),
        (Act.SHARE_LESSON, "/projects/tel-aviv-network/", "Share a lesson"),
    ],
)
def test_a_bound_one_leads_to_where_it_is_done(cast: Cast, act: Act, url: str, action: str) -> None:
    promise(engagement(cast), cast.tel_aviv_lead, act, cast.projects["network"])
    item = the_promise(cast.tel_aviv_lead)
    assert (item.url, item.action, item.ways) == (url, action, ())


def test_a_reading_is_added_to_the_one_indicator(cast: Cast) -> None:
    project = cast.projects["network"]
    promise(engagement(cast), cast.tel_aviv_lead, Act.ADD_READING, project)
    indicator = choose_indicator(by=cast.tel_aviv_lead, project=project, name="Visits", unit="visits", better="up")
    found = the_promise(cast.tel_aviv_lead)
    assert found.url == reverse("reading_add", args=[project.slug, indicator.pk])
    assert client_of(cast.tel_aviv_lead).get(found.url).status_code == 200


def test_without_a_project_it_leads_to_those_of_the_team(cast: Cast) -> None:
    promise(engagement(cast), cast.tel_aviv_lead, Act.WRITE_JOURNAL)
    assert the_promise(cast.tel_aviv_lead).url == "/projects/?mine=team"


def test_another_one_is_done_in_place_and_undone_from_the_message(cast: Cast) -> None:
    one = promise(engagement(cast), cast.coach, text="Send the guide")
    client = client_of(cast.coach)
    url, back = reverse("commitment_settle", args=[one.pk]), {"next": reverse("my_work")}
    page = client.post(url, back, follow=True).content.decode()
    assert "Send the guide" in page
    assert f'action="{reverse("commitment_reopen", args=[one.pk])}"' in page
    client.post(reverse("commitment_reopen", args=[one.pk]))
    assert again(one).is_open


def test_my_work_tells_what_kept_itself_lately(cast: Cast) -> None:
    promise(engagement(cast), cast.tel_aviv_member, Act.WRITE_JOURNAL, text="Tell of the walk")
    journal(cast.projects["network"], cast.tel_aviv_lead)
    page = client_of(cast.tel_aviv_member).get(reverse("my_work")).content.decode()
    assert "Tell of the walk" in page
    assert "Kept by itself: the journal was written on" in page
    assert "Tell of the walk" not in client_of(cast.tel_aviv_lead).get(reverse("my_work")).content.decode()


# --- Asides --------------------------------------------------------------------------------------------------------


def test_outside_of_a_request_nobody_listens(cast: Cast) -> None:
    asides.say("Nobody hears this.")


@pytest.mark.django_db(transaction=True)
def test_the_person_who_acts_reads_on_the_next_page_what_it_kept(cast: Cast) -> None:
    one = promise(engagement(cast), cast.tel_aviv_member, Act.WRITE_JOURNAL, text="Tell of the walk")
    client = client_of(cast.tel_aviv_lead)
    typed = {"text": "We walked.", "happened_on": today().isoformat(), "language": "en"}
    page = client.post(reverse("journal_add", args=["tel-aviv-network"]), typed, follow=True).content.decode()
    assert "This also keeps a promise: “\u2068Tell of the walk\u2069”." in page
    undo = reverse("commitment_reopen", args=[one.pk])
    assert f'action="{undo}"' in page
    back = client.post(undo, {"next": "/projects/tel-aviv-network/"})
    assert back["Location"] == "/projects/tel-aviv-network/"
    assert again(one).is_open


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_not_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    one = promise(engagement(cast), cast.tel_aviv_member, Act.WRITE_JOURNAL)
    client = client_of(cast.tel_aviv_lead)
    client.raise_request_exception = False

    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("projects.journal.revise", fails)
    typed = {"text": "We walked.", "happened_on": today().isoformat(), "language": "en"}
    assert client.post(reverse("journal_add", args=["tel-aviv-network"]), typed).status_code == 500
    assert "keeps a promise" not in client.get(reverse("my_work")).content.decode()
    assert again(one).is_open
