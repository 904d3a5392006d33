"""A draft is kept while somebody types: the first call logs it, later ones change it, a lost answer costs nothing."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from cities.models import Team
from innoteams.accounts.models import User
from projects.models import Project
from projects.records import change_project, log_project, settle_address
from projects.slugs import is_provisional

# What is kept on a device is as old as this at most (static/js/project-shelf.js).
KEPT_FOR = dt.timedelta(days=30)
MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class OwnDrafts:
    """`unfinished`: begun in the short form and never sent, newest first. `settled`: the keys of forms that were."""

    unfinished: list[Project]
    settled: list[uuid.UUID]


def own_drafts(person: User, teams: Sequence[Team]) -> OwnDrafts:
    """Of the last month, for teams that the person still writes for; one query."""
    begun = (
        Project.objects.visible_to(person)
        .filter(created_by=person, team__in=teams, created_at__gte=timezone.now() - KEPT_FOR)
        .exclude(draft_key=None)
        .defer("words")
        .prefetch_related("ranked_topics__topic")
        .order_by("-updated_at", "-pk")
    )
    rows = list(begun)
    unfinished = [project for project in rows if is_provisional(project.slug) and project.is_draft]
    return OwnDrafts(
        unfinished[:MOST_SHOWN], [row.draft_key for row in rows if row.draft_key and not is_provisional(row.slug)]
    )


@transaction.atomic
def keep_draft(
    *, by: User, team: Team, draft_key: uuid.UUID, version: int | None, settled: bool, **fields: object
) -> Project:
    """`draft_key` was made with the form; `version` is what the form last heard (None: nothing yet).

    `settled`: the person is done with the form, so the draft gets its readable address. Raises what log_project and
    change_project raise, EditedMeanwhile included.
    """
    earlier = Project.objects.filter(draft_key=draft_key, created_by=by).first()
    if earlier is None:
        return log_project(
            by=by,
            team=team,
            draft_key=draft_key,
            provisional=not settled,
            **fields,  # type: ignore[arg-type]  # fields of the verb
        )
    if not earlier.is_draft:
        # Shared since, from another window: the form is of the past.
        version = version or 0
    project = change_project(
        by=by,
        project=earlier,
        version=earlier.version if version is None else version,
        typing=True,
        **fields,  # type: ignore[arg-type]  # passed through
    )
    return settle_address(by=by, project=project) if settled else project
