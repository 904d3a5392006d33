"""Logging, changing, sharing, confirming and claiming a project."""

import uuid

import pytest

from cities.choices import Right
from innoteams.lib.verdicts import NotAllowed
from projects.choices import Verb, Visibility
from projects.locking import EditedMeanwhile
from projects.models import Project
from projects.phases import MOVES
from projects.records import TitleMissing, TopicsRefused, change_project, claim_project, log_project, settle_address
from projects.sharing import NotReadyToShare, share_project
from tests.cast import Cast, join, make_person, make_project, make_topic


def log(cast: Cast, **fields: object) -> Project:
    values: dict[str, object] = {
        "title": "Cool streets",
        "problem": "It is too hot to walk.",
        "for_whom": "Older residents",
        "topics": [cast.topic],
        **fields,
    }
    return log_project(by=cast.tel_aviv_lead, team=cast.tel_aviv, **values)  # type: ignore[arg-type]  # fields of the verb


def test_a_logged_project_is_seen_by_its_team_alone(cast: Cast) -> None:
    project = log(cast)
    assert project.visibility == Visibility.TEAM
    assert Project.objects.visible_to(cast.tel_aviv_observer).filter(pk=project.pk).exists()
    assert not Project.objects.visible_to(cast.coach).filter(pk=project.pk).exists()


def test_a_project_is_written_in_the_language_of_its_team_unless_said_otherwise(cast: Cast) -> None:
    assert log(cast).language == "he"
    assert log(cast, language="en").language == "en"


def test_logging_leaves_who_and_what_in_the_history(cast: Cast) -> None:
    row = log(cast).activity.get()
    assert (row.verb, row.actor) == (Verb.PROJECT_LOGGED, cast.tel_aviv_lead)


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "coach", "coordinator", "mulhouse_lead", "former_member"])
def test_only_people_who_write_for_the_team_log_its_projects(cast: Cast, kind: str) -> None:
    person = cast.person(kind)
    with pytest.raises(NotAllowed):
        log_project(by=person, team=cast.tel_aviv, title="Cool streets")  # type: ignore[arg-type]  # never a visitor
    assert not Project.objects.filter(title="Cool streets").exists()


def test_a_project_without_a_title_is_refused(cast: Cast) -> None:
    with pytest.raises(TitleMissing):
        log(cast, title="  ")


def test_a_topic_chosen_twice_is_refused(cast: Cast) -> None:
    with pytest.raises(TopicsRefused, match="twice"):
        log(cast, topics=[cast.topic, cast.topic])


def test_a_fourth_topic_is_refused(cast: Cast) -> None:
    with pytest.raises(TopicsRefused, match="three"):
        log(cast, topics=[make_topic(f"t{n}") for n in range(4)])


def test_the_same_form_sent_twice_logs_one_project(cast: Cast) -> None:
    key = uuid.uuid4()
    assert log(cast, draft_key=key) == log(cast, draft_key=key)


def test_an_address_is_made_of_the_title_and_never_taken_twice(cast: Cast) -> None:
    first, second = log(cast, title="Élan: rues fraîches"), log(cast, title="Élan: rues fraîches")
    assert first.slug == "elan-rues-fraiches"
    assert second.slug.startswith("elan-rues-fraiches-")


def test_an_address_of_a_hebrew_title_names_the_city(cast: Cast) -> None:
    assert log(cast, title="בדידות 2026").slug.startswith("tel-aviv-yafo-")


@pytest.mark.parametrize("title", ["New", "Drafts"])
def test_a_title_like_a_page_of_the_portal_does_not_take_its_address(cast: Cast, title: str) -> None:
    assert log(cast, title=title).slug != title.lower()


def test_an_address_stays_when_the_title_changes(cast: Cast) -> None:
    project = log(cast)
    changed = change_project(by=cast.tel_aviv_lead, project=project, version=1, title="Shade for all")
    assert (changed.slug, changed.title) == ("cool-streets", "Shade for all")


def test_the_address_of_a_draft_saved_while_typing_is_settled_once(cast: Cast) -> None:
    draft = log(cast, title="Coo", provisional=True)
    assert draft.slug.startswith("draft-")
    change_project(by=cast.tel_aviv_lead, project=draft, version=1, title="Cool streets")
    assert settle_address(by=cast.tel_aviv_lead, project=draft).slug == "cool-streets"


def test_a_change_over_a_newer_version_writes_nothing_and_carries_both(cast: Cast) -> None:
    project = log(cast)
    change_project(by=cast.tel_aviv_member, project=project, version=1, problem="No shade at noon.")
    with pytest.raises(EditedMeanwhile) as refusal:
        change_project(by=cast.tel_aviv_lead, project=project, version=1, problem="Too few trees.")
    assert refusal.value.mine["problem"] == "Too few trees."
    assert getattr(refusal.value.theirs, "problem") == "No shade at noon."  # noqa: B009 - typed as any model
    assert refusal.value.differing == ["problem"]
    project.refresh_from_db()
    assert project.problem == "No shade at noon."


def test_a_change_that_changes_nothing_leaves_no_trace(cast: Cast) -> None:
    project = log(cast)
    same = change_project(by=cast.tel_aviv_lead, project=project, version=1, title="Cool streets", topics=[cast.topic])
    assert same.version == 1
    assert project.activity.count() == 1


def test_the_history_names_the_changed_fields_and_quotes_nothing(cast: Cast) -> None:
    project = log(cast)
    change_project(by=cast.tel_aviv_lead, project=project, version=1, problem="Secret text", topics=[make_topic("b")])
    assert project.activity.latest("pk").facts == {"fields": ["problem", "topics"]}


def test_the_phase_of_a_shared_project_is_not_changed_by_editing_it(cast: Cast) -> None:
    project = cast.projects["network"]
    with pytest.raises(TypeError):
        change_project(by=cast.tel_aviv_lead, project=project, version=1, phase="prepare")


def test_sharing_wider_is_logged_with_both_levels(cast: Cast) -> None:
    project = share_project(by=cast.tel_aviv_member, project=log(cast), visibility="network")
    assert Project.objects.visible_to(cast.mulhouse_lead).filter(pk=project.pk).exists()
    assert project.activity.get(verb=Verb.PROJECT_SHARED).facts == {"from": "team", "to": "network"}
    assert project.shared_at is not None


def test_narrowing_takes_the_project_away_at_once(cast: Cast) -> None:
    project = share_project(by=cast.tel_aviv_lead, project=cast.projects["network"], visibility="team")
    assert not Project.objects.visible_to(cast.mulhouse_lead).filter(pk=project.pk).exists()
    assert project.activity.get().verb == Verb.PROJECT_NARROWED


def test_a_bare_draft_is_not_shared_and_the_refusal_names_what_is_missing(cast: Cast) -> None:
    with pytest.raises(NotReadyToShare) as refusal:
        share_project(by=cast.tel_aviv_lead, project=log(cast, problem="", topics=[]), visibility="network")
    assert refusal.value.missing == ["the problem", "at least one topic"]


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "coach", "coordinator", "administrator", "mulhouse_lead"])
def test_nobody_outside_the_writers_of_the_team_shares(cast: Cast, kind: str) -> None:
    project = log(cast)
    with pytest.raises(NotAllowed):
        share_project(by=cast.person(kind), project=project, visibility="public")  # type: ignore[arg-type]  # no visitor among them
    project.refresh_from_db()
    assert project.visibility == Visibility.TEAM


def test_an_entry_from_a_public_source_is_claimed_by_the_citys_own_team(cast: Cast) -> None:
    entry = make_project(cast.tel_aviv, source_line="CityLab, July 2017", visibility="public")
    claimed = claim_project(by=cast.tel_aviv_lead, project=entry)
    assert not claimed.is_from_public_source
    assert claimed.source_line == "CityLab, July 2017"
    assert claimed.contact == cast.tel_aviv_lead


def test_an_entry_from_a_public_source_is_not_edited_before_it_is_claimed(cast: Cast) -> None:
    entry = make_project(cast.tel_aviv, source_line="CityLab, July 2017", visibility="public")
    with pytest.raises(NotAllowed, match="Claim it"):
        change_project(by=cast.tel_aviv_lead, project=entry, version=1, title="Mine")


def test_an_entry_is_claimed_by_nobody_else_and_only_once(cast: Cast) -> None:
    entry = make_project(cast.tel_aviv, source_line="CityLab, July 2017", visibility="public")
    with pytest.raises(NotAllowed):
        claim_project(by=cast.mulhouse_lead, project=entry)
    claim_project(by=cast.tel_aviv_lead, project=entry)
    with pytest.raises(NotAllowed, match="already"):
        claim_project(by=cast.tel_aviv_member, project=entry)


def test_every_phase_has_a_row_in_the_table_of_moves() -> None:
    assert all(phase not in targets for phase, targets in MOVES.items())


def test_a_person_who_left_the_team_cannot_become_its_contact(cast: Cast) -> None:
    from projects.records import ContactNotOfTeam

    with pytest.raises(ContactNotOfTeam):
        change_project(by=cast.tel_aviv_lead, project=log(cast), version=1, contact=cast.former_member)
    newcomer = make_person()
    join(cast.tel_aviv, newcomer, Right.MEMBER)
    changed = change_project(by=cast.tel_aviv_lead, project=log(cast, title="B"), version=1, contact=newcomer)
    assert changed.contact == newcomer
