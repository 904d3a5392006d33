"""What a person may see of projects, and the vocabulary of finding them.

Page, list, map, search, export and digest all start from `visible_to`: one definition, so they cannot disagree.
"""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import JSONObject

from cities.querysets import MembershipQuerySet, TeamQuerySet
from projects.choices import LIVE_OUTCOMES, NEWSWORTHY, Visibility
from projects.words import matches, rank_by

if TYPE_CHECKING:
    from innoteams.accounts.models import User


def _teams() -> TeamQuerySet:
    # Looked up by name: the models import this module.
    teams: TeamQuerySet = apps.get_model("cities", "Team").objects.all()
    return teams


def _rows(model: str) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = apps.get_model(model)._default_manager.all()
    return rows


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

    def search(self, text: str) -> Self:
        """Each word of `text`, as the beginning of a word of the project, of a topic in any language or of the city."""
        return self.filter(matches(text))

    def by_rank(self, text: str) -> Self:
        """Best match first; for a queryset that `search` has narrowed."""
        return self.annotate(rank=rank_by(text)).order_by("-rank", "-updated_at", "-pk")

    def of_teams_of(self, person: "User | AnonymousUser") -> Self:
        return self.filter(team__in=_teams().of_member(person).values("pk"))

    def followed_by(self, person: "User | AnonymousUser") -> Self:
        """The project itself, its city or one of its topics is followed."""
        if not person.is_authenticated:
            return self.none()
        follows = _rows("projects.Follow").filter(person=person)
        return self.filter(
            Q(pk__in=follows.exclude(project=None).values("project"))
            | Q(team__city__in=follows.exclude(city=None).values("city"))
            | Exists(
                _rows("projects.ProjectTopic").filter(
                    project=OuterRef("pk"), topic__in=follows.exclude(topic=None).values("topic")
                )
            )
        )

    def for_cards(self) -> Self:
        """With all that a list row shows, in a constant number of queries."""
        return self.select_related("team__city").defer("words").prefetch_related(_ranked_topics())

    def for_page(self, person: "User | AnonymousUser") -> Self:
        """With everything the project's page shows, and what the reader is to it, in a constant number of queries."""
        return (
            self.select_related("team__city", "contact")
            .defer("words")
            .annotate(
                **_what_reader_is(person),
                department_names=ArraySubquery(
                    _rows("cities.Department").filter(projects=OuterRef("pk")).order_by("name").values("name")
                ),
                results=ArraySubquery(_as_json("projects.PublishedResult", "what", "value", "kind", "source")),
                moves=ArraySubquery(
                    _as_json("projects.PhaseMove", "from_phase", "to_phase", "note", "at", by_name=F("by__name"))
                ),
            )
            .prefetch_related(
                _ranked_topics(), "pilots", "indicators__readings", "consultations", _journal_with_authors()
            )
        )


def _ranked_topics() -> "Prefetch[Any]":
    return Prefetch("ranked_topics", _rows("projects.ProjectTopic").select_related("topic__group"))


def _journal_with_authors() -> "Prefetch[Any]":
    return Prefetch("journal", _rows("projects.JournalEntry").select_related("author"))


def _as_json(model: str, *names: str, **more: F) -> models.QuerySet[Any, Any]:
    rows = _rows(model).filter(project=OuterRef("pk"))
    return rows.values(row=JSONObject(**{name: F(name) for name in names}, **more))


def _what_reader_is(person: "User | AnonymousUser") -> dict[str, Exists | Subquery | Value]:
    contact = _memberships().belonging().filter(team=OuterRef("team"), person=OuterRef("contact"))
    facts: dict[str, Exists | Subquery | Value] = {
        # None when the person to talk to has left the team.
        "contact_function": Subquery(contact.values("function")[:1]),
        "is_writer": Value(False),
        "is_followed": Value(False),
    }
    if person.is_authenticated:
        facts["is_writer"] = Exists(_teams().writable_by(person).filter(pk=OuterRef("team")))
        facts["is_followed"] = Exists(_rows("projects.Follow").filter(person=person, project=OuterRef("pk")))
    return facts


def _memberships() -> MembershipQuerySet:
    memberships: MembershipQuerySet = apps.get_model("cities", "Membership").objects.all()
    return memberships.current()


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
