"""What texts said before: a row for each saved change, written in the transaction of the change."""

from django.conf import settings
from django.db import models

from projects.choices import PartKind
from projects.querysets import RevisionQuerySet


class Revision(models.Model):
    """The changed fields of a project or of one part of it, before and after. Append-only.

    Read by the team alone: an earlier text may hold what was taken out for a reason.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="revisions")
    kind = models.CharField(max_length=14, choices=PartKind)
    # The key of the part; 0 for the project itself. Not a foreign key: a part that is removed keeps its history.
    part = models.PositiveBigIntegerField(default=0)
    # What the part was called then, so that a removed one can still be named.
    label = models.CharField(max_length=200, blank=True)
    # {} before: it was made; {} after: it was removed.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    # Set where this change brought an earlier text back.
    restores = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["project", "-at", "-id"], name="revision_of_project")]

    def __str__(self) -> str:
        return f"{self.kind} {self.part} of {self.project_id}"
