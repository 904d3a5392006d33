"""What came of a project: the table of outcomes holds whatever people try, and each move says why."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innoteams.lib.verdicts import NotAllowed, Refused
from projects.choices import LIVE_OUTCOMES, Outcome, Verb, Visibility
from projects.endings import Answers
from projects.models import Ending, OutcomeMove, Project
from projects.phases import OUTCOMES, NoSuchMove, NoSuchOutcome, NoteMissing, conclude, move_phase
from tests.cast import Cast, make_project

ADVICE = Answers(advice="Ask the shopkeepers first.")


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


def stopped(cast: Cast, project: Project) -> Project:
    return conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, ending=ADVICE)


def test_an_outcome_leaves_who_when_from_to_and_why(cast: Cast, project: Project) -> None:
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.SUSTAINED, note=" The parks office pays now. ")
    move = project.outcome_moves.get()
    assert (move.from_outcome, move.to_outcome, move.note, move.by) == (
        "in_progress",
        "sustained",
        "The parks office pays now.",
        cast.tel_aviv_lead,
    )
    line = project.activity.get()
    assert (line.verb, line.outcome_move) == (Verb.OUTCOME_CHANGED, move)
    assert "parks" not in str(line.facts)


def test_an_outcome_without_a_note_is_refused(cast: Cast, project: Project) -> None:
    with pytest.raises(NoteMissing):
        conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.SCALED, note=" ")
    assert not project.activity.exists()


def test_the_same_outcome_twice_is_told_so(cast: Cast, project: Project) -> None:
    with pytest.raises(NoSuchOutcome, match="somebody may have said so"):
        conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.IN_PROGRESS, note="n")


def test_every_outcome_can_be_left_and_reached_and_none_leads_to_itself() -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert {target for targets in OUTCOMES.values() for target in targets} == set(Outcome)
    assert all(after != before for before, targets in OUTCOMES.items() for after in targets)


def test_what_stopped_is_taken_up_again_with_a_reason_and_keeps_its_ending(cast: Cast, project: Project) -> None:
    stopped(cast, project)
    with pytest.raises(NoSuchOutcome, match="Take it up again first"):
        conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.SUSTAINED, note="n")
    with pytest.raises(NoteMissing):
        conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.IN_PROGRESS)
    again = conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.IN_PROGRESS, note="A new mayor asked.")
    assert again.outcome in LIVE_OUTCOMES
    assert Ending.objects.get(project=project).advice == ADVICE.advice
    assert [move.note for move in project.outcome_moves.all()] == ["A new mayor asked.", ""]


def test_a_stopped_project_moves_to_no_phase_before_it_is_taken_up_again(cast: Cast, project: Project) -> None:
    stopped(cast, project)
    with pytest.raises(NoSuchMove, match="Take it up again"):
        move_phase(by=cast.tel_aviv_lead, project=project, to="generate", note="n")
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.IN_PROGRESS, note="n")
    assert move_phase(by=cast.tel_aviv_lead, project=project, to="generate", note="n").phase == "generate"


def test_an_observer_says_nothing_about_the_outcome(cast: Cast, project: Project) -> None:
    with pytest.raises(NotAllowed):
        conclude(by=cast.tel_aviv_observer, project=project, outcome=Outcome.SCALED, note="n")


def test_the_database_holds_no_outcome_without_a_why(project: Project) -> None:
    with pytest.raises(IntegrityError, match="outcome_move_says_why"), transaction.atomic():
        OutcomeMove.objects.create(project=project, from_outcome="in_progress", to_outcome="scaled")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wishes=st.lists(
        st.tuples(st.sampled_from([*Outcome, "nonsense"]), st.sampled_from(["Because.", "", "  "]), st.booleans()),
        max_size=7,
    )
)
def test_whatever_is_tried_only_rows_of_the_table_happen(cast: Cast, wishes: list[tuple[str, str, bool]]) -> None:
    project = make_project(cast.tel_aviv)
    now: str = Outcome.IN_PROGRESS
    moves = 0
    for wish, note, with_ending in wishes:
        ending = ADVICE if with_ending else None
        lesson = Project.objects.get(pk=project.pk).lesson
        asked = with_ending or bool(lesson) if wish == Outcome.STOPPED else bool(note.strip())
        possible = wish in OUTCOMES[Outcome(now)] and asked
        try:
            conclude(by=cast.tel_aviv_lead, project=project, outcome=wish, note=note, ending=ending)
        except Refused:
            assert not possible
            continue
        assert possible
        now, moves = wish, moves + 1
    found = Project.objects.get(pk=project.pk)
    assert (found.outcome, found.visibility) == (now, Visibility.NETWORK)
    assert project.outcome_moves.count() == project.activity.count() == moves
    assert Ending.objects.filter(project=project).count() == (
        1 if project.outcome_moves.filter(to_outcome="stopped").exists() else 0
    )


# --- on the page ----------------------------------------------------------------------------------------------------


def test_choosing_that_it_stopped_leads_to_the_questions_and_carries_what_was_typed(
    client: Client, cast: Cast, project: Project
) -> None:
    client.force_login(cast.tel_aviv_lead)
    page = f"/projects/{project.slug}/outcome/"
    response = client.post(page, {"outcome": "stopped", "note": "The money ended."})
    assert response["Location"] == f"/projects/{project.slug}/ending/"
    assert "The money ended." in client.get(response["Location"]).content.decode()
    in_place = client.post(page, {"outcome": "stopped", "note": ""}, headers={"HX-Request": "true"})
    assert in_place["HX-Redirect"] == f"/projects/{project.slug}/ending/"
    assert Project.objects.get(pk=project.pk).outcome == "in_progress"


def test_an_outcome_that_is_not_open_any_more_keeps_the_note(client: Client, cast: Cast, project: Project) -> None:
    stopped(cast, project)
    client.force_login(cast.tel_aviv_member)
    text = client.post(
        f"/projects/{project.slug}/outcome/", {"outcome": "scaled", "note": "Ten more."}
    ).content.decode()
    assert "choose again" in text
    assert "Ten more." in text


def test_the_journal_tells_what_came_of_it_and_why(client: Client, cast: Cast, project: Project) -> None:
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.HANDED_OVER, note="The parks office has it.")
    client.force_login(cast.stranger)
    text = client.get(project.get_absolute_url()).content.decode()
    assert "The parks office has it." in text
    assert "Handed over" in text


def test_a_list_promises_lessons_only_where_there_are_some(client: Client, cast: Cast, project: Project) -> None:
    silent = make_project(cast.boston, outcome=Outcome.STOPPED, source_line="A newspaper")
    assert silent.outcome_told == "stopped_untold"
    assert stopped(cast, project).outcome_told == "stopped"
    client.force_login(cast.stranger)
    text = client.get("/projects/").content.decode()
    assert text.count("Stopped, with lessons") == 1
