"""Writing what happened, in the transaction of the change itself."""

from django.db import models

from innoteams.accounts.models import User
from projects.choices import Verb
from projects.models import Activity, Project


def record(
    verb: Verb,
    project: Project,
    *,
    by: User,
    facts: dict[str, object] | None = None,
    **part: models.Model,
) -> Activity:
    """One row; `part` names what it is about (pilot=…, reading=…). Facts never hold text that a person wrote."""
    return Activity.objects.create(project=project, verb=verb, actor=by, facts=facts or {}, **part)


def touch(project: Project) -> None:
    """Something was added: the project counts as changed today, without meddling in its other fields."""
    Project.objects.filter(pk=project.pk).update(updated_at=models.functions.Now())
