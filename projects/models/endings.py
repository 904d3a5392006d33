"""The graceful ending: five short answers when a project or a pilot stops, and what other teams say of the lesson."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.choices import Usefulness
from projects.plain_text import validate_plain
from projects.querysets import EndingQuerySet

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _answer(question: "StrPromise", *, blank: bool = True) -> "models.TextField[str, str]":
    return models.TextField(question, max_length=1200, validators=[validate_plain], blank=blank)


class Ending(models.Model):
    """Of a whole project, or (with `pilot`) of one pilot in it; one each. Seen by whoever sees what ended."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="endings")
    pilot = models.OneToOneField(
        "projects.Pilot", on_delete=models.CASCADE, null=True, blank=True, related_name="ending"
    )
    hoped = _answer(_("What did you hope for?"))
    happened = _answer(_("What happened instead?"))
    why = _answer(_("Why does it stop now?"))
    stays = _answer(_("What stays, or is worth keeping?"))
    # The lesson: the one answer that is asked of everybody, because it is for others.
    advice = _answer(_("What would you tell a city that starts tomorrow?"), blank=False)
    language = models.CharField(max_length=8, choices=CONTENT_LANGUAGES, default="en")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField()
    # Counts changes, so that a form opened before somebody else saved is noticed.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EndingQuerySet.as_manager()

    class Meta:
        ordering = ["-ended_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=models.Q(pilot=None), name="ending_of_project_once"),
            models.CheckConstraint(condition=~models.Q(advice=""), name="ending_has_advice"),
        ]
        indexes = [models.Index(fields=["-ended_at"], name="ending_newest")]

    def __str__(self) -> str:
        return f"of {self.pilot_id or self.project_id}"


class LessonAnswer(models.Model):
    """A team was offered the lesson of an ending and said whether it helps; then it is offered no more."""

    ending = models.ForeignKey(Ending, on_delete=models.CASCADE, related_name="answers")
    team = models.ForeignKey("cities.Team", on_delete=models.CASCADE, related_name="+")
    usefulness = models.CharField(max_length=12, choices=Usefulness)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ending", "team"], name="lesson_answered_once")]

    def __str__(self) -> str:
        return f"{self.team_id}: {self.usefulness}"
