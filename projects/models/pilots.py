"""One thing tried within a project: hypothesis, observations, lessons, and a decision."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from innoteams.lib.rich_text import RichTextField
from projects.choices import Decision
from projects.models.levels import part_level
from projects.plain_text import validate_plain
from projects.querysets import PartQuerySet


class Pilot(models.Model):
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="pilots")
    title = models.CharField(_("title"), max_length=120, validators=[validate_plain])
    place = models.CharField(_("place"), max_length=160, validators=[validate_plain], blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    hypothesis = RichTextField(_("hypothesis"), max_length=3000, validators=[validate_plain])
    observations = RichTextField(_("observations"), max_length=6000, validators=[validate_plain], blank=True)
    lessons = RichTextField(_("lessons"), max_length=6000, validators=[validate_plain], blank=True)
    visibility = part_level()
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    decision_note = models.TextField(_("why"), max_length=2000, validators=[validate_plain], blank=True)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Counts changes, so that a form opened before somebody else saved is noticed.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("pilot")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="pilot_ends_after_start",
                violation_error_message=_("A pilot ends after it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.title
