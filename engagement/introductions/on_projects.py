"""A suggestion of the matcher on the page of the project that it is about, or that it began from: for the people of the
team it is made to. It comes with the query of that page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Func, JSONField, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONObject

from cities.models import City, Topic
from cities.standing import standing_of
from engagement.introductions.telling import sentences
from engagement.models import Suggestion
from innoteams.accounts.models import User
from projects.models import Project

# The name under which a project of `for_page` carries it.
SUGGESTED = "suggested_meeting"


@dataclass(frozen=True)
class Meeting:
    """What the page says. `city` is the other team's; `theirs` the project of theirs that it is about, where that is
    not the page itself."""

    pk: int
    team_slug: str
    city: City
    why: list[str]
    theirs: Project | None
    may_ask: bool


def suggested_on(person: User | AnonymousUser) -> Subquery:
    """The best one standing that is told to the person; of a project at OuterRef("pk")."""
    project = OuterRef("pk")
    begun_here = _list_of(Func(Value("own"), project, function="jsonb_build_object", output_field=JSONField()))
    rows = Suggestion.objects.visible_to(person).standing()
    rows = rows.filter(Q(project=project) | Q(reasons__contains=begun_here))
    told = JSONObject(
        pk=F("pk"),
        for_team=F("for_team"),
        team_slug=F("with_team__slug"),
        city=JSONObject(id=F("with_team__city"), slug=F("with_team__city__slug"), names=F("with_team__city__names")),
        project=JSONObject(
            id=F("project"), slug=F("project__slug"), title=F("project__title"), language=F("project__language")
        ),
        reasons=F("reasons"),
    )
    return Subquery(rows.values(told=told)[:1])


def meeting_on(project: Project, reader: object) -> Meeting | None:
    """As read by the query of the page; None for whom there is nothing. One query where there is something."""
    row: Mapping[str, Any] | None = getattr(project, SUGGESTED, None)
    if not row or not isinstance(reader, User):
        return None
    topics = Topic.objects.in_bulk({pk for reason in row["reasons"] for pk in reason.get("topics", ())})
    about = row["project"]
    return Meeting(
        pk=row["pk"],
        team_slug=row["team_slug"],
        city=City(**row["city"]),
        why=sentences(row["reasons"], topics),
        theirs=Project(**about) if about["id"] not in (None, project.pk) else None,
        may_ask=row["for_team"] in standing_of(reader).sight.writes_for,
    )


def _list_of(value: Func) -> Func:
    return Func(value, function="jsonb_build_array", output_field=JSONField())
