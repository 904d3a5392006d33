"""The people of a team look at their project as a partner city, as a coordinator or as a visitor would."""

import itertools
import re

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from innoteams.accounts.models import User
from projects.choices import Eyes, Visibility
from projects.eyes import stand_in
from projects.models import Adaptation, PhaseMove, Project
from tests.cast import Cast, make_project
from tests.projects.part_scenes import KINDS_OF_PART, levels_of, make_parts

LEVEL = st.sampled_from(list(Visibility))
OWN = st.fixed_dictionaries({kind: st.sampled_from(["", *Visibility]) for kind in KINDS_OF_PART})
# Who really sees it so. A coach of no other team is all that a coordinator's eyes can be.
REAL = {"partner": "stranger", "coordinator": "coach", "visitor": "visitor"}
_numbers = itertools.count()


def client_of(person: object) -> Client:
    client = Client()
    if isinstance(person, User):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shown(client: Client, address: str) -> str | None:
    """What stands on the page, without the bar on top and without the buttons; None where nothing is found."""
    response = client.get(address)
    if response.status_code == 404:
        return None
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    main = re.sub(r'<nav class="eyes".*?</nav>', "", main, flags=re.DOTALL)
    main = re.sub(r'<div class="page-header__actions">.*?</div>', "", main, flags=re.DOTALL)
    # Looking as others do fetches nothing in the name of whoever looks; the link to it stands there all the same.
    main = re.sub(r' hx-get="[^"]*/questions/" hx-trigger="load" hx-swap="outerHTML"', "", main)
    return "They see nothing" if "They see nothing" in main else re.sub(r"\s+", " ", main)


# Each example opens two pages: a failure is told as it was found, because looking for a smaller one takes minutes.
@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(level=LEVEL, elsewhere=LEVEL, own=OWN, eyes=st.sampled_from(list(Eyes)))
def test_the_page_with_other_eyes_is_the_page_that_others_get(
    cast: Cast, level: str, elsewhere: str, own: dict[str, str], eyes: Eyes
) -> None:
    # The hour is told in the reader's zone, and a visitor has none.
    User.objects.update(timezone="UTC")
    project = make_parts(cast, level, own, f"wombat{next(_numbers)}").project
    Project.objects.filter(pk=project.pk).update(contact=cast.tel_aviv_member, lesson="<p>Ask first.</p>")
    PhaseMove.objects.create(
        project=project, from_phase="prepare", to_phase="generate", note="n", by=cast.tel_aviv_lead
    )
    other = make_project(cast.mulhouse, visibility=elsewhere, topics=(cast.topic,))
    Adaptation.objects.create(project=other, source=project, kept="k")
    address = project.get_absolute_url()

    really = shown(client_of(cast.person(REAL[eyes])), address)
    imagined = shown(client_of(cast.tel_aviv_member), f"{address}?as={eyes}")

    assert imagined == (really or "They see nothing")


@pytest.mark.parametrize("eyes", Eyes)
def test_a_stand_in_sees_the_levels_that_its_eyes_stand_for_and_is_nobody(cast: Cast, eyes: Eyes) -> None:
    count = User.objects.count()
    levels = set(Project.objects.visible_to(stand_in(eyes, cast.tel_aviv)).values_list("visibility", flat=True))
    assert levels == levels_of(REAL[eyes])
    assert User.objects.count() == count


def test_a_coordinators_eyes_do_not_reach_into_other_teams(cast: Cast) -> None:
    hidden = make_project(
        cast.mulhouse, visibility="programme", title="Told to their coordinator", topics=(cast.topic,)
    )
    page = client_of(cast.tel_aviv_lead).get(f"{cast.projects['network'].get_absolute_url()}?as=coordinator")
    assert hidden.title not in page.content.decode()


@pytest.mark.parametrize(
    ("level", "sentence"),
    [
        ("team", "Only your team sees this project."),
        ("programme", "Only your team, its coach and the coordinators of its programme see this project."),
        ("network", "Only people who are signed in see this project."),
    ],
)
def test_where_they_see_nothing_the_page_says_so_and_why(cast: Cast, level: str, sentence: str) -> None:
    page = client_of(cast.tel_aviv_member).get(f"{cast.projects[level].get_absolute_url()}?as=visitor")
    assert page.status_code == 200
    text = page.content.decode()
    assert "They see nothing" in text
    assert sentence in text


def test_an_observer_looks_too_and_is_offered_nothing_to_change(cast: Cast) -> None:
    client = client_of(cast.tel_aviv_observer)
    assert "See it as" in client.get(cast.projects["team"].get_absolute_url()).content.decode()
    text = client.get(f"{cast.projects['team'].get_absolute_url()}?as=partner").content.decode()
    assert "They see nothing" in text
    assert "Choose who sees it" not in text


@pytest.mark.parametrize("eyes", Eyes)
def test_nothing_can_be_changed_through_the_eyes_of_others(cast: Cast, eyes: Eyes) -> None:
    project = cast.projects["public"]
    html = client_of(cast.tel_aviv_lead).get(f"{project.get_absolute_url()}?as={eyes}").content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert "<form" not in main
    for word in ("/edit/", "/share/", "/new/", "hx-get", "hx-post"):
        assert word not in main


def test_others_are_not_lent_any_eyes(cast: Cast) -> None:
    address = cast.projects["network"].get_absolute_url()
    type(cast.mulhouse_lead).objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    for kind in ("mulhouse_lead", "coach", "coordinator", "administrator", "former_member"):
        response = client_of(cast.person(kind)).get(f"{address}?as=visitor")
        assert response.status_code == 403, kind
        assert "Only people of the team" in response.content.decode(), kind
    assert client_of(cast.visitor).get(f"{address}?as=visitor").status_code == 404
    assert "See it as" not in client_of(cast.coach).get(address).content.decode()


def test_eyes_that_nobody_has_lead_nowhere(cast: Cast) -> None:
    address = cast.projects["network"].get_absolute_url()
    for wanted in ("", "mayor", "partner%00"):
        assert client_of(cast.tel_aviv_lead).get(f"{address}?as={wanted}").status_code == 404
