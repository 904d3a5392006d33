"""A stuck project: said by the team, read by those who accompany it, and by no other city."""

import pytest
from django.test import Client
from django.urls import reverse

from innoteams.lib.verdicts import NotAllowed
from projects.choices import NEWSWORTHY, Outcome, Verb
from projects.models import Activity, Project
from projects.phases import conclude
from projects.stuck import Ended, NotStuck, WhyMissing, goes_on, say_stuck
from tests.cast import Cast

WHY = "The permit does not come."


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["public"]


def stuck(cast: Cast, project: Project, why: str = WHY) -> Project:
    return say_stuck(by=cast.tel_aviv_lead, project=project, why=why)


def page(cast: Cast, kind: str, project: Project, query: str = "") -> str:
    client = Client()
    if kind != "visitor":
        client.force_login(cast.person(kind), backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]  # no visitor among them
    return client.get(f"{project.get_absolute_url()}{query}").content.decode()


def test_it_says_since_when_and_why(cast: Cast, project: Project) -> None:
    now = stuck(cast, project)
    assert now.stuck_since
    assert now.stuck_why == WHY
    assert [row.verb for row in project.activity.all()] == [Verb.STUCK]
    assert project.revisions.get().after == {"stuck_why": WHY}


def test_said_again_the_sentence_changes_and_the_day_stays(cast: Cast, project: Project) -> None:
    first = stuck(cast, project)
    now = stuck(cast, project, "The money does not come.")
    assert (now.stuck_since, now.stuck_why) == (first.stuck_since, "The money does not come.")
    assert project.activity.count() == 1


def test_it_goes_on_again(cast: Cast, project: Project) -> None:
    stuck(cast, project)
    now = goes_on(by=cast.tel_aviv_member, project=project)
    assert (now.stuck_since, now.stuck_why) == (None, "")
    assert [row.verb for row in project.activity.all()] == [Verb.UNSTUCK, Verb.STUCK]
    with pytest.raises(NotStuck):
        goes_on(by=cast.tel_aviv_lead, project=project)


def test_a_reason_is_needed(cast: Cast, project: Project) -> None:
    with pytest.raises(WhyMissing):
        stuck(cast, project, "  ")


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "coach", "coordinator", "mulhouse_lead"])
def test_only_writers_say_so(cast: Cast, project: Project, kind: str) -> None:
    with pytest.raises(NotAllowed):
        say_stuck(by=cast.person(kind), project=project, why=WHY)  # type: ignore[arg-type]  # no visitor among them


def test_what_has_ended_is_not_stuck(cast: Cast, project: Project) -> None:
    stuck(cast, project)
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.DELIVERED, note="Done.")
    project.refresh_from_db()
    assert (project.stuck_since, project.stuck_why) == (None, "")
    with pytest.raises(Ended):
        stuck(cast, project)


def test_saying_so_does_not_make_the_project_look_changed(cast: Cast, project: Project) -> None:
    before = Project.objects.get(pk=project.pk).updated_at
    stuck(cast, project)
    assert Project.objects.get(pk=project.pk).updated_at == before


@pytest.mark.parametrize(
    "kind", ["tel_aviv_lead", "tel_aviv_member", "tel_aviv_observer", "coach", "coordinator", "funder_coordinator"]
)
def test_the_team_and_those_who_accompany_it_read_it(cast: Cast, project: Project, kind: str) -> None:
    stuck(cast, project)
    assert WHY in page(cast, kind, project)
    person = cast.person(kind)
    assert Activity.objects.visible_to(person).filter(verb=Verb.STUCK).exists()


@pytest.mark.parametrize("kind", ["visitor", "stranger", "mulhouse_lead", "other_coordinator", "former_member"])
def test_nobody_else_does_though_the_project_is_public(cast: Cast, project: Project, kind: str) -> None:
    before = page(cast, kind, project)
    stuck(cast, project)
    after = page(cast, kind, project)
    assert WHY not in after
    assert "tuck" not in after.replace("tucked", "") or "tuck" in before
    assert not Activity.objects.visible_to(cast.person(kind)).filter(verb=Verb.STUCK).exists()


@pytest.mark.parametrize(("eyes", "reads"), [("partner", False), ("visitor", False), ("coordinator", True)])
def test_with_the_eyes_of_others_it_shows_to_those_who_would_read_it(
    cast: Cast, project: Project, eyes: str, reads: bool
) -> None:
    stuck(cast, project)
    assert (WHY in page(cast, "tel_aviv_lead", project, f"?as={eyes}")) is reads


def test_it_is_no_news() -> None:
    assert not {Verb.STUCK, Verb.UNSTUCK} & set(NEWSWORTHY)


def test_the_history_tells_the_team_in_words(cast: Cast, project: Project) -> None:
    stuck(cast, project)
    goes_on(by=cast.tel_aviv_lead, project=project)
    client = Client()
    client.force_login(cast.tel_aviv_lead)
    text = client.get(reverse("project_history", args=[project.slug])).content.decode()
    assert text.count("Said that the project is stuck") == 1
    assert text.count("Said that the project goes on") == 1


def test_the_button_asks_for_one_sentence_and_the_other_takes_it_back(cast: Cast, project: Project) -> None:
    client = Client()
    client.force_login(cast.tel_aviv_lead)
    address = reverse("project_stuck", args=[project.slug])
    assert address in page(cast, "tel_aviv_lead", project)
    assert client.post(address, {"why": ""}).status_code == 200
    assert client.post(address, {"why": WHY}).status_code == 302
    assert reverse("project_goes_on", args=[project.slug]) in page(cast, "tel_aviv_lead", project)
    client.post(reverse("project_goes_on", args=[project.slug]))
    assert not Project.objects.get(pk=project.pk).is_stuck
