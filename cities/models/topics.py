"""The 40 topics in 7 groups that projects, priorities and interests share."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from innoteams.lib.languages import localised


class TopicGroup(models.Model):
    slug = models.SlugField(max_length=40, unique=True)
    names = models.JSONField(_("names"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return localised(self.names)


class Topic(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    group = models.ForeignKey(TopicGroup, on_delete=models.PROTECT, related_name="topics")
    names = models.JSONField(_("names"))
    descriptions = models.JSONField(_("descriptions"), default=dict, blank=True)
    keywords = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return localised(self.names)

    @property
    def description(self) -> str:
        return localised(self.descriptions)
