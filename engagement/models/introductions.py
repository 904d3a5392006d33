"""Introductions: somebody asks to meet a team; addresses are shown to both only after both said yes."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from engagement.choices import IntroductionReason, IntroductionState
from engagement.querysets import IntroductionQuerySet


class Introduction(models.Model):
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="introductions_asked")
    from_team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, related_name="introductions_asked")
    to_team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, related_name="introductions_received")
    project = models.ForeignKey(
        "projects.Project", on_delete=models.SET_NULL, null=True, blank=True, related_name="introductions"
    )
    # The check-in whose wish for help it was made from; only who reads that one is shown where it came from.
    check_in = models.ForeignKey(
        "engagement.CheckIn", on_delete=models.SET_NULL, null=True, blank=True, related_name="introductions"
    )
    reason = models.CharField(_("why"), max_length=14, choices=IntroductionReason)
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
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    helped = models.BooleanField(_("did it help?"), null=True, blank=True)
    helped_note = models.CharField(max_length=400, blank=True)
    helped_at = models.DateTimeField(null=True, blank=True)

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_team=models.F("to_team")), name="introduction_between_two_teams"
            ),
            models.UniqueConstraint(
                fields=["from_team", "to_team"],
                condition=models.Q(state=IntroductionState.ASKED),
                name="introduction_one_open",
                violation_error_message=_("Your team has asked this team already and waits for an answer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_team_id} → {self.to_team_id}"

    def get_absolute_url(self) -> str:
        return reverse("introduction_detail", args=[self.pk])


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
