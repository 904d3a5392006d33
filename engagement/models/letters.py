"""Mails about one thing to one person, written down in the same transaction as what they tell of."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from engagement.choices import LetterKind

_ABOUT = ("check_in", "introduction", "question", "activity", "session", "day")


def _about_one_thing() -> models.Q:
    """Exactly one of the columns is filled."""
    one_of = models.Q()
    for filled in _ABOUT:
        one_of |= models.Q(**{f"{name}__isnull": name != filled for name in _ABOUT})
    return one_of


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
    session = models.ForeignKey("engagement.CoachingSession", on_delete=models.CASCADE, null=True, related_name="+")
    # Of the session, when the letter was written: one that was moved is told of anew.
    sequence = models.PositiveIntegerField(default=0)
    # Of letters that bundled what was due, before the digest of actions did: no new one has it.
    day = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=_about_one_thing(), name="letter_about_one_thing"),
            models.UniqueConstraint(
                fields=["person", "activity"],
                condition=models.Q(activity__isnull=False),
                name="letter_of_activity_once",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "day"], condition=models.Q(day__isnull=False), name="letter_of_day_once"
            ),
            models.UniqueConstraint(
                fields=["person", "session", "kind", "sequence"],
                condition=models.Q(session__isnull=False),
                name="letter_of_session_once",
            ),
            models.UniqueConstraint(
                fields=["person", "introduction"],
                condition=models.Q(kind=LetterKind.INTRODUCTION_HELPED),
                name="letter_of_help_once",
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


class ReminderPreference(models.Model):
    """Whether a person has switched off the reminders of sessions; no row means no. What is promised comes in the
    digest of actions, with a preference of its own. What happened (a session is planned, moved or called off, a
    check-in comes back) is told in any case."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="reminder_preference"
    )
    sessions = models.BooleanField(
        _("sessions of the coaching"),
        default=True,
        help_text=_("A day before each one; coaches also afterwards, until it is logged."),
    )

    def __str__(self) -> str:
        return f"reminders of {self.person_id}"
