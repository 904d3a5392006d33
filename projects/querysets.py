"""What a person may see of projects, and the vocabulary of finding them.

Page, list, map, search, export and digest all start from `visible_to`: one definition, so they cannot disagree.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import get_ident
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When

from cities.querysets import MembershipQuerySet, TeamQuerySet, today
from cities.sight import among, settled_sight
from innoteams.lib.carried import JsonRow
from projects.choices import (
    IN_CONFIDENCE,
    LIVE_OUTCOMES,
    NEWSWORTHY,
    OPEN_TO_ALL,
    VISIBILITIES,
    Decision,
    Outcome,
    Usefulness,
    Visibility,
)
from projects.page_rows import page_rows
from projects.rungs import repeated, rung
from projects.words import matches, rank_by

if TYPE_CHECKING:
    from innoteams.accounts.models import User


# What rooms above show on a project's page: named facts asked in its one query, of a project at OuterRef("pk"); filled
# when the apps are ready.
told_on_page: dict[str, Callable[["User | AnonymousUser"], Subquery]] = {}


def _teams() -> TeamQuerySet:
    # Looked up by name: the models import this module.
    teams: TeamQuerySet = apps.get_model("cities", "Team").objects.all()
    return teams


def _rows(model: str) -> Any:
    return apps.get_model(model)._default_manager.all()


def seen_by(person: "User | AnonymousUser", path: str = "", parts: Iterable[str] = ()) -> Q:
    """Who sees a row: the one definition.

    The row reaches its project by `path` ("project__"), and by `parts` the rows that have a level of their own ("": it
    has one itself; "pilot__"): no such row, or an empty level, narrows nothing. All levels must let the reader pass,
    so the narrowest counts.

    team: its members · programme: also its coach and the coordinators who accompany it · network: everybody
    signed in · public: everybody.
    """
    parts = tuple(parts)
    if not person.is_authenticated:
        return _open_to(Visibility.PUBLIC, path, parts)
    signed_in = _open_to(Visibility.NETWORK, path, parts)
    # A conjunction of one team with all levels, not one for each level: so each right is asked for once.
    of_programme = Q(**{f"{path}team__in": _accompanied(person)}) & _open_to(Visibility.PROGRAMME, path, parts)
    return signed_in | of_programme | Q(**{f"{path}team__in": _own(person)})


def _open_to(least: Visibility, path: str, parts: Iterable[str]) -> Q:
    """The project and every part are at `least` that level, or wider."""
    levels = _from(least)
    found = Q(**{f"{path}visibility__in": levels})
    for part in parts:
        found &= _at(part, ["", *levels])
    return found


def _at(part: str, levels: Iterable[str]) -> Q:
    """The part that is reached by `part` has one of these levels, or there is no such part."""
    found = Q(**{f"{part}visibility__in": list(levels)})
    return found | Q(**{f"{part}visibility": None}) if part else found


def _from(level: str) -> list[Visibility]:
    """The level and all wider ones."""
    return VISIBILITIES[VISIBILITIES.index(Visibility(level)) :]


def _accompanied(person: "User") -> Any:
    sight = settled_sight(person)
    return among(sight.accompanies) if sight else _asked_of_teams(person.pk, today(), get_ident())[1]


def _own(person: "User | AnonymousUser") -> Any:
    sight = settled_sight(person)
    if sight:
        return among(sight.member_of)
    return (
        _asked_of_teams(person.pk, today(), get_ident())[0] if person.is_authenticated else _teams().none().values("pk")
    )


@lru_cache(maxsize=512)
def _asked_of_teams(person_pk: int, _day: dt.date, _thread: int) -> tuple[Any, Any]:
    """The queries for a person's own teams and for those they accompany, to be put into others and not run themselves.

    Putting them together costs several times what the database needs to answer, and a page asks for them many times;
    so they are kept for the day, for one thread: threads must not share what Django writes into while it makes SQL.
    The rights are asked of the database each time nevertheless.
    """
    person = apps.get_model("accounts", "User")(pk=person_pk)
    return _teams().of_member(person).values("pk"), _teams().accompanied_by(person).values("pk")


def _in_confidence(person: "User | AnonymousUser") -> Q:
    """What a team says to those who accompany it stays between them, also of a project that everybody sees."""
    open_to_others = ~Q(verb__in=IN_CONFIDENCE)
    return open_to_others | Q(project__team__in=_accompanied(person)) if person.is_authenticated else open_to_others


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
        follows = _rows("projects.Follow").filter(person=person.pk)
        return self.filter(
            Q(pk__in=follows.exclude(project=None).values("project"))
            | Q(team__city__in=follows.exclude(city=None).values("city"))
            | Exists(
                _rows("projects.ProjectTopic").filter(
                    project=OuterRef("pk"), topic__in=follows.exclude(topic=None).values("topic")
                )
            )
        )

    def with_rung(self) -> Self:
        """With the rung of the evidence ladder that each stands on as `rung`, "" on the ground."""
        return self.annotate(rung=rung())

    def for_cards(self) -> Self:
        """With all that a list row shows, in a constant number of queries."""
        return self.select_related("team__city").defer("words").prefetch_related(_ranked_topics())

    def for_page(self, person: "User | AnonymousUser") -> Self:
        """With everything the page shows, and what the reader is to it, in one query; then `page_rows.unpack`."""
        return (
            self.select_related("team__city", "contact", "successor")
            .defer("words")
            .annotate(
                **_what_reader_is(person),
                **page_rows(person),
                **{name: ask(person) for name, ask in told_on_page.items()},
                is_repeated=repeated(),
                department_names=ArraySubquery(
                    _rows("cities.Department").filter(projects=OuterRef("pk")).order_by("name").values("name")
                ),
                results=ArraySubquery(_as_json("projects.PublishedResult", "what", "value", "kind", "source")),
                moves=ArraySubquery(
                    _as_json("projects.PhaseMove", "pk", "from_phase", "to_phase", "note", "at", by_name=F("by__name"))
                ),
                outcome_turns=ArraySubquery(
                    _as_json(
                        "projects.OutcomeMove", "pk", "from_outcome", "to_outcome", "note", "at", by_name=F("by__name")
                    )
                ),
                # The ending's key, once for every team that found its lesson useful.
                found_useful=ArraySubquery(
                    _rows("projects.LessonAnswer")
                    .filter(ending__project=OuterRef("pk"), usefulness=Usefulness.USEFUL)
                    .values("ending")
                ),
            )
        )


def _ranked_topics() -> "Prefetch[Any]":
    return Prefetch("ranked_topics", _rows("projects.ProjectTopic").select_related("topic__group"))


def _as_json(model: str, *names: str, **more: F) -> models.QuerySet[Any, Any]:
    rows: models.QuerySet[Any, Any] = _rows(model).filter(project=OuterRef("pk"))
    return rows.values(row=JsonRow(**{name: F(name) for name in names}, **more))


def _what_reader_is(person: "User | AnonymousUser") -> dict[str, Exists | Subquery | Value]:
    contact = _memberships().belonging().filter(team=OuterRef("team"), person=OuterRef("contact"))
    facts: dict[str, Exists | Subquery | Value] = {
        # None when the person to talk to has left the team.
        "contact_function": Subquery(contact.values("function")[:1]),
        "successor_is_there": Exists(
            _memberships().belonging().filter(team=OuterRef("team"), person=OuterRef("successor"))
        ),
        "is_writer": Value(False),
        # For people of the team: who changed it last, and when.
        "last_change": Subquery(_last_change(person)),
        "is_of_team": Value(False),
        "is_followed": Value(False),
        "reader_city": Value(None, output_field=models.JSONField()),
    }
    if person.is_authenticated:
        facts["reader_city"] = _city_of(person)
        facts["is_writer"] = Exists(_teams().writable_by(person).filter(pk=OuterRef("team")))
        facts["is_of_team"] = Exists(_teams().of_member(person).filter(pk=OuterRef("team")))
        facts["is_followed"] = Exists(_rows("projects.Follow").filter(person=person.pk, project=OuterRef("pk")))
    return facts


def _last_change(person: "User | AnonymousUser") -> Any:
    revisions = _rows("projects.Revision").visible_to(person).filter(project=OuterRef("pk")).order_by("-at", "-pk")
    return revisions.values(row=JsonRow(at=F("at"), by=F("by"), name=F("by__name")))[:1]


def _city_of(person: "User") -> Subquery:
    """The reader's own city, to compare with; where they belong to several, this project's city or the first joined."""
    of_reader = _memberships().belonging().filter(person=person.pk)
    elsewhere = Case(When(team__city=OuterRef("team__city"), then=0), default=1)
    facts = {name: F(f"team__city__{name}") for name in ("id", "slug", "names", "kind", "population")}
    nearest = of_reader.alias(elsewhere=elsewhere).order_by("elsewhere", "starts_on", "pk")
    return Subquery(nearest.values(row=JsonRow(**facts))[:1])


def _memberships() -> MembershipQuerySet:
    memberships: MembershipQuerySet = apps.get_model("cities", "Membership").objects.all()
    return memberships.current()


class PartQuerySet(models.QuerySet[Any]):
    """Parts of a project that may have a narrower level of their own: pilots, journal, consultations, indicators."""

    def visible_to(self, person: "User | AnonymousUser") -> Self:
        return self.filter(seen_by(person, "project__", [""]))


class ReadingQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """As its indicator."""
        return self.filter(seen_by(person, "indicator__project__", ["indicator__"]))

    def current(self) -> Self:
        """Neither corrected nor taken back."""
        return self.filter(withdrawn_at=None)

    def withdrawn(self) -> Self:
        """Corrected or taken back, the last first, with who did it and what stands there now."""
        gone = self.exclude(withdrawn_at=None).select_related("withdrawn_by", "corrected_by")
        return gone.order_by("-withdrawn_at", "-pk")


class AttachmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Who sees the project, what the file belongs to in it, and the file's own level."""
        return self.filter(seen_by(person, "project__", ["", "journal_entry__", "reading__indicator__"]))


class EndingQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Who sees what ended: the project, and the pilot where it was one."""
        return self.filter(seen_by(person, "project__", ["pilot__"]))

    def open_to_all(self) -> Self:
        """Seen by everybody signed in, so by everybody of whichever team it is offered to."""
        return self.filter(
            Q(pilot=None) | Q(pilot__visibility__in=("", *OPEN_TO_ALL)), project__visibility__in=OPEN_TO_ALL
        )

    def standing(self) -> Self:
        """Of what is still stopped: a project that was taken up again keeps its ending in the record only."""
        return self.filter(Q(pilot=None, project__outcome=Outcome.STOPPED) | Q(pilot__decision=Decision.STOP))


class RevisionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """The team alone: an earlier text may hold what was taken out for a reason."""
        return self.filter(project__team__in=_own(person))


# The ways from an activity to the rows whose level it must respect: what it is about, and what that belongs to.
PARTS_OF_ACTIVITY = (
    "pilot__",
    "journal_entry__",
    "consultation__",
    "indicator__",
    "reading__indicator__",
    "ending__pilot__",
    "attachment__",
    "attachment__journal_entry__",
    "attachment__reading__indicator__",
)


class ActivityQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """What happened to projects that are seen, and to parts of them that are seen; about an adaptation only where
        both its ends are seen."""
        both_ends = seen_by(person, "adaptation__project__") & (
            Q(adaptation__source=None) | seen_by(person, "adaptation__source__")
        )
        # A figure that was corrected or taken back is told of no more.
        told = Q(reading=None) | Q(reading__withdrawn_at=None)
        return self.filter(
            seen_by(person, "project__", PARTS_OF_ACTIVITY),
            Q(adaptation=None) | both_ends,
            told,
            _in_confidence(person),
        )

    def newsworthy(self) -> Self:
        """What others want to hear of. About a part that fewer people see than the project there is no news: so
        whoever sees the project may be told all of it."""
        no_narrower = Q(pk__in=[])
        for level in VISIBILITIES:
            as_wide = ["", *_from(level)]
            open_parts = Q(*(_at(part, as_wide) for part in PARTS_OF_ACTIVITY))
            no_narrower |= Q(project__visibility=level) & open_parts
        return self.filter(no_narrower, verb__in=NEWSWORTHY, reading__withdrawn_at=None)

    def of_team_alone(self) -> Self:
        """About a project, or about a part of one, that only the team sees."""
        alone = Q(project__visibility=Visibility.TEAM)
        for part in PARTS_OF_ACTIVITY:
            alone |= Q(**{f"{part}visibility": Visibility.TEAM})
        return self.filter(alone)

    def with_team_alone(self) -> Self:
        """Each with `is_team_only`: whether `of_team_alone` has it."""
        alone = _rows("projects.Activity").filter(pk=OuterRef("pk")).of_team_alone()
        return self.annotate(is_team_only=Exists(alone))


class AdaptationQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Only where both ends are seen: the link would otherwise tell of a hidden project."""
        return self.filter(seen_by(person, "project__"), Q(source=None) | seen_by(person, "source__"))


class SavedSearchQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """A search is its person's alone."""
        return self.filter(person=person) if person.is_authenticated else self.none()
