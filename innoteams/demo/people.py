"""The demo accounts. They are named by their role, never after a person, and share one published password."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from cities.choices import Function, Right
from cities.models import Coordination, Membership, Operator, Team
from cities.querysets import today
from innoteams.accounts.models import User

PASSWORD = "innoteams-demo"  # noqa: S105 - printed on the sign-in page of the demo

# Teams with people in the demo. The first eight are promised in the README; the others bring further languages.
CITIES = (
    "tel-aviv-yafo",
    "mulhouse",
    "paris",
    "dunkirk",
    "occitanie",
    "boston",
    "jerusalem",
    "centennial",
    "durham",
    "bogota",
    "sakhnin",
    "amsterdam",
)
COORDINATORS = {
    "coordinator@bloomberg.demo.example": "bloomberg-philanthropies",
    "coordinator@27eregion.demo.example": "la-27e-region",
    "coordinator@hazira.demo.example": "hazira",
}
ZONES = {
    "bloomberg-philanthropies": "America/New_York",
    "la-27e-region": "Europe/Paris",
    "hazira": "Asia/Jerusalem",
}
ADMINISTRATOR = "admin@demo.example"
COACH = "coach@demo.example"


@dataclass(frozen=True)
class Account:
    """One row of the list that is printed and shown at sign-in."""

    email: str
    name: str


def accounts() -> list[Account]:
    """Every demo account there is, in the order they were made."""
    people = User.objects.filter(is_demo=True, is_active=True).order_by("pk")
    return [Account(email, name) for email, name in people.values_list("email", "name")]


def lead_of(slug: str) -> User:
    return User.objects.get(email=f"lead@{slug}.demo.example")


def member_of(slug: str) -> User:
    return User.objects.get(email=f"member@{slug}.demo.example")


@transaction.atomic
def add_people() -> int:
    """Adds the demo people with their memberships and coordinations; gives how many. Only where none are yet."""
    teams = {team.slug: team for team in Team.objects.select_related("city").filter(slug__in=CITIES)}
    operators = {operator.slug: operator for operator in Operator.objects.all()}
    people = {person.email: person for person in _save([*_staff(operators), *_city_people(teams)])}
    since = today() - timedelta(days=400)
    Membership.objects.bulk_create(_memberships(teams, people))
    Coordination.objects.bulk_create(
        Coordination(operator=operators[slug], person=people[email], starts_on=since)
        for email, slug in COORDINATORS.items()
    )
    return len(people)


def _save(people: list[User]) -> list[User]:
    # One hash for all: hashing is slow by design, and everybody has the same password anyway.
    password, now = make_password(PASSWORD), timezone.now()
    for person in people:
        person.password, person.is_demo, person.welcomed_at = password, True, now
    saved = User.objects.bulk_create(people)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in saved
    )
    return saved


def _staff(operators: dict[str, Operator]) -> Iterator[User]:
    yield User(
        email=ADMINISTRATOR, name="Platform administrator", timezone="Europe/Paris", is_staff=True, is_superuser=True
    )
    for email, slug in COORDINATORS.items():
        operator = operators[slug]
        yield User(
            email=email,
            name=f"{operator.name} coordinator",
            language=_interface(operator.language),
            spoken_languages=_also([operator.language, "en"], _interface(operator.language)),
            timezone=ZONES[slug],
        )
    yield User(email=COACH, name="Network coach", spoken_languages=["fr", "he"], timezone="Europe/Paris")


def _city_people(teams: dict[str, Team]) -> Iterator[User]:
    for slug in CITIES:
        team = teams[slug]
        language = _interface(team.language)
        for role in ("lead", "member"):
            yield User(
                email=f"{role}@{slug}.demo.example",
                name=f"{team.city.names['en']} team {role}",
                language=language,
                spoken_languages=_also([*team.city.languages[:2], "en"], language),
                timezone=team.city.timezone,
            )


def _interface(language: str) -> str:
    """The language where the interface speaks it, else English: the mails of the demo should be readable."""
    return language if language in dict(settings.LANGUAGES) else "en"


def _also(languages: list[str], first: str) -> list[str]:
    return [language for language in dict.fromkeys(languages) if language != first]


def _memberships(teams: dict[str, Team], people: dict[str, User]) -> Iterator[Membership]:
    parts = (("lead", Right.LEAD, Function.DIRECTOR), ("member", Right.MEMBER, Function.PROJECT_MANAGER))
    for slug in CITIES:
        for days, (role, right, function) in enumerate(parts, start=1):
            yield Membership(
                team=teams[slug],
                person=people[f"{role}@{slug}.demo.example"],
                right=right,
                function=function,
                # One project is older than a year, and its team is older still.
                starts_on=today() - timedelta(days=540 - 90 * days),
            )
