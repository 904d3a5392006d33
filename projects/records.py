"""The record of a project: logging it, changing it, confirming it, and taking over an entry from a public source."""

import uuid
from collections.abc import Sequence
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cities.models import Department, Team, Topic
from cities.permissions import can_write_for
from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand
from projects.choices import Phase, Verb, Visibility
from projects.history import changes_in, record, record_change, revise, snapshot
from projects.locking import EditedMeanwhile, locked
from projects.models import Project, ProjectTopic
from projects.permissions import can_claim_project, can_edit_project
from projects.points import kept_point
from projects.refusals import RefusedField
from projects.slugs import again, is_provisional, provisional_slug, readable_slug

MOST_TOPICS = 3

# What change_project may write. Visibility, phase and outcome each have a verb of their own.
CHANGEABLE = frozenset(
    {
        "title", "language", "problem", "for_whom", "approach", "lesson", "partners", "neighbourhood",
        "latitude", "longitude", "cost_band", "staff_time", "conditions", "competence", "reusable", "lasting_owner",
        "started_on", "contact", "successor",
    }
)  # fmt: skip


class TitleMissing(RefusedField):
    field = "title"


class TopicsRefused(RefusedField):
    """More than three, or one of them twice."""

    field = "topics"


class ContactNotOfTeam(RefusedField):
    """The person to talk to, or who takes over from them."""

    field = "contact"


class SuccessorIsContact(RefusedField):
    field = "successor"


@transaction.atomic
def log_project(
    *,
    by: User,
    team: Team,
    title: str,
    problem: str = "",
    for_whom: str = "",
    topics: Sequence[Topic] = (),
    phase: str = Phase.INVESTIGATE,
    language: str = "",
    draft_key: uuid.UUID | None = None,
    provisional: bool = False,
    **more: object,
) -> Project:
    """A new project, seen by its team alone until somebody shares it. Only the title must be there already.

    The same `draft_key` of the same person answers with the project logged before: a form sent twice makes one.
    `provisional`: the title is still being typed, so the address is settled later (`settle_address`).
    `more`: other fields of CHANGEABLE.
    """
    demand(can_write_for(by, team))
    if earlier := _logged_before(draft_key, by):
        return earlier
    if not title.strip():
        raise TitleMissing(_("A project needs a title; the rest can come later."))
    _demand_changeable(more)
    project = Project(
        slug=provisional_slug() if provisional else readable_slug(title, team.city.slug),
        team=team,
        title=title.strip(),
        problem=problem,
        for_whom=for_whom,
        phase=phase,
        language=language or team.language,
        visibility=Visibility.TEAM,
        contact=by,
        created_by=by,
        draft_key=draft_key,
        last_confirmed_on=timezone.localdate(),
    )
    for name, value in _settled(project, more).items():
        setattr(project, name, value)
    saved = _save_first(project)
    if saved is project:
        _rank(project, topics)
        record(Verb.PROJECT_LOGGED, project, by=by)
        revise(project, {}, by=by)
    return saved


@transaction.atomic
def change_project(
    *,
    by: User,
    project: Project,
    version: int,
    topics: Sequence[Topic] | None = None,
    departments: QuerySet[Department] | None = None,
    typing: bool = False,
    **fields: object,
) -> Project:
    """Writes the given fields if nobody saved since `version`; raises EditedMeanwhile with theirs otherwise.

    The phase may be set here while the project is a draft; afterwards it moves by `phases.move_phase`.
    `typing`: a draft that is saved by itself while somebody writes (`history.revise`).
    """
    demand(can_edit_project(by, project))
    now = locked(project)
    mine = dict(fields)
    if now.version != version:
        raise EditedMeanwhile(now, mine)
    _demand_changeable(mine, also={"phase"} if now.is_draft else set())
    if "title" in mine and not str(mine["title"]).strip():
        raise TitleMissing(_("A project needs a title; the rest can come later."))
    mine = _settled(now, mine)
    before = snapshot(now)
    changed = changes_in(now, mine)
    for name in changed:
        setattr(now, name, mine[name])
    lists = _set_lists(now, topics, departments)
    if not changed and not lists:
        return now
    now.version += 1
    now.last_confirmed_on = timezone.localdate()
    now.save(update_fields=[*changed, "version", "last_confirmed_on", "updated_at"])
    typing = typing and now.is_draft
    record_change(now, [*changed, *lists], by=by, typing=typing)
    revise(now, before, by=by, typing=typing)
    return now


@transaction.atomic
def settle_address(*, by: User, project: Project) -> Project:
    """Gives a draft its readable address, once; afterwards the address stays whatever the title becomes."""
    demand(can_edit_project(by, project))
    now = locked(project)
    if is_provisional(now.slug):
        now.slug = readable_slug(now.title, now.team.city.slug)
        now.save(update_fields=["slug"])
    return now


@transaction.atomic
def confirm_project(*, by: User, project: Project) -> Project:
    """The team says that what stands here is still true."""
    demand(can_edit_project(by, project))
    now = locked(project)
    now.last_confirmed_on = timezone.localdate()
    now.save(update_fields=["last_confirmed_on"])
    record(Verb.PROJECT_CONFIRMED, now, by=by)
    return now


@transaction.atomic
def claim_project(*, by: User, project: Project) -> Project:
    """The city's own team takes over an entry told from a public source; the source line stays on the page."""
    now = locked(project)
    demand(can_claim_project(by, now))
    before = snapshot(now)
    now.claimed_at = timezone.now()
    now.contact = by
    now.last_confirmed_on = timezone.localdate()
    now.version += 1
    now.save(update_fields=["claimed_at", "contact", "last_confirmed_on", "version", "updated_at"])
    record(Verb.PROJECT_CLAIMED, now, by=by)
    revise(now, before, by=by)
    return now


def _save_first(project: Project) -> Project:
    """Saves the new row; answers with the other one where the same form came twice at the same moment."""
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError:
        earlier = _logged_before(project.draft_key, project.created_by)
        if earlier:
            return earlier
        # Another project took this address a moment ago.
        project.slug = again(project.slug)
        project.save()
    return project


def _logged_before(draft_key: uuid.UUID | None, by: User | None) -> Project | None:
    if draft_key is None:
        return None
    found: Project | None = Project.objects.filter(draft_key=draft_key, created_by=by).first()
    return found


def _demand_changeable(fields: dict[str, object], also: set[str] | None = None) -> None:
    if unknown := set(fields) - CHANGEABLE - (also or set()):
        raise TypeError(f"not for this verb: {', '.join(sorted(unknown))}")


def _settled(project: Project, fields: dict[str, object]) -> dict[str, object]:
    """The fields as they may be stored: people are of the team, a point lies in the city and finds no house."""
    _demand_people_of_team(project, fields)
    if not {"latitude", "longitude"} & set(fields):
        return fields
    latitude, longitude = fields.get("latitude", project.latitude), fields.get("longitude", project.longitude)
    point = kept_point(project.team.city, cast("float | None", latitude), cast("float | None", longitude))
    return {**fields, "latitude": point and point.latitude, "longitude": point and point.longitude}


def _demand_people_of_team(project: Project, fields: dict[str, object]) -> None:
    """Whoever is named already may have left since; nobody new is named who is not in the team today."""
    named = {"contact": project.contact_id, "successor": project.successor_id}
    for field, present in named.items():
        person = fields.get(field)
        if isinstance(person, User) and person.pk != present and not _belongs(person, project.team):
            raise ContactNotOfTeam(_NOT_OF_TEAM[field], field=field)
        if field in fields:
            named[field] = person.pk if isinstance(person, User) else None
    if named["contact"] and named["contact"] == named["successor"]:
        raise SuccessorIsContact(_("The person to talk to and the one who takes over are two people."))


_NOT_OF_TEAM = {
    "contact": _("The person to talk to is somebody of the team."),
    "successor": _("The person who takes over is somebody of the team."),
}


def _belongs(person: User, team: Team) -> bool:
    return bool(team.memberships.current().belonging().filter(person=person).exists())


def _set_lists(project: Project, topics: Sequence[Topic] | None, departments: QuerySet[Department] | None) -> list[str]:
    """Writes what stands in tables of its own, where given; answers with the names of what changed."""
    changed = ["topics"] if topics is not None and _rank(project, topics) else []
    if departments is not None:
        wanted = set(departments.filter(city=project.team.city_id))
        if wanted != set(project.departments.all()):
            project.departments.set(wanted)
            changed.append("departments")
    return changed


def _rank(project: Project, topics: Sequence[Topic]) -> bool:
    """Writes the ranked topics; answers whether anything changed."""
    wanted = [topic.pk for topic in topics]
    if len(wanted) > MOST_TOPICS:
        raise TopicsRefused(_("Choose three topics at most."))
    if len(set(wanted)) != len(wanted):
        raise TopicsRefused(_("The same topic is chosen twice."))
    present = list(project.ranked_topics.order_by("rank").values_list("topic", flat=True))
    if present == wanted:
        return False
    project.ranked_topics.all().delete()
    ProjectTopic.objects.bulk_create(
        ProjectTopic(project=project, topic_id=pk, rank=rank) for rank, pk in enumerate(wanted, start=1)
    )
    return True
