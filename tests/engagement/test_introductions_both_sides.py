"""Letting an introduction rest, brokering one for two sides, and telling a month later whether it helped."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import formats, timezone
from hypothesis import given
from hypothesis import strategies as st

from cities.querysets import today
from engagement import introductions
from engagement.choices import Help, IntroductionReason, IntroductionState, LetterKind
from engagement.introductions import helping
from engagement.introductions.answering import RESTS_FOR
from engagement.introductions.moves import MOVES
from engagement.introductions.overview import overview_for, state_of
from engagement.models import Introduction, IntroductionHelp, Letter
from engagement.posting import post_waiting
from engagement.waiting import waiting_for
from innoteams.accounts.closing import close
from innoteams.accounts.models import User
from innoteams.lib.logs import without_keys
from innoteams.lib.verdicts import NotAllowed, Refused
from innoteams.own_data import own_data
from projects.adaptations import adapt
from projects.sharing import share_project
from tests.cast import Cast, accompany, join, make_city, make_person, make_team
from tests.engagement.accompany_scenes import client_of, introduction, somebody

DAY = dt.timedelta(days=1)


def broker(cast: Cast, by: User | None = None) -> Introduction:
    """Hazira's coordinator proposes that Tel Aviv and Mulhouse meet."""
    return introductions.broker(
        by=by or cast.coordinator,
        from_team=cast.tel_aviv,
        to_team=cast.mulhouse,
        reason=IntroductionReason.SAME_PROBLEM,
        message="You both count who sits on benches.",
        language="en",
    )


def met(cast: Cast, days_ago: int = 31, **fields: object) -> Introduction:
    values = {"answered_by": cast.tel_aviv_lead, "answered_at": timezone.now() - days_ago * DAY, **fields}
    return introduction(cast, IntroductionState.ACCEPTED, **values)


def to_answer(person: User) -> list[str]:
    return [item.title for item in waiting_for(person) if item.kind == "introduction"]


def letters_to(person: User) -> list[str]:
    return list(Letter.objects.filter(person=person).values_list("kind", flat=True))


# --- Resting -------------------------------------------------------------------------------------------------------


def test_an_introduction_rests_for_three_months_unless_said_otherwise(cast: Cast) -> None:
    resting = introductions.let_rest(by=cast.tel_aviv_lead, introduction=introduction(cast))
    assert (resting.state, resting.rests_until, resting.rests_for) == ("resting", today() + RESTS_FOR, cast.tel_aviv)


def test_who_asked_is_told_once_that_it_rests_and_not_why(cast: Cast) -> None:
    one = introduction(cast)
    introductions.let_rest(by=cast.tel_aviv_lead, introduction=one)
    introductions.let_rest(by=cast.tel_aviv_lead, introduction=one, until=today() + 200 * DAY)
    assert letters_to(cast.mulhouse_lead) == [LetterKind.INTRODUCTION_RESTS]


def test_what_rests_waits_for_nobody_until_its_day(cast: Cast) -> None:
    one = introduction(cast)
    assert len(to_answer(cast.tel_aviv_lead)) == 1
    introductions.let_rest(by=cast.tel_aviv_lead, introduction=one, until=today() + 10 * DAY)
    assert to_answer(cast.tel_aviv_lead) == []
    with time_machine.travel(timezone.now() + 10 * DAY, tick=False):
        assert to_answer(cast.tel_aviv_lead) == ["Mulhouse asks to meet your team"]


def test_what_rests_may_be_answered_before_and_after_its_day(cast: Cast) -> None:
    one = introduction(cast)
    introductions.let_rest(by=cast.tel_aviv_lead, introduction=one)
    accepted = introductions.accept(by=cast.tel_aviv_member, introduction=one)
    assert accepted.state == IntroductionState.ACCEPTED


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_rest_ends_within_a_year(cast: Cast, days: int) -> None:
    with pytest.raises(introductions.RestRefused):
        introductions.let_rest(by=cast.tel_aviv_lead, introduction=introduction(cast), until=today() + days * DAY)


def test_while_it_rests_the_pair_is_not_asked_again(cast: Cast) -> None:
    introductions.let_rest(by=cast.tel_aviv_lead, introduction=introduction(cast))
    with pytest.raises(introductions.AskedAlready):
        introductions.ask(
            by=cast.mulhouse_lead,
            from_team=cast.mulhouse,
            to_team=cast.tel_aviv,
            reason="other",
            message="Again?",
            language="en",
        )


def test_the_page_keeps_a_day_that_cannot_be(cast: Cast) -> None:
    one = introduction(cast)
    url = reverse("introduction_rest", args=[one.pk])
    response = client_of(cast.tel_aviv_lead).post(url, {"until": "2019-01-01"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose a day within the next twelve months." in page
    assert "2019-01-01" in page


def test_the_asker_reads_that_it_rests_without_the_day(cast: Cast) -> None:
    one = introduction(cast)
    until = today() + 77 * DAY
    introductions.let_rest(by=cast.tel_aviv_lead, introduction=one, until=until)
    theirs = client_of(cast.mulhouse_lead).get(one.get_absolute_url()).content.decode()
    own = client_of(cast.tel_aviv_lead).get(one.get_absolute_url()).content.decode()
    day = formats.date_format(until, "DATE_FORMAT")
    assert "lets it rest for now" in theirs
    assert day not in theirs
    assert day in own


# --- Brokering -----------------------------------------------------------------------------------------------------


def test_a_coordinator_proposes_and_both_sides_are_asked(cast: Cast) -> None:
    one = broker(cast)
    assert (one.brokered_by, one.brokered_for, one.asked_by) == (cast.coordinator, cast.operator, None)
    told = {letter.person for letter in Letter.objects.filter(kind=LetterKind.INTRODUCTION_BROKERED)}
    assert told == {cast.tel_aviv_lead, cast.mulhouse_lead}
    assert to_answer(cast.tel_aviv_lead) == ["A coordinator proposes that you meet Mulhouse"]
    assert to_answer(cast.mulhouse_lead) == ["A coordinator proposes that you meet Tel Aviv Yafo"]


@pytest.mark.parametrize("kind", ["funder_coordinator", "coach", "tel_aviv_lead", "administrator", "stranger"])
def test_others_do_not_broker(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed):
        broker(cast, by=somebody(cast, kind))


def test_a_coordinator_brokers_only_where_one_of_the_two_is_theirs(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        introductions.broker(
            by=cast.coordinator,
            from_team=cast.mulhouse,
            to_team=cast.boston,
            reason="other",
            message="Meet.",
            language="en",
        )


@pytest.mark.parametrize("first", ["tel_aviv_lead", "mulhouse_lead"])
def test_only_the_second_yes_introduces(cast: Cast, first: str) -> None:
    one = broker(cast)
    second = {"tel_aviv_lead": "mulhouse_lead", "mulhouse_lead": "tel_aviv_lead"}[first]
    half = introductions.accept(by=somebody(cast, first), introduction=one)
    assert (half.state, half.one_said_yes) == (IntroductionState.ASKED, True)
    assert to_answer(somebody(cast, first)) == []
    both = introductions.accept(by=somebody(cast, second), introduction=one)
    assert both.state == IntroductionState.ACCEPTED
    assert (both.asked_by, both.answered_by) == (cast.tel_aviv_lead, cast.mulhouse_lead)
    assert Letter.objects.filter(kind=LetterKind.INTRODUCTION_ACCEPTED).count() == 1


@pytest.mark.parametrize("answers", [0, 1])
def test_no_address_is_shown_before_both_said_yes(cast: Cast, answers: int) -> None:
    one = broker(cast)
    for by in [cast.tel_aviv_lead][:answers]:
        introductions.accept(by=by, introduction=one)
    for kind in ("tel_aviv_lead", "mulhouse_lead"):
        page = client_of(somebody(cast, kind)).get(one.get_absolute_url()).content.decode()
        for person in {cast.tel_aviv_lead, cast.mulhouse_lead, cast.coordinator} - {somebody(cast, kind)}:
            assert person.email not in page


def test_a_no_tells_who_had_said_yes_and_nobody_else(cast: Cast) -> None:
    one = broker(cast)
    introductions.accept(by=cast.mulhouse_lead, introduction=one)
    Letter.objects.all().delete()
    introductions.decline(by=cast.tel_aviv_lead, introduction=one)
    assert letters_to(cast.mulhouse_lead) == [LetterKind.INTRODUCTION_DECLINED]
    assert Letter.objects.count() == 1


def test_a_no_before_any_yes_is_told_to_nobody(cast: Cast) -> None:
    one = broker(cast)
    Letter.objects.all().delete()
    introductions.decline(by=cast.tel_aviv_lead, introduction=one)
    assert not Letter.objects.exists()


def test_a_colleague_who_answers_the_same_side_is_told_who_was_first(cast: Cast) -> None:
    one = broker(cast)
    introductions.accept(by=cast.tel_aviv_lead, introduction=one)
    with pytest.raises(introductions.AnsweredMeanwhile, match="Tel Aviv lead said yes for your team"):
        introductions.decline(by=cast.tel_aviv_member, introduction=one)


def test_a_yes_of_somebody_who_left_is_asked_for_again(cast: Cast) -> None:
    one = broker(cast)
    introductions.accept(by=cast.tel_aviv_member, introduction=one)
    cast.tel_aviv_member.memberships.update(ends_on=today())
    half = introductions.accept(by=cast.mulhouse_lead, introduction=one)
    assert (half.state, half.asked_by, half.answered_by) == ("asked", None, cast.mulhouse_lead)
    assert to_answer(cast.tel_aviv_lead) == ["A coordinator proposes that you meet Mulhouse"]


def test_the_coordinator_reads_the_state_and_not_what_they_say(cast: Cast) -> None:
    one = broker(cast)
    introductions.accept(by=cast.tel_aviv_lead, introduction=one, words="Only between us.")
    client = client_of(cast.coordinator)
    assert client.get(one.get_absolute_url()).status_code == 404
    page = client.get(reverse("introduction_overview")).content.decode()
    assert "One said yes" in page
    assert "Only between us." not in page
    assert cast.tel_aviv_lead.name not in page


def test_both_sides_read_who_brokers_it(cast: Cast) -> None:
    one = broker(cast)
    for kind in ("tel_aviv_lead", "mulhouse_lead"):
        page = client_of(somebody(cast, kind)).get(one.get_absolute_url()).content.decode()
        assert "You both count who sits on benches." in page
        assert cast.coordinator.name in page
        assert cast.operator.name in page


def test_the_coordinators_take_it_back_and_the_teams_cannot(cast: Cast) -> None:
    one = broker(cast)
    with pytest.raises(NotAllowed):
        introductions.withdraw(by=cast.tel_aviv_lead, introduction=one)
    response = client_of(cast.coordinator).post(reverse("introduction_withdraw", args=[one.pk]))
    assert response["Location"] == reverse("introduction_overview")
    one.refresh_from_db()
    assert one.state == IntroductionState.WITHDRAWN


def test_ten_are_proposed_in_a_week(cast: Cast) -> None:
    for _ in range(introductions.MOST_BROKERED_IN_A_WEEK):
        team = make_team()
        join(team, make_person(), "lead")
        introductions.broker(
            by=cast.coordinator,
            from_team=cast.tel_aviv,
            to_team=team,
            reason="other",
            message="Meet.",
            language="en",
        )
    with pytest.raises(introductions.TooMany, match="You proposed 10 introductions"):
        broker(cast)


def test_a_declined_pair_is_not_proposed_and_nobody_is_named(cast: Cast) -> None:
    introductions.decline(by=cast.tel_aviv_lead, introduction=introduction(cast))
    with pytest.raises(introductions.DeclinedRecently) as refusal:
        broker(cast)
    assert "declined" not in str(refusal.value)


def test_who_met_lately_is_not_proposed(cast: Cast) -> None:
    met(cast)
    with pytest.raises(introductions.IntroducedAlready):
        broker(cast)


def test_a_refusal_keeps_what_the_coordinator_typed(cast: Cast) -> None:
    met(cast)
    typed = {
        "from_team": "tel-aviv-yafo",
        "to_team": "mulhouse",
        "reason": "other",
        "message": "A long thought.",
        "language": "en",
    }
    response = client_of(cast.coordinator).post(reverse("introduction_broker"), typed)
    assert response.status_code == 422
    assert "A long thought." in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_both_sides_saying_yes_at_once_are_introduced_once(cast: Cast) -> None:
    one = broker(cast)
    at_once(lambda by: introductions.accept(by=by, introduction=one), cast.tel_aviv_lead, cast.mulhouse_lead)
    one.refresh_from_db()
    assert one.state == IntroductionState.ACCEPTED
    assert Letter.objects.filter(kind=LetterKind.INTRODUCTION_ACCEPTED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_colleagues_answering_at_once_one_is_told(cast: Cast) -> None:
    one = introduction(cast)
    refused = at_once(
        lambda by: (introductions.accept if by == cast.tel_aviv_lead else introductions.let_rest)(
            by=by, introduction=one
        ),
        cast.tel_aviv_lead,
        cast.tel_aviv_member,
    )
    one.refresh_from_db()
    # Whoever lets it rest first leaves it open, so that a yes may follow; a yes is the last word.
    assert one.state == IntroductionState.ACCEPTED
    assert all(isinstance(refusal, introductions.AnsweredMeanwhile) for refusal in refused)


def at_once(act: object, *people: User) -> list[Refused]:
    barrier, refused = threading.Barrier(len(people)), []

    def work(by: User) -> None:
        try:
            barrier.wait()
            act(by)  # type: ignore[operator]  # a verb bound to its introduction
        except Refused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[by]) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


ACTS = ("accept", "decline", "let_rest", "withdraw")


@given(steps=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(["from", "to"])), max_size=6))
def test_no_order_of_answers_introduces_anybody_without_two_yeses(steps: list[tuple[str, str]]) -> None:
    """By the table alone: what is accepted, declined or taken back stays so."""
    for closed in (IntroductionState.ACCEPTED, IntroductionState.DECLINED, IntroductionState.WITHDRAWN):
        assert MOVES[closed] == frozenset()
    said: set[str] = set()
    state = IntroductionState.ASKED
    for act, side in steps:
        if state not in (IntroductionState.ASKED, IntroductionState.RESTING):
            break
        said |= {side} if act == "accept" else set()
        wanted = {
            "accept": IntroductionState.ACCEPTED if said == {"from", "to"} else IntroductionState.ASKED,
            "decline": IntroductionState.DECLINED,
            "let_rest": IntroductionState.RESTING,
            "withdraw": IntroductionState.WITHDRAWN,
        }[act]
        assert wanted in MOVES[state]
        state = wanted
    assert state != IntroductionState.ACCEPTED or said == {"from", "to"}


def test_every_move_leaves_who_and_when(cast: Cast) -> None:
    one = broker(cast)
    introductions.let_rest(by=cast.mulhouse_lead, introduction=one)
    introductions.accept(by=cast.tel_aviv_lead, introduction=one)
    introductions.accept(by=cast.mulhouse_lead, introduction=one)
    moves = [(move.from_state, move.to_state, move.by, move.team) for move in one.moves.all()]
    assert moves == [
        ("", "asked", cast.coordinator, None),
        ("asked", "resting", cast.mulhouse_lead, cast.mulhouse),
        ("resting", "resting", cast.tel_aviv_lead, cast.tel_aviv),
        ("resting", "accepted", cast.mulhouse_lead, cast.mulhouse),
    ]


# --- Did it help? --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ([], None),
        (["not_yet"], None),
        (["no"], False),
        (["no", "not_yet"], False),
        (["no", "yes"], True),
        (["yes", "yes"], True),
    ],
)
def test_one_yes_is_a_yes_and_a_no_counts_where_nobody_said_yes(said: list[str], means: bool | None) -> None:
    assert helping.meaning(said) is means


def test_both_sides_say_whether_it_helped(cast: Cast) -> None:
    one = met(cast)
    introductions.say_helped(by=cast.mulhouse_lead, introduction=one, said=Help.NO)
    now = introductions.say_helped(by=cast.tel_aviv_lead, introduction=one, said=Help.YES, note="A good hour.")
    assert now.helped is True
    assert IntroductionHelp.objects.count() == 2


@pytest.mark.parametrize("kind", ["tel_aviv_member", "coordinator", "stranger"])
def test_nobody_but_the_two_says_it(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed):
        introductions.say_helped(by=somebody(cast, kind), introduction=met(cast), said=Help.YES)


def test_after_a_month_both_are_asked_by_mail_once(cast: Cast) -> None:
    met(cast)
    assert helping.write_due(timezone.now()) == 2
    assert helping.write_due(timezone.now()) == 0
    assert letters_to(cast.mulhouse_lead) == letters_to(cast.tel_aviv_lead) == [LetterKind.INTRODUCTION_HELPED]


@pytest.mark.parametrize("days_ago", [29, 200])
def test_nobody_is_asked_too_early_or_much_too_late(cast: Cast, days_ago: int) -> None:
    met(cast, days_ago)
    assert helping.write_due(timezone.now()) == 0


def test_who_has_said_it_is_not_asked(cast: Cast) -> None:
    one = met(cast)
    helping.write_due(timezone.now())
    introductions.say_helped(by=cast.mulhouse_lead, introduction=one, said=Help.NOT_YET)
    assert post_waiting(timezone.now()) == 1


def link(one: Introduction, person: User) -> str:
    return reverse("introduction_say_helped", args=[helping.key_for(one, person)])


def test_the_link_works_without_signing_in_and_opening_it_changes_nothing(cast: Cast, client: Client) -> None:
    one = met(cast)
    response = client.get(link(one, cast.tel_aviv_lead))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Did it help to meet Mulhouse?" in page
    assert not IntroductionHelp.objects.exists()
    # A link can go astray: it tells no name, no address and nothing of what was said.
    for hidden in (cast.mulhouse_lead.name, cast.mulhouse_lead.email, cast.tel_aviv_lead.email, one.message):
        assert hidden not in page


def test_a_button_tells_and_another_one_changes_it(cast: Cast, client: Client) -> None:
    one = met(cast)
    for said in ("no", "yes"):
        response = client.post(link(one, cast.tel_aviv_lead), {"helped": said, "note": "One call."})
        assert "Thank you." in response.content.decode()
    told = IntroductionHelp.objects.get()
    assert (told.person, told.said, told.note) == (cast.tel_aviv_lead, "yes", "One call.")


def test_a_button_that_is_none_keeps_the_sentence(cast: Cast, client: Client) -> None:
    response = client.post(link(met(cast), cast.tel_aviv_lead), {"helped": "perhaps", "note": "One call."})
    assert response.status_code == 422
    assert "One call." in response.content.decode()


def test_the_link_ends_after_three_months(cast: Cast, client: Client) -> None:
    url = link(met(cast), cast.tel_aviv_lead)
    with time_machine.travel(timezone.now() + 91 * DAY, tick=False):
        assert client.get(url).status_code == 404


def test_the_link_ends_with_the_account(cast: Cast, client: Client) -> None:
    url = link(met(cast), cast.tel_aviv_lead)
    close(person=cast.tel_aviv_lead, keep_name=True)
    assert client.post(url, {"helped": "yes"}).status_code == 404
    assert not IntroductionHelp.objects.exists()


def test_the_link_of_somebody_else_and_a_link_made_up_lead_nowhere(cast: Cast, client: Client) -> None:
    one = met(cast)
    for url in (link(one, cast.stranger), reverse("introduction_say_helped", args=["made-up:key"])):
        assert client.get(url).status_code == 404


def test_no_log_holds_the_key(cast: Cast) -> None:
    key = helping.key_for(met(cast), cast.tel_aviv_lead)
    assert key not in without_keys(f"Not Found: /introductions/helped/{key}/")
    assert cast.tel_aviv_lead.email not in key


# --- The coordinators' view, and what came of it -------------------------------------------------------------------


def test_coordinators_count_the_introductions_of_their_cities(cast: Cast) -> None:
    one = met(cast)
    introductions.say_helped(by=cast.mulhouse_lead, introduction=one, said=Help.YES)
    lonely, empty = make_team(make_city("lod")), make_team(make_city("acre"))
    join(lonely, make_person(), "lead")
    for team in (lonely, empty):
        accompany(team.city, cast.programme)
    overview = overview_for(cast.coordinator)
    assert (overview.total["asked"], overview.total["accepted"], overview.total["helped"]) == (1, 1, 1)
    assert [row.team for row in overview.met] == [cast.tel_aviv]
    assert overview.never == [lonely]


def test_the_state_of_a_proposal_whose_rest_is_over_is_asked(cast: Cast) -> None:
    one = broker(cast)
    resting = introductions.let_rest(by=cast.tel_aviv_lead, introduction=one, until=today() + 5 * DAY)
    assert state_of(resting) == "resting"
    with time_machine.travel(timezone.now() + 5 * DAY, tick=False):
        assert state_of(resting) == "asked"


def test_an_introduction_becomes_an_adaptation(cast: Cast) -> None:
    source = cast.projects["network"]
    one = met(cast, project=source)
    page = client_of(cast.mulhouse_lead).get(one.get_absolute_url()).content.decode()
    assert reverse("project_adapt", args=[source.slug]) in page
    project = adapt(
        by=cast.mulhouse_lead,
        source=source,
        team=cast.mulhouse,
        title="Our own bench",
        kept="The bench.",
        changed="",
        problem="Nobody sits.",
        for_whom="Neighbours",
    )
    one.refresh_from_db()
    assert one.adaptation is not None
    assert one.adaptation.project == project
    assert "Our own bench" in client_of(cast.mulhouse_lead).get(one.get_absolute_url()).content.decode()
    # A draft is its team's alone.
    assert "Our own bench" not in client_of(cast.tel_aviv_lead).get(one.get_absolute_url()).content.decode()
    share_project(by=cast.mulhouse_lead, project=project, visibility="network")
    assert "Our own bench" in client_of(cast.tel_aviv_lead).get(one.get_absolute_url()).content.decode()


def test_an_adaptation_between_strangers_is_remembered_by_no_introduction(cast: Cast) -> None:
    one = introduction(cast, project=cast.projects["network"])
    adapt(
        by=cast.mulhouse_lead,
        source=cast.projects["network"],
        team=cast.mulhouse,
        title="Our own bench",
        kept="The bench.",
        changed="",
    )
    one.refresh_from_db()
    assert one.adaptation is None


def test_everybody_takes_along_what_they_wrote_and_not_what_was_answered(cast: Cast) -> None:
    met(cast, answer="With pleasure.", message="How did you begin?")
    asker, answerer = own_data(cast.mulhouse_lead)["written"], own_data(cast.tel_aviv_lead)["written"]
    assert [row["message"] for row in asker["introductions_asked"]] == ["How did you begin?"]
    assert asker["introductions_answered"] == []
    assert [row["answer"] for row in answerer["introductions_answered"]] == ["With pleasure."]
    assert "How did you begin?" not in str(answerer)
