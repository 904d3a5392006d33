"""The forms: what is refused is said at its field, and nothing that was typed is lost."""

import uuid
from typing import Any

import pytest
from django.test import Client

from innoteams.accounts.models import User
from projects.models import Pilot, Project
from projects.records import change_project
from tests.cast import Cast, join, make_project, make_topic

NEW = "/projects/new/"
KEEP = "/projects/drafts/"


@pytest.fixture
def lead(client: Client, cast: Cast) -> Client:
    client.force_login(cast.tel_aviv_lead)
    return client


def fields(cast: Cast, **changed: object) -> dict[str, Any]:
    return {
        "team": cast.tel_aviv.pk,
        "title": "Cool streets",
        "problem": "It is too hot to walk.",
        "for_whom": "Older residents",
        "topics_1": cast.topic.slug,
        "phase": "investigate",
        "draft_key": str(uuid.uuid4()),
        **changed,
    }


def errors(response: Any, name: str) -> str:
    assert response.status_code == 200
    return " ".join(response.context["form"].errors.get(name, []))


def test_the_short_form_asks_five_things(lead: Client) -> None:
    form = lead.get(NEW).context["form"]
    assert [field.name for field in form.visible_fields()] == ["title", "problem", "for_whom", "topics", "phase"]


def test_a_person_of_several_teams_is_asked_for_which(lead: Client, cast: Cast) -> None:
    join(cast.boston, cast.tel_aviv_lead)
    form = lead.get(NEW).context["form"]
    assert form.visible_fields()[0].name == "team"


def test_a_logged_project_leads_to_its_page(lead: Client, cast: Cast) -> None:
    response = lead.post(NEW, fields(cast))
    assert response["Location"] == "/projects/cool-streets/"


def test_a_form_pressed_twice_logs_one_project(lead: Client, cast: Cast) -> None:
    same = fields(cast)
    lead.post(NEW, same)
    lead.post(NEW, same)
    assert Project.objects.filter(title="Cool streets").count() == 1


def test_a_project_cannot_be_logged_for_a_team_of_others(lead: Client, cast: Cast) -> None:
    assert errors(lead.post(NEW, fields(cast, team=cast.mulhouse.pk)), "team")
    assert not cast.mulhouse.projects.exists()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("title", "x" * 10_000, "at most 120 characters"),
        ("title", "Safe \u202etxt.exe", "writing direction"),
        ("title", "a\x00b", "Null characters"),
        ("title", "…!", "at least one word"),
        ("title", "   ", "required"),
        ("problem", "x" * 1201, "at most 1200 characters"),
        ("for_whom", "\u2066hidden\u2069", "writing direction"),
        ("phase", "nonsense", "not one of the available choices"),
        ("topics_1", "nonsense", "not one of the available choices"),
        ("draft_key", "nonsense", "valid UUID"),
    ],
)
def test_what_is_refused_is_said_at_its_field_and_kept(
    lead: Client, cast: Cast, name: str, value: str, sentence: str
) -> None:
    response = lead.post(NEW, fields(cast, **{name: value}))
    assert sentence in errors(response, "topics" if name.startswith("topics") else name)
    assert "It is too hot to walk." in response.content.decode() or name == "problem"
    assert not Project.objects.filter(problem="It is too hot to walk.").exists()


def test_a_topic_chosen_twice_is_said_at_the_topics(lead: Client, cast: Cast) -> None:
    response = lead.post(NEW, fields(cast, topics_2=cast.topic.slug))
    assert "twice" in errors(response, "topics")


def test_topics_keep_their_rank(lead: Client, cast: Cast) -> None:
    second = make_topic("second")
    lead.post(NEW, fields(cast, topics_1=second.slug, topics_2="", topics_3=cast.topic.slug))
    ranked = Project.objects.get(title="Cool streets").ranked_topics.all()
    assert [(row.rank, row.topic) for row in ranked] == [(1, second), (2, cast.topic)]


def test_a_script_in_a_title_is_text(lead: Client, cast: Cast) -> None:
    response = lead.post(NEW, fields(cast, title="<script>alert(1)</script>"), follow=True)
    assert "<script>alert" not in response.content.decode()


# --- the draft that is kept while typing --------------------------------------------------------------------------


def test_a_draft_is_kept_with_a_title_alone_and_grows(lead: Client, cast: Cast) -> None:
    key = str(uuid.uuid4())
    first = lead.post(KEEP, fields(cast, draft_key=key, title="Coo", problem="", for_whom="", topics_1=""))
    assert first.json()["text"].startswith("Saved at")
    lead.post(KEEP, fields(cast, draft_key=key, version=first.json()["version"]))
    draft = Project.objects.get(draft_key=key)
    assert (draft.title, draft.problem, draft.visibility) == ("Cool streets", "It is too hot to walk.", "team")


def test_pressing_the_button_after_typing_settles_the_same_draft(lead: Client, cast: Cast) -> None:
    key = str(uuid.uuid4())
    version = lead.post(KEEP, fields(cast, draft_key=key, title="Coo")).json()["version"]
    response = lead.post(NEW, fields(cast, draft_key=key, version=version))
    assert response["Location"] == "/projects/cool-streets/"
    assert Project.objects.filter(draft_key=key).count() == 1


def test_an_answer_that_got_lost_costs_nothing(lead: Client, cast: Cast) -> None:
    key = str(uuid.uuid4())
    lead.post(KEEP, fields(cast, draft_key=key, title="Coo"))
    # The form never heard of version 1.
    lead.post(NEW, fields(cast, draft_key=key))
    assert Project.objects.get(draft_key=key).title == "Cool streets"


def test_a_draft_changed_in_another_window_is_not_overwritten(lead: Client, cast: Cast) -> None:
    key = str(uuid.uuid4())
    lead.post(KEEP, fields(cast, draft_key=key, title="One"))
    lead.post(KEEP, fields(cast, draft_key=key, title="Two", version=1))
    stale = lead.post(KEEP, fields(cast, draft_key=key, title="Three", version=1))
    assert stale.status_code == 409
    assert Project.objects.get(draft_key=key).title == "Two"


def test_a_form_that_fell_behind_shows_both_and_can_still_be_saved(lead: Client, cast: Cast) -> None:
    key = str(uuid.uuid4())
    lead.post(KEEP, fields(cast, draft_key=key, title="One", problem="First words."))
    lead.post(KEEP, fields(cast, draft_key=key, title="One", problem="From the other window.", version=1))
    behind = lead.post(NEW, fields(cast, draft_key=key, title="One", problem="From this window.", version=1))
    text = behind.content.decode()
    assert both_of(behind, "problem") == ("From the other window.", "From this window.")
    assert "From this window." in text
    assert 'name="version" value="2"' in text
    assert lead.post(NEW, fields(cast, draft_key=key, title="One", version=2)).status_code == 302


def test_a_draft_without_a_title_is_not_kept_and_says_so(lead: Client, cast: Cast) -> None:
    response = lead.post(KEEP, fields(cast, title=""))
    assert response.status_code == 422
    assert response.json()["text"].startswith("Not saved yet")


def test_the_key_of_somebody_elses_draft_opens_nothing(client: Client, cast: Cast) -> None:
    key = str(uuid.uuid4())
    client.force_login(cast.tel_aviv_lead)
    client.post(KEEP, fields(cast, draft_key=key))
    client.force_login(cast.mulhouse_lead)
    response = client.post(KEEP, fields(cast, draft_key=key, team=cast.mulhouse.pk, title="Stolen"))
    assert response.status_code == 200
    assert {project.title for project in Project.objects.filter(draft_key=key)} == {"Cool streets", "Stolen"}


def both_of(response: Any, name: str) -> tuple[str, str]:
    """What they saved and what was typed, as the page compares the two."""
    [told] = [told for told in response.context["theirs"] if told.name == name]
    sides = (["".join(change.text for change in side) for side in (row.before, row.after)] for row in told.rows)
    before, after = zip(*sides, strict=True)
    return "\n".join(before), "\n".join(after)


# --- changing what stands there -----------------------------------------------------------------------------------


def edit(client: Client, project: Project, topic: str, **changed: object) -> Any:
    data = {
        "title": project.title,
        "problem": project.problem,
        "for_whom": project.for_whom,
        "language": project.language,
        "topics_1": topic,
        "version": project.version,
        **changed,
    }
    return client.post(f"/projects/{project.slug}/edit/", data)


def test_two_people_editing_see_both_texts_and_nothing_is_overwritten(lead: Client, cast: Cast) -> None:
    project = cast.projects["network"]
    change_project(by=cast.tel_aviv_member, project=project, version=1, problem="No shade at noon.")
    response = edit(lead, project, cast.topic.slug, problem="Too few trees.")
    text = response.content.decode()
    assert both_of(response, "problem") == ("No shade at noon.", "Too few trees.")
    assert "Too few trees." in text
    assert Project.objects.get(pk=project.pk).problem == "No shade at noon."
    # Saving once more is a decision: then mine stands.
    again = edit(lead, project, cast.topic.slug, problem="Too few trees.", version=2)
    assert again.status_code == 302
    assert Project.objects.get(pk=project.pk).problem == "Too few trees."


def test_a_form_saved_as_it_was_opened_changes_nothing(lead: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, topics=(make_topic("b"), cast.topic), contact=cast.tel_aviv_lead)
    form = lead.get(f"/projects/{project.slug}/edit/").context["form"]
    data: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if field.name == "topics":
            data |= {f"topics_{rank}": slug for rank, slug in enumerate(value, start=1)}
        elif value is not None:
            data[field.name] = value
    assert lead.post(f"/projects/{project.slug}/edit/", data).status_code == 302
    after = Project.objects.get(pk=project.pk)
    assert after.version == 1
    assert [row.topic.slug for row in after.ranked_topics.all()] == ["b", cast.topic.slug]


def test_the_edit_form_shows_the_topics_that_are_chosen(lead: Client, cast: Cast) -> None:
    body = lead.get(f"/projects/{cast.projects['network'].slug}/edit/").content.decode()
    assert f'<option value="{cast.topic.slug}" selected>' in body


def test_a_person_outside_the_team_cannot_be_named_as_contact(lead: Client, cast: Cast) -> None:
    response = edit(lead, cast.projects["network"], cast.topic.slug, contact=cast.mulhouse_lead.pk)
    assert errors(response, "contact")


def test_a_department_of_another_city_is_refused(lead: Client, cast: Cast) -> None:
    own = cast.tel_aviv.city.departments.create(name="Welfare")
    foreign = cast.mulhouse.city.departments.create(name="Espaces verts")
    assert errors(edit(lead, cast.projects["network"], cast.topic.slug, departments=[foreign.pk]), "departments")
    assert edit(lead, cast.projects["network"], cast.topic.slug, departments=[own.pk]).status_code == 302


def add(client: Client, project: Project, part: str, **data: object) -> Any:
    return client.post(f"/projects/{project.slug}/{part}/", data)


@pytest.mark.parametrize(
    ("part", "data", "name", "sentence"),
    [
        (
            "pilots/new",
            {"title": "Sails", "hypothesis": "h", "starts_on": "2026-05-02", "ends_on": "2026-05-01"},
            "ends_on",
            "ends after it starts",
        ),
        ("journal/new", {"happened_on": "2050-01-01", "text": "t", "language": "en"}, "happened_on", "still ahead"),
        ("journal/new", {"happened_on": "31.02.2026", "text": "t", "language": "en"}, "happened_on", "valid date"),
        (
            "indicators/new",
            {"name": "n", "unit": "u", "better": "up", "baseline_on": "2026-05-02", "target_on": "2026-05-01"},
            "target_on",
            "after the baseline",
        ),
        (
            "indicators/new",
            {"name": "n", "unit": "u", "better": "up", "baseline": "9" * 40},
            "baseline",
            "no more than 16 digits",
        ),
        ("indicators/new", {"name": "n", "unit": "u", "better": "up", "target": "NaN"}, "target", "Enter a number"),
        (
            "consultations/new",
            {"held_on": "2026-05-01", "method": "m", "heard": "h", "said": "s", "heard_count": "-3"},
            "heard_count",
            "greater than or equal to 0",
        ),
        ("phase", {"to": "generate", "note": " "}, "note", "required"),
        ("phase", {"to": "deliver_adapt", "note": "n"}, "to", "choose again"),
        ("outcome", {"outcome": "sustained", "note": " "}, "note", "the next reader"),
    ],
)
def test_impossible_parts_are_refused_at_their_field_and_nothing_is_written(
    lead: Client, cast: Cast, part: str, data: dict[str, object], name: str, sentence: str
) -> None:
    project = cast.projects["network"]
    assert sentence in errors(add(lead, project, part, **data), name)
    assert not project.activity.exists()


def test_a_form_asked_for_in_place_comes_without_the_shell_and_goes_back_to_its_part(lead: Client, cast: Cast) -> None:
    project = cast.projects["network"]
    htmx = {"HX-Request": "true"}
    assert "<html" not in lead.get(f"/projects/{project.slug}/journal/new/", headers=htmx).content.decode()
    response = lead.post(
        f"/projects/{project.slug}/journal/new/",
        {"happened_on": "2026-05-01", "text": "Forty came.", "language": "en"},
        headers=htmx,
    )
    assert f"/projects/{project.slug}/#journal" in response["HX-Location"]


def test_a_part_of_another_project_is_not_reached_through_this_one(lead: Client, cast: Cast) -> None:
    elsewhere = make_project(cast.mulhouse)
    pilot = Pilot.objects.create(project=elsewhere, title="t", hypothesis="h")
    project = cast.projects["network"]
    assert lead.get(f"/projects/{project.slug}/pilots/{pilot.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["share", "confirm", "claim", "phase", "outcome", "edit"])
def test_a_get_changes_nothing(lead: Client, cast: Cast, path: str) -> None:
    project = cast.projects["network"]
    lead.get(f"/projects/{project.slug}/{path}/", {"visibility": "public", "to": "generate", "note": "n"})
    after = Project.objects.get(pk=project.pk)
    assert (after.visibility, after.phase, after.last_confirmed_on) == ("network", "investigate", None)


def test_sharing_says_who_sees_it_now(lead: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, visibility="team", topics=(cast.topic,))
    response = lead.post(f"/projects/{project.slug}/share/", {"visibility": "network"}, follow=True)
    assert "Now the whole network sees it." in response.content.decode()


def test_a_person_who_lost_the_right_while_typing_is_refused_with_the_reason(client: Client, cast: Cast) -> None:
    person: User = cast.tel_aviv_member
    client.force_login(person)
    person.memberships.update(right="observer")
    response = client.post(NEW, fields(cast))
    assert response.status_code == 403
    assert "leads and members" in response.content.decode()
