"""A meeting that the matcher suggests is told on the page of the project it is about, to the team it is made to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cities.models import Topic
from engagement.introductions import suggesting
from engagement.models import Suggestion
from innoteams.accounts.models import User
from projects.choices import Phase, Visibility
from projects.models import Project
from tests.access.table import client_of as client_of_kind
from tests.cast import Cast, join, make_person, make_project, make_topic
from tests.engagement.accompany_scenes import client_of

TITLE = "might have something to say to each other"


@pytest.fixture
def heat(cast: Cast) -> Topic:
    """A topic that only these tests work on; the cast's own projects say nothing about it."""
    Project.objects.update(visibility=Visibility.TEAM)
    User.objects.update(language="en")
    return make_topic("street-heat")


@pytest.fixture
def theirs(cast: Cast, heat: Topic) -> Project:
    """Tel Aviv has ideas for what Mulhouse investigates."""
    return make_project(cast.tel_aviv, title="Their shade", topics=(heat,), phase=Phase.GENERATE)


@pytest.fixture
def ours(cast: Cast, heat: Topic, theirs: Project) -> Project:
    own = make_project(cast.mulhouse, title="Our shade", topics=(heat,), phase=Phase.INVESTIGATE)
    assert suggesting.refresh(timezone.now()) == 1
    return own


def page(person: User, project: Project) -> str:
    response = client_of(User.objects.get(pk=person.pk)).get(project.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_both_projects_it_rests_on_tell_it(cast: Cast, ours: Project, theirs: Project) -> None:
    about, begun = page(cast.mulhouse_lead, theirs), page(cast.mulhouse_lead, ours)

    assert TITLE in about
    assert "one phase ahead of you: Street Heat" in about
    assert TITLE in begun
    # On one's own, the way to theirs.
    assert f'href="{theirs.get_absolute_url()}" lang="{theirs.language}"' in begun
    assert reverse("introduction_create") in begun


@pytest.mark.parametrize("kind", ["visitor", "tel_aviv_lead", "tel_aviv_observer", "coordinator", "administrator"])
def test_nobody_else_is_told(cast: Cast, ours: Project, theirs: Project, kind: str) -> None:
    Project.objects.update(visibility=Visibility.PUBLIC)

    for project in (ours, theirs):
        assert TITLE not in client_of_kind(cast, kind).get(project.get_absolute_url()).content.decode()


def test_an_observer_reads_it_and_has_no_buttons(cast: Cast, ours: Project, theirs: Project) -> None:
    observer = make_person("Observer", language="en")
    join(cast.mulhouse, observer, "observer")

    shown = page(observer, theirs)

    assert TITLE in shown
    assert reverse("suggestion_set_aside", args=[Suggestion.objects.get().pk]) not in shown


def test_who_looks_with_other_eyes_does_not_see_it(cast: Cast, ours: Project) -> None:
    shown = client_of(cast.mulhouse_lead).get(ours.get_absolute_url(), {"as": "partner"})

    assert TITLE not in shown.content.decode()


def test_set_aside_on_the_page_leads_back_to_it_and_can_be_undone(cast: Cast, ours: Project, theirs: Project) -> None:
    mine, suggestion = client_of(cast.mulhouse_lead), Suggestion.objects.get()

    answer = mine.post(
        reverse("suggestion_set_aside", args=[suggestion.pk]), {"next": theirs.get_absolute_url()}, follow=True
    )

    assert answer.redirect_chain == [(theirs.get_absolute_url(), 302)]
    shown = answer.content.decode()
    assert TITLE not in shown
    assert reverse("suggestion_bring_back", args=[suggestion.pk]) in shown
    mine.post(reverse("suggestion_bring_back", args=[suggestion.pk]))
    assert TITLE in page(cast.mulhouse_lead, theirs)


def test_what_is_narrowed_since_is_suggested_nowhere(cast: Cast, ours: Project, theirs: Project) -> None:
    Project.objects.filter(pk=theirs.pk).update(visibility=Visibility.TEAM)

    assert TITLE not in page(cast.mulhouse_lead, ours)


def test_it_costs_nothing_where_there_is_none_and_one_query_where_there_is(
    cast: Cast, ours: Project, theirs: Project
) -> None:
    mine = client_of(cast.mulhouse_lead)
    mine.get(theirs.get_absolute_url())

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            mine.get(theirs.get_absolute_url())
        return len(asked)

    with_one = queries()
    Suggestion.objects.all().delete()

    assert with_one == queries() + 1
