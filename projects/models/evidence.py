"""What the figures and the people say: indicators with readings, consultations, and results told by a source."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from innoteams.lib.rich_text import RichTextField
from projects.choices import Direction, Measure, ReadingKind, ResultKind
from projects.models.attachments import Shown
from projects.models.levels import part_level
from projects.plain_text import validate_plain
from projects.querysets import PartQuerySet, ReadingQuerySet


class Indicator(models.Model):
    """What is counted or measured, in which unit, and which way is better. Roll-ups are queries, never stored."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="indicators")
    name = models.CharField(_("what is measured"), max_length=160, validators=[validate_plain])
    definition = models.TextField(
        _("how it is counted"), max_length=1000, validators=[MaxLengthValidator(1000), validate_plain], blank=True
    )
    measure = models.CharField(_("kind of figure"), max_length=10, choices=Measure, default=Measure.NUMBER)
    unit = models.CharField(_("unit"), max_length=40, validators=[validate_plain])
    # ISO 4217, where the measure is an amount of money.
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    better = models.CharField(_("which way is better"), max_length=4, choices=Direction, default=Direction.UP)
    baseline = models.DecimalField(_("baseline"), max_digits=16, decimal_places=4, null=True, blank=True)
    baseline_on = models.DateField(_("baseline taken on"), null=True, blank=True)
    baseline_source = models.CharField(
        _("source of the baseline"), max_length=300, validators=[validate_plain], blank=True
    )
    target = models.DecimalField(_("target"), max_digits=16, decimal_places=4, null=True, blank=True)
    target_on = models.DateField(_("target for"), null=True, blank=True)
    target_source = models.CharField(
        _("where the target comes from"), max_length=300, validators=[validate_plain], blank=True
    )
    # Readings of the same figure where nothing was tried are marked `is_comparison`; this says where that is.
    compared_with = models.CharField(_("compared with"), max_length=200, validators=[validate_plain], blank=True)
    visibility = part_level()
    created_at = models.DateTimeField(auto_now_add=True)
    # Counts changes, so that a form opened before somebody else saved is noticed.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(baseline_on=None)
                | models.Q(target_on=None)
                | models.Q(target_on__gte=models.F("baseline_on")),
                name="indicator_target_after_baseline",
                violation_error_message=_("The target comes after the baseline."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """A value of an indicator on a day, with where it comes from. Two sources may disagree."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="readings")
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4)
    read_on = models.DateField(_("on"))
    source = models.CharField(_("source"), max_length=300, validators=[validate_plain])
    kind = models.CharField(_("kind"), max_length=10, choices=ReadingKind, default=ReadingKind.COUNTED)
    is_comparison = models.BooleanField(
        _("of what it is compared with"), default=False, help_text=_("taken where nothing was tried")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # A reading is never rewritten: a correction is a new row that names the old one, which is withdrawn with its why.
    corrects = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="corrected_by", editable=False
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    withdrawn_why = models.CharField(_("why"), max_length=300, validators=[validate_plain], blank=True)

    objects = ReadingQuerySet.as_manager()

    # Its evidence, laid out for a page by `reading_page.lay_out_files`.
    shown: Shown | None = None

    class Meta:
        ordering = ["read_on", "pk"]
        indexes = [
            models.Index(
                fields=["indicator", "read_on"], condition=models.Q(withdrawn_at=None), name="reading_current_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.value} on {self.read_on}"


class Consultation(models.Model):
    """Residents were heard: when, how, who and how many, what they said, what changed because of it."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="consultations")
    held_on = models.DateField(_("when"))
    method = models.CharField(_("how"), max_length=200, validators=[validate_plain])
    heard = models.CharField(_("who was heard"), max_length=200, validators=[validate_plain])
    heard_count = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    said = RichTextField(_("what they said"), max_length=4000, validators=[validate_plain])
    changed = RichTextField(_("what changed because of it"), max_length=4000, validators=[validate_plain], blank=True)
    visibility = part_level()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # Counts changes, so that a form opened before somebody else saved is noticed.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.method}, {self.held_on}"


class PublishedResult(models.Model):
    """A figure as a public source states it, in words; “not found” is an answer too."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="published_results")
    what = models.CharField(max_length=200)
    value = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=ResultKind)
    source = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "what", "value"], name="published_result_once")]

    def __str__(self) -> str:
        return f"{self.what}: {self.value}"
