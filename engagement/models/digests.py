"""Digests: who wants them when, and the ledger of each one. The ledger is the queue."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from engagement.choices import Cadence, DigestState, ItemKind, Stream, Weekday
from engagement.querysets import DigestQuerySet


class DigestPreference(models.Model):
    """When a person wants a stream. No row means the documented default: weekly, Tuesday, 8 o'clock local time."""

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


class Digest(models.Model):
    """One digest: planned → built → claimed → sent, or empty, skipped, failed, unknown. At most one per
    person, stream and period, held by the database."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    stream = models.CharField(max_length=14, choices=Stream)
    period_key = models.CharField(max_length=16, help_text=_("named after the period, never after the clock"))
    state = models.CharField(max_length=10, choices=DigestState, default=DigestState.PLANNED)
    reason = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    language = models.CharField(max_length=8)
    timezone = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, blank=True)
    text_body = models.TextField(blank=True)
    html_body = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    # How many items the bodies show; an item whose project is deleted leaves no row to count.
    item_count = models.PositiveSmallIntegerField(default=0)
    trail = models.JSONField(default=list, help_text=_("every move: who, when, from, to and why"))

    objects = DigestQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "stream", "period_key"], name="digest_once_per_period"),
            models.CheckConstraint(
                condition=models.Q(window_end__gte=models.F("window_start")), name="digest_window_in_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=models.Q(state__in=["planned", "built", "claimed"]),
                name="digest_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.period_key} for {self.person_id}"


class DigestItem(models.Model):
    """What a digest held, why, and with which score."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="items")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ItemKind)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, null=True, related_name="digest_items")
    question = models.ForeignKey("engagement.Question", on_delete=models.CASCADE, null=True, related_name="+")
    city = models.ForeignKey("cities.City", on_delete=models.CASCADE, null=True, related_name="+")
    newest_activity = models.ForeignKey("projects.Activity", on_delete=models.SET_NULL, null=True, related_name="+")
    score = models.FloatField(default=0)
    reasons = models.JSONField(default=list, help_text=_("reason codes with their facts, in order of weight"))
    # The keys of the activity whose words stand in the mail: asked after again before it is sent or shown.
    told = models.JSONField(default=list)

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["digest", "rank"], name="digest_item_rank_once")]

    def __str__(self) -> str:
        return f"{self.rank}. {self.kind}"


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
