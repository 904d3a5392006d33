"""Who learned from whom."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.choices import LinkKind
from projects.plain_text import validate_plain
from projects.querysets import AdaptationQuerySet


class Adaptation(models.Model):
    """A project that came from another one, or from outside the network: what was kept, changed, and came of it."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="adapted_from")
    source = models.ForeignKey("projects.Project", on_delete=models.CASCADE, null=True, related_name="adapted_by")
    # Where there is no `source`: whose work it is, and where it can be read.
    outside_name = models.CharField(_("whose work it is"), max_length=200, validators=[validate_plain], blank=True)
    outside_url = models.URLField(_("where it can be read"), max_length=500, blank=True)
    kept = models.TextField(_("what is kept"), max_length=2000, validators=[validate_plain], blank=True)
    changed = models.TextField(_("what is changed"), max_length=2000, validators=[validate_plain], blank=True)
    came_of_it = models.TextField(_("what came of it"), max_length=2000, validators=[validate_plain], blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    reported_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Counts changes, so that a form opened before somebody else saved is noticed.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AdaptationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "source"], name="adaptation_once"),
            models.CheckConstraint(
                condition=models.Q(source=None) | ~models.Q(project=models.F("source")), name="adaptation_of_another"
            ),
            models.CheckConstraint(
                condition=models.Q(source__isnull=False, outside_name="")
                | (models.Q(source=None) & ~models.Q(outside_name="")),
                name="adaptation_from_one_place",
            ),
        ]

    def __str__(self) -> str:
        # Without the other project's title: whoever reads this one may have lost sight of that.
        return self.outside_name or f"{self.project_id} from {self.source_id}"


class CityLink(models.Model):
    """A documented link between cities, as a public source tells it."""

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=LinkKind)
    city = models.ForeignKey("cities.City", on_delete=models.CASCADE, related_name="links")
    idea_from = models.ManyToManyField("cities.City", blank=True, related_name="links_to")
    project = models.ForeignKey(
        "projects.Project", on_delete=models.SET_NULL, null=True, blank=True, related_name="city_links"
    )
    what = models.TextField()
    source = models.TextField(blank=True)
    source_verified = models.BooleanField(default=False)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug
