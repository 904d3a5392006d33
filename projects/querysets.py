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


def _rows(model: str) -> Any:
    return apps.get_model(model)._default_manager.all()


def level_seen_by(person: "User | AnonymousUser", level: str, team: str) -> Q:
    """One of the four levels, read from the field `level` of a row whose team is reached by `team`.

    team: its members · programme: also its coach and the coordinators who accompany it · network: everybody
    signed in · public: everybody.
    """

    def at(visibility: Visibility, **more: object) -> Q:
        return Q(**{level: visibility, **more})

    public = at(Visibility.PUBLIC)
    if not person.is_authenticated:
        return public
    return (
        public
        | at(Visibility.NETWORK)
        | at(Visibility.PROGRAMME, **{f"{team}__in": _teams().accompanied_by(person).values("pk")})
        | at(Visibility.TEAM, **{f"{team}__in": _teams().of_member(person).values("pk")})
    )


def seen_by(person: "User | AnonymousUser", path: str = "") -> Q:
    """A project's visibility as a condition on rows that reach it by `path` ("project__")."""
    return level_seen_by(person, f"{path}visibility", f"{path}team")


def own_level_seen_by(person: "User | AnonymousUser", part: str = "", team: str = "project__team") -> Q:
    """The level that a part reached by `part` ("pilot__") has of its own; without one, whoever sees the project."""
    return Q(**{f"{part}visibility": ""}) | level_seen_by(person, f"{part}visibility", team)


def _without_or_seen(person: "User | AnonymousUser", part: str, path: str, team: str = "project__team") -> Q:
    """Rows that are about no such part, or about one that is seen. `part` is the foreign key, `path` leads on to the
    row that has the level."""
    return Q(**{part: None}) | own_level_seen_by(person, path, team)


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
                _ranked_topics(),
                *(Prefetch(name, _rows(model).visible_to(person)) for name, model in _PARTS.items()),
                Prefetch("indicators__readings", _rows("projects.Reading").current()),
                Prefetch("journal", _rows("projects.JournalEntry").visible_to(person).select_related("author")),
            )
        )


def _ranked_topics() -> "Prefetch[Any]":
    return Prefetch("ranked_topics", _rows("projects.ProjectTopic").select_related("topic__group"))


_PARTS = {
    "pilots": "projects.Pilot",
    "indicators": "projects.Indicator",
    "consultations": "projects.Consultation",
    "endings": "projects.Ending",
    "attachments": "projects.Attachment",
}


def _as_json(model: str, *names: str, **more: F) -> models.QuerySet[Any, Any]:
    rows: models.QuerySet[Any, Any] = _rows(model).filter(project=OuterRef("pk"))
    return rows.values(row=JSONObject(**{name: F(name) for name in names}, **more))


def _what_reader_is(person: "User | AnonymousUser") -> dict[str, Exists | Subquery | Value]:
    contact = _memberships().belonging().filter(team=OuterRef("team"), person=OuterRef("contact"))
    facts: dict[str, Exists | Subquery | Value] = {
        # None when the person to talk to has left the team.
        "contact_function": Subquery(contact.values("function")[:1]),
        "is_writer": Value(False),
        # For people of the team: who changed it last, and when.
        "last_change": Subquery(_last_change(person)),
        "is_of_team": Value(False),
        "is_followed": Value(False),
    }
    if person.is_authenticated:
        facts["is_writer"] = Exists(_teams().writable_by(person).filter(pk=OuterRef("team")))
        facts["is_of_team"] = Exists(_teams().of_member(person).filter(pk=OuterRef("team")))
        facts["is_followed"] = Exists(_rows("projects.Follow").filter(person=person, project=OuterRef("pk")))
    return facts


def _last_change(person: "User | AnonymousUser") -> Any:
    revisions = _rows("projects.Revision").visible_to(person).filter(project=OuterRef("pk")).order_by("-at", "-pk")
    return revisions.values(row=JSONObject(at=F("at"), by=F("by"), name=F("by__name")))[:1]


def _memberships() -> MembershipQuerySet:
    memberships: MembershipQuerySet = apps.get_model("cities", "Membership").objects.all()
    return memberships.current()


class PartQuerySet(models.QuerySet[Any]):
    """Parts of a project that may have a narrower level of their own: pilots, journal, consultations, indicators."""

    def visible_to(self, person: "User | AnonymousUser") -> Self:
        return self.filter(seen_by(person, "project__"), own_level_seen_by(person))


class ReadingQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """As its indicator."""
        team = "indicator__project__team"
        return self.filter(seen_by(person, "indicator__project__"), own_level_seen_by(person, "indicator__", team))

    def current(self) -> Self:
        """Neither corrected nor taken back."""
        return self.filter(withdrawn_at=None)


class AttachmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Who sees the project, what the file belongs to in it, and the file's own level."""
        return self.filter(
            seen_by(person, "project__"),
            own_level_seen_by(person),
            _without_or_seen(person, "journal_entry", "journal_entry__"),
            _without_or_seen(person, "reading", "reading__indicator__"),
        )


class EndingQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Who sees what ended: the project, and the pilot where it was one."""
        return self.filter(seen_by(person, "project__"), _without_or_seen(person, "pilot", "pilot__"))


class RevisionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """The team alone: an earlier text may hold what was taken out for a reason."""
        return self.filter(project__team__in=_teams().of_member(person).values("pk"))


# The parts an activity may be about, each with the way to the row that has a level.
_PARTS_OF_ACTIVITY = {
    "pilot": "pilot__",
    "journal_entry": "journal_entry__",
    "consultation": "consultation__",
    "indicator": "indicator__",
    "reading": "reading__indicator__",
    "attachment": "attachment__",
}


class ActivityQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """What happened to projects that are seen, and to parts of them that are seen; about an adaptation only where
        both its ends are seen."""
        both_ends = seen_by(person, "adaptation__project__") & (
            Q(adaptation__source=None) | seen_by(person, "adaptation__source__")
        )
        return self.filter(
            seen_by(person, "project__"),
            Q(adaptation=None) | both_ends,
            _without_or_seen(person, "ending__pilot", "ending__pilot__"),
            *(_without_or_seen(person, part, path) for part, path in _PARTS_OF_ACTIVITY.items()),
        )

    def newsworthy(self) -> Self:
        """What others want to hear of. A part that was narrowed for itself is no news."""
        open_parts = [Q(**{part: None}) | Q(**{f"{path}visibility": ""}) for part, path in _PARTS_OF_ACTIVITY.items()]
        of_ending = Q(ending__pilot=None) | Q(ending__pilot__visibility="")
        return self.filter(of_ending, *open_parts, verb__in=NEWSWORTHY)


class AdaptationQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Only where both ends are seen: the link would otherwise tell of a hidden project."""
        return self.filter(seen_by(person, "project__"), Q(source=None) | seen_by(person, "source__"))
