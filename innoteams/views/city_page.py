"""What a city's page tells its reader, each part asked for once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from cities.choices import Function, Right
from cities.distance import kilometres
from cities.models import City, Membership, MembershipPeriod, Priority, Team, Tie
from cities.standing import standing_of
from engagement.introductions.telling import Told, tell
from engagement.models import Suggestion
from innoteams.accounts.models import User
from innoteams.lib.carried import JsonRow
from projects.choices import Phase
from projects.models import CityLink, Follow, Project, ProjectTopic

Person = User | AnonymousUser

# A city with more shows the newest, and leads to the list for the rest.
MOST_PROJECTS = 48


def city_for_page(person: Person) -> QuerySet[City]:
    """Cities with their priorities, whether the reader follows them, and whom the matcher suggests to the reader's team
    there (`suggestion`), in the same query."""
    followed = Follow.objects.filter(city=OuterRef("pk"), person=person.pk)
    priorities = Priority.objects.filter(city=OuterRef("pk"))
    suggested = Suggestion.objects.visible_to(person).standing().filter(with_team__city=OuterRef("pk"))
    cities: QuerySet[City] = City.objects.visible_to(person).annotate(
        is_followed=Exists(followed),
        suggestion=Subquery(suggested.values("pk")[:1]),
        asked_for=ArraySubquery(priorities.values(json=JsonRow(text="text", language="language"))),
    )
    return cities


@dataclass(frozen=True, slots=True)
class Neighbour:
    city: City
    distance_km: int
    story: str
    source: str
    source_verified: bool


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody to talk to, by role and languages. Addresses are shown by introductions only."""

    name: str
    function: str
    is_lead: bool
    languages: list[str]
    timezone: str


@dataclass(frozen=True, slots=True)
class Step:
    """A phase with the projects that stand in it."""

    phase: Phase
    projects: list[Project]


class CityPage:
    def __init__(self, city: City, person: Person) -> None:
        self.city, self.person = city, person

    @cached_property
    def neighbours(self) -> list[Neighbour]:
        """Both ways: a neighbour's page tells of the member, too."""
        ties = Tie.objects.filter(Q(city=self.city) | Q(neighbour=self.city)).select_related("city", "neighbour")
        found = [self._neighbour(tie) for tie in ties]
        return sorted(found, key=lambda neighbour: neighbour.distance_km)

    @cached_property
    def neighbour_cities(self) -> list[City]:
        return [neighbour.city for neighbour in self.neighbours]

    @cached_property
    def periods(self) -> list[MembershipPeriod]:
        periods = self.city.periods.select_related("programme__operator", "programme__funder")
        return list(periods.order_by("-starts_on", "pk"))

    @cached_property
    def teams(self) -> list[Team]:
        return list(self.city.teams.active().prefetch_related(self._people()))

    @cached_property
    def members(self) -> list[Membership]:
        """Leads first; nobody for visitors."""
        members = [member for team in self.teams for member in getattr(team, "people", [])]
        return sorted(members, key=lambda member: (member.right != Right.LEAD, member.person.name))

    @property
    def people(self) -> list[Reachable]:
        return [self._reachable(member) for member in self.members]

    @property
    def is_readers_own(self) -> bool:
        return any(member.person_id == self.person.pk for member in self.members)

    @cached_property
    def projects(self) -> list[Project]:
        ranked = ProjectTopic.objects.select_related("topic__group").order_by("rank")
        visible = Project.objects.visible_to(self.person).filter(team__city=self.city).select_related("team__city")
        return list(visible.prefetch_related(Prefetch("ranked_topics", ranked))[: MOST_PROJECTS + 1])

    @property
    def has_more_projects(self) -> bool:
        return len(self.projects) > MOST_PROJECTS

    @cached_property
    def suggested(self) -> Told | None:
        """The matcher would introduce the reader's team to this city's."""
        pk = getattr(self.city, "suggestion", None)
        rows = Suggestion.objects.select_related("with_team__city", "project", "question").filter(pk=pk)
        return next(iter(tell(list(rows))), None) if pk else None

    @property
    def may_broker(self) -> bool:
        """Coordinators propose that this city's team meets another one."""
        return isinstance(self.person, User) and standing_of(self.person).is_coordinator

    @cached_property
    def steps(self) -> list[Step]:
        shown = self.projects[:MOST_PROJECTS]
        steps = [Step(phase, [project for project in shown if project.phase == phase]) for phase in Phase]
        return [step for step in steps if step.projects]

    @cached_property
    def links(self) -> list[CityLink]:
        """What public sources tell of this city and another.

        Each with `shown_project`: slug, title and language of the project it is about, if the reader may see that.
        """
        links = CityLink.objects.filter(Q(city=self.city) | Q(idea_from=self.city)).distinct().select_related("city")
        seen = Project.objects.visible_to(self.person).filter(pk=OuterRef("project")).order_by()
        shown = seen.values(json=JsonRow(slug="slug", title="title", language="language"))
        return list(links.annotate(shown_project=Subquery(shown)).prefetch_related("idea_from"))

    def _neighbour(self, tie: Tie) -> Neighbour:
        other = tie.neighbour if tie.city_id == self.city.pk else tie.city
        distance = tie.distance_km if tie.distance_km is not None else round(kilometres(self.city, other))
        return Neighbour(other, distance, tie.story, tie.source, tie.source_verified)

    @staticmethod
    def _reachable(member: Membership) -> Reachable:
        person = member.person
        languages = list(dict.fromkeys([person.language, *person.spoken_languages]))
        function = str(Function(member.function).label)
        return Reachable(person.name, function, member.right == Right.LEAD, languages, person.timezone)

    def _people(self) -> Any:
        """Names are for people who are signed in."""
        belonging = Membership.objects.current().belonging().select_related("person").filter(person__is_active=True)
        if not self.person.is_authenticated:
            belonging = belonging.none()
        return Prefetch("memberships", belonging, to_attr="people")
