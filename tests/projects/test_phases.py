"""How far a project is: the table of moves holds whatever people try."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innoteams.lib.verdicts import NotAllowed
from projects.choices import PHASES, Phase, Verb, Visibility
from projects.models import PhaseMove, Project
from projects.phases import MOVES, NoSuchMove, NoteMissing, move_phase
from tests.cast import Cast, make_project


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


@pytest.mark.parametrize("start", PHASES)
def test_from_every_phase_every_row_works_with_a_note_and_only_then(cast: Cast, start: Phase) -> None:
    for target in PHASES:
        project = make_project(cast.tel_aviv, phase=start)
        if target not in MOVES[start]:
            with pytest.raises(NoSuchMove):
                move_phase(by=cast.tel_aviv_lead, project=project, to=target, note="Because.")
            continue
        with pytest.raises(NoteMissing):
            move_phase(by=cast.tel_aviv_lead, project=project, to=target, note="")
        assert move_phase(by=cast.tel_aviv_lead, project=project, to=target, note="Because.").phase == target


def test_only_the_team_moves_its_project(cast: Cast) -> None:
    for kind in ("tel_aviv_observer", "coach", "coordinator", "mulhouse_lead", "administrator"):
        with pytest.raises(NotAllowed):
            move_phase(by=cast.person(kind), project=cast.projects["network"], to="generate", note="n")  # type: ignore[arg-type]  # no visitor among them
    assert not PhaseMove.objects.exists()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    level=st.sampled_from(Visibility.values),
    wishes=st.lists(st.tuples(st.sampled_from([*Phase, "nonsense", ""]), st.sampled_from(["Why.", " "])), max_size=8),
)
def test_each_move_leaves_one_row_and_one_line_and_nobody_sees_more_or_less_for_it(
    cast: Cast, level: str, wishes: list[tuple[str, str]]
) -> None:
    project = make_project(cast.tel_aviv, visibility=level)
    moved, phase = 0, Phase.INVESTIGATE
    for wish, note in wishes:
        possible = wish in MOVES[phase] and bool(note.strip())
        try:
            move_phase(by=cast.tel_aviv_member, project=project, to=wish, note=note)
        except (NoSuchMove, NoteMissing):
            assert not possible
            continue
        assert possible
        moved, phase = moved + 1, Phase(wish)
    found = Project.objects.get(pk=project.pk)
    assert (found.phase, found.visibility) == (phase, level)
    assert project.phase_moves.count() == project.activity.count() == moved
    assert Project.objects.visible_to(cast.stranger).filter(pk=project.pk).exists() == (level in ("network", "public"))


# --- the form ---------------------------------------------------------------------------------------------------------


def test_the_form_says_what_is_on_and_what_is_back(client: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, phase=Phase.GENERATE)
    client.force_login(cast.tel_aviv_lead)
    text = client.get(f"/projects/{project.slug}/phase/").content.decode()
    assert "On to “Prepare to deliver”" in text
    assert "Back to “Investigate”" in text


def test_who_comes_second_is_told_so_and_keeps_the_note(client: Client, cast: Cast) -> None:
    project = cast.projects["network"]
    move_phase(by=cast.tel_aviv_lead, project=project, to="generate", note="n")
    client.force_login(cast.tel_aviv_member)
    text = client.post(f"/projects/{project.slug}/phase/", {"to": "generate", "note": "Forty heard."}).content.decode()
    assert "does not stand where it stood" in text
    assert "Forty heard." in text


@pytest.mark.parametrize("note", ["x" * 10_000, "turned \u202e round"])
def test_a_note_that_cannot_be_kept_is_kept_in_the_form(client: Client, cast: Cast, note: str) -> None:
    project = cast.projects["network"]
    client.force_login(cast.tel_aviv_lead)
    response = client.post(f"/projects/{project.slug}/phase/", {"to": "generate", "note": note})
    assert response.context["form"]["note"].value() == note
    assert response.context["form"].errors["note"]
    assert not PhaseMove.objects.exists()
