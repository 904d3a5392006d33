"""Keeping a part of a project to fewer people: who chooses it, what is offered, and what is left of it."""

import datetime as dt

import pytest
from django.test import Client

from innoteams.lib.verdicts import NotAllowed
from projects.choices import Verb, Visibility
from projects.evidence import change_consultation, change_indicator, choose_indicator, log_consultation
from projects.journal import change_journal, write_journal
from projects.models import Activity, Pilot, Project
from projects.pilots import change_pilot, start_pilot
from tests.cast import Cast, make_project

DAY = dt.date(2026, 5, 1)


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


@pytest.fixture
def lead(client: Client, cast: Cast) -> Client:
    client.force_login(cast.tel_aviv_lead)
    return client


def offered(client: Client, address: str) -> list[str] | None:
    form = client.get(address).context["form"]
    if "visibility" not in form.fields:
        return None
    return [value for value, _label in form.fields["visibility"].choices]


def pilot_of(cast: Cast, project: Project, level: str = "") -> Pilot:
    return start_pilot(by=cast.tel_aviv_lead, project=project, title="Shade", hypothesis="h", visibility=level)


@pytest.mark.parametrize("part", ["pilots", "journal", "consultations", "indicators"])
@pytest.mark.parametrize(
    ("level", "levels"),
    [
        ("public", ["", "network", "programme", "team"]),
        ("network", ["", "programme", "team"]),
        ("programme", ["", "team"]),
        ("team", None),
    ],
)
def test_only_levels_narrower_than_the_project_are_offered(
    lead: Client, cast: Cast, part: str, level: str, levels: list[str] | None
) -> None:
    assert offered(lead, f"/projects/{cast.projects[level].slug}/{part}/new/") == levels


def test_a_wider_level_of_its_own_is_kept_though_it_has_no_effect_now(lead: Client, cast: Cast) -> None:
    pilot = pilot_of(cast, cast.projects["programme"], "network")
    address = f"/projects/{pilot.project.slug}/pilots/{pilot.pk}/"
    form = lead.get(address).context["form"]
    assert form["visibility"].value() == "network"
    lead.post(address, {"title": "Sails", "hypothesis": "h", "visibility": "network", "version": pilot.version})
    pilot.refresh_from_db()
    assert (pilot.title, pilot.visibility) == ("Sails", "network")


def test_narrowing_by_the_form_takes_the_part_from_others_at_once(lead: Client, cast: Cast, project: Project) -> None:
    pilot = pilot_of(cast, project)
    assert Pilot.objects.visible_to(cast.mulhouse_lead).filter(pk=pilot.pk).exists()
    address = f"/projects/{project.slug}/pilots/{pilot.pk}/"
    lead.post(address, {"title": "Shade", "hypothesis": "h", "visibility": "team", "version": pilot.version})
    assert not Pilot.objects.visible_to(cast.mulhouse_lead).filter(pk=pilot.pk).exists()
    assert not Pilot.objects.visible_to(cast.coach).filter(pk=pilot.pk).exists()
    assert Pilot.objects.visible_to(cast.tel_aviv_observer).filter(pk=pilot.pk).exists()


def test_a_level_that_is_not_offered_is_refused_at_its_field(lead: Client, cast: Cast, project: Project) -> None:
    for level in ("public", "mayor"):
        data = {"title": "Sails", "hypothesis": "What was typed", "visibility": level}
        response = lead.post(f"/projects/{project.slug}/pilots/new/", data)
        assert "visibility" in response.context["form"].errors
        assert "What was typed" in response.content.decode()
    assert not project.pilots.exists()


def test_a_form_sent_without_the_choice_leaves_the_level_as_it_is(lead: Client, cast: Cast) -> None:
    pilot = pilot_of(cast, cast.projects["team"], "programme")
    address = f"/projects/{pilot.project.slug}/pilots/{pilot.pk}/"
    lead.post(address, {"title": "Sails", "hypothesis": "h", "version": pilot.version})
    pilot.refresh_from_db()
    assert (pilot.title, pilot.visibility) == ("Sails", "programme")


def test_each_change_of_level_is_logged_with_from_and_to(cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    pilot = pilot_of(cast, project)
    entry = write_journal(by=by, project=project, happened_on=DAY, text="t")
    heard = log_consultation(by=by, project=project, held_on=DAY, method="m", heard="h", said="s")
    figure = choose_indicator(by=by, project=project, name="n", unit="u")
    change_pilot(by=by, pilot=pilot, version=1, visibility="team")
    change_journal(by=by, entry=entry, version=1, happened_on=DAY, text="t", language="en", visibility="programme")
    change_consultation(by=by, consultation=heard, version=1, visibility="team")
    change_indicator(by=by, indicator=figure, version=1, visibility="team")
    change_pilot(by=by, pilot=pilot, version=2, visibility="")

    facts = (
        Activity.objects.filter(project=project, facts__has_key="from").order_by("pk").values_list("facts", flat=True)
    )
    assert [(row["from"], row["to"]) for row in facts] == [
        ("", "team"),
        ("", "programme"),
        ("", "team"),
        ("", "team"),
        ("team", ""),
    ]


def test_a_change_that_leaves_the_level_says_nothing_of_it(cast: Cast, project: Project) -> None:
    by, pilot = cast.tel_aviv_lead, pilot_of(cast, project, "team")
    change_pilot(by=by, pilot=pilot, version=1, title="Sails", visibility="team")
    changed = Activity.objects.get(verb=Verb.PILOT_CHANGED)
    assert changed.facts == {"fields": ["title"]}


def test_a_journal_entry_corrected_without_a_level_keeps_its_own(cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    entry = write_journal(by=by, project=project, happened_on=DAY, text="t", visibility="team")
    change_journal(by=by, entry=entry, version=1, happened_on=DAY, text="u", language="en")
    entry.refresh_from_db()
    assert entry.visibility == "team"


def test_only_people_who_write_for_the_team_change_a_level(cast: Cast, project: Project) -> None:
    pilot = pilot_of(cast, project, "team")
    for kind in ("tel_aviv_observer", "coach", "coordinator", "mulhouse_lead", "administrator"):
        with pytest.raises(NotAllowed):
            change_pilot(by=cast.person(kind), pilot=pilot, version=1, visibility="")  # type: ignore[arg-type]  # no visitor among them
    pilot.refresh_from_db()
    assert pilot.visibility == Visibility.TEAM


def test_a_level_that_there_is_not_changes_nothing(cast: Cast, project: Project) -> None:
    pilot = pilot_of(cast, project)
    with pytest.raises(ValueError, match="no such level"):
        change_pilot(by=cast.tel_aviv_lead, pilot=pilot, version=1, visibility="mayor")


def test_the_mark_is_for_those_who_write_it(client: Client, cast: Cast, project: Project) -> None:
    pilot_of(cast, project, "programme")
    for person, marked in ((cast.tel_aviv_member, True), (cast.tel_aviv_observer, False), (cast.coach, False)):
        client.force_login(person)
        page = client.get(project.get_absolute_url()).content.decode()
        assert "Shade" in page
        assert ("Only your team, its coach and its coordinators see this" in page) == marked


def test_the_share_page_says_what_stays_with_fewer(lead: Client, cast: Cast, project: Project) -> None:
    for _ in range(2):
        write_journal(by=cast.tel_aviv_lead, project=project, happened_on=DAY, text="t", visibility="team")
    pilot_of(cast, project, "programme")
    response = lead.get(f"/projects/{project.slug}/share/")
    kept = {
        seen.level.value: [(one.level.value, one.in_words) for one in seen.kept_back]
        for seen in response.context["audiences"]
    }
    team, programme = ("team", "2 journal entries"), ("programme", "1 pilot")
    assert kept == {"team": [], "programme": [team], "network": [team, programme], "public": [team, programme]}
    assert "Stays with your team: 2 journal entries" in response.content.decode()


def test_the_share_page_of_a_project_with_nothing_kept_back_says_nothing(lead: Client, cast: Cast) -> None:
    own = make_project(cast.tel_aviv)
    assert "Stays with" not in lead.get(f"/projects/{own.slug}/share/").content.decode()
