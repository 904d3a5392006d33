"""Check-ins: a team's progress report for a period, drafted from what was logged, always answered."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engagement.choices import CheckInState, Rhythm
from engagement.querysets import CheckInQuerySet


class CheckInSchedule(models.Model):
    """How often a programme's teams report, and how many days they have after the period ends."""

    programme = models.OneToOneField("cities.Programme", on_delete=models.CASCADE, related_name="check_in_schedule")
    rhythm = models.CharField(max_length=12, choices=Rhythm, default=Rhythm.QUARTERLY)
    days_to_submit = models.PositiveSmallIntegerField(default=14)
    starts_on = models.DateField(help_text=_("no period before this day is opened"))

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.rhythm}"


class ScheduledPeriod(models.Model):
    """A period on dates of its own, chosen by the programme's coordinators; it opens once its last day is over."""

    schedule = models.ForeignKey(CheckInSchedule, on_delete=models.CASCADE, related_name="dates")
    title = models.CharField(_("name"), max_length=60)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    due_on = models.DateField(_("due on"))

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "starts_on"], name="scheduled_period_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on"), due_on__gte=models.F("ends_on")),
                name="scheduled_period_in_order",
                violation_error_message=_("A period ends after it starts, and is due after it ends."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id}: {self.title}"


class CheckInPeriod(models.Model):
    """A span of a programme's calendar; opened once, however many workers try."""

    programme = models.ForeignKey("cities.Programme", on_delete=models.CASCADE, related_name="check_in_periods")
    key = models.CharField(max_length=12, help_text=_("“2026-Q3”, “2026-09” or its first day"))
    title = models.CharField(_("name"), max_length=60, blank=True, help_text=_("where the dates are chosen"))
    starts_on = models.DateField()
    ends_on = models.DateField(help_text=_("the last day in the period"))
    due_on = models.DateField()
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="check_in_period_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on"), due_on__gte=models.F("ends_on")),
                name="check_in_period_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def name(self) -> str:
        """In the reader's words: "September 2026", "Quarter 3 of 2026"."""
        if self.title:
            return self.title
        if "Q" not in self.key:
            return formats.date_format(self.starts_on, "YEAR_MONTH_FORMAT")
        quarter = {"quarter": self.key[-1], "year": self.starts_on.year}
        return gettext("Quarter %(quarter)s of %(year)s") % quarter


class PeriodChange(models.Model):
    """Who moved the days of a period after its check-ins were opened, from what to what, and why."""

    period = models.ForeignKey(CheckInPeriod, on_delete=models.CASCADE, related_name="changes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    starts_before, starts_after = models.DateField(), models.DateField()
    ends_before, ends_after = models.DateField(), models.DateField()
    due_before, due_after = models.DateField(), models.DateField()
    why = models.CharField(_("why"), max_length=300)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.period_id}: {self.due_before} → {self.due_after}"


class CheckIn(models.Model):
    """One team, one period: drafted → submitted → returned or accepted. The author is never the reviewer."""

    period = models.ForeignKey(CheckInPeriod, on_delete=models.CASCADE, related_name="check_ins")
    team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, related_name="check_ins")
    state = models.CharField(max_length=10, choices=CheckInState, default=CheckInState.DRAFTED)
    hard = models.TextField(_("what is hard at the moment"), max_length=4000, blank=True)
    help_wanted = models.TextField(_("what help the team wants"), max_length=4000, blank=True)
    language = models.CharField(max_length=8, default="en")
    version = models.PositiveIntegerField(
        default=1, help_text=_("counts every change, so that two people at once notice")
    )
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="check_ins_written",
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # What the reader of its page is to it, and whether its wish for help was turned into something; written by
    # `CheckInQuerySet.for_page`.
    reader_coordinates: bool
    reader_funds: bool
    reader_coaches: bool
    author_is_there: bool
    became: bool

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        ordering = ["-period__starts_on", "team__slug"]
        constraints = [models.UniqueConstraint(fields=["period", "team"], name="check_in_once")]
        indexes = [models.Index(fields=["team", "state"], name="check_in_of_team")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.period_id}"

    def get_absolute_url(self) -> str:
        return reverse("check_in_detail", args=[self.pk])


class CheckInLine(models.Model):
    """One thing that was logged in the period, linked to where it was logged; the team may switch it off."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="lines")
    # One of the two: what was logged, or a promise of the coaching that was kept.
    activity = models.ForeignKey(
        "projects.Activity", on_delete=models.CASCADE, null=True, blank=True, related_name="check_in_lines"
    )
    commitment = models.ForeignKey(
        "engagement.Commitment", on_delete=models.CASCADE, null=True, blank=True, related_name="check_in_lines"
    )
    note = models.CharField(_("in the team's words"), max_length=400, blank=True)
    included = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_in", "activity"], condition=models.Q(commitment=None), name="check_in_line_once"
            ),
            models.UniqueConstraint(
                fields=["check_in", "commitment"], condition=models.Q(activity=None), name="check_in_kept_promise_once"
            ),
            models.CheckConstraint(
                condition=models.Q(activity__isnull=False, commitment=None)
                | models.Q(activity=None, commitment__isnull=False),
                name="check_in_line_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_in_id}: {self.anchor}"

    @property
    def anchor(self) -> str:
        """How the line is named in versions and comments: "activity-12", "commitment-3"."""
        return f"activity-{self.activity_id}" if self.activity_id else f"commitment-{self.commitment_id}"


class CheckInVersion(models.Model):
    """What the team sent: the words and the lines as they were at that moment. Coordinators and the coach read the
    newest of these, never the sheet that the team is still writing on."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    hard = models.TextField(max_length=4000, blank=True)
    help_wanted = models.TextField(max_length=4000, blank=True)
    language = models.CharField(max_length=8, default="en")
    # [anchor, the team's note] in order; an anchor is "activity-12" or "commitment-3". What it says is read from where
    # it was logged, for each reader, so that a project made private later disappears from here too.
    lines = models.JSONField(default=list)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    submitted_at = models.DateTimeField()
    # The team took it back before it was answered: from then on nobody else reads it.
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["check_in", "number"], name="check_in_version_once")]

    def __str__(self) -> str:
        return f"{self.check_in_id}, version {self.number}"


class CheckInMove(models.Model):
    """Who moved a check-in from which state to which, when, and with which words."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="moves")
    from_state = models.CharField(max_length=10, choices=CheckInState)
    to_state = models.CharField(max_length=10, choices=CheckInState)
    words = models.TextField(_("answer"), max_length=4000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    # By the team, to where it was before it was sent: drafted, or returned.
    takes_back = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(to_state=CheckInState.ACCEPTED, words=""),
                name="check_in_answered_in_words",
                violation_error_message=_("A check-in is answered in words."),
            ),
            models.CheckConstraint(
                condition=~models.Q(to_state=CheckInState.DRAFTED) | models.Q(takes_back=True),
                name="check_in_drafted_again_by_taking_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class CheckInComment(models.Model):
    """Words of a reviewer, the coach or the team about one part of what was sent. With `asks` the check-in came back
    because of it; it stays open until the reviewer says that it is settled."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="comments")
    version = models.ForeignKey(CheckInVersion, on_delete=models.CASCADE, related_name="comments")
    # "hard", "help_wanted", "activity-12", "commitment-3", "project-5": a part of the version.
    part = models.CharField(max_length=40)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("comment"), max_length=2000)
    asks = models.BooleanField(_("asks the team for something"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="check_in_comment_says_something")]
        indexes = [models.Index(fields=["check_in", "part"], name="comments_of_check_in")]

    def __str__(self) -> str:
        return f"{self.check_in_id}, {self.part}"
