"""Coaching engagements: a coach and a team, their sessions, commitments and notes in three drawers."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cities.querysets import today
from engagement.choices import Drawer
from engagement.querysets import CoachingNoteQuerySet, EngagementQuerySet


class CoachingEngagement(models.Model):
    """Opening it adds the coach's right (a `cities` membership); ending it ends that right, in one transaction."""

    coach = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="engagements")
    team = models.ForeignKey("cities.Team", on_delete=models.PROTECT, related_name="engagements")
    membership = models.OneToOneField("cities.Membership", on_delete=models.PROTECT, related_name="engagement")
    aims = models.TextField(_("aims, set by the pair"), max_length=2000, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["coach", "team"], condition=models.Q(ends_on=None), name="engagement_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="engagement_ends_after_start",
                violation_error_message=_("An engagement ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coach_id} with {self.team_id}"

    def get_absolute_url(self) -> str:
        return reverse("engagement_detail", args=[self.pk])


class CoachingSession(models.Model):
    """A meeting of the pair: aim · what happened · observations · lessons."""

    engagement = models.ForeignKey(CoachingEngagement, on_delete=models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("when"))
    place = models.CharField(_("place or link"), max_length=300, blank=True)
    aim = models.TextField(_("aim"), max_length=1000)
    happened = models.TextField(_("what happened"), max_length=6000, blank=True)
    observations = models.TextField(_("observations"), max_length=6000, blank=True)
    lessons = models.TextField(_("lessons"), max_length=6000, blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    logged_at = models.DateTimeField(null=True, blank=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-starts_at"]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("session_detail", args=[self.pk])


class Commitment(models.Model):
    """What somebody of the pair promised, until when; open ones are carried over from session to session."""

    engagement = models.ForeignKey(CoachingEngagement, on_delete=models.CASCADE, related_name="commitments")
    session = models.ForeignKey(
        CoachingSession, on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments"
    )
    text = models.CharField(_("what"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("who")
    )
    due_on = models.DateField(_("until"))
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def is_late(self) -> bool:
        """The due day itself is still in time."""
        return self.done_at is None and self.due_on < today()


class CoachingNote(models.Model):
    """A note in one of three drawers; a private one is seen by its author alone."""

    engagement = models.ForeignKey(CoachingEngagement, on_delete=models.CASCADE, related_name="notes")
    session = models.ForeignKey(CoachingSession, on_delete=models.SET_NULL, null=True, blank=True, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="coaching_notes")
    drawer = models.CharField(_("who reads it"), max_length=14, choices=Drawer, default=Drawer.PRIVATE)
    text = models.TextField(_("note"), max_length=6000)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CoachingNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.drawer} note"
