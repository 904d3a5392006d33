"""A draft is kept while somebody types: the first call logs it, later ones change it, a lost answer costs nothing."""

import uuid

from django.db import transaction

from cities.models import Team
from innoteams.accounts.models import User
from projects.models import Project
from projects.records import change_project, log_project, settle_address


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
        **fields,  # type: ignore[arg-type]
    )
    return settle_address(by=by, project=project) if settled else project
