"""Invitations by e-mail into a team, or to coordinate for an operator. Only a digest of the link's key is kept."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cities.choices import Function, InvitationState, Right
from cities.querysets import InvitationQuerySet


class Invitation(models.Model):
    """Open until accepted, withdrawn or expired; sending it again replaces the key, so the older link dies."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="invitations")
    operator = models.ForeignKey(
        "cities.Operator", on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    function = models.CharField(_("function"), max_length=20, choices=Function, default=Function.OTHER)
    right = models.CharField(_("right"), max_length=10, choices=Right, default=Right.MEMBER)
    language = models.CharField(_("language of the mail"), max_length=8, default="en")
    message = models.TextField(_("a personal line"), blank=True, max_length=600)
    key_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="invitations_made"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, editable=False)
    sent_count = models.PositiveSmallIntegerField(default=0, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="invitations_taken",
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(team=None, operator__isnull=False) | models.Q(team__isnull=False, operator=None),
                name="invitation_to_team_or_operator",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None), name="invitation_one_end"
            ),
            models.UniqueConstraint(
                "team",
                models.functions.Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open_per_team",
                violation_error_message=_("This address is invited already; send that invitation again instead."),
            ),
            models.UniqueConstraint(
                "operator",
                models.functions.Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open_per_operator",
                violation_error_message=_("This address is invited already; send that invitation again instead."),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def state(self) -> InvitationState:
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.withdrawn_at:
            return InvitationState.WITHDRAWN
        return InvitationState.OPEN if self.expires_at > timezone.now() else InvitationState.EXPIRED

    @property
    def place(self) -> str:
        """The name of the team or operator it leads to."""
        return str(self.team or self.operator)
