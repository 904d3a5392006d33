"""What happened, in a few sentences, on a day."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from innoteams.lib.languages import CONTENT_LANGUAGES, direction


class JournalEntry(models.Model):
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="journal")
    happened_on = models.DateField(_("day"))
    text = models.TextField(_("what happened"), max_length=4000)
    language = models.CharField(max_length=8, choices=CONTENT_LANGUAGES, default="en")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = _("journal entries")
        ordering = ["-happened_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.happened_on}"

    @property
    def direction(self) -> str:
        return direction(self.language)
