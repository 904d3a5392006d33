"""What a person wants to hear of: one project, city or topic a row."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.querysets import SavedSearchQuerySet


class Follow(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, null=True, blank=True, related_name="followers"
    )
    city = models.ForeignKey("cities.City", on_delete=models.CASCADE, null=True, blank=True, related_name="followers")
    topic = models.ForeignKey("cities.Topic", on_delete=models.CASCADE, null=True, blank=True, related_name="followers")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(project__isnull=False, city=None, topic=None)
                | models.Q(project=None, city__isnull=False, topic=None)
                | models.Q(project=None, city=None, topic__isnull=False),
                name="follow_one_thing",
            ),
            models.UniqueConstraint(fields=["person", "project"], name="follow_project_once"),
            models.UniqueConstraint(fields=["person", "city"], name="follow_city_once"),
            models.UniqueConstraint(fields=["person", "topic"], name="follow_topic_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.project_id or self.city_id or self.topic_id}"


class SavedSearch(models.Model):
    """A search of the project list that a person keeps, as the address says it; what newly fits it is told in the
    network digest."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=500, help_text=_("the address after the question mark, in one order"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "query"], name="saved_search_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('project_list')}?{self.query}"
