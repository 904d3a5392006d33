"""A part of a project may be seen by fewer people than the project itself, never by more."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.choices import PART_VISIBILITIES


def part_level() -> "models.CharField[str, str]":
    """Empty: seen by whoever sees the project. Otherwise a reader must pass both levels, so the narrower one counts."""
    return models.CharField(_("who sees it"), max_length=10, choices=PART_VISIBILITIES, default="", blank=True)
