"""What operators and coordinators do to digests: hold a stream back, put an item into it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from engagement.choices import Stream


class DigestHold(models.Model):
    """While one is open, no digest of its stream goes out; they are planned and built on, to be looked at."""

    stream = models.CharField(max_length=14, choices=Stream)
    why = models.CharField(_("why"), max_length=280, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["stream"], condition=models.Q(released_at=None), name="digest_hold_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"hold of {self.stream}"


class DigestPin(models.Model):
    """One project that an operator's coordinators put at the top of the network digest of the people in the cities
    they accompany, once for each, as far as each may see it."""

    operator = models.ForeignKey("cities.Operator", on_delete=models.CASCADE, related_name="digest_pins")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    note = models.CharField(_("why, in a sentence"), max_length=280)
    language = models.CharField(max_length=8, default="en")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    until = models.DateField(_("until"))
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator"], condition=models.Q(removed_at=None), name="digest_pin_one_of_an_operator"
            )
        ]

    def __str__(self) -> str:
        return f"pin of {self.operator_id}"
