"""What each person reads of a check-in."""

import pytest

from engagement.checkins import reading
from engagement.choices import CheckInState
from engagement.models import CheckIn
from projects.choices import Verb, Visibility
from projects.models import Adaptation, Project
from tests.cast import Cast, make_project
from tests.engagement.accompany_scenes import answered, drafted, logged, somebody, submitted, with_line


def titles(lines: list[reading.Line]) -> list[str]:
    return [line.project.title for line in lines if line.project]


@pytest.mark.parametrize("kind", ["coach", "coordinator", "funder_coordinator", "other_coordinator", "administrator"])
def test_a_draft_is_the_teams_alone(cast: Cast, kind: str) -> None:
    drafted(cast)
    assert not CheckIn.objects.visible_to(somebody(cast, kind)).exists()


@pytest.mark.parametrize(
    ("kind", "sees"),
    [
        ("tel_aviv_observer", True),
        ("coach", True),
        ("coordinator", True),
        ("funder_coordinator", True),
        ("other_coordinator", False),
        ("mulhouse_lead", False),
        ("administrator", False),
        ("former_member", False),
    ],
)
def test_a_sent_one_is_read_by_the_programme(cast: Cast, kind: str, sees: bool) -> None:
    submitted(cast)
    assert CheckIn.objects.visible_to(somebody(cast, kind)).exists() is sees


def test_while_the_team_goes_on_writing_others_read_what_was_sent(cast: Cast) -> None:
    back = answered(cast, submitted(cast, hard="As it was sent."), CheckInState.RETURNED)
    back.hard = "Half a sentence that"
    back.save()
    newest, _before = reading.latest_two(back)
    assert newest is not None
    assert newest.hard == "As it was sent."


def test_a_project_made_private_after_sending_disappears_for_the_coordinator(cast: Cast) -> None:
    check_in = drafted(cast)
    with_line(check_in, cast.projects["network"])
    version = submitted(cast, check_in).versions.get()
    assert titles(reading.sent_lines(version, cast.coordinator)) == ["Tel Aviv at level network"]
    Project.objects.update(visibility=Visibility.TEAM)
    assert reading.sent_lines(version, cast.coordinator) == []
    assert titles(reading.sent_lines(version, cast.tel_aviv_lead)) == ["Tel Aviv at level network"]


def test_an_adaptation_of_a_project_that_the_reader_does_not_see_tells_nothing(cast: Cast) -> None:
    hidden = make_project(cast.mulhouse, visibility=Visibility.TEAM)
    adaptation = Adaptation.objects.create(project=cast.projects["network"], source=hidden)
    check_in = drafted(cast)
    line = with_line(check_in, cast.projects["network"])
    line.activity = logged(cast.projects["network"], Verb.ADAPTATION_STARTED, adaptation=adaptation)
    line.save()
    version = submitted(cast, check_in).versions.get()
    assert reading.sent_lines(version, cast.coordinator) == []


def test_the_team_reads_which_lines_stay_with_it(cast: Cast) -> None:
    check_in = drafted(cast)
    for level in (Visibility.TEAM, Visibility.PROGRAMME):
        with_line(check_in, cast.projects[level])
    lines = reading.sheet_lines(check_in, cast.tel_aviv_lead)
    assert [line.is_team_only for line in lines] == [True, False]


def test_two_versions_are_compared_sentence_by_sentence() -> None:
    changes = reading.compare_texts("We visited nine homes. Most knew us.", "We visited nine homes. Four knew us.")
    assert [(change.kind, change.text) for change in changes] == [
        ("", "We visited nine homes."),
        ("removed", "Most knew us."),
        ("added", "Four knew us."),
    ]


def test_a_comparison_shows_lines_that_came_and_went(cast: Cast) -> None:
    check_in = drafted(cast)
    gone = with_line(check_in, cast.projects["network"])
    back = answered(cast, submitted(cast, check_in), CheckInState.RETURNED)
    gone.included = False
    gone.save()
    with_line(check_in, cast.projects["public"])
    again = submitted(cast, back)
    newest, before = reading.latest_two(again)
    assert newest is not None
    assert before is not None
    comparison = reading.compare(before, newest, cast.coordinator)
    assert titles(comparison.lines_added) == ["Tel Aviv at level public"]
    assert titles(comparison.lines_removed) == ["Tel Aviv at level network"]
    assert comparison.differs
