"""Coaching engagements: a team and its coaches, their sessions and commitments, notes in three drawers, reflections."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cities.querysets import today
from engagement.choices import Act, Drawer, MeetingRhythm, Moment, Sharing, Statement
from engagement.querysets import (
    CoachingNoteQuerySet,
    CommitmentQuerySet,
    EngagementQuerySet,
    ReflectionQuerySet,
    SessionQuerySet,
)
from innoteams.accounts.models import User
from innoteams.lib.languages import CONTENT_LANGUAGES
from innoteams.lib.rich_text import RichTextField


class CoachingEngagement(models.Model):
    """A team is accompanied, by one coach or by a residence of several, over a time, with aims of its own."""

    team = models.ForeignKey("cities.Team", on_delete=models.PROTECT, related_name="engagements")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    aims = models.TextField(_("aims, set by the pair"), max_length=2000, blank=True)
    rhythm = models.CharField(_("how often you meet"), max_length=12, choices=MeetingRhythm, default=MeetingRhythm.FREE)
    starts_on = models.DateField(_("from"))
    planned_until = models.DateField(
        _("planned until"), null=True, blank=True, help_text=_("a day to look back and decide; nothing ends by itself")
    )
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="engagement_ends_after_start",
                violation_error_message=_("An engagement ends after it starts."),
            ),
            models.CheckConstraint(
                condition=models.Q(planned_until=None) | models.Q(planned_until__gte=models.F("starts_on")),
                name="engagement_planned_after_start",
                violation_error_message=_("An engagement ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"coaching of {self.team_id}"

    def get_absolute_url(self) -> str:
        return reverse("engagement_detail", args=[self.pk])

    @property
    def current_coaches(self) -> list[User]:
        """Who coaches now; of an ended engagement, who coached until its end. No query after `with_coaches()`."""
        parts = (part for part in self.coaches.all() if not part.left_early)
        return [part.person for part in parts if part.ends_on == self.ends_on]


class EngagementCoach(models.Model):
    """One coach's part in an engagement. It and the coach's right in the team (a `cities` membership) begin and end
    in one transaction."""

    engagement = models.ForeignKey(CoachingEngagement, on_delete=models.CASCADE, related_name="coaches")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="coachings")
    membership = models.OneToOneField("cities.Membership", on_delete=models.PROTECT, related_name="coaching")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # The day alone does not tell: the engagement may end on the very day somebody left it before its end.
    left_early = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "person"],
                condition=models.Q(ends_on=None),
                name="engagement_coach_once",
                violation_error_message=_("This person coaches the team already."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="engagement_coach_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.engagement_id}"


class CoachingSession(models.Model):
    """A meeting of coaches and team: aim · what happened · observations · lessons."""

    engagement = models.ForeignKey(CoachingEngagement, on_delete=models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=60, validators=[MinValueValidator(5), MaxValueValidator(24 * 60 * 3)]
    )
    # The zone whose clock the hour was chosen by. The moment is kept; this says which hour people meant.
    planned_zone = models.CharField(max_length=64, default="UTC")
    place = models.CharField(_("place or link"), max_length=300, blank=True)
    aim = models.TextField(_("aim"), max_length=1000)
    agenda = RichTextField(_("agenda"), max_length=6000, blank=True)
    happened = RichTextField(_("what happened"), max_length=6000, blank=True)
    observations = RichTextField(_("observations"), max_length=6000, blank=True)
    lessons = RichTextField(_("lessons"), max_length=6000, blank=True)
    attended = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="sessions_attended", blank=True)
    guests = models.CharField(_("who else was there"), max_length=300, blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    logged_at = models.DateTimeField(null=True, blank=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    called_off_why = models.CharField(_("why"), max_length=300, blank=True)
    version = models.PositiveIntegerField(
        default=1, help_text=_("counts every change, so that two people at once notice")
    )
    # Calendars take a newer invitation over an older one by this number (RFC 5545, SEQUENCE).
    sequence = models.PositiveIntegerField(default=0)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(called_off_at=None) | models.Q(logged_at=None),
                name="session_called_off_is_not_logged",
            )
        ]
        indexes = [models.Index(fields=["engagement", "-starts_at"], name="sessions_of_engagement")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("session_detail", args=[self.pk])

    @property
    def ends_at(self) -> dt.datetime:
        moment: dt.datetime = self.starts_at + dt.timedelta(minutes=self.minutes)
        return moment


class Commitment(models.Model):
    """What somebody of the pair promised, until when; open ones are carried over from session to session.

    Bound to an act in the portal it completes itself when the act happens: `done_activity` then says which one.
    """

    engagement = models.ForeignKey(CoachingEngagement, on_delete=models.CASCADE, related_name="commitments")
    session = models.ForeignKey(
        CoachingSession, on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments"
    )
    text = models.CharField(_("what"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("who")
    )
    due_on = models.DateField(_("until"))
    act = models.CharField(_("done when"), max_length=20, choices=Act, blank=True)
    project = models.ForeignKey(
        "projects.Project", on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    done_activity = models.ForeignKey(
        "projects.Activity", on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments_done"
    )
    let_go_at = models.DateTimeField(null=True, blank=True)
    let_go_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    let_go_why = models.CharField(_("why"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(let_go_at=None), name="commitment_done_or_let_go"
            ),
            models.CheckConstraint(
                condition=models.Q(done_activity=None) | models.Q(done_at__isnull=False),
                name="commitment_done_by_activity_is_done",
            ),
        ]
        indexes = [
            # Asked after every act in the portal: is something open that waits for it?
            models.Index(
                fields=["act", "engagement"],
                condition=models.Q(done_at=None, let_go_at=None) & ~models.Q(act=""),
                name="commitment_waits_for_act",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.let_go_at is None

    @property
    def is_late(self) -> bool:
        """The due day itself is still in time."""
        return self.is_open and self.due_on < today()


class CoachingNote(models.Model):
    """A note in one of three drawers; a private one is seen by its author alone. The drawer never changes."""

    engagement = models.ForeignKey(CoachingEngagement, on_delete=models.CASCADE, related_name="notes")
    session = models.ForeignKey(CoachingSession, on_delete=models.SET_NULL, null=True, blank=True, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="coaching_notes")
    drawer = models.CharField(_("who reads it"), max_length=14, choices=Drawer, default=Drawer.PRIVATE)
    text = RichTextField(_("note"), max_length=6000)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    objects = CoachingNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.drawer} note"


class Reflection(models.Model):
    """What a team says of itself at the start, in the middle and at the end: culture change, residents' part.

    It is the team's; coaches and coordinators read it only where the team shares it with them.
    """

    engagement = models.ForeignKey(CoachingEngagement, on_delete=models.CASCADE, related_name="reflections")
    moment = models.CharField(_("when"), max_length=8, choices=Moment)
    culture = models.TextField(_("how the administration works differently"), max_length=3000, blank=True)
    residents = models.TextField(_("what part residents have"), max_length=3000, blank=True)
    language = models.CharField(_("written in"), max_length=8, choices=CONTENT_LANGUAGES, default="en")
    sharing = models.CharField(_("who reads it"), max_length=14, choices=Sharing, default=Sharing.TEAM)
    version = models.PositiveIntegerField(
        default=1, help_text=_("counts every change, so that two people at once notice")
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()

    objects = ReflectionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["engagement", "moment"], name="reflection_once_a_moment")]

    def __str__(self) -> str:
        return f"{self.moment} of {self.engagement_id}"


class ReflectionStep(models.Model):
    """How far a statement is true of the team, in five steps."""

    reflection = models.ForeignKey(Reflection, on_delete=models.CASCADE, related_name="steps")
    statement = models.CharField(max_length=24, choices=Statement)
    step = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["reflection", "statement"], name="reflection_step_once"),
            models.CheckConstraint(condition=models.Q(step__range=(1, 5)), name="reflection_step_of_five"),
        ]

    def __str__(self) -> str:
        return f"{self.statement}: {self.step}"


class CalendarFeed(models.Model):
    """A private address at which a person's calendar program reads the sessions; whoever knows the key reads them,
    so it can be revoked at any time."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds")
    key = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(revoked_at=None), name="calendar_feed_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"calendar of {self.person_id}"
