"""Cities (and regions, metropolitan authorities, clusters), their neighbours, departments and priorities."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cities.choices import CityKind
from cities.countries import country_name
from cities.querysets import CityQuerySet
from innoteams.accounts.models import validate_time_zone
from innoteams.lib.languages import localised


class City(models.Model):
    """A place with a public authority; a member of the network, or a neighbour of one."""

    slug = models.SlugField(max_length=80, unique=True)
    names = models.JSONField(_("names"), help_text=_("by language code; “local” is the name used there"))
    kind = models.CharField(_("kind"), max_length=30, choices=CityKind, default=CityKind.CITY)
    country = models.CharField(_("country code"), max_length=2, help_text=_("ISO 3166-1, two letters"))
    subdivision = models.CharField(max_length=10, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_basis = models.CharField(max_length=300, blank=True)
    languages = ArrayField(models.CharField(max_length=8), verbose_name=_("working languages"), default=list)
    timezone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    in_network = models.BooleanField(_("member of the network"), default=True)
    geonames_id = models.PositiveIntegerField(null=True, blank=True)
    source = models.TextField(blank=True)
    source_verified = models.BooleanField(default=False)
    notes = models.TextField(blank=True)

    objects = CityQuerySet.as_manager()

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="city_on_the_globe",
                violation_error_message=_("Latitude is between -90 and 90, longitude between -180 and 180."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("city_detail", args=[self.slug])

    @property
    def name(self) -> str:
        return localised(self.names)

    @property
    def country_name(self) -> str:
        return country_name(self.country)

    @property
    def local_name(self) -> str:
        return str(self.names.get("local", ""))


class Tie(models.Model):
    """Two places that are neighbours or partners, also across a border or outside the network."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="ties")
    neighbour = models.ForeignKey(City, on_delete=models.CASCADE, related_name="ties_to")
    distance_km = models.PositiveIntegerField(null=True, blank=True)
    story = models.TextField(blank=True)
    source = models.TextField(blank=True)
    source_verified = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "neighbour"], name="tie_once"),
            models.CheckConstraint(condition=~models.Q(city=models.F("neighbour")), name="tie_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} – {self.neighbour_id}"


class Department(models.Model):
    """A department of a city's administration, as the city names it."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="departments")
    name = models.CharField(_("name"), max_length=160)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["city", "name"], name="department_once")]

    def __str__(self) -> str:
        return self.name


class Priority(models.Model):
    """What a city's leadership asks its innovation team to work on."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="priorities")
    text = models.CharField(_("priority"), max_length=300)
    language = models.CharField(max_length=8, default="en")
    topics = models.ManyToManyField("cities.Topic", blank=True, related_name="priorities")
    position = models.PositiveSmallIntegerField(default=0)
    source = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = _("priorities")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["city", "text"], name="priority_once")]

    def __str__(self) -> str:
        return self.text
