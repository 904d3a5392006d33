"""What people want of their digests: when, what more and what less of, and who may look at them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from engagement.choices import Cadence, FeedbackWish, Stream, Weekday


class DigestPreference(models.Model):
    """When a person wants a stream. No row means the documented default of the stream."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_preferences")
    stream = models.CharField(max_length=14, choices=Stream, default=Stream.NETWORK)
    cadence = models.CharField(_("how often"), max_length=12, choices=Cadence, default=Cadence.WEEKLY)
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday, default=Weekday.TUESDAY)
    local_hour = models.PositiveSmallIntegerField(_("hour"), default=8, validators=[MaxValueValidator(23)])
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    # A slot that had passed before the person chose is not made up for: who asks for less gets no mail for asking.
    changed_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "stream"], name="digest_preference_once"),
            models.CheckConstraint(condition=models.Q(local_hour__lte=23), name="digest_preference_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.stream} {self.cadence}"


class UnsubscribeKey(models.Model):
    """An opaque key in the footer of a person's mails of one stream; it holds no address and can be revoked."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="unsubscribe_keys")
    stream = models.CharField(max_length=14, choices=Stream)
    key = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # What the last click on the page behind the key replaced, so that it can be undone there.
    before = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "stream"],
                condition=models.Q(revoked_at=None),
                name="unsubscribe_key_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.stream}"


class DigestFeedback(models.Model):
    """More or less like a project, or nothing of a city: what a person said of an item, until they take it back
    (the row goes then)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_feedback")
    wish = models.CharField(max_length=10, choices=FeedbackWish)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, null=True, related_name="+")
    city = models.ForeignKey("cities.City", on_delete=models.CASCADE, null=True, related_name="+")
    said_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wish=FeedbackWish.HIDE_CITY, project=None, city__isnull=False)
                | models.Q(wish__in=[FeedbackWish.MORE, FeedbackWish.LESS], project__isnull=False, city=None)
                | models.Q(wish__in=[FeedbackWish.MORE, FeedbackWish.LESS], project=None, city__isnull=False),
                name="digest_feedback_about_one_thing",
            ),
            models.UniqueConstraint(fields=["person", "project"], name="digest_feedback_of_project_once"),
            models.UniqueConstraint(fields=["person", "city"], name="digest_feedback_of_city_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.wish}"


def network_alone() -> list[str]:
    """What leave was for before there was more to look at."""
    return [Stream.NETWORK.value]


class PreviewLeave(models.Model):
    """The person lets coordinators look at how the person's next digest of these streams would read; no row means
    none."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="preview_leave"
    )
    streams = ArrayField(models.CharField(max_length=14, choices=Stream), default=network_alone)
    given_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"leave of {self.person_id}"
