"""Who sees a project is a person's decision: sharing it wider and narrowing it again, at once."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.adaptations import tell_sources
from projects.choices import Verb, Visibility
from projects.history import record
from projects.levels import is_wider
from projects.locking import locked
from projects.models import Project
from projects.permissions import can_share_project
from projects.slugs import is_provisional, readable_slug


class NotReadyToShare(Refused):
    """What others need to understand it is not there yet. `missing` names the parts."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(_("Before others can see it, please add: %(parts)s.") % {"parts": ", ".join(missing)})
        self.missing = missing


def missing_before_sharing(project: Project) -> list[str]:
    """In the reader's language, in the order of the form."""
    parts = [
        (_("the title"), bool(project.title)),
        (_("the problem"), bool(project.problem.strip())),
        (_("who it is for"), bool(project.for_whom.strip())),
        (_("at least one topic"), bool(project.ranked_topics.all())),
    ]
    return [name for name, there in parts if not there]


@transaction.atomic
def share_project(*, by: User, project: Project, visibility: str) -> Project:
    """Sets who sees the project. Wider needs the few fields that make it readable; narrower always works, at once."""
    demand(can_share_project(by, project))
    now = locked(project)
    before, after = now.visibility, Visibility(visibility)
    if after == before:
        return now
    widening = is_wider(after, than=before)
    if widening and (missing := missing_before_sharing(now)):
        raise NotReadyToShare(missing)
    first = widening and now.shared_at is None
    now.visibility = after
    if first:
        now.shared_at = timezone.now()
    if is_provisional(now.slug):
        now.slug = readable_slug(now.title, now.team.city.slug)
    now.save(update_fields=["visibility", "shared_at", "slug", "updated_at"])
    verb = Verb.PROJECT_SHARED if widening else Verb.PROJECT_NARROWED
    record(verb, now, by=by, facts={"from": before, "to": after.value})
    if widening:
        tell_sources(now, by)
    return now
