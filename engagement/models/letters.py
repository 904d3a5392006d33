"""Mails about one thing to one person, written down in the same transaction as what they tell of."""

from django.conf import settings
from django.db import models

from engagement.choices import LetterKind


class Letter(models.Model):
    """To be sent once its row is there, by whichever worker claims it; the broker only rings the bell.

    Sent at least once: where a worker dies between handing a mail over and noting it, the mail comes again, with the
    same Message-ID.
    """

    kind = models.CharField(max_length=24, choices=LetterKind)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letters")
    check_in = models.ForeignKey("engagement.CheckIn", on_delete=models.CASCADE, null=True, related_name="+")
    introduction = models.ForeignKey("engagement.Introduction", on_delete=models.CASCADE, null=True, related_name="+")
    question = models.ForeignKey("engagement.Question", on_delete=models.CASCADE, null=True, related_name="+")
    # What happened to a project: the letter is found by it, so that nobody is told the same thing twice.
    activity = models.ForeignKey("projects.Activity", on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(check_in__isnull=False, introduction=None, question=None, activity=None)
                | models.Q(check_in=None, introduction__isnull=False, question=None, activity=None)
                | models.Q(check_in=None, introduction=None, question__isnull=False, activity=None)
                | models.Q(check_in=None, introduction=None, question=None, activity__isnull=False),
                name="letter_about_one_thing",
            ),
            models.UniqueConstraint(
                fields=["person", "activity"],
                condition=models.Q(activity__isnull=False),
                name="letter_of_activity_once",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(closed_at__isnull=False), name="letter_sent_is_closed"
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], condition=models.Q(closed_at=None), name="letter_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id}"
