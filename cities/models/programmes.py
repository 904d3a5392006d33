"""Operators run programmes; a membership period ties a city to one; coordinators act for an operator."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cities.choices import PeriodStatus
from cities.querysets import CoordinationQuerySet, MembershipPeriodQuerySet


class Operator(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    about = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=8, default="en")
    url = models.URLField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("operator_people", args=[self.slug])


class Programme(models.Model):
    """What an operator runs; coordinators of the funder, if there is one, may read but not decide."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="programmes")
    funder = models.ForeignKey(
        Operator, on_delete=models.PROTECT, null=True, blank=True, related_name="funded_programmes"
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MembershipPeriod(models.Model):
    """A city in a programme, from when to when; “invited” says what is still to be confirmed."""

    city = models.ForeignKey("cities.City", on_delete=models.CASCADE, related_name="periods")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="periods")
    status = models.CharField(max_length=12, choices=PeriodStatus, default=PeriodStatus.ACTIVE)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    cohort = models.CharField(max_length=120, blank=True)
    source = models.TextField(blank=True)
    source_verified = models.BooleanField(default=False)

    objects = MembershipPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["city", "programme"], condition=models.Q(ends_on=None), name="period_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None)
                | models.Q(starts_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="period_ends_after_start",
                violation_error_message=_("A period ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} in {self.programme_id}"


class Coordination(models.Model):
    """A person coordinates for an operator; this is what makes somebody a coordinator."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="coordinations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="coordinations")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = CoordinationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "person"], condition=models.Q(ends_on=None), name="coordination_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.operator_id}"
