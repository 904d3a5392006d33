"""The ledger of digests: each one with what it held and why. The ledger is the queue."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from engagement.choices import DigestState, ItemKind, Stream
from engagement.querysets import DigestQuerySet


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
    built_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    # How many items the bodies show; an item whose project is deleted leaves no row to count.
    item_count = models.PositiveSmallIntegerField(default=0)
    # This one alone is held back by an operator; a whole stream is held by a DigestHold.
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
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
            # The runs of the operators' page, counted without looking at a row; and one run.
            models.Index(fields=["stream", "period_key", "due_at"], name="digest_of_run"),
            # The few that ask somebody to look.
            models.Index(
                fields=["stream", "due_at"],
                condition=models.Q(state__in=["unknown", "failed"]),
                name="digest_trouble",
            ),
            # The planner's: where a person's last window ended, and windows that a wrong clock closed in the future.
            models.Index(fields=["stream", "window_end"], name="digest_window_ends"),
            # A provider's report names nothing else.
            models.Index(fields=["message_id"], condition=~models.Q(message_id=""), name="digest_by_message_id"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.period_key} for {self.person_id}"


# The columns of which a digest's item fills one or two.
_ABOUT = (
    "project",
    "question",
    "city",
    "team",
    "check_in",
    "session",
    "commitment",
    "introduction",
    "suggestion",
    "pin",
    "newest_activity",
)


class DigestItem(models.Model):
    """What a digest held, why, and with which score."""

    # Found by the key that digest and rank have together.
    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="items", db_index=False)
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14, choices=ItemKind)
    # What it is about: filled according to its kind.
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, null=True, db_index=False, related_name="digest_items"
    )
    question = models.ForeignKey(
        "engagement.Question", on_delete=models.CASCADE, null=True, db_index=False, related_name="+"
    )
    city = models.ForeignKey("cities.City", on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    check_in = models.ForeignKey(
        "engagement.CheckIn", on_delete=models.CASCADE, null=True, db_index=False, related_name="+"
    )
    session = models.ForeignKey(
        "engagement.CoachingSession", on_delete=models.CASCADE, null=True, db_index=False, related_name="+"
    )
    commitment = models.ForeignKey(
        "engagement.Commitment", on_delete=models.CASCADE, null=True, db_index=False, related_name="+"
    )
    introduction = models.ForeignKey(
        "engagement.Introduction", on_delete=models.CASCADE, null=True, db_index=False, related_name="+"
    )
    suggestion = models.ForeignKey(
        "engagement.Suggestion", on_delete=models.CASCADE, null=True, db_index=False, related_name="+"
    )
    # Put there by a coordinator rather than by its score.
    pin = models.ForeignKey(
        "engagement.DigestPin", on_delete=models.SET_NULL, null=True, db_index=False, related_name="items"
    )
    newest_activity = models.ForeignKey(
        "projects.Activity", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    score = models.FloatField(default=0)
    reasons = models.JSONField(default=list, help_text=_("reason codes with their facts, in order of weight"))
    # The keys of the activity whose words stand in the mail: asked after again before it is sent or shown.
    told = models.JSONField(default=list)

    class Meta:
        ordering = ["rank"]
        # An item is about one or two of them: an index that held all the empty places too would cost more to write than
        # the item itself.
        indexes = [
            models.Index(fields=[name], name=f"items_of_{name}", condition=models.Q((f"{name}__isnull", False)))
            for name in _ABOUT
        ]
        constraints = [models.UniqueConstraint(fields=["digest", "rank"], name="digest_item_rank_once")]

    def __str__(self) -> str:
        return f"{self.rank}. {self.kind}"


class DigestPicture(models.Model):
    """A chart as it went along with mails, named after its content, so that a digest can be shown as it was sent."""

    key = models.CharField(max_length=64, primary_key=True)
    png = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key
