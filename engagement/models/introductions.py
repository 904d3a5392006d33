"""Introductions: two teams meet, asked for by a person of one or brokered by a coordinator; addresses are shown to two
people alone, and only after both said yes."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cities.querysets import today
from engagement.choices import OPEN_INTRODUCTION, Help, IntroductionReason, IntroductionState
from engagement.querysets import IntroductionQuerySet, SuggestionQuerySet


class Introduction(models.Model):
    """`asked_by` speaks for `from_team`, `answered_by` for `to_team`. Where a person asked, `asked_by` is there from
    the beginning. A brokered one has neither at first; whoever says yes for a side (or no) takes its place."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="introductions_asked",
    )
    from_team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, related_name="introductions_asked")
    to_team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, related_name="introductions_received")
    project = models.ForeignKey(
        "projects.Project", on_delete=models.SET_NULL, null=True, blank=True, related_name="introductions"
    )
    # The check-in whose wish for help it was made from; only who reads that one is shown where it came from.
    check_in = models.ForeignKey(
        "engagement.CheckIn", on_delete=models.SET_NULL, null=True, blank=True, related_name="introductions"
    )
    # Who brokers it, and as whose coordinator; kept when that person is gone.
    brokered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="introductions_brokered",
    )
    brokered_for = models.ForeignKey(
        "cities.Operator", on_delete=models.PROTECT, null=True, blank=True, related_name="introductions_brokered"
    )
    reason = models.CharField(_("why"), max_length=14, choices=IntroductionReason)
    # Of the person who asks, to the other side; of the broker, to both.
    message = models.TextField(_("message"), max_length=1000)
    language = models.CharField(max_length=8, default="en")
    state = models.CharField(max_length=10, choices=IntroductionState, default=IntroductionState.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="introductions_answered",
    )
    # The last answer of either side: when they were introduced, or when one declined.
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    # With the answer of `asked_by` to a broker.
    asker_words = models.TextField(max_length=1000, blank=True)
    # Which side lets it rest, and the day from which it waits again.
    rests_for = models.ForeignKey("cities.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    rests_until = models.DateField(null=True, blank=True)
    # Who declined it or took it back.
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What follows from what the two say (IntroductionHelp): one yes is a yes, a no counts where nobody said yes.
    helped = models.BooleanField(_("did it help?"), null=True, blank=True)
    helped_at = models.DateTimeField(null=True, blank=True)
    # What came of it, where one of the teams then adapted something of the other.
    adaptation = models.ForeignKey(
        "projects.Adaptation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_team=models.F("to_team")), name="introduction_between_two_teams"
            ),
            models.UniqueConstraint(
                fields=["from_team", "to_team"],
                condition=models.Q(state__in=OPEN_INTRODUCTION),
                name="introduction_one_open",
                violation_error_message=_("Your team has asked this team already and waits for an answer."),
            ),
            models.CheckConstraint(
                condition=models.Q(asked_by__isnull=False) | models.Q(brokered_for__isnull=False),
                name="introduction_asked_or_brokered",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=IntroductionState.RESTING)
                | models.Q(rests_until__isnull=False, rests_for__isnull=False),
                name="introduction_rests_until_a_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=IntroductionState.ACCEPTED) | models.Q(asked_by__isnull=False),
                name="introduction_accepted_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_team_id} → {self.to_team_id}"

    def get_absolute_url(self) -> str:
        return reverse("introduction_detail", args=[self.pk])

    @property
    def is_brokered(self) -> bool:
        return self.brokered_for_id is not None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_INTRODUCTION

    @property
    def rests_now(self) -> bool:
        """Its day has not come: it waits for nobody."""
        return self.state == IntroductionState.RESTING and self.rests_until is not None and self.rests_until > today()

    def has_answered(self, team_id: int) -> bool:
        """Whether that side has said yes (or no)."""
        return (self.asked_by_id if team_id == self.from_team_id else self.answered_by_id) is not None

    @property
    def one_said_yes(self) -> bool:
        """Of a brokered one that is open."""
        return self.is_open and self.is_brokered and (self.asked_by_id or self.answered_by_id) is not None


class IntroductionMove(models.Model):
    """Append-only: who moved it from which state to which, and for which side (none: the broker)."""

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="moves")
    from_state = models.CharField(max_length=10, choices=IntroductionState, blank=True)
    to_state = models.CharField(max_length=10, choices=IntroductionState)
    team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_state or 'new'} → {self.to_state}"


class IntroductionHelp(models.Model):
    """Whether it helped, as one of the two says. Both teams read it."""

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="told")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    said = models.CharField(_("did it help?"), max_length=8, choices=Help)
    note = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["introduction", "person"], name="introduction_help_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.said} of {self.introduction_id}"


class Suggestion(models.Model):
    """Two teams that the matcher finds worth introducing, as told to one of them; nobody is asked until a person of
    that team does."""

    for_team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, related_name="suggestions")
    with_team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=14, choices=IntroductionReason)
    # What the other team has that this one could use; everybody signed in may see it when the suggestion is made.
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    question = models.ForeignKey(
        "engagement.Question", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    score = models.FloatField(default=0)
    reasons = models.JSONField(default=list, help_text=_("reason codes with their facts, in order of weight"))
    made_at = models.DateTimeField(auto_now_add=True)
    # Set aside by a person of the team, or no longer true.
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    introduction = models.OneToOneField(
        Introduction, on_delete=models.SET_NULL, null=True, blank=True, related_name="suggestion"
    )

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["for_team", "with_team"], condition=models.Q(closed_at=None), name="suggestion_one_open"
            ),
            models.CheckConstraint(
                condition=~models.Q(for_team=models.F("with_team")), name="suggestion_between_two_teams"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.for_team_id} with {self.with_team_id}"
