"""What the demo assumes about programmes, said on the page and in docs/decisions/0003-who-is-a-member-now.md."""

from datetime import timedelta

from cities.choices import PeriodStatus
from cities.models import City, MembershipPeriod, Programme
from cities.querysets import today

FRENCH_CITIES = ("mulhouse", "paris", "dunkirk", "occitanie")


def reopen_la_transfo() -> None:
    """The documented round ended in 2020; the demo assumes a further one, so that a French coordinator has teams."""
    programme = Programme.objects.get(slug="la-transfo")
    MembershipPeriod.objects.bulk_create(
        MembershipPeriod(
            city=city,
            programme=programme,
            status=PeriodStatus.ACTIVE,
            starts_on=today() - timedelta(days=400),
            cohort="Demo",
            source="Invented for the demo: no source tells of a round after 2020",
        )
        for city in City.objects.filter(slug__in=FRENCH_CITIES)
    )
