"""The graceful ending: five short answers, kept with the stop itself, shown with dignity, corrected later."""

import datetime as dt

import pytest
from django.test import Client

from innoteams.lib.rich_text import plain
from innoteams.lib.verdicts import NotAllowed
from projects.choices import Decision, Outcome, PartKind, Verb
from projects.endings import (
    AdviceMissing,
    Answers,
    StillGoesOn,
    ToldAlready,
    as_answer,
    change_ending,
    tell_ending,
)
from projects.history import TRACKED
from projects.locking import EditedMeanwhile
from projects.models import Ending, Pilot, Project
from projects.phases import conclude
from projects.pilots import decide_pilot, start_pilot
from tests.cast import Cast, make_project

ANSWERS = Answers(
    hoped="Shade at noon.", happened="The wind took two.", why="Repairs cost more.", stays="A map.", advice="Plant."
)


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


@pytest.fixture
def pilot(cast: Cast, project: Project) -> Pilot:
    return start_pilot(
        by=cast.tel_aviv_lead, project=project, title="Sails", hypothesis="Shade helps.", observations="Two tore."
    )


def stop(cast: Cast, pilot: Pilot, answers: Answers = ANSWERS) -> Ending:
    decide_pilot(by=cast.tel_aviv_lead, pilot=pilot, decision=Decision.STOP, ending=answers)
    return Ending.objects.get(pilot=pilot)


def seen_by_stranger(client: Client, cast: Cast, project: Project) -> str:
    client.force_login(cast.stranger)
    return client.get(project.get_absolute_url()).content.decode()


# --- the stop itself ------------------------------------------------------------------------------------------------


def test_stopping_a_pilot_is_one_line_of_activity_one_ending_and_one_revision_each(
    cast: Cast, project: Project, pilot: Pilot
) -> None:
    project.activity.all().delete()
    project.revisions.all().delete()
    ending = stop(cast, pilot)
    line = project.activity.get()
    assert (line.verb, line.pilot, line.ending) == (Verb.ENDED_WITH_LESSON, pilot, ending)
    assert line.facts == {"from": "", "to": "stop"}
    assert set(project.revisions.values_list("kind", flat=True)) == {PartKind.ENDING, PartKind.PILOT}
    assert (ending.project, ending.author, ending.language) == (project, cast.tel_aviv_lead, project.language)


def test_stopping_a_project_is_one_line_of_activity(cast: Cast, project: Project) -> None:
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, ending=ANSWERS)
    line = project.activity.get()
    assert (line.verb, line.ending, line.pilot) == (Verb.ENDED_WITH_LESSON, project.endings.get(), None)
    assert line.outcome_move == project.outcome_moves.get()


@pytest.mark.parametrize("advice", ["", "  \n "])
def test_nothing_stops_without_advice(cast: Cast, project: Project, pilot: Pilot, advice: str) -> None:
    with pytest.raises(AdviceMissing):
        stop(cast, pilot, Answers(advice=advice, why="Money."))
    with pytest.raises(AdviceMissing):
        conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, ending=Answers(advice=advice))
    assert not Ending.objects.exists()
    assert Pilot.objects.get().decision == Decision.UNDECIDED
    assert Project.objects.get(pk=project.pk).outcome == Outcome.IN_PROGRESS


def test_lessons_given_with_the_decision_become_the_advice(cast: Cast, pilot: Pilot) -> None:
    decide_pilot(by=cast.tel_aviv_lead, pilot=pilot, decision="stop", note="Wind.", lessons="Trees beat sails.")
    ending = Ending.objects.get()
    assert (ending.advice, ending.why) == ("Trees beat sails.", "Wind.")


def test_the_advice_becomes_the_lesson_where_none_was_written(cast: Cast, project: Project, pilot: Pilot) -> None:
    stop(cast, pilot)
    assert plain(Pilot.objects.get().lessons) == "Plant."
    Project.objects.filter(pk=project.pk).update(lesson="<p>Written before.</p>")
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, ending=ANSWERS)
    assert plain(Project.objects.get(pk=project.pk).lesson) == "Written before."


def test_an_ending_can_be_told_of_what_stopped_before_anybody_asked(cast: Cast, project: Project) -> None:
    with pytest.raises(StillGoesOn):
        tell_ending(by=cast.tel_aviv_lead, what=project, answers=ANSWERS)
    Project.objects.filter(pk=project.pk).update(outcome=Outcome.STOPPED)
    ending = tell_ending(by=cast.tel_aviv_lead, what=project, answers=ANSWERS)
    assert project.activity.get().ending == ending
    with pytest.raises(ToldAlready):
        tell_ending(by=cast.tel_aviv_member, what=project, answers=ANSWERS)


def test_an_observer_stops_nothing(cast: Cast, pilot: Pilot) -> None:
    with pytest.raises(NotAllowed):
        decide_pilot(by=cast.tel_aviv_observer, pilot=pilot, decision=Decision.STOP, ending=ANSWERS)


def test_a_long_text_is_cut_between_words_when_it_is_offered_as_an_answer() -> None:
    cut = as_answer("<p>" + "word " * 600 + "</p>")
    assert len(cut) <= 1200
    assert cut.endswith("word…")


# --- corrected later ------------------------------------------------------------------------------------------------


def test_a_correction_counts_up_keeps_what_was_said_and_the_lesson_follows(cast: Cast, pilot: Pilot) -> None:
    ending = stop(cast, pilot)
    changed = change_ending(by=cast.tel_aviv_member, ending=ending, version=1, advice="Plant trees.")
    assert (changed.version, changed.advice, changed.hoped) == (2, "Plant trees.", "Shade at noon.")
    revision = pilot.project.revisions.filter(kind=PartKind.ENDING).first()
    assert revision is not None
    assert (revision.before, revision.after) == ({"advice": "Plant."}, {"advice": "Plant trees."})
    assert plain(Pilot.objects.get().lessons) == "Plant trees."


def test_a_lesson_written_apart_is_left_alone(cast: Cast, pilot: Pilot) -> None:
    ending = stop(cast, pilot)
    Pilot.objects.update(lessons="<p>A longer story.</p>")
    change_ending(by=cast.tel_aviv_lead, ending=ending, version=1, advice="Plant trees.")
    assert plain(Pilot.objects.get().lessons) == "A longer story."


def test_what_two_people_correct_is_not_overwritten(cast: Cast, pilot: Pilot) -> None:
    ending = stop(cast, pilot)
    change_ending(by=cast.tel_aviv_lead, ending=ending, version=1, stays="A map and a rota.")
    with pytest.raises(EditedMeanwhile) as refusal:
        change_ending(by=cast.tel_aviv_member, ending=ending, version=1, stays="Nothing.")
    assert refusal.value.differing == ["stays"]


def test_the_advice_is_not_emptied(cast: Cast, pilot: Pilot) -> None:
    with pytest.raises(AdviceMissing):
        change_ending(by=cast.tel_aviv_lead, ending=stop(cast, pilot), version=1, advice=" ")


def test_saving_the_same_answers_changes_nothing(cast: Cast, project: Project, pilot: Pilot) -> None:
    ending = stop(cast, pilot)
    before = project.activity.count()
    assert change_ending(by=cast.tel_aviv_lead, ending=ending, version=1, advice="Plant. ").version == 1
    assert project.activity.count() == before


def test_what_stops_a_second_time_is_told_anew_and_the_first_telling_stays_in_its_history(
    cast: Cast, project: Project
) -> None:
    by = cast.tel_aviv_lead
    conclude(by=by, project=project, outcome=Outcome.STOPPED, ending=ANSWERS)
    conclude(by=by, project=project, outcome=Outcome.IN_PROGRESS, note="A new mayor.")
    conclude(by=by, project=project, outcome=Outcome.STOPPED, ending=Answers(advice="Ask the mayor."))
    ending = project.endings.get()
    assert (ending.advice, ending.hoped, ending.version) == ("Ask the mayor.", "", 2)
    told = project.revisions.filter(kind=PartKind.ENDING).first()
    assert told is not None
    assert told.before["advice"] == "Plant."
    assert set(told.before) <= set(TRACKED[Ending][1])


# --- the page with the questions ------------------------------------------------------------------------------------


def test_the_questions_start_from_what_stands_there(client: Client, cast: Cast, project: Project, pilot: Pilot) -> None:
    client.force_login(cast.tel_aviv_lead)
    form = client.get(f"/projects/{project.slug}/pilots/{pilot.pk}/ending/").context["form"]
    assert (form["hoped"].value(), form["happened"].value()) == ("Shade helps.", "Two tore.")
    Project.objects.filter(pk=project.pk).update(lesson="<p>Ask <strong>first</strong>.</p>")
    form = client.get(f"/projects/{project.slug}/ending/").context["form"]
    assert (form["advice"].value(), form["language"].value()) == ("Ask first.", project.language)


def test_the_page_says_who_will_read_it_and_that_it_is_a_result(
    client: Client, cast: Cast, project: Project, pilot: Pilot
) -> None:
    client.force_login(cast.tel_aviv_lead)
    url = f"/projects/{project.slug}/pilots/{pilot.pk}/ending/"
    text = client.get(url).content.decode()
    assert "11 people can read this now." in text
    assert "are offered it" in text
    assert "a result like any other" in text
    Pilot.objects.update(visibility="team")
    text = client.get(url).content.decode()
    assert "3 people can read this now." in text
    assert "It is not offered to other cities" in text


def test_answering_stops_the_pilot_and_goes_back_to_it(
    client: Client, cast: Cast, project: Project, pilot: Pilot
) -> None:
    client.force_login(cast.tel_aviv_lead)
    url = f"/projects/{project.slug}/pilots/{pilot.pk}/ending/"
    response = client.post(url, {"advice": "Plant.", "language": "he"})
    assert response["Location"].endswith(f"#pilot-{pilot.pk}")
    assert (Pilot.objects.get().decision, Ending.objects.get().language) == ("stop", "he")
    response = client.post(url, {"advice": "Plant trees.", "language": "he", "version": "1"})
    assert response.status_code == 302
    assert Ending.objects.get().advice == "Plant trees."


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("why", "x" * 10_000, "at most 1200"),
        ("advice", "x" * 10_000, "at most 1200"),
        ("stays", "safe \u202e txt", "hidden characters"),
        ("advice", "bell \x07 rings", "control characters"),
        ("advice", "   ", "required"),
    ],
)
def test_bad_answers_are_refused_at_their_question_and_kept(
    client: Client, cast: Cast, project: Project, field: str, typed: str, said: str
) -> None:
    client.force_login(cast.tel_aviv_lead)
    answers = {"advice": "Plant.", "hoped": "A long hope.", "language": "en", field: typed}
    response = client.post(f"/projects/{project.slug}/ending/", answers)
    form = response.context["form"]
    assert said in " ".join(form.errors[field])
    assert "A long hope." in response.content.decode()
    assert form[field].value() == typed
    assert Project.objects.get(pk=project.pk).outcome == "in_progress"


def test_a_script_in_an_answer_is_text(client: Client, cast: Cast, project: Project, pilot: Pilot) -> None:
    stop(cast, pilot, Answers(advice="<script>alert(1)</script>", why="<img src=x onerror=alert(1)>"))
    text = seen_by_stranger(client, cast, project)
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_somebody_who_answered_meanwhile_is_shown_beside_what_was_typed(
    client: Client, cast: Cast, project: Project, pilot: Pilot
) -> None:
    stop(cast, pilot)
    client.force_login(cast.tel_aviv_member)
    # The form was opened before there was an ending, so it knows no version.
    url = f"/projects/{project.slug}/pilots/{pilot.pk}/ending/"
    text = client.post(url, {"advice": "Mine.", "language": "en"}).content.decode()
    assert "What they saved" in text
    assert "Plant" in text
    assert "Mine." in text
    assert Ending.objects.get().advice == "Plant."


# --- on the project's page ------------------------------------------------------------------------------------------


def test_the_advice_comes_first_and_nothing_is_said_twice(
    client: Client, cast: Cast, project: Project, pilot: Pilot
) -> None:
    stop(cast, pilot, Answers(advice="Plant.", hoped="Shade helps.", happened="Two tore.", why="Wind."))
    text = seen_by_stranger(client, cast, project)
    assert text.index("Plant.") < text.index("Wind.") < text.index("Shade helps.")
    assert text.count("Shade helps.") == text.count("Two tore.") == text.count("Plant.") == 1


def test_a_project_taken_up_again_folds_its_ending_away(client: Client, cast: Cast, project: Project) -> None:
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, ending=ANSWERS)
    assert "It had stopped once" not in seen_by_stranger(client, cast, project)
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.IN_PROGRESS, note="A new mayor.")
    text = seen_by_stranger(client, cast, project)
    assert "It had stopped once" in text
    assert "Taken up again" in text


def test_the_ending_of_a_narrowed_pilot_is_told_to_its_readers_alone(
    client: Client, cast: Cast, project: Project, pilot: Pilot
) -> None:
    Pilot.objects.update(visibility="team")
    stop(cast, pilot)
    assert "Repairs cost more." not in seen_by_stranger(client, cast, project)
    client.force_login(cast.tel_aviv_observer)
    assert "Repairs cost more." in client.get(project.get_absolute_url()).content.decode()


# --- and nowhere counted as live ------------------------------------------------------------------------------------


def test_a_team_is_not_asked_yearly_whether_something_stopped_is_still_true(client: Client, cast: Cast) -> None:
    long_ago = dt.date(2020, 1, 1)
    project = make_project(cast.boston, contact=cast.tel_aviv_lead, last_confirmed_on=long_ago)
    mine = make_project(cast.tel_aviv, contact=cast.tel_aviv_lead, last_confirmed_on=long_ago, title="Ours")
    client.force_login(cast.tel_aviv_lead)
    assert "Nobody has confirmed for a year" in client.get("/my-work/").content.decode()
    for one in (project, mine):
        Project.objects.filter(pk=one.pk).update(outcome=Outcome.STOPPED)
    assert "Nobody has confirmed for a year" not in client.get("/my-work/").content.decode()
