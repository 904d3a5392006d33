"""Who learned from whom."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.choices import LinkKind
from projects.plain_text import validate_plain
from projects.querysets import AdaptationQuerySet


class Adaptation(models.Model):
    """A project that came from another one: what was kept, what changed, what came of it."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="adapted_from")
    source = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="adapted_by")
    kept = models.TextField(_("what is kept"), max_length=2000, validators=[validate_plain], blank=True)
    changed = models.TextField(_("what is changed"), max_length=2000, validators=[validate_plain], blank=True)
    came_of_it = models.TextField(_("what came of it"), max_length=2000, validators=[validate_plain], blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AdaptationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "source"], name="adaptation_once"),
            models.CheckConstraint(condition=~models.Q(project=models.F("source")), name="adaptation_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} from {self.source_id}"


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
