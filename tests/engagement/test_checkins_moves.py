"""The life of a check-in: every legal move, every refused one, and two people at once."""

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from engagement.checkins import moves
from engagement.checkins.moves import LineChoice, MovedMeanwhile, NothingToSend, NoWords, SavedMeanwhile, Sheet
from engagement.choices import CheckInState, LetterKind
from engagement.models import CheckIn, CheckInMove, Letter
from innoteams.lib.verdicts import NotAllowed, Refused
from projects.choices import Visibility
from tests.cast import Cast, join
from tests.engagement.accompany_scenes import answered, drafted, sheet, somebody, submitted, with_line


def letters(kind: str) -> set[str]:
    return {letter.person.name for letter in Letter.objects.filter(kind=kind).select_related("person")}


# --- The team --------------------------------------------------------------------------------------------------------


def test_a_member_saves_without_sending(cast: Cast) -> None:
    check_in = drafted(cast)
    saved = moves.save_sheet(by=cast.tel_aviv_member, check_in=check_in, version=1, sheet=sheet("Little time."))
    assert (saved.state, saved.hard, saved.saved_by) == (CheckInState.DRAFTED, "Little time.", cast.tel_aviv_member)


def test_a_line_is_switched_off_and_given_a_word(cast: Cast) -> None:
    check_in = drafted(cast)
    line = with_line(check_in, cast.projects["network"])
    wanted = Sheet("Hard.", "", "en", {line.pk: LineChoice(included=False, note="Not now.")})
    moves.save_sheet(by=cast.tel_aviv_lead, check_in=check_in, version=1, sheet=wanted)
    line.refresh_from_db()
    assert (line.included, line.note) == (False, "Not now.")


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "coach", "coordinator", "administrator", "mulhouse_lead"])
def test_only_leads_and_members_of_the_team_write_it(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed):
        moves.save_sheet(by=somebody(cast, kind), check_in=drafted(cast), version=1, sheet=sheet())


def test_sending_keeps_what_was_sent_as_a_version(cast: Cast) -> None:
    check_in = drafted(cast)
    line = with_line(check_in, cast.projects["network"], note="A good week.")
    sent = submitted(cast, check_in, hard="Nobody has time.")
    version = sent.versions.get()
    assert sent.state == CheckInState.SUBMITTED
    assert (version.number, version.hard, version.submitted_by) == (1, "Nobody has time.", cast.tel_aviv_lead)
    assert version.lines == [[f"activity-{line.activity_id}", "A good week."]]


def test_a_line_about_a_project_that_only_the_team_sees_is_never_sent(cast: Cast) -> None:
    check_in = drafted(cast)
    with_line(check_in, cast.projects[Visibility.TEAM], included=True)
    assert submitted(cast, check_in).versions.get().lines == []


def test_an_empty_sheet_is_not_sent(cast: Cast) -> None:
    with pytest.raises(NothingToSend):
        moves.submit(by=cast.tel_aviv_lead, check_in=drafted(cast), version=1, sheet=sheet(hard=" "))
    assert CheckIn.objects.get().state == CheckInState.DRAFTED


def test_a_sent_check_in_is_not_changed(cast: Cast) -> None:
    check_in = submitted(cast)
    with pytest.raises(MovedMeanwhile, match="Tel Aviv lead sent"):
        moves.save_sheet(by=cast.tel_aviv_member, check_in=check_in, version=check_in.version, sheet=sheet())


def test_the_coordinators_of_the_operator_are_told_and_nobody_else(cast: Cast) -> None:
    submitted(cast)
    assert letters(LetterKind.CHECK_IN_SUBMITTED) == {"Coordinator"}


def test_somebody_of_the_team_who_saved_meanwhile_is_not_written_over(cast: Cast) -> None:
    check_in = drafted(cast)
    moves.save_sheet(by=cast.tel_aviv_member, check_in=check_in, version=1, sheet=sheet("Theirs."))
    with pytest.raises(SavedMeanwhile, match="Tel Aviv member saved"):
        moves.save_sheet(by=cast.tel_aviv_lead, check_in=check_in, version=1, sheet=sheet("Mine."))
    assert CheckIn.objects.get().hard == "Theirs."


# --- The coordinator -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [CheckInState.RETURNED, CheckInState.ACCEPTED])
def test_a_coordinator_answers_in_words(cast: Cast, state: str) -> None:
    done = answered(cast, submitted(cast), state, "I understood: time is short.")
    move = done.moves.last()
    assert move is not None
    assert done.state == state
    assert (move.words, move.by, move.from_state) == ("I understood: time is short.", cast.coordinator, "submitted")


@pytest.mark.parametrize("state", [CheckInState.RETURNED, CheckInState.ACCEPTED])
@pytest.mark.parametrize("words", ["", "   \n"])
def test_nothing_is_answered_without_a_word(cast: Cast, state: str, words: str) -> None:
    with pytest.raises(NoWords):
        answered(cast, submitted(cast), state, words)
    assert CheckIn.objects.get().state == CheckInState.SUBMITTED


def test_the_database_holds_that_too(cast: Cast) -> None:
    check_in = submitted(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckInMove.objects.create(check_in=check_in, from_state="submitted", to_state="accepted", words="")


def test_a_funder_reads_and_is_told_who_answers(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match=r"Hazira answers this check-in\. Your organisation funds"):
        moves.accept(by=cast.funder_coordinator, check_in=submitted(cast), version=3, words="Fine.")


@pytest.mark.parametrize("kind", ["coach", "other_coordinator", "administrator", "mulhouse_lead"])
def test_others_do_not_answer(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed, match="Only coordinators of Hazira"):
        moves.accept(by=somebody(cast, kind), check_in=submitted(cast), version=3, words="Fine.")


def test_a_coordinator_who_belongs_to_the_team_does_not_answer_it(cast: Cast) -> None:
    join(cast.tel_aviv, cast.coordinator)
    check_in = submitted(cast)
    with pytest.raises(NotAllowed, match="You belong to this team"):
        moves.accept(by=cast.coordinator, check_in=check_in, version=check_in.version, words="Fine.")
    assert check_in not in CheckIn.objects.answerable_by(cast.coordinator)


def test_the_reviewer_never_becomes_the_author(cast: Cast) -> None:
    back = answered(cast, submitted(cast), CheckInState.RETURNED)
    again = submitted(cast, back, by=cast.tel_aviv_member, hard="More.")
    accepted = answered(cast, again, CheckInState.ACCEPTED)
    assert accepted.author == cast.tel_aviv_lead
    assert [version.submitted_by for version in accepted.versions.all()] == [cast.tel_aviv_lead, cast.tel_aviv_member]


def test_every_move_leaves_who_from_where_to_where(cast: Cast) -> None:
    back = answered(cast, submitted(cast), CheckInState.RETURNED, "How many doors?")
    answered(cast, submitted(cast, back), CheckInState.ACCEPTED, "Thank you.")
    moves = CheckInMove.objects.values_list("from_state", "to_state", "by__name", "words")
    assert list(moves) == [
        ("drafted", "submitted", "Tel Aviv lead", ""),
        ("submitted", "returned", "Coordinator", "How many doors?"),
        ("returned", "submitted", "Tel Aviv lead", ""),
        ("submitted", "accepted", "Coordinator", "Thank you."),
    ]


def test_the_lead_and_the_author_hear_of_the_answer(cast: Cast) -> None:
    sent = submitted(cast, by=cast.tel_aviv_member)
    answered(cast, sent, CheckInState.ACCEPTED)
    assert letters(LetterKind.CHECK_IN_ACCEPTED) == {"Tel Aviv lead", "Tel Aviv member"}


def _save(cast: Cast, check_in: CheckIn) -> None:
    moves.save_sheet(by=cast.tel_aviv_lead, check_in=check_in, version=check_in.version, sheet=sheet())


def _submit(cast: Cast, check_in: CheckIn) -> None:
    submitted(cast, check_in)


def _accept(cast: Cast, check_in: CheckIn) -> None:
    answered(cast, check_in, CheckInState.ACCEPTED)


def _send_back(cast: Cast, check_in: CheckIn) -> None:
    answered(cast, check_in, CheckInState.RETURNED)


@pytest.mark.parametrize(
    ("state", "move"),
    [
        (CheckInState.DRAFTED, _accept),
        (CheckInState.DRAFTED, _send_back),
        (CheckInState.SUBMITTED, _save),
        (CheckInState.SUBMITTED, _submit),
        (CheckInState.RETURNED, _accept),
        (CheckInState.ACCEPTED, _save),
        (CheckInState.ACCEPTED, _submit),
        (CheckInState.ACCEPTED, _send_back),
    ],
)
def test_what_is_not_in_the_table_does_not_happen(
    cast: Cast, state: str, move: Callable[[Cast, CheckIn], None]
) -> None:
    check_in = drafted(cast)
    CheckIn.objects.update(state=state)
    with pytest.raises(Refused):
        move(cast, check_in)
    assert CheckIn.objects.get().state == state


# --- Two at once -----------------------------------------------------------------------------------------------------


def test_an_answer_meant_for_an_older_version_is_refused(cast: Cast) -> None:
    first = submitted(cast)
    again = submitted(cast, answered(cast, first, CheckInState.RETURNED), hard="Now with numbers.")
    with pytest.raises(MovedMeanwhile, match="Tel Aviv lead sent"):
        moves.accept(by=cast.coordinator, check_in=again, version=first.version, words="Fine.")


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_once_one_wins_and_the_other_reads_who(cast: Cast) -> None:
    check_in = submitted(cast)
    at_once = threading.Barrier(2)
    outcomes: list[str] = []

    def answer(verb: Callable[..., CheckIn]) -> None:
        try:
            at_once.wait()
            verb(by=cast.coordinator, check_in=check_in, version=check_in.version, words="An answer.")
            outcomes.append("won")
        except MovedMeanwhile as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    two = [threading.Thread(target=answer, args=[verb]) for verb in (moves.accept, moves.send_back)]
    for one in two:
        one.start()
    for one in two:
        one.join()
    outcomes.sort(key=len)
    assert outcomes[0] == "won"
    assert outcomes[1].startswith("Coordinator ")
    assert CheckInMove.objects.exclude(words="").count() == 1
