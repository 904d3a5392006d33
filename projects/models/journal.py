"""What happened, in a few sentences, on a day."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from innoteams.lib.languages import CONTENT_LANGUAGES, direction
from innoteams.lib.rich_text import RichTextField
from projects.models.attachments import Shown
from projects.models.levels import part_level
from projects.plain_text import validate_plain
from projects.querysets import PartQuerySet


class JournalEntry(models.Model):
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="journal")
    happened_on = models.DateField(_("day"))
    text = RichTextField(_("what happened"), max_length=4000, validators=[validate_plain])
    visibility = part_level()
    language = models.CharField(max_length=8, choices=CONTENT_LANGUAGES, default="en")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # Counts changes, so that a form opened before somebody else saved is noticed.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PartQuerySet.as_manager()

    # Its photos and files, laid out for a page by `reading_page.lay_out_files`.
    shown: Shown | None = None

    class Meta:
        verbose_name_plural = _("journal entries")
        ordering = ["-happened_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.happened_on}"

    @property
    def direction(self) -> str:
        return direction(self.language)
