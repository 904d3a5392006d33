"""Who mail does not reach: what mail providers report, and the addresses that nothing is sent to any more."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from engagement.choices import SuppressionCause


class Suppression(models.Model):
    """An address that mail is not sent to, by its keyed hash: the list itself tells nobody's address. Lifted by the
    person it belongs to, or by hand."""

    address_hash = models.CharField(max_length=64, db_index=True)
    cause = models.CharField(max_length=10, choices=SuppressionCause)
    detail = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash"], condition=models.Q(lifted_at=None), name="suppression_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.address_hash[:8]}"


class ProviderEvent(models.Model):
    """What a mail provider reported, once: providers repeat themselves."""

    provider = models.CharField(max_length=32)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=32)
    address_hash = models.CharField(max_length=64)
    message_id = models.CharField(max_length=200, blank=True)
    detail = models.CharField(max_length=200, blank=True, help_text=_("what the other server said"))
    at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once")]
        indexes = [models.Index(fields=["address_hash", "-at"], name="provider_events_of_address")]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind}"
