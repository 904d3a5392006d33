"""Innovation teams and who is in them; people leave by an end date, never by deletion."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cities.choices import Function, MembershipEvent, Right
from cities.querysets import MembershipQuerySet, TeamQuerySet


class Team(models.Model):
    """A city's innovation team (in France: *labo d'innovation publique*)."""

    slug = models.SlugField(max_length=80, unique=True)
    city = models.ForeignKey("cities.City", on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("writes in"), max_length=8, default="en")
    about = models.TextField(_("about the team"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("team_people", args=[self.slug])


class Membership(models.Model):
    """A person's function and right in a team, from when to when. A coach's right is a row here too."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    function = models.CharField(_("function"), max_length=20, choices=Function, default=Function.OTHER)
    right = models.CharField(_("right"), max_length=10, choices=Right, default=Right.MEMBER)
    starts_on = models.DateField(_("since"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="succeeds"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            # Lead, member and observer exclude each other; coaching goes beside any of them.
            models.UniqueConstraint(
                fields=["team", "person"],
                condition=models.Q(ends_on=None) & ~models.Q(right=Right.COACH),
                name="membership_one_open",
                violation_error_message=_("This person is in the team already."),
            ),
            models.UniqueConstraint(
                fields=["team", "person"],
                condition=models.Q(ends_on=None, right=Right.COACH),
                name="membership_one_open_coach",
                violation_error_message=_("This person coaches the team already."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="membership_ends_after_start",
                violation_error_message=_("A membership ends after it starts."),
            ),
        ]
        indexes = [models.Index(fields=["person", "right"], name="membership_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.right} in {self.team_id}"


class MembershipChange(models.Model):
    """Append-only: who changed whose part in which team, when, from what to what. Written with the change."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="membership_changes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership_changes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    event = models.CharField(max_length=10, choices=MembershipEvent)
    right_before = models.CharField(max_length=10, choices=Right, blank=True)
    right_after = models.CharField(max_length=10, choices=Right, blank=True)
    function_before = models.CharField(max_length=20, choices=Function, blank=True)
    function_after = models.CharField(max_length=20, choices=Function, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["team", "-at"], name="membership_change_of_team")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.event} in {self.team_id}"
