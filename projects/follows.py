"""Following a project, a city or a topic: asking to hear of it. Doing it twice is the same as once."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cities.models import City, Topic
from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed
from projects.models import Follow, Project

Followed = Project | City | Topic


def _as_field(what: Followed) -> dict[str, Any]:
    return {type(what)._meta.model_name or "": what}


@transaction.atomic
def follow(*, by: User, what: Followed) -> Follow:
    if isinstance(what, Project) and not Project.objects.visible_to(by).filter(pk=what.pk).exists():
        raise NotAllowed(_("This project is not shared with you."))
    found, _is_new = Follow.objects.get_or_create(person=by, **_as_field(what))
    return found


@transaction.atomic
def unfollow(*, by: User, what: Followed) -> None:
    Follow.objects.filter(person=by, **_as_field(what)).delete()


def is_following(person: User, what: Followed) -> bool:
    return Follow.objects.filter(person=person, **_as_field(what)).exists()
