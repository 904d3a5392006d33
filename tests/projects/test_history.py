"""Who changed what and when: a row for every change, in its transaction, readable for the team and for nobody else."""

import datetime as dt
import importlib
import inspect
import pkgutil
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import serializers
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

import projects
from cities.choices import Right
from cities.models import Department
from innoteams.accounts.closing import close
from innoteams.accounts.models import User
from innoteams.own_data import own_data
from projects import saved_searches
from projects.adaptations import adapt, adapt_from_outside, forget_origin, name_source, report_back
from projects.attachments import NewFile, attach, attach_all, change_attachment, remove_attachment
from projects.choices import Visibility
from projects.drafts import keep_draft
from projects.endings import Answers, change_ending, tell_ending
from projects.evidence import change_consultation, change_indicator, choose_indicator, log_consultation
from projects.follows import follow, unfollow
from projects.history import revise, revise_removed
from projects.journal import change_journal, write_journal
from projects.lessons import answer_lesson, take_back_answer
from projects.models import Activity, Adaptation, Indicator, JournalEntry, Pilot, Project, Revision, SavedSearch
from projects.phases import conclude, move_phase
from projects.pilots import change_pilot, decide_pilot, start_pilot
from projects.readings import add_reading, correct_reading, withdraw_reading
from projects.readings_import import import_readings, preview
from projects.readings_table import Defaults
from projects.records import change_project, claim_project, confirm_project, log_project, settle_address
from projects.restoring import restore
from projects.sharing import share_project
from projects.shelf import keep_waiting, take_up
from projects.stuck import goes_on, say_stuck
from projects.uploads import Examined
from tests.cast import Cast, join, make_person, make_project, make_topic
from tests.projects.files import PDF

DAY = dt.date(2026, 5, 1)
ANSWERS = Answers(advice="Ask the neighbours first.", happened="Nobody came.")
TABLE = "day;value\n2026-04-01;40\n2026-04-02;41\n"


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


def page(client: Client, project: Project, query: str = "") -> str:
    response = client.get(f"/projects/{project.slug}/history/{query}")
    assert response.status_code == 200
    return response.content.decode()


def items(client: Client, project: Project, query: str = "") -> list[Any]:
    found: list[Any] = client.get(f"/projects/{project.slug}/history/{query}").context["items"]
    return found


def change(cast: Cast, project: Project, **fields: Any) -> Project:
    version = Project.objects.get(pk=project.pk).version
    return change_project(by=cast.tel_aviv_lead, project=project, version=version, **fields)


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_a_change_keeps_what_stood_there_and_what_stands_there_now(cast: Cast, project: Project) -> None:
    change(cast, project, problem="No shade at noon.", title=project.title)
    row = project.revisions.get()
    assert row.by == cast.tel_aviv_lead
    assert row.before == {"problem": "Something does not work for somebody."}
    assert row.after == {"problem": "No shade at noon."}


def test_topics_and_departments_are_kept_in_words_that_outlive_them(cast: Cast, project: Project) -> None:
    department = cast.tel_aviv.city.departments.create(name="רווחה")
    topics = [make_topic("shade"), cast.topic]
    change(cast, project, topics=topics, departments=Department.objects.filter(pk=department.pk))
    row = project.revisions.get()
    assert row.after == {"topics": ["shade", "loneliness-ageing"], "departments": ["רווחה"]}
    assert row.before == {"topics": ["loneliness-ageing"], "departments": []}


def test_a_plain_text_that_form_adds_nothing_to_is_no_change(cast: Cast, project: Project) -> None:
    change(cast, project, approach="Sails over the street.")
    change(cast, project, approach="Sails over the street.")
    assert project.revisions.count() == project.activity.count() == 1


def test_departments_that_stay_as_they_are_are_no_change(cast: Cast, project: Project) -> None:
    cast.tel_aviv.city.departments.create(name="Welfare")
    change(cast, project, departments=Department.objects.all())
    change(cast, project, departments=Department.objects.all())
    assert Project.objects.get(pk=project.pk).version == 2
    assert project.revisions.count() == 1


def test_a_draft_that_is_saved_while_typing_leaves_one_row_for_half_an_hour(cast: Cast) -> None:
    key, fields = uuid.uuid4(), {"problem": "", "for_whom": "", "topics": [], "phase": "investigate"}

    def type_(title: str, **more: object) -> Project:
        return keep_draft(
            by=cast.tel_aviv_lead,
            team=cast.tel_aviv,
            draft_key=key,
            version=None,
            settled=False,
            **{**fields, "title": title, **more},
        )

    with time_machine.travel("2026-05-01 10:00Z", tick=False) as clock:
        project = type_("C")
        type_("Cool")
        type_("Cool streets", problem="It is hot.")
        row = project.revisions.get()
        assert (row.before, row.after["title"], row.after["problem"]) == ({}, "Cool streets", "It is hot.")
        assert [one.verb for one in project.activity.all()] == ["project_logged"]
        clock.shift(dt.timedelta(minutes=31))
        type_("Cool streets for all", problem="It is hot.")
        type_("Shade for all", problem="It is very hot.")
    told = project.activity.filter(verb="project_changed").get()
    assert told.facts == {"fields": ["problem", "title"]}
    newest = project.revisions.first()
    assert newest is not None
    assert project.revisions.count() == 2
    assert (newest.before, newest.after) == (
        {"title": "Cool streets", "problem": "It is hot."},
        {"title": "Shade for all", "problem": "It is very hot."},
    )


def test_what_was_typed_and_taken_back_within_the_half_hour_leaves_nothing(cast: Cast) -> None:
    project = make_project(cast.tel_aviv, visibility="team", title="Shade")
    for title in ("Shades", "Shade"):
        change(cast, project, title=title, typing=True)
    assert not project.revisions.exists()


def test_what_a_colleague_types_between_is_a_row_of_its_own(cast: Cast) -> None:
    project = make_project(cast.tel_aviv, visibility="team", title="One")
    change(cast, project, title="Two", typing=True)
    change_project(by=cast.tel_aviv_member, project=project, version=2, title="Three", typing=True)
    change(cast, project, title="Four", typing=True)
    assert [row.after["title"] for row in project.revisions.all()] == ["Four", "Three", "Two"]
    assert project.activity.count() == 3


def test_a_shared_project_has_a_row_for_every_change(cast: Cast, project: Project) -> None:
    for title in ("Two", "Three"):
        change(cast, project, title=title, typing=True)
    assert project.revisions.count() == project.activity.count() == 2


def test_the_title_of_another_teams_project_is_not_kept_in_ones_own_history(cast: Cast) -> None:
    source = make_project(cast.mulhouse, title="Rues fraîches")
    own = make_project(cast.tel_aviv)
    adaptation = Adaptation.objects.create(project=own, source=source, kept="The idea")
    row = revise(adaptation, {}, by=cast.tel_aviv_lead)
    assert row is not None
    assert "Rues" not in row.label


# --- every verb ------------------------------------------------------------------------------------------------------


def _search(person: User) -> SavedSearch:
    return saved_searches.save(by=person, query="phase=prepare", name="Close to it")


def _made(cast: Cast) -> dict[str, Any]:
    """One part of each kind in the team's project, and a draft, for the verbs to act upon."""
    by, project = cast.tel_aviv_lead, cast.projects["network"]
    source = make_project(cast.mulhouse, title="Rues")
    own = adapt(by=by, source=source, team=cast.tel_aviv, title="Shade", kept="k", changed="c")
    Project.objects.filter(pk=own.pk).update(problem="p", for_whom="w", visibility="network")
    indicator = choose_indicator(by=by, project=project, name="Visits", unit="people")
    change_project(by=by, project=project, version=1, problem="Earlier.")
    return {
        "by": by,
        "project": Project.objects.get(pk=project.pk),
        "rues": source,
        "draft": log_project(by=by, team=cast.tel_aviv, title="Coo", provisional=True),
        "pilot": start_pilot(by=by, project=project, title="Sails", hypothesis="h", lessons="l"),
        "entry": write_journal(by=by, project=project, happened_on=DAY, text="Forty came."),
        "consultation": log_consultation(by=by, project=project, held_on=DAY, method="m", heard="h", said="s"),
        "indicator": indicator,
        "reading": add_reading(by=by, indicator=indicator, value=Decimal(4), read_on=DAY, source="s"),
        "adaptation": own.adapted_from.get(),
        "entry_from_source": make_project(cast.tel_aviv, source_line="A newspaper"),
        "revision": project.revisions.get(kind="project"),
        "topics": [cast.topic],
        "team": cast.tel_aviv,
        "mulhouse": cast.mulhouse,
        "mulhouse_lead": cast.mulhouse_lead,
        **_more_made(by, project, indicator),
    }


def _more_made(by: User, project: Project, indicator: Indicator) -> dict[str, Any]:
    stopped = start_pilot(by=by, project=project, title="Fans", hypothesis="h")
    decide_pilot(by=by, pilot=stopped, decision="stop", ending=ANSWERS)
    # Stopped before anybody asked the five questions.
    silent = Pilot.objects.create(project=project, title="Fog", hypothesis="h", decision="stop")
    file = attach(by=by, project=project, upload=Examined("plan.pdf", "application/pdf", PDF), consent="nobody")
    wrong = add_reading(by=by, indicator=indicator, value=Decimal(7), read_on=DAY, source="s")
    return {"ending": stopped.ending, "silent": silent, "file": file, "wrong": wrong}


Act = Callable[[dict[str, Any]], object]

# One call of each verb of projects/. A verb that is not here fails the test below.
ACTS: dict[str, Act] = {
    "records.log_project": lambda x: log_project(by=x["by"], team=x["team"], title="t", topics=x["topics"]),
    "records.change_project": lambda x: change_project(by=x["by"], project=x["project"], version=2, title="New"),
    "records.claim_project": lambda x: claim_project(by=x["by"], project=x["entry_from_source"]),
    "records.confirm_project": lambda x: confirm_project(by=x["by"], project=x["project"]),
    "drafts.keep_draft": lambda x: keep_draft(
        by=x["by"],
        team=x["team"],
        draft_key=uuid.uuid4(),
        version=None,
        settled=True,
        title="t",
        topics=[],
        phase="investigate",
    ),
    "sharing.share_project": lambda x: share_project(by=x["by"], project=x["project"], visibility="team"),
    "phases.move_phase": lambda x: move_phase(by=x["by"], project=x["project"], to="generate", note="n"),
    "phases.conclude when it stops": lambda x: conclude(
        by=x["by"], project=x["project"], outcome="stopped", ending=ANSWERS
    ),
    "phases.conclude": lambda x: conclude(by=x["by"], project=x["project"], outcome="scaled", note="n", lesson="T"),
    "pilots.start_pilot": lambda x: start_pilot(by=x["by"], project=x["project"], title="t", hypothesis="h"),
    "pilots.change_pilot": lambda x: change_pilot(by=x["by"], pilot=x["pilot"], version=1, title="New"),
    "pilots.decide_pilot": lambda x: decide_pilot(by=x["by"], pilot=x["pilot"], decision="scale", lessons="New."),
    "pilots.decide_pilot for a reason": lambda x: decide_pilot(
        by=x["by"], pilot=x["pilot"], decision="scale", note="It works."
    ),
    "pilots.decide_pilot when it stops": lambda x: decide_pilot(
        by=x["by"], pilot=x["pilot"], decision="stop", ending=ANSWERS
    ),
    "endings.tell_ending": lambda x: tell_ending(by=x["by"], what=x["silent"], answers=ANSWERS),
    "endings.change_ending": lambda x: change_ending(by=x["by"], ending=x["ending"], version=1, hoped="Much."),
    "attachments.attach": lambda x: attach(
        by=x["by"], project=x["project"], upload=Examined("a.txt", "text/plain", b"a"), consent="nobody"
    ),
    "attachments.attach_all": lambda x: attach_all(
        by=x["by"],
        project=x["project"],
        files=[NewFile(Examined(name, "text/plain", b"a"), "nobody") for name in ("a.txt", "b.txt")],
    ),
    "attachments.change_attachment": lambda x: change_attachment(
        by=x["by"], attachment=x["file"], version=1, consent="given", visibility="team"
    ),
    "attachments.remove_attachment": lambda x: remove_attachment(by=x["by"], attachment=x["file"]),
    "journal.write_journal": lambda x: write_journal(by=x["by"], project=x["project"], happened_on=DAY, text="t"),
    "journal.change_journal": lambda x: change_journal(
        by=x["by"], entry=x["entry"], version=1, happened_on=DAY, text="Fifty came.", language="en"
    ),
    "evidence.log_consultation": lambda x: log_consultation(
        by=x["by"], project=x["project"], held_on=DAY, method="m", heard="h", said="s"
    ),
    "evidence.change_consultation": lambda x: change_consultation(
        by=x["by"], consultation=x["consultation"], version=1, said="New."
    ),
    "evidence.choose_indicator": lambda x: choose_indicator(by=x["by"], project=x["project"], name="n", unit="u"),
    "evidence.change_indicator": lambda x: change_indicator(
        by=x["by"], indicator=x["indicator"], version=1, name="New"
    ),
    "readings.add_reading": lambda x: add_reading(
        by=x["by"], indicator=x["indicator"], value=Decimal(5), read_on=DAY, source="s"
    ),
    "readings.withdraw_reading": lambda x: withdraw_reading(by=x["by"], reading=x["reading"], why="w"),
    "readings.correct_reading": lambda x: correct_reading(
        by=x["by"], reading=x["wrong"], why="Typed twice.", value=Decimal(8), read_on=DAY, source="s", kind="counted"
    ),
    "readings_import.import_readings": lambda x: import_readings(
        by=x["by"], indicator=x["indicator"], text=TABLE, defaults=Defaults(source="s")
    ),
    "adaptations.name_source": lambda x: name_source(
        by=x["mulhouse_lead"], project=x["rues"], source=x["project"], kept="k", changed="c"
    ),
    "adaptations.adapt_from_outside": lambda x: adapt_from_outside(
        by=x["by"], project=x["project"], outside_name="Zollhaus", kept="k", changed="c"
    ),
    "adaptations.forget_origin": lambda x: forget_origin(by=x["by"], adaptation=x["adaptation"]),
    "adaptations.adapt": lambda x: adapt(
        by=x["mulhouse_lead"], source=x["project"], team=x["mulhouse"], title="t", kept="k", changed="c"
    ),
    "adaptations.report_back": lambda x: report_back(
        by=x["by"], adaptation=x["adaptation"], version=1, came_of_it="It works.", kept="k", changed="c"
    ),
    "stuck.say_stuck": lambda x: say_stuck(by=x["by"], project=x["project"], why="w"),
    "stuck.goes_on": lambda x: goes_on(by=x["by"], project=say_stuck(by=x["by"], project=x["project"], why="w")),
    "restoring.restore": lambda x: restore(by=x["by"], revision=x["revision"], version=2),
}
# Following and keeping searches are the reader's own affair; what another team says of a lesson is no change of the
# project; a draft's address is settled once without anybody saying anything new; a preview and a file that waits for
# its form change nothing yet.
WITHOUT_ROW: dict[str, Act] = {
    "saved_searches.save": lambda x: saved_searches.save(by=x["by"], query="phase=prepare", name="Close to it"),
    "saved_searches.rename": lambda x: saved_searches.rename(by=x["by"], search=_search(x["by"]), name="Nearer"),
    "saved_searches.remove": lambda x: saved_searches.remove(by=x["by"], search=_search(x["by"])),
    "follows.follow": lambda x: follow(by=x["by"], what=x["project"]),
    "follows.unfollow": lambda x: unfollow(by=x["by"], what=x["project"]),
    "records.settle_address": lambda x: settle_address(by=x["by"], project=x["draft"]),
    "lessons.answer_lesson": lambda x: answer_lesson(
        by=x["mulhouse_lead"], ending=x["ending"], team=x["mulhouse"], usefulness="useful"
    ),
    "lessons.take_back_answer": lambda x: take_back_answer(
        by=x["mulhouse_lead"], ending=x["ending"], team=x["mulhouse"]
    ),
    "readings_import.preview": lambda x: preview(
        by=x["by"], indicator=x["indicator"], text=TABLE, defaults=Defaults(source="s")
    ),
    "shelf.keep_waiting": lambda x: keep_waiting(Examined("a.txt", "text/plain", b"a"), by=x["by"]),
    "shelf.take_up": lambda x: take_up("nothing waits under this", by=x["by"]),
}
# These write the rows.
OF_HISTORY = {"history.record", "history.record_change", "history.revise", "history.revise_removed"}
# Only ever within the transactions of verbs that are tried above.
WITHIN_OTHERS = {"endings.write_ending", "endings.write_lesson"}


def _verbs() -> set[str]:
    """Every public function of projects/ that takes the person who acts."""
    found = set()
    for module in pkgutil.iter_modules(projects.__path__):
        if module.ispkg:
            continue
        loaded = importlib.import_module(f"projects.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ != loaded.__name__ or name.startswith(("_", "demand_")):
                continue
            by = inspect.signature(function).parameters.get("by")
            if by is not None and by.kind is inspect.Parameter.KEYWORD_ONLY and by.default is inspect.Parameter.empty:
                found.add(f"{module.name}.{name}")
    return found - OF_HISTORY - WITHIN_OTHERS


def _everything() -> str:
    models = [model for model in apps.get_app_config("projects").get_models() if model._meta.managed]
    return "\n".join(serializers.serialize("jsonl", model._default_manager.order_by("pk")) for model in models)


def _rows() -> set[tuple[str, int]]:
    """Of both kinds; a reading that is taken back takes its own activity with it."""
    return {(type(row).__name__, row.pk) for model in (Activity, Revision) for row in model._default_manager.all()}


def test_every_verb_is_tried() -> None:
    assert {act.partition(" ")[0] for act in ACTS} | set(WITHOUT_ROW) == _verbs()


@pytest.mark.parametrize("verb", ACTS)
def test_every_verb_leaves_a_row(cast: Cast, verb: str) -> None:
    made = _made(cast)
    before = _rows()
    ACTS[verb](made)
    assert _rows() - before


@pytest.mark.parametrize("verb", WITHOUT_ROW)
def test_what_changes_no_project_leaves_no_row(cast: Cast, verb: str) -> None:
    made = _made(cast)
    before = _rows()
    WITHOUT_ROW[verb](made)
    assert _rows() == before


@pytest.mark.parametrize("row", [Activity, Revision])
@pytest.mark.parametrize("verb", ACTS)
def test_a_failure_while_writing_the_row_leaves_neither_change_nor_row(
    cast: Cast, verb: str, row: type[Activity] | type[Revision], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _made(cast)
    before, failed = _everything(), []

    def fail(*_args: object, **_kwargs: object) -> None:
        failed.append(True)
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(row, "save", fail)
        try:
            ACTS[verb](made)
        except RuntimeError:
            assert _everything() == before
    # Some verbs write only one of the two; then the other cannot fail.
    assert failed or _everything() != before


# --- who reads it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", list(Visibility))
@pytest.mark.parametrize("kind", ["mulhouse_lead", "coach", "coordinator", "administrator", "former_member"])
def test_people_outside_the_team_find_no_history_at_any_level(
    client: Client, cast: Cast, level: str, kind: str
) -> None:
    project = cast.projects[level]
    change(cast, project, problem="New.")
    row = project.revisions.get()
    client.force_login(cast.person(kind))  # type: ignore[arg-type]  # never a visitor
    for address in ("", f"{row.pk}/", f"{row.pk}/restore/"):
        assert client.get(f"/projects/{project.slug}/history/{address}").status_code == 404
    assert not Revision.objects.visible_to(cast.person(kind)).exists()


def test_an_observer_reads_the_history_and_brings_nothing_back(client: Client, cast: Cast, project: Project) -> None:
    change(cast, project, problem="New.")
    row = project.revisions.get()
    client.force_login(cast.tel_aviv_observer)
    assert "Bring the earlier text back" not in page(client, project)
    assert client.get(f"/projects/{project.slug}/history/{row.pk}/").status_code == 200
    assert client.post(f"/projects/{project.slug}/history/{row.pk}/restore/", {"version": 2}).status_code == 403


def test_whoever_leaves_the_team_loses_its_history_at_once(client: Client, cast: Cast, project: Project) -> None:
    person = make_person("Noa")
    membership = join(cast.tel_aviv, person)
    client.force_login(person)
    page(client, project)
    membership.ends_on = timezone.now().date()
    membership.save()
    assert client.get(f"/projects/{project.slug}/history/").status_code == 404


def test_the_history_outlives_the_membership_and_the_account(client: Client, cast: Cast, project: Project) -> None:
    person = make_person("Noa Levi")
    membership = join(cast.tel_aviv, person, Right.MEMBER)
    change_project(by=person, project=project, version=1, problem="Noa's words.")
    membership.ends_on = timezone.now().date()
    membership.save()
    client.force_login(cast.tel_aviv_lead)
    assert "Noa Levi" in page(client, project)
    close(person=person, keep_name=False)
    text = page(client, project)
    assert "Noa Levi" not in text
    assert "Former member" in text
    assert items(client, project)[0].changes[0].label == "the problem"
    person.delete()
    assert "somebody who has left" in page(client, project)


def test_a_part_that_was_removed_is_still_read(client: Client, cast: Cast, project: Project) -> None:
    pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title="Sails", hypothesis="More children walk.")
    revise_removed(pilot, by=cast.tel_aviv_member)
    pilot.delete()
    client.force_login(cast.tel_aviv_lead)
    newest = items(client, project)[0]
    assert (newest.sentence, newest.label) == ("removed a pilot", "Sails")
    assert "More children walk." in page(client, project)


# --- how it reads ----------------------------------------------------------------------------------------------------


def test_codes_are_told_in_words(client: Client, cast: Cast, project: Project) -> None:
    person = make_person("Dana")
    join(cast.tel_aviv, person)
    change(
        cast,
        project,
        language="he",
        started_on=dt.date(2026, 3, 9),
        contact=person,
        topics=[make_topic("shade")],
    )
    client.force_login(cast.tel_aviv_lead)
    [item] = items(client, project)
    told = {told.name: ["".join(c.text for c in row.changes) for row in told.rows] for told in item.changes}
    assert told["contact_id"] == ["Dana"]
    assert told["started_on"] == ["March 9, 2026"]
    assert told["language"] == ["EnglishHebrew"]
    assert told["topics"] == ["1. Loneliness Ageing", "1. Shade"]
    assert "loneliness-ageing" not in page(client, project)


def test_rich_text_is_compared_as_words(client: Client, cast: Cast, project: Project) -> None:
    change(cast, project, approach="<p>We hang <strong>sails</strong>.</p><ul><li>In May</li></ul>")
    change(cast, project, approach="<p>We hang <em>many</em> sails.</p><ul><li>In May</li></ul>")
    client.force_login(cast.tel_aviv_lead)
    row = items(client, project)[0].changes[0].rows[0]
    assert [(change.kind, change.text) for change in row.changes] == [
        ("", "We hang "),
        ("added", "many "),
        ("", "sails."),
    ]
    assert "&lt;p&gt;" not in page(client, project)


def test_a_text_carries_its_own_direction(client: Client, cast: Cast, project: Project) -> None:
    change(cast, project, language="he", problem="אין צל בצהריים.")
    client.force_login(cast.tel_aviv_lead)
    text = page(client, project)
    assert 'lang="he"' in text
    assert 'dir="rtl"' in text


def test_moves_stand_between_the_changes_and_nothing_is_told_twice(
    client: Client, cast: Cast, project: Project
) -> None:
    by = cast.tel_aviv_lead
    change(cast, project, problem="New.")
    move_phase(by=by, project=project, to="generate", note="We have heard enough.")
    share_project(by=by, project=project, visibility="team")
    confirm_project(by=by, project=project)
    pilot = start_pilot(by=by, project=project, title="Sails", hypothesis="h")
    decide_pilot(by=by, pilot=pilot, decision="scale")
    conclude(by=by, project=project, outcome="scaled", note="Four more streets asked for it.")
    client.force_login(by)
    told = [(item.sentence, item.moved) for item in items(client, project)]
    assert told == [
        ("said what came of the project", ("in progress", "scaled")),
        ("decided about a pilot", ("not decided yet", "scale")),
        ("started a pilot", None),
        ("confirmed the project is up to date", None),
        ("narrowed who sees the project", ("Network", "Team")),
        ("moved the project on", ("Investigate", "Generate ideas")),
        ("changed the project", None),
    ]
    text = page(client, project)
    assert "We have heard enough." in text
    assert "Four more streets asked for it." in text


def told_lines(client: Client, project: Project, query: str = "") -> list[tuple[str, str]]:
    return [(item.sentence, item.label) for item in items(client, project, query)]


def test_a_correction_is_one_line_with_both_figures_and_why(client: Client, cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    indicator = choose_indicator(by=by, project=project, name="Visits", unit="people")
    wrong = add_reading(by=by, indicator=indicator, value=Decimal(4), read_on=DAY, source="s")
    right = correct_reading(
        by=by, reading=wrong, why="One sheet was missing.", value=Decimal(40), read_on=DAY, source="s", kind="counted"
    )
    client.force_login(by)
    newest = items(client, project)[0]
    assert (newest.sentence, newest.label, newest.note) == ("corrected a reading", "Visits", "One sheet was missing.")
    assert [change.text for change in newest.changes[0].rows[0].changes] == ["4", "40"]
    assert told_lines(client, project)[1:] == [("added a reading", "Visits"), ("chose an indicator", "Visits")]
    whole = client.get(f"/projects/{project.slug}/history/{newest.revision.pk}/").content.decode()
    assert "One sheet was missing." in whole
    withdraw_reading(by=by, reading=right, why="It was another square.")
    assert told_lines(client, project)[0] == ("took back a reading", "Visits")
    assert len(told_lines(client, project)) == 4
    assert "It was another square." in page(client, project)
    # Asked for the wrong one, its own end is told too.
    assert "One sheet was missing." in page(client, project, f"?part=reading-{wrong.pk}")


def test_imported_readings_are_one_line_that_says_how_many(client: Client, cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    indicator = choose_indicator(by=by, project=project, name="Visits", unit="people")
    import_readings(by=by, indicator=indicator, text=TABLE, defaults=Defaults(source="A list"))
    client.force_login(by)
    newest = items(client, project)[0]
    assert (newest.sentence, newest.label, newest.details) == ("imported readings", "Visits", "2 readings")


def test_that_something_stopped_is_a_move_beside_the_answers(client: Client, cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    pilot = start_pilot(by=by, project=project, title="Sails", hypothesis="h")
    decide_pilot(by=by, pilot=pilot, decision="adapt", note="The sails were too low.")
    decide_pilot(by=by, pilot=pilot, decision="stop", ending=Answers(advice="Hang them higher."))
    conclude(by=by, project=project, outcome="stopped", ending=Answers(advice="Plant trees."))
    conclude(by=by, project=project, outcome="in_progress", note="Another street asked.")
    conclude(by=by, project=project, outcome="stopped", ending=Answers(advice="Plant more trees."))
    client.force_login(by)
    moves = [(item.sentence, item.label, item.moved) for item in items(client, project) if item.moved]
    assert moves == [
        ("said what came of the project", "", ("in progress", "stopped")),
        ("said what came of the project", "", ("stopped", "in progress")),
        ("said what came of the project", "", ("in progress", "stopped")),
        ("decided about a pilot", "Sails", ("adapt", "stop")),
        ("decided about a pilot", "Sails", ("not decided yet", "adapt")),
    ]
    text = page(client, project)
    for said in ("The sails were too low.", "Hang them higher.", "Plant ", "Another street asked."):
        assert said in text
    assert ("said why this was decided about a pilot", "Sails") in told_lines(client, project)


def test_files_come_change_and_go_in_one_line_each(client: Client, cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    file = attach(by=by, project=project, upload=Examined("plan.pdf", "application/pdf", PDF), consent="nobody")
    file = change_attachment(by=by, attachment=file, version=1, consent="nobody", visibility="team")
    change_attachment(by=by, attachment=file, version=2, consent="nobody", credit="Noa", visibility="team")
    remove_attachment(by=by, attachment=file)
    client.force_login(by)
    assert told_lines(client, project) == [
        ("removed a file", "plan.pdf"),
        ("changed what is told of a file", "plan.pdf"),
        ("changed who sees a part of the project", "plan.pdf"),
        ("added a file", "plan.pdf"),
    ]
    with_level = attach(
        by=by, project=project, upload=Examined("b.txt", "text/plain", b"b"), consent="nobody", visibility="team"
    )
    made = [change for change in items(client, project)[0].changes if change.name == "visibility"]
    assert [row.text for row in made[0].rows] == ["Team"]
    with_level.delete()
    level = items(client, project)[3].changes[0]
    assert [change.text for change in level.rows[0].changes] == ["as the project", "Team"]


def test_an_adaptation_is_called_by_what_it_came_from_while_the_reader_sees_that(
    client: Client, cast: Cast, project: Project
) -> None:
    by = cast.tel_aviv_lead
    source = make_project(cast.mulhouse, title="Rues fraîches", visibility="network")
    adaptation = name_source(by=by, project=project, source=source, kept="k", changed="c")
    outside = adapt_from_outside(by=by, project=project, outside_name="Zollhaus", kept="k", changed="c")
    forget_origin(by=by, adaptation=outside)
    client.force_login(by)
    assert told_lines(client, project) == [
        ("removed an adaptation", "Zollhaus"),
        ("started an adaptation", "Zollhaus"),
        ("started an adaptation", "Rues fraîches"),
    ]
    cast.mulhouse_lead.language = "en"
    cast.mulhouse_lead.save()
    client.force_login(cast.mulhouse_lead)
    assert told_lines(client, source) == [("started an adaptation", project.title)]
    share_project(by=cast.mulhouse_lead, project=source, visibility="team")
    client.force_login(by)
    assert told_lines(client, project)[2] == ("started an adaptation", "")
    assert "Rues" not in page(client, project)
    forget_origin(by=by, adaptation=adaptation)
    assert told_lines(client, project)[0] == ("removed an adaptation", "")


# Stored names and values that are no English words; those that a reader sees somewhere were not put into words.
CODES = {
    "in_progress", "handed_over", "hand_over", "deliver_adapt", "decision_note", "withdrawn_why", "came_of_it",
    "journal_entry", "reading_removed", "for_whom", "is_comparison", "outside_name", "baseline_on", "happened_on",
}  # fmt: skip


@pytest.mark.parametrize("verb", ACTS)
def test_no_code_word_reaches_the_reader(client: Client, cast: Cast, verb: str) -> None:
    made = _made(cast)
    adapted = made["adaptation"].project
    ACTS[verb](made)
    client.force_login(cast.tel_aviv_lead)
    for project in (made["project"], adapted):
        # Attributes of the filter's form hold codes, and may.
        text = re.sub(r"<[^>]*>", " ", page(client, project))
        assert not set(re.findall(r"\w+", text)) & CODES
        assert not re.search(r"None|\d{4}-\d\d-\d\d", text)


def test_what_happened_before_texts_were_kept_is_still_told(client: Client, cast: Cast, project: Project) -> None:
    Activity.objects.create(
        project=project, verb="project_changed", actor=cast.tel_aviv_lead, facts={"fields": ["problem", "topics"]}
    )
    client.force_login(cast.tel_aviv_lead)
    [item] = items(client, project)
    assert (item.sentence, item.details) == ("changed the project", "the problem, topics")


def test_the_history_is_narrowed_to_a_part_and_to_a_person(client: Client, cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    change(cast, project, problem="New.")
    sails = start_pilot(by=by, project=project, title="Sails", hypothesis="h")
    trees = start_pilot(by=cast.tel_aviv_member, project=project, title="Trees", hypothesis="h")
    decide_pilot(by=by, pilot=sails, decision="scale")
    client.force_login(by)
    assert len(items(client, project)) == 4
    assert [item.label for item in items(client, project, "?part=pilot")] == ["Sails", "Trees", "Sails"]
    assert [item.label for item in items(client, project, f"?part=pilot-{trees.pk}")] == ["Trees"]
    assert [item.label for item in items(client, project, f"?by={cast.tel_aviv_member.pk}")] == ["Trees"]
    assert len(items(client, project, "?part=nonsense&by=x")) == 4
    assert "Nothing of this kind" in page(client, project, f"?part=reading&by={by.pk}")


def test_a_project_that_never_changed_says_what_belongs_here(client: Client, cast: Cast, project: Project) -> None:
    client.force_login(cast.tel_aviv_lead)
    assert "Nothing has changed yet" in page(client, project)


@pytest.mark.parametrize("many", [1, 20])
def test_the_page_asks_the_database_the_same_few_times(
    client: Client,
    cast: Cast,
    project: Project,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    by = cast.tel_aviv_lead
    for number in range(many):
        change(cast, project, problem=f"Problem {number}", topics=[make_topic(f"t{number}")], contact=by)
        pilot = start_pilot(by=by, project=project, title=f"Pilot {number}", hypothesis="h")
        decide_pilot(by=by, pilot=pilot, decision="scale")
        move_phase(by=by, project=project, to=["generate", "investigate"][number % 2], note="n")
        write_journal(by=by, project=project, happened_on=DAY, text="t")
    client.force_login(by)
    with django_assert_max_num_queries(15):
        page(client, project)


def test_pages_of_a_long_history_hold_every_change_once(client: Client, cast: Cast, project: Project) -> None:
    for number in range(45):
        change(cast, project, problem=f"Problem {number}")
    client.force_login(cast.tel_aviv_lead)
    found = [item.revision.pk for number in (1, 2, 3) for item in items(client, project, f"?page={number}")]
    assert len(found) == len(set(found)) == 45


def test_the_team_finds_the_way_to_the_history_on_the_project_and_others_do_not(
    client: Client, cast: Cast, project: Project
) -> None:
    change(cast, project, problem="New.")
    client.force_login(cast.tel_aviv_observer)
    text = client.get(project.get_absolute_url()).content.decode()
    assert f"/projects/{project.slug}/history/" in text
    assert "ago by <bdi>Tel Aviv lead</bdi>" in text
    client.force_login(cast.mulhouse_lead)
    text = client.get(project.get_absolute_url()).content.decode()
    assert "/history/" not in text
    assert "ago by" not in text


def test_ones_own_data_tell_what_one_changed_with_the_text_only_while_one_may_read_it(
    cast: Cast, project: Project
) -> None:
    person = make_person("Noa")
    membership = join(cast.tel_aviv, person)
    change_project(by=person, project=project, version=1, approach="<p>Noa's words.</p>")
    change(cast, project, lesson="The lead's words.")
    [row] = own_data(person)["written"]["changes"]
    assert (row["what"], row["project"], row["text"]) == ("project", project.title, {"approach": "Noa's words."})
    membership.ends_on = timezone.now().date()
    membership.save()
    [row] = own_data(person)["written"]["changes"]
    assert set(row) == {"what", "at"}


def test_parts_of_every_kind_have_a_row_that_can_be_read(client: Client, cast: Cast, project: Project) -> None:
    """Also of kinds whose verbs know nothing of restoring."""
    by = cast.tel_aviv_lead
    made = _made(cast)
    for part in ("consultation", "indicator", "reading", "adaptation"):
        revise(made[part], {}, by=by)
    client.force_login(by)
    for row in Revision.objects.all():
        assert client.get(f"/projects/{row.project.slug}/history/{row.pk}/").status_code == 200
    assert client.get(f"/projects/{project.slug}/history/").status_code == 200
    assert Pilot.objects.exists()
    assert JournalEntry.objects.exists()
