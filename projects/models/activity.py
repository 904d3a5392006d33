"""The append-only record of what happened to projects, written in the same transaction as the change."""

from django.conf import settings
from django.db import models

from projects.choices import Verb
from projects.querysets import ActivityQuerySet


class Activity(models.Model):
    """Who did what to which project or part of it. The audience is computed when read, never stored."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="activity")
    verb = models.CharField(max_length=24, choices=Verb)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    # The part it is about, if any; the text is read from there, so that what is narrowed or deleted leaves no copy.
    phase_move = models.ForeignKey("projects.PhaseMove", on_delete=models.CASCADE, null=True, related_name="+")
    outcome_move = models.ForeignKey("projects.OutcomeMove", on_delete=models.CASCADE, null=True, related_name="+")
    pilot = models.ForeignKey("projects.Pilot", on_delete=models.CASCADE, null=True, related_name="+")
    journal_entry = models.ForeignKey("projects.JournalEntry", on_delete=models.CASCADE, null=True, related_name="+")
    consultation = models.ForeignKey("projects.Consultation", on_delete=models.CASCADE, null=True, related_name="+")
    indicator = models.ForeignKey("projects.Indicator", on_delete=models.CASCADE, null=True, related_name="+")
    reading = models.ForeignKey("projects.Reading", on_delete=models.CASCADE, null=True, related_name="+")
    adaptation = models.ForeignKey("projects.Adaptation", on_delete=models.CASCADE, null=True, related_name="+")
    attachment = models.ForeignKey("projects.Attachment", on_delete=models.CASCADE, null=True, related_name="+")
    ending = models.ForeignKey("projects.Ending", on_delete=models.CASCADE, null=True, related_name="+")
    # Small facts only (names of changed fields, old and new level), never text that a person wrote.
    facts = models.JSONField(default=dict)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["project", "-at"], name="activity_of_project"),
            models.Index(fields=["-at"], name="activity_newest"),
            # For the door that looks every few minutes whether a source team is to be told (engagement).
            models.Index(
                fields=["at"],
                condition=models.Q(verb__in=["adaptation_started", "adaptation_reported"]),
                name="activity_of_adaptations",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.project_id}"
