"""Words about a part: who writes and reads them, what is asked, and that nothing settles itself."""

import pytest

from engagement.checkins import comments, moves, reading
from engagement.checkins.comments import NothingSaid, NotOnIt, Remark
from engagement.checkins.holding import MovedMeanwhile
from engagement.checkins.moves import NoWords
from engagement.choices import CheckInState
from engagement.models import CheckIn, CheckInComment
from innoteams.lib.verdicts import NotAllowed
from projects.choices import Visibility
from projects.models import Project
from tests.cast import Cast
from tests.engagement.accompany_scenes import answered, client_of, drafted, sheet, somebody, submitted, with_line
from tests.engagement.checkin_scenes import asked, promise, returned_for, said, sent_with_lines


def words_on_page(cast: Cast, kind: str, check_in: CheckIn) -> str:
    return client_of(somebody(cast, kind)).get(check_in.get_absolute_url()).content.decode()


# --- Who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["tel_aviv_lead", "tel_aviv_member", "coach", "coordinator"])
def test_the_team_its_coach_and_who_answers_it_comment(cast: Cast, kind: str) -> None:
    assert said(cast, submitted(cast), "hard", by=somebody(cast, kind)).author == somebody(cast, kind)


@pytest.mark.parametrize(
    "kind", ["tel_aviv_observer", "funder_coordinator", "other_coordinator", "administrator", "mulhouse_lead"]
)
def test_others_do_not(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed):
        said(cast, submitted(cast), "hard", by=somebody(cast, kind))


@pytest.mark.parametrize("kind", ["tel_aviv_lead", "coach"])
def test_only_who_answers_it_asks(cast: Cast, kind: str) -> None:
    check_in = submitted(cast)
    with pytest.raises(NotAllowed):
        comments.comment(
            by=somebody(cast, kind), check_in=check_in, number=1, remarks=[Remark("hard", "More?", asks=True)]
        )
    assert not CheckInComment.objects.exists()


def test_a_draft_is_not_commented_on(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="being written"):
        said(cast, drafted(cast), "hard", by=cast.tel_aviv_lead)


def test_an_empty_comment_is_none(cast: Cast) -> None:
    with pytest.raises(NothingSaid):
        said(cast, submitted(cast), "hard", text="  ")


@pytest.mark.parametrize("part", ["", "nonsense", "activity-999999", "activity-", "commitment-1", "project-999999"])
def test_only_what_is_on_it_is_commented_on(cast: Cast, part: str) -> None:
    with pytest.raises(NotOnIt):
        said(cast, submitted(cast), part)


def test_a_line_that_the_coordinator_does_not_see_is_not_commented_on(cast: Cast) -> None:
    check_in, [line] = sent_with_lines(cast, Visibility.NETWORK)
    Project.objects.update(visibility=Visibility.TEAM)
    with pytest.raises(NotOnIt):
        said(cast, check_in, line.anchor)


def test_the_same_words_sent_twice_are_one_comment(cast: Cast) -> None:
    check_in = submitted(cast)
    assert said(cast, check_in, "hard").pk == said(cast, check_in, "hard").pk


# --- Who reads them -------------------------------------------------------------------------------------------------


def test_a_comment_on_a_line_is_read_by_those_who_see_the_line(cast: Cast) -> None:
    check_in, [line] = sent_with_lines(cast, Visibility.PROGRAMME)
    said(cast, check_in, line.anchor, "Words about the line")
    said(cast, check_in, f"project-{line.activity.project_id if line.activity else 0}", "Words about the project")
    assert "Words about the line" in words_on_page(cast, "coach", check_in)
    Project.objects.update(visibility=Visibility.TEAM)
    for kind in ("coach", "coordinator", "funder_coordinator"):
        page = words_on_page(cast, kind, check_in)
        assert "Words about the line" not in page
        assert "Words about the project" not in page
    assert "Words about the line" in words_on_page(cast, "tel_aviv_observer", check_in)


def test_a_comment_on_a_line_that_the_team_switched_off_stays_readable(cast: Cast) -> None:
    check_in, [line] = sent_with_lines(cast, Visibility.PROGRAMME)
    back = returned_for(cast, check_in, line.anchor)
    line.included = False
    line.save()
    page = words_on_page(cast, "coordinator", submitted(cast, back))
    assert f"About {line.anchor}?" in page
    assert "The team took this part off the check-in." in page


def test_a_commitment_that_was_never_sent_takes_its_comments_along(cast: Cast) -> None:
    check_in = drafted(cast)
    kept = promise(cast)
    line = check_in.lines.create(commitment=kept, included=True)
    sent = submitted(cast, check_in)
    said(cast, sent, line.anchor, "Words about the promise")
    assert "Words about the promise" in words_on_page(cast, "coordinator", sent)
    back = moves.take_back(by=cast.tel_aviv_lead, check_in=sent, version=sent.version)
    line.included = False
    line.save()
    page = words_on_page(cast, "coordinator", submitted(cast, back))
    assert "Words about the promise" not in page
    assert "Ask nine neighbours" not in page


# --- Sent back for just those parts ---------------------------------------------------------------------------------


def test_a_question_at_a_part_is_enough_to_send_it_back(cast: Cast) -> None:
    check_in = submitted(cast)
    back = returned_for(cast, check_in, "hard")
    assert (back.state, back.moves.get(to_state="returned").words) == (CheckInState.RETURNED, "")


def test_without_a_word_and_without_a_question_it_is_not_sent_back(cast: Cast) -> None:
    check_in = submitted(cast)
    said(cast, check_in, "hard", "Well put.")
    with pytest.raises(NoWords, match="a question at one of the parts"):
        moves.send_back(by=cast.coordinator, check_in=check_in, version=check_in.version)


def test_a_question_is_no_word_to_accept_with(cast: Cast) -> None:
    check_in = submitted(cast)
    asked(cast, check_in)
    with pytest.raises(NoWords):
        answered(cast, check_in, CheckInState.ACCEPTED, "")


def test_questions_and_the_answer_come_in_one_step_or_not_at_all(cast: Cast) -> None:
    check_in = submitted(cast)
    remarks = [Remark("hard", "How many?", asks=True), Remark("activity-999", "And this?")]
    with pytest.raises(NotOnIt):
        moves.send_back(by=cast.coordinator, check_in=check_in, version=check_in.version, remarks=remarks)
    assert not CheckInComment.objects.exists()
    assert CheckIn.objects.get().state == CheckInState.SUBMITTED


def test_nothing_settles_itself(cast: Cast) -> None:
    back = returned_for(cast, submitted(cast), "hard")
    again = submitted(cast, back, hard="Forty doors.")
    answered(cast, again, CheckInState.ACCEPTED)
    assert [one.settled_at for one in comments.open_questions(again)] == [None]


def test_who_answers_it_says_that_it_is_settled_and_takes_that_back(cast: Cast) -> None:
    question = asked(cast, submitted(cast))
    settled = comments.settle(by=cast.coordinator, comment=question)
    assert settled.settled_by == cast.coordinator
    assert comments.settle(by=cast.coordinator, comment=question).settled_at == settled.settled_at
    assert comments.unsettle(by=cast.coordinator, comment=question).settled_at is None


@pytest.mark.parametrize("kind", ["tel_aviv_lead", "coach", "funder_coordinator"])
def test_nobody_else_settles_it(cast: Cast, kind: str) -> None:
    question = asked(cast, submitted(cast))
    with pytest.raises(NotAllowed):
        comments.settle(by=somebody(cast, kind), comment=question)


def test_a_question_is_compared_with_exactly_its_part(cast: Cast) -> None:
    back = returned_for(cast, submitted(cast, hard="Doors stay closed. We go on."), "hard", "help_wanted")
    again = submitted(cast, back, hard="Forty doors stay closed. We go on.")
    newest, _ = reading.latest_two(again)
    assert newest is not None
    seen = reading.seen_by(cast.coordinator, [])
    hard, wish = (comments.changed_since(one, newest, seen, []) for one in comments.open_questions(again))
    assert [(one.kind, one.text) for one in hard.changes] == [
        ("removed", "Doors stay closed."),
        ("added", "Forty doors stay closed."),
        ("", "We go on."),
    ]
    assert not wish.differs


def test_the_team_answers_in_words_with_its_sheet(cast: Cast) -> None:
    back = returned_for(cast, submitted(cast), "hard")
    wanted = moves.Sheet("Hard.", "", "en", replies={"hard": "Forty of ninety.", "help_wanted": "Nobody asked."})
    moves.save_sheet(by=cast.tel_aviv_member, check_in=back, version=back.version, sheet=wanted)
    # A part that nobody commented on has nothing to be answered.
    assert [(one.part, one.author, one.asks) for one in CheckInComment.objects.filter(asks=False)] == [
        ("hard", cast.tel_aviv_member, False)
    ]


def test_asking_about_what_was_answered_meanwhile_is_refused_with_a_sentence(cast: Cast) -> None:
    check_in = submitted(cast)
    answered(cast, check_in, CheckInState.ACCEPTED)
    with pytest.raises(MovedMeanwhile, match="Coordinator accepted"):
        asked(cast, check_in)
    assert said(cast, check_in, "hard", "Only a remark").pk


def test_saving_a_sheet_leaves_the_comments_of_others_alone(cast: Cast) -> None:
    check_in = drafted(cast)
    with_line(check_in, cast.projects["network"])
    back = returned_for(cast, submitted(cast, check_in), "hard")
    moves.save_sheet(by=cast.tel_aviv_lead, check_in=back, version=back.version, sheet=sheet())
    assert CheckInComment.objects.count() == 1
