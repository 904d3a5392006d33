"""Bringing an earlier text back: by the same rules as any change, seen before it is done, and itself undone."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from cities.models import Department
from innoteams.lib.rich_text import plain
from innoteams.lib.verdicts import NotAllowed
from projects.adaptations import adapt_from_outside, name_source, report_back
from projects.attachments import attach, change_attachment, remove_attachment
from projects.choices import Verb
from projects.endings import Answers, change_ending
from projects.evidence import change_consultation, change_indicator, choose_indicator, log_consultation
from projects.history import revise, snapshot
from projects.journal import change_journal, write_journal
from projects.locking import EditedMeanwhile
from projects.models import Consultation, Indicator, JournalEntry, Pilot, Project, Revision
from projects.phases import conclude
from projects.pilots import change_pilot, start_pilot
from projects.records import change_project
from projects.restoring import (
    ContactLeft,
    NotBroughtBack,
    NothingToBringBack,
    PartGone,
    can_come_back,
    plan_restore,
    restore,
)
from projects.sharing import share_project
from projects.uploads import Examined
from tests.browser import SignIn
from tests.cast import Cast, join, make_cast, make_person, make_project, make_topic
from tests.projects.test_together import at_once, kinds

DAY = dt.date(2026, 5, 1)


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


def now(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


def change(cast: Cast, project: Project, **fields: Any) -> Revision:
    change_project(by=cast.tel_aviv_lead, project=project, version=now(project).version, **fields)
    return newest(project)


def newest(project: Project) -> Revision:
    row: Revision | None = project.revisions.first()
    assert row is not None
    return row


def newest_of(project: Project, kind: str) -> Revision:
    row: Revision | None = project.revisions.filter(kind=kind).first()
    assert row is not None
    return row


def bring_back(cast: Cast, revision: Revision, **more: Any) -> Any:
    row = plan_restore(revision).row
    return restore(by=cast.tel_aviv_member, revision=revision, version=row.version, **more)


# --- what comes back -------------------------------------------------------------------------------------------------


def test_the_earlier_text_of_a_project_comes_back(cast: Cast, project: Project) -> None:
    revision = change(cast, project, problem="Worse.", title="Worse")
    bring_back(cast, revision)
    after = now(project)
    assert (after.title, after.problem) == ("Tel Aviv at level network", "Something does not work for somebody.")
    assert after.version == 3
    assert newest(project).restores == revision
    assert newest(project).by == cast.tel_aviv_member
    assert project.activity.filter(verb=Verb.RESTORED, actor=cast.tel_aviv_member).count() == 1


def test_what_was_brought_back_can_be_taken_back(cast: Cast, project: Project) -> None:
    revision = change(cast, project, problem="Second thoughts.")
    bring_back(cast, revision)
    bring_back(cast, newest(project))
    assert now(project).problem == "Second thoughts."
    assert project.revisions.count() == 3


def test_later_changes_of_other_fields_stay(cast: Cast, project: Project) -> None:
    revision = change(cast, project, problem="Worse.")
    change(cast, project, partners="The museum")
    bring_back(cast, revision)
    assert (now(project).partners, now(project).problem) == ("The museum", "Something does not work for somebody.")


def test_only_the_chosen_fields_come_back(cast: Cast, project: Project) -> None:
    revision = change(cast, project, problem="Worse.", partners="The museum")
    bring_back(cast, revision, only=["problem"])
    assert (now(project).problem, now(project).partners) == ("Something does not work for somebody.", "The museum")


def test_days_people_topics_and_departments_come_back(cast: Cast, project: Project) -> None:
    welfare = cast.tel_aviv.city.departments.create(name="Welfare")
    shade = make_topic("shade")
    change(
        cast,
        project,
        started_on=DAY,
        contact=cast.tel_aviv_member,
        topics=[shade, cast.topic],
        departments=Department.objects.filter(pk=welfare.pk),
    )
    revision = change(
        cast, project, started_on=None, contact=None, topics=[cast.topic], departments=Department.objects.none()
    )
    bring_back(cast, revision)
    after = now(project)
    assert (after.started_on, after.contact) == (DAY, cast.tel_aviv_member)
    assert [ranked.topic for ranked in after.ranked_topics.all()] == [shade, cast.topic]
    assert list(after.departments.all()) == [welfare]


def test_a_department_that_is_gone_stays_away_and_the_rest_comes_back(cast: Cast, project: Project) -> None:
    for name in ("Welfare", "Parks"):
        cast.tel_aviv.city.departments.create(name=name)
    change(cast, project, departments=Department.objects.all())
    revision = change(cast, project, departments=Department.objects.none())
    Department.objects.filter(name="Parks").delete()
    assert plan_restore(revision).steps[0].then == ["Welfare"]
    bring_back(cast, revision)
    assert [department.name for department in now(project).departments.all()] == ["Welfare"]


def test_parts_get_their_earlier_text_back(cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    pilot = start_pilot(by=by, project=project, title="Sails", hypothesis="More walk.", starts_on=DAY)
    change_pilot(by=by, pilot=pilot, version=1, hypothesis="Worse.", starts_on=None)
    bring_back(cast, newest(project))
    entry = write_journal(by=by, project=project, happened_on=DAY, text="Forty came.", language="en")
    change_journal(by=by, entry=entry, version=1, happened_on=DAY, text="Worse.", language="en")
    bring_back(cast, newest(project))
    assert Pilot.objects.get().starts_on == DAY
    assert Pilot.objects.get().hypothesis == "<p>More walk.</p>"
    assert JournalEntry.objects.get().text == "<p>Forty came.</p>"
    assert project.revisions.exclude(restores=None).count() == 2
    assert project.activity.filter(verb=Verb.RESTORED).exclude(pilot=None).count() == 1


def test_evidence_gets_its_earlier_text_back(cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    heard = log_consultation(by=by, project=project, held_on=DAY, method="A walk", heard="Elders", said="Benches.")
    before: dict[str, object] = {"said": "<p>Benches.</p>"}
    change_consultation(by=by, consultation=heard, version=1, said="Worse.")
    bring_back(cast, revision_of(Consultation.objects.get(), before, by=by))
    figure = choose_indicator(by=by, project=project, name="Visits", unit="people", baseline_on=DAY)
    change_indicator(by=by, indicator=figure, version=1, baseline_on=None, name="Worse")
    bring_back(cast, revision_of(Indicator.objects.get(), {"baseline_on": "2026-05-01", "name": "Visits"}, by=by))
    assert Consultation.objects.get().said == "<p>Benches.</p>"
    assert (Indicator.objects.get().name, Indicator.objects.get().baseline_on) == ("Visits", DAY)


def revision_of(row: Any, before: dict[str, object], *, by: Any) -> Revision:
    """As the verb leaves it."""
    written = Revision.objects.filter(kind=row._meta.model_name, part=row.pk).exclude(before={}).first()
    if written is None:
        values = {name: getattr(row, name) for name in before}
        written = Revision.objects.create(
            project=row.project, kind=row._meta.model_name, part=row.pk, before=before, after=_plain(values), by=by
        )
    return written


def _plain(values: dict[str, Any]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}


def test_an_ending_gets_its_earlier_answer_back_and_the_lesson_follows(cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    conclude(by=by, project=project, outcome="stopped", ending=Answers(advice="Ask first.", hoped="Shade."))
    ending = project.endings.get()
    change_ending(by=by, ending=ending, version=1, advice="Ask twice.", hoped="")
    bring_back(cast, newest_of(project, "ending"))
    ending.refresh_from_db()
    assert (ending.advice, ending.hoped, ending.version) == ("Ask first.", "Shade.", 3)
    assert plain(now(project).lesson) == "Ask first."
    assert project.activity.filter(verb=Verb.RESTORED, ending=ending).count() == 1


def test_what_was_told_of_an_origin_outside_comes_back_and_the_rest_stays(cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    origin = adapt_from_outside(
        by=by, project=project, outside_name="Zollhaus", outside_url="https://zoll.example/", kept="k", changed="c"
    )
    report_back(
        by=by, adaptation=origin, version=1, came_of_it="", kept="Less.", changed="c", outside_name="Zollhus",
        outside_url="https://zoll.example/",
    )  # fmt: skip
    bring_back(cast, newest_of(project, "adaptation"))
    origin.refresh_from_db()
    assert (origin.outside_name, origin.kept, origin.outside_url) == ("Zollhaus", "k", "https://zoll.example/")


def test_what_was_told_of_a_source_in_the_network_comes_back(cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    source = make_project(cast.mulhouse, title="Rues", visibility="network")
    origin = name_source(by=by, project=project, source=source, kept="The idea", changed="c")
    report_back(by=by, adaptation=origin, version=1, came_of_it="", kept="Less.", changed="c")
    bring_back(cast, newest_of(project, "adaptation"))
    origin.refresh_from_db()
    assert (origin.kept, origin.outside_name, origin.source) == ("The idea", "", source)


def test_what_was_said_of_a_file_comes_back_and_its_level_stays(cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    file = attach(
        by=by, project=project, upload=Examined("plan.txt", "text/plain", b"a"), consent="nobody", credit="Noa"
    )
    change_attachment(by=by, attachment=file, version=1, consent="given", credit="", visibility="team")
    bring_back(cast, newest_of(project, "attachment"))
    file.refresh_from_db()
    assert (file.consent, file.credit, file.visibility) == ("nobody", "Noa", "team")
    remove_attachment(by=by, attachment=file)
    assert not can_come_back(newest_of(project, "attachment"))


def test_who_sees_a_part_never_comes_back_with_its_text(cast: Cast, project: Project) -> None:
    pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title="Sails", hypothesis="h")
    Pilot.objects.filter(pk=pilot.pk).update(visibility="team", title="Trees")
    revision = revise(
        Pilot.objects.get(), {**snapshot(pilot), "visibility": "", "title": "Sails"}, by=cast.tel_aviv_lead
    )
    assert revision is not None
    assert "visibility" in revision.before
    bring_back(cast, revision)
    assert (Pilot.objects.get().title, Pilot.objects.get().visibility) == ("Sails", "team")


def test_half_a_point_never_comes_back(cast: Cast, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(latitude=32.0, longitude=34.8)
    before = snapshot(now(project))
    Project.objects.filter(pk=project.pk).update(latitude=33.0)
    revision = revise(now(project), before, by=cast.tel_aviv_lead)
    assert revision is not None
    assert revision.before == {"latitude": 32.0, "longitude": 34.8}


# --- when it is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "mulhouse_lead", "coach", "coordinator", "former_member"])
def test_only_people_who_write_for_the_team_bring_back(cast: Cast, project: Project, kind: str) -> None:
    revision = change(cast, project, problem="New.")
    with pytest.raises(NotAllowed):
        restore(by=cast.person(kind), revision=revision, version=2)  # type: ignore[arg-type]  # never a visitor
    assert now(project).problem == "New."


def test_over_a_newer_version_nothing_comes_back(cast: Cast, project: Project) -> None:
    revision = change(cast, project, problem="New.")
    change(cast, project, problem="Newer.")
    with pytest.raises(EditedMeanwhile):
        restore(by=cast.tel_aviv_member, revision=revision, version=2)
    assert now(project).problem == "Newer."


def test_of_a_part_that_is_gone_nothing_comes_back(cast: Cast, project: Project) -> None:
    pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title="Sails", hypothesis="h")
    change_pilot(by=cast.tel_aviv_lead, pilot=pilot, version=1, title="Trees")
    revision = newest(project)
    pilot.delete()
    with pytest.raises(PartGone, match="removed since"):
        plan_restore(revision)


def test_a_part_of_another_project_is_never_reached(cast: Cast, project: Project) -> None:
    elsewhere = start_pilot(by=cast.tel_aviv_lead, project=cast.projects["public"], title="Sails", hypothesis="h")
    revision = Revision.objects.create(
        project=project, kind="pilot", part=elsewhere.pk, before={"title": "x"}, after={"title": "y"}
    )
    with pytest.raises(PartGone):
        restore(by=cast.tel_aviv_lead, revision=revision, version=1)


def test_what_stands_there_already_does_not_come_back(cast: Cast, project: Project) -> None:
    revision = change(cast, project, problem="New.")
    change(cast, project, problem="Something does not work for somebody.")
    with pytest.raises(NothingToBringBack, match="already"):
        plan_restore(revision)


def test_how_a_part_began_has_nothing_before_it(cast: Cast, project: Project) -> None:
    start_pilot(by=cast.tel_aviv_lead, project=project, title="Sails", hypothesis="h")
    assert not can_come_back(newest(project))
    with pytest.raises(NothingToBringBack, match="no earlier text"):
        plan_restore(newest(project))


def test_a_reading_is_corrected_and_not_brought_back(cast: Cast, project: Project) -> None:
    revision = Revision.objects.create(
        project=project, kind="reading", part=1, before={"value": "4"}, after={"value": "5"}
    )
    assert not can_come_back(revision)
    with pytest.raises(NotBroughtBack):
        plan_restore(revision)


def test_a_contact_who_left_the_team_does_not_come_back_and_the_rest_does(cast: Cast, project: Project) -> None:
    person = make_person("Noa")
    membership = join(cast.tel_aviv, person)
    change(cast, project, contact=person, problem="Before.")
    revision = change(cast, project, contact=None, problem="After.")
    membership.ends_on = timezone.now().date()
    membership.save()
    with pytest.raises(ContactLeft, match="not of the team any more"):
        bring_back(cast, revision)
    assert now(project).problem == "After."
    bring_back(cast, revision, only=["problem"])
    assert (now(project).problem, now(project).contact) == ("Before.", None)


def test_a_contact_whose_account_is_gone_does_not_come_back(cast: Cast, project: Project) -> None:
    person = make_person("Noa")
    join(cast.tel_aviv, person)
    change(cast, project, contact=person)
    revision = change(cast, project, contact=None)
    person.delete()
    with pytest.raises(ContactLeft):
        bring_back(cast, revision)


def test_bringing_back_changes_nobodys_sight(cast: Cast, project: Project) -> None:
    revision = change(cast, project, problem="New.")
    share_project(by=cast.tel_aviv_lead, project=project, visibility="team")
    bring_back(cast, revision)
    assert now(project).visibility == "team"


# --- on the page -----------------------------------------------------------------------------------------------------


def url(project: Project, revision: Revision) -> str:
    return f"/projects/{project.slug}/history/{revision.pk}/restore/"


def test_the_page_shows_what_would_change_now_and_a_get_changes_nothing(
    client: Client, cast: Cast, project: Project
) -> None:
    revision = change(cast, project, problem="Second.")
    change(cast, project, problem="Third.")
    client.force_login(cast.tel_aviv_lead)
    response = client.get(url(project, revision) + "?version=3&field=problem")
    [told] = response.context["changes"]
    assert ["".join(c.text for c in side) for side in (told.rows[0].before, told.rows[0].after)] == [
        "Third.",
        "Something does not work for somebody.",
    ]
    assert now(project).problem == "Third."


def test_a_post_brings_the_text_back_and_says_so(client: Client, cast: Cast, project: Project) -> None:
    revision = change(cast, project, problem="Second.")
    client.force_login(cast.tel_aviv_member)
    response = client.post(url(project, revision), {"version": 2, "field": "problem"}, follow=True)
    assert "The earlier text is back." in response.content.decode()
    assert now(project).problem == "Something does not work for somebody."
    text = client.get(f"/projects/{project.slug}/history/").content.decode()
    assert "Brought back an earlier text" in text


def test_a_page_that_fell_behind_shows_what_would_change_now(client: Client, cast: Cast, project: Project) -> None:
    revision = change(cast, project, problem="Second.")
    client.force_login(cast.tel_aviv_member)
    change(cast, project, problem="Third.")
    response = client.post(url(project, revision), {"version": 2, "field": "problem"})
    assert response.status_code == 409
    text = response.content.decode()
    assert "Somebody changed it while you were looking." in text
    assert 'name="version" value="3"' in text
    assert now(project).problem == "Third."


@pytest.mark.parametrize("version", ["", "x", "9" * 30, "-1"])
def test_a_version_that_is_none_brings_nothing_back(client: Client, cast: Cast, project: Project, version: str) -> None:
    revision = change(cast, project, problem="Second.")
    client.force_login(cast.tel_aviv_member)
    assert client.post(url(project, revision), {"version": version, "field": "problem"}).status_code == 409


def test_nothing_chosen_is_told_and_changes_nothing(client: Client, cast: Cast, project: Project) -> None:
    revision = change(cast, project, problem="Second.")
    client.force_login(cast.tel_aviv_member)
    assert "Choose what should come back." in client.post(url(project, revision), {"version": 2}).content.decode()
    assert now(project).problem == "Second."


def test_what_cannot_come_back_says_why_and_has_no_button(client: Client, cast: Cast, project: Project) -> None:
    pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title="Sails", hypothesis="h")
    change_pilot(by=cast.tel_aviv_lead, pilot=pilot, version=1, title="Trees")
    revision = newest(project)
    pilot.delete()
    client.force_login(cast.tel_aviv_lead)
    text = client.get(url(project, revision)).content.decode()
    assert "This part was removed since" in text
    assert "Bring it back" not in text
    assert "Sails" in text


def test_the_one_field_that_cannot_come_back_says_so_beside_it(client: Client, cast: Cast, project: Project) -> None:
    person = make_person("Noa")
    membership = join(cast.tel_aviv, person)
    change(cast, project, contact=person, problem="Before.")
    revision = change(cast, project, contact=None, problem="After.")
    membership.ends_on = timezone.now().date()
    membership.save()
    client.force_login(cast.tel_aviv_lead)
    text = client.get(url(project, revision)).content.decode()
    assert "not of the team any more" in text
    assert 'value="problem" checked' in text
    assert 'value="contact_id"' not in text


def test_a_revision_of_another_project_is_not_reached_through_this_one(
    client: Client, cast: Cast, project: Project
) -> None:
    revision = change(cast, cast.projects["public"], problem="New.")
    client.force_login(cast.tel_aviv_lead)
    assert client.get(url(project, revision)).status_code == 404


# --- two at once, and in a browser -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_bring_back_at_once_one_is_told_of_the_other() -> None:
    people = make_cast()
    project = people.projects["network"]
    revision = change(people, project, problem="Second.")
    raised = at_once(
        lambda: restore(by=people.tel_aviv_lead, revision=revision, version=2),
        lambda: restore(by=people.tel_aviv_member, revision=revision, version=2),
    )
    assert kinds(raised) == {None, EditedMeanwhile}
    assert project.revisions.filter(restores=revision).count() == 1
    assert project.activity.filter(verb=Verb.RESTORED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_text_is_brought_back_and_an_edit_meets_it() -> None:
    people = make_cast()
    project = people.projects["network"]
    revision = change(people, project, problem="Second.")
    raised = at_once(
        lambda: restore(by=people.tel_aviv_lead, revision=revision, version=2),
        lambda: change_project(by=people.tel_aviv_member, project=project, version=2, problem="Third."),
    )
    assert kinds(raised) == {None, EditedMeanwhile}
    assert project.revisions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_person_changes_a_text_looks_at_the_history_and_brings_it_back(page_of: SignIn) -> None:
    people = make_cast()
    project = people.projects["network"]
    page = page_of(people.tel_aviv_lead)
    page.goto(f"/projects/{project.slug}/edit/")
    page.get_by_label("The problem").fill("Something does not work for anybody.")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("Changed 0 minutes ago by Tel Aviv lead")).to_be_visible()
    page.get_by_role("link", name="History").click()
    expect(page.locator("ins:visible").filter(has_text="anybody").first).to_be_visible()
    expect(page.locator("del:visible").filter(has_text="somebody").first).to_be_visible()
    page.get_by_role("link", name="Bring the earlier text back").first.click()
    expect(page.get_by_text("This is what would change now.")).to_be_visible()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("The earlier text is back.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Something does not work for somebody.")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Brought back an earlier text")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
