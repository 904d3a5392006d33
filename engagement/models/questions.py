"""Short questions to the network with short answers."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from engagement.querysets import QuestionQuerySet
from innoteams.lib.languages import CONTENT_LANGUAGES, direction


class Question(models.Model):
    """Seen by everybody signed in. About a project, it is seen only by those who see the project."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="questions")
    team = models.ForeignKey("cities.Team", on_delete=models.SET_NULL, null=True, related_name="questions")
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, null=True, blank=True, related_name="questions"
    )
    # The check-in whose wish for help it was made from; only who reads that one is shown where it came from.
    check_in = models.ForeignKey(
        "engagement.CheckIn", on_delete=models.SET_NULL, null=True, blank=True, related_name="questions"
    )
    text = models.CharField(_("question"), max_length=300)
    context = models.TextField(_("context"), max_length=2000, blank=True)
    language = models.CharField(_("written in"), max_length=8, choices=CONTENT_LANGUAGES, default="en")
    topics = models.ManyToManyField("cities.Topic", blank=True, related_name="questions")
    asked_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("question_detail", args=[self.pk])

    @property
    def direction(self) -> str:
        return direction(self.language)


class Answer(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="answers")
    team = models.ForeignKey("cities.Team", on_delete=models.SET_NULL, null=True, related_name="answers")
    text = models.TextField(_("answer"), max_length=2000)
    language = models.CharField(_("written in"), max_length=8, choices=CONTENT_LANGUAGES, default="en")
    answered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["answered_at"]

    def __str__(self) -> str:
        return f"to {self.question_id}"

    @property
    def direction(self) -> str:
        return direction(self.language)
