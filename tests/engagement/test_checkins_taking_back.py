"""Taking back what nobody has answered; and that no way through the verbs leaves the table of moves."""

import contextlib
import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engagement.checkins import comments, moves, reading
from engagement.checkins.comments import Remark
from engagement.checkins.holding import MovedMeanwhile
from engagement.checkins.moves import MOVES
from engagement.choices import CheckInState, LetterKind
from engagement.models import CheckIn, CheckInComment, CheckInMove, CheckInPeriod, Letter
from innoteams.lib.verdicts import NotAllowed, Refused
from tests.cast import Cast
from tests.engagement.accompany_scenes import answered, client_of, drafted, sheet, somebody, submitted
from tests.engagement.checkin_scenes import asked, returned_for


def taken_back(cast: Cast, check_in: CheckIn) -> CheckIn:
    return moves.take_back(by=cast.tel_aviv_lead, check_in=check_in, version=check_in.version)


def test_the_team_takes_back_what_nobody_has_answered(cast: Cast) -> None:
    back = taken_back(cast, submitted(cast))
    move = back.moves.order_by("pk").last()
    assert move is not None
    assert (back.state, back.submitted_at, back.author) == (CheckInState.DRAFTED, None, cast.tel_aviv_lead)
    assert (move.from_state, move.to_state, move.by, move.takes_back) == (
        "submitted", "drafted", cast.tel_aviv_lead, True,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["coach", "coordinator", "funder_coordinator"])
def test_nobody_else_reads_it_then(cast: Cast, kind: str) -> None:
    check_in = taken_back(cast, submitted(cast))
    assert client_of(somebody(cast, kind)).get(check_in.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "coach", "coordinator", "administrator"])
def test_only_who_writes_takes_it_back(cast: Cast, kind: str) -> None:
    check_in = submitted(cast)
    with pytest.raises(NotAllowed):
        moves.take_back(by=somebody(cast, kind), check_in=check_in, version=check_in.version)


@pytest.mark.parametrize("state", [CheckInState.RETURNED, CheckInState.ACCEPTED])
def test_what_was_answered_is_not_taken_back(cast: Cast, state: str) -> None:
    check_in = answered(cast, submitted(cast), state)
    with pytest.raises(MovedMeanwhile, match="Coordinator"):
        taken_back(cast, check_in)


def test_the_coordinators_are_not_written_to_about_it(cast: Cast) -> None:
    taken_back(cast, submitted(cast))
    letter = Letter.objects.get(kind=LetterKind.CHECK_IN_SUBMITTED)
    assert (letter.sent_at, letter.closed_at is None) == (None, False)


def test_its_words_are_not_shown_again_as_an_earlier_version(cast: Cast) -> None:
    check_in = taken_back(cast, submitted(cast, hard="We regret this sentence."))
    again = submitted(cast, check_in, hard="We say it better.")
    page = client_of(cast.coordinator).get(again.get_absolute_url()).content.decode()
    assert "We say it better." in page
    assert "We regret this sentence." not in page


def test_taken_back_after_an_answer_others_read_it_as_it_was_answered(cast: Cast) -> None:
    back = returned_for(cast, submitted(cast, hard="First."), "hard")
    undone = taken_back(cast, submitted(cast, back, hard="Second."))
    newest, _ = reading.latest_two(undone)
    assert undone.state == CheckInState.RETURNED
    assert newest is not None
    assert (newest.hard, newest.submitted_at) == ("First.", undone.submitted_at)
    page = client_of(cast.coordinator).get(undone.get_absolute_url()).content.decode()
    assert "First." in page
    assert "Second." not in page


def test_a_question_about_what_was_taken_back_does_not_show_it_again(cast: Cast) -> None:
    check_in = submitted(cast, hard="We regret this sentence.")
    asked(cast, check_in)
    again = submitted(cast, taken_back(cast, check_in), hard="We say it better.")
    page = client_of(cast.coordinator).get(again.get_absolute_url()).content.decode()
    assert "The version you asked about was taken back" in page
    assert "We regret this sentence." not in page


@pytest.mark.parametrize("way", ["check_in_answer", "check_in_comment"])
def test_who_is_just_writing_an_answer_keeps_what_was_typed(cast: Cast, way: str) -> None:
    check_in = submitted(cast, hard="A secret draft.")
    taken_back(cast, check_in)
    typed = {"words": "A long answer.", "comment-hard": "And a comment.", "version": "3", "accept": "1"}
    response = client_of(cast.coordinator).post(reverse(way, args=[check_in.pk]), typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Tel Aviv lead took this check-in back" in page
    assert "A long answer." in page
    assert "And a comment." in page
    assert "A secret draft." not in page


@pytest.mark.parametrize("kind", ["mulhouse_lead", "other_coordinator", "administrator", "former_member"])
def test_nobody_else_learns_that_way_that_there_is_a_draft(cast: Cast, kind: str) -> None:
    check_in = taken_back(cast, submitted(cast))
    response = client_of(somebody(cast, kind)).post(reverse("check_in_answer", args=[check_in.pk]), {"words": "x"})
    assert response.status_code == 404


def test_a_draft_that_was_never_sent_is_not_there_for_a_coordinator(cast: Cast) -> None:
    check_in = drafted(cast)
    response = client_of(cast.coordinator).post(reverse("check_in_answer", args=[check_in.pk]), {"words": "x"})
    assert response.status_code == 404


# --- At once ---------------------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Runs them in threads; "" for each that was done, else the sentence of its refusal."""
    barrier, told = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
        except Refused as refusal:
            told[place] = str(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.mark.django_db(transaction=True)
def test_of_taking_back_and_answering_at_once_one_happens_and_the_other_is_told(cast: Cast) -> None:
    check_in = submitted(cast)
    version = check_in.version
    told = at_once(
        lambda: moves.take_back(by=cast.tel_aviv_lead, check_in=check_in, version=version),
        lambda: moves.accept(by=cast.coordinator, check_in=check_in, version=version, words="Thank you."),
    )
    assert told.count("") == 1
    assert "What you typed is kept below." in "".join(told)
    assert CheckInMove.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_with_comments_at_once_leave_one_answer_and_no_half_of_the_other(cast: Cast) -> None:
    check_in = submitted(cast)
    version = check_in.version
    told = at_once(
        lambda: moves.accept(
            by=cast.coordinator, check_in=check_in, version=version, words="Yes.", remarks=[Remark("hard", "Good.")]
        ),
        lambda: moves.send_back(
            by=cast.coordinator, check_in=check_in, version=version, remarks=[Remark("hard", "More?", asks=True)]
        ),
    )
    assert told.count("") == 1
    assert "Coordinator" in "".join(told)
    texts = list(CheckInComment.objects.values_list("text", flat=True))
    assert texts == (["Good."] if CheckIn.objects.get().state == CheckInState.ACCEPTED else ["More?"])


@pytest.mark.django_db(transaction=True)
def test_a_team_that_saves_while_it_is_being_sent_and_answered_loses_nothing(cast: Cast) -> None:
    back = returned_for(cast, submitted(cast), "hard")
    version = back.version
    told = at_once(
        lambda: moves.submit(by=cast.tel_aviv_lead, check_in=back, version=version, sheet=sheet("Theirs.")),
        lambda: moves.save_sheet(by=cast.tel_aviv_member, check_in=back, version=version, sheet=sheet("Mine.")),
    )
    assert told.count("") == 1
    # The second was told who was faster, and the page keeps what it typed (test_checkins_pages).
    assert "Tel Aviv" in "".join(told)


# --- Every way through -----------------------------------------------------------------------------------------------

ACTS = ("save", "submit", "take_back", "send_back", "accept", "comment", "ask", "settle")


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=9), stale=st.integers(0, 3))
def test_no_sequence_of_verbs_leaves_the_table(cast: Cast, acts: list[str], stale: int) -> None:
    CheckIn.objects.all().delete()
    CheckInPeriod.objects.all().delete()
    check_in = drafted(cast)
    version = check_in.version
    for place, act in enumerate(acts):
        with contextlib.suppress(Refused):
            _do(cast, check_in, act, check_in.version - (place % 2) * (stale // 2))
        check_in = CheckIn.objects.get(pk=check_in.pk)
        assert check_in.version >= version
        version = check_in.version
        assert check_in.author in (None, cast.tel_aviv_lead)
    told = list(check_in.moves.order_by("pk").values_list("from_state", "to_state", "takes_back", "by"))
    assert all((before, after) in MOVES for before, after, _back, _by in told)
    # Each begins where the one before it ended, and the last ends where it stands.
    assert [before for before, *_ in told] == ["drafted", *(after for _b, after, *_ in told)][: len(told)]
    assert check_in.state == (told[-1][1] if told else "drafted")
    coordinator = {(after, by) for _b, after, back, by in told if after in ("returned", "accepted") and not back}
    assert {by for _after, by in coordinator} <= {cast.coordinator.pk}


def _do(cast: Cast, check_in: CheckIn, act: str, version: int) -> None:
    team, reviewer = cast.tel_aviv_lead, cast.coordinator
    if act == "save":
        moves.save_sheet(by=team, check_in=check_in, version=version, sheet=sheet())
    elif act == "submit":
        moves.submit(by=team, check_in=check_in, version=version, sheet=sheet())
    elif act == "take_back":
        moves.take_back(by=team, check_in=check_in, version=version)
    elif act == "send_back":
        moves.send_back(by=reviewer, check_in=check_in, version=version, words="")
    elif act == "accept":
        moves.accept(by=reviewer, check_in=check_in, version=version, words="Thank you.")
    elif act == "settle":
        for question in comments.open_questions(check_in):
            comments.settle(by=reviewer, comment=question)
    else:
        asks = act == "ask"
        number = check_in.versions.count()
        comments.comment(by=reviewer, check_in=check_in, number=number, remarks=[Remark("hard", act, asks=asks)])
