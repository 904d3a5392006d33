"""What a person may see of projects, and the vocabulary of finding them.

Page, list, map, search, export and digest all start from `visible_to`: one definition, so they cannot disagree.
"""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from cities.querysets import TeamQuerySet
from projects.choices import LIVE_OUTCOMES, NEWSWORTHY, Visibility

if TYPE_CHECKING:
    from innoteams.accounts.models import User


def _teams() -> TeamQuerySet:
    # Looked up by name: the models import this module.
    teams: TeamQuerySet = apps.get_model("cities", "Team").objects.all()
    return teams


def seen_by(person: "User | AnonymousUser", path: str = "") -> Q:
    """The four levels of a project's visibility as a condition on rows that reach it by `path` ("project__").

    team: its members · programme: also its coach and the coordinators who accompany it · network: everybody
    signed in · public: everybody.
    """

    def at(level: Visibility, **more: object) -> Q:
        return Q(**{f"{path}visibility": level, **{f"{path}{key}": value for key, value in more.items()}})

    public = at(Visibility.PUBLIC)
    if not person.is_authenticated:
        return public
    return (
        public
        | at(Visibility.NETWORK)
        | at(Visibility.PROGRAMME, team__in=_teams().accompanied_by(person).values("pk"))
        | at(Visibility.TEAM, team__in=_teams().of_member(person).values("pk"))
    )


class ProjectQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        return self.filter(seen_by(person))

    def live(self) -> Self:
        return self.filter(outcome__in=LIVE_OUTCOMES)

    def for_cards(self) -> Self:
        """With all that a list row shows, in a constant number of queries."""
        return self.select_related("team__city").prefetch_related("ranked_topics__topic__group")


class ActivityQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """What happened to projects that are seen; about an adaptation only where both its ends are seen."""
        return self.filter(
            seen_by(person, "project__"),
            Q(adaptation=None) | (seen_by(person, "adaptation__project__") & seen_by(person, "adaptation__source__")),
        )

    def newsworthy(self) -> Self:
        return self.filter(verb__in=NEWSWORTHY)


class AdaptationQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Only where both ends are seen: the link would otherwise tell of a hidden project."""
        return self.filter(seen_by(person, "project__"), seen_by(person, "source__"))
