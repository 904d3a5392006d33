"""How far a project is: the table of moves holds whatever people try."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.choices import Phase, Verb
from projects.models import PhaseMove, Project
from projects.phases import MOVES, NoSuchMove, NoteMissing, move_phase
from tests.cast import Cast


def test_a_move_leaves_who_when_from_to_and_why(cast: Cast) -> None:
    project = move_phase(by=cast.tel_aviv_lead, project=cast.projects["network"], to="generate", note="We heard forty.")
    move = project.phase_moves.get()
    assert (move.from_phase, move.to_phase, move.note, move.by) == (
        "investigate",
        "generate",
        "We heard forty.",
        cast.tel_aviv_lead,
    )
    assert project.activity.get(verb=Verb.PHASE_MOVED).phase_move == move


def test_a_move_without_a_note_is_refused(cast: Cast) -> None:
    with pytest.raises(NoteMissing):
        move_phase(by=cast.tel_aviv_lead, project=cast.projects["network"], to="generate", note=" ")


def test_a_phase_is_not_skipped(cast: Cast) -> None:
    with pytest.raises(NoSuchMove):
        move_phase(by=cast.tel_aviv_lead, project=cast.projects["network"], to="deliver_adapt", note="Fast.")


def test_every_phase_can_be_left_and_reached() -> None:
    assert set(MOVES) == set(Phase)
    assert {target for targets in MOVES.values() for target in targets} == set(Phase)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(st.sampled_from([*Phase, "nonsense"]), max_size=8))
def test_whatever_is_tried_the_history_leads_to_the_phase_by_legal_moves(cast: Cast, wishes: list[str]) -> None:
    project = cast.projects["network"]
    for wish in wishes:
        try:
            move_phase(by=cast.tel_aviv_lead, project=project, to=wish, note="Because.")
        except NoSuchMove:
            continue
    phase: str = Phase.INVESTIGATE
    for move in PhaseMove.objects.filter(project=project).order_by("pk"):
        assert move.from_phase == phase
        assert move.to_phase in MOVES[Phase(phase)]
        phase = move.to_phase
    assert Project.objects.get(pk=project.pk).phase == phase
