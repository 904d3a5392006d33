"""The named cast that tests share: two programmes, three cities, one person of every kind, a project at every level."""

import datetime as dt
import itertools
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from cities.choices import Function, PeriodStatus, Right
from cities.models import (
    City,
    Coordination,
    Membership,
    MembershipPeriod,
    Operator,
    Programme,
    Team,
    Topic,
    TopicGroup,
)
from cities.querysets import today
from innoteams.accounts.models import User
from projects.choices import Visibility
from projects.models import Project, ProjectTopic
from tests.remembered import Remembered

_count = itertools.count(1)
_YEAR = dt.timedelta(days=365)

PASSWORD = "a-long-test-password"


def make_person(name: str = "", *, second_factor: bool = False, **fields: object) -> User:
    """A person who can sign in, with a verified address and (as decided) a second factor."""
    number = next(_count)
    values: dict[str, object] = {
        "email": f"person{number}@city.example",
        "name": name or f"Person {number}",
        "welcomed_at": timezone.now(),
        **fields,
    }
    person = User(**values)
    # Hashing is slow by design; tests that sign in with a password set PASSWORD themselves.
    person.set_unusable_password()
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    if second_factor:
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return person


def make_city(slug: str = "", **fields: object) -> City:
    slug = slug or f"city-{next(_count)}"
    name = slug.replace("-", " ").title()
    values: dict[str, object] = {
        "names": {"en": name, "local": name},
        "country": "FR",
        "latitude": 47.75,
        "longitude": 7.34,
        "timezone": "Europe/Paris",
        "languages": ["fr"],
        "population": 100_000,
        **fields,
    }
    return City.objects.create(slug=slug, **values)


def make_team(city: City | None = None, **fields: object) -> Team:
    city = city or make_city()
    values: dict[str, object] = {"name": f"{city.names['en']} innovation team", "slug": city.slug, **fields}
    return Team.objects.create(city=city, **values)


def join(team: Team, person: User, right: str = Right.MEMBER, **fields: object) -> Membership:
    values: dict[str, object] = {"starts_on": today() - _YEAR, "function": Function.OTHER, **fields}
    return Membership.objects.create(team=team, person=person, right=right, **values)


def make_operator(slug: str = "") -> Operator:
    slug = slug or f"operator-{next(_count)}"
    return Operator.objects.create(slug=slug, name=slug.replace("-", " ").title())


def make_programme(operator: Operator | None = None, funder: Operator | None = None) -> Programme:
    slug = f"programme-{next(_count)}"
    return Programme.objects.create(slug=slug, name=slug.title(), operator=operator or make_operator(), funder=funder)


def accompany(city: City, programme: Programme, **fields: object) -> MembershipPeriod:
    values: dict[str, object] = {"status": PeriodStatus.ACTIVE, "starts_on": today() - _YEAR, **fields}
    return MembershipPeriod.objects.create(city=city, programme=programme, **values)


def coordinate(operator: Operator, person: User, **fields: object) -> Coordination:
    values: dict[str, object] = {"starts_on": today() - _YEAR, **fields}
    return Coordination.objects.create(operator=operator, person=person, **values)


def make_topic(slug: str = "", group: str = "people") -> Topic:
    slug = slug or f"topic-{next(_count)}"
    name = slug.replace("-", " ").title()
    shelf, _ = TopicGroup.objects.get_or_create(slug=group, defaults={"names": {"en": group.title()}})
    topic, _ = Topic.objects.get_or_create(slug=slug, defaults={"group": shelf, "names": {"en": name}})
    return topic


def make_project(team: Team | None = None, *, topics: tuple[Topic, ...] = (), **fields: object) -> Project:
    """A row as the verbs would have left it; visibility network unless said otherwise."""
    number = next(_count)
    level = fields.get("visibility", Visibility.NETWORK)
    values: dict[str, object] = {
        "slug": f"project-{number}",
        "title": f"Project {number}",
        "problem": "Something does not work for somebody.",
        "for_whom": "Residents",
        "visibility": level,
        "shared_at": None if level == Visibility.TEAM else timezone.now(),
        **fields,
    }
    project = Project.objects.create(team=team or make_team(), **values)
    for rank, topic in enumerate(topics, start=1):
        ProjectTopic.objects.create(project=project, topic=topic, rank=rank)
    return project


@dataclass(frozen=True)
class Cast:
    """Everything is about Tel Aviv-Yafo; the others are near it, far from it, or gone."""

    operator: Operator
    funder: Operator
    programme: Programme
    other_programme: Programme
    tel_aviv: Team
    mulhouse: Team
    boston: Team
    topic: Topic

    visitor: AnonymousUser
    stranger: User
    tel_aviv_lead: User
    tel_aviv_member: User
    tel_aviv_observer: User
    mulhouse_lead: User
    coach: User
    coordinator: User
    funder_coordinator: User
    other_coordinator: User
    administrator: User
    former_member: User

    # The Tel Aviv team's, one at each level.
    projects: dict[str, Project] = field(default_factory=dict)

    def person(self, kind: str) -> User | AnonymousUser:
        found = getattr(self, kind)
        assert isinstance(found, User | AnonymousUser)
        return found


# Every kind of person of the access table.
KINDS = (
    "visitor",
    "stranger",
    "tel_aviv_lead",
    "tel_aviv_member",
    "tel_aviv_observer",
    "mulhouse_lead",
    "coach",
    "coordinator",
    "funder_coordinator",
    "other_coordinator",
    "administrator",
    "former_member",
)


def _make_cast() -> Cast:
    operator, funder, other_operator = (
        make_operator("hazira"),
        make_operator("bloomberg"),
        make_operator("la-27e-region"),
    )
    programme, other_programme = make_programme(operator, funder), make_programme(other_operator)
    tel_aviv = make_team(
        make_city("tel-aviv-yafo", country="IL", languages=["he", "ar"], timezone="Asia/Jerusalem"),
        language="he",
    )
    mulhouse, boston = (
        make_team(make_city("mulhouse"), language="fr"),
        make_team(make_city("boston", country="US")),
    )
    accompany(tel_aviv.city, programme)
    accompany(mulhouse.city, other_programme)

    def somebody(name: str, *, second_factor: bool = False, **fields: object) -> User:
        email = f"{name.lower().replace(' ', '.')}@cast.example"
        return make_person(name, second_factor=second_factor, email=email, **fields)

    cast = Cast(
        operator=operator,
        funder=funder,
        programme=programme,
        other_programme=other_programme,
        tel_aviv=tel_aviv,
        mulhouse=mulhouse,
        boston=boston,
        topic=make_topic("loneliness-ageing"),
        visitor=AnonymousUser(),
        stranger=somebody("Stranger"),
        tel_aviv_lead=somebody("Tel Aviv lead", timezone="Asia/Jerusalem"),
        tel_aviv_member=somebody("Tel Aviv member", timezone="Asia/Jerusalem"),
        tel_aviv_observer=somebody("Tel Aviv observer", timezone="Asia/Jerusalem"),
        mulhouse_lead=somebody("Mulhouse lead", language="fr", timezone="Europe/Paris"),
        coach=somebody("Coach"),
        coordinator=somebody("Coordinator", second_factor=True),
        funder_coordinator=somebody("Funder coordinator", second_factor=True),
        other_coordinator=somebody("Other coordinator", second_factor=True),
        administrator=somebody("Administrator", second_factor=True, is_staff=True, is_superuser=True),
        former_member=somebody("Former member"),
    )
    join(tel_aviv, cast.tel_aviv_lead, Right.LEAD)
    join(tel_aviv, cast.tel_aviv_member)
    join(tel_aviv, cast.tel_aviv_observer, Right.OBSERVER)
    join(tel_aviv, cast.coach, Right.COACH)
    join(tel_aviv, cast.former_member, Right.LEAD, starts_on=today() - 2 * _YEAR, ends_on=today() - _YEAR)
    join(mulhouse, cast.mulhouse_lead, Right.LEAD)
    coordinate(operator, cast.coordinator)
    coordinate(funder, cast.funder_coordinator)
    coordinate(other_operator, cast.other_coordinator)
    for level in Visibility:
        project = make_project(
            tel_aviv,
            slug=f"tel-aviv-{level}",
            title=f"Tel Aviv at level {level}",
            visibility=level,
            created_by=cast.tel_aviv_lead,
            topics=(cast.topic,),
        )
        cast.projects[level] = project
    return cast


# For every test the same people with the same keys, in rows and objects of its own.
make_cast = Remembered(_make_cast)
