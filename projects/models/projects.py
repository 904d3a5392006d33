"""The project: what a team works on, for whom, how far it is and who may see it."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Replace
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from innoteams.lib.languages import CONTENT_LANGUAGES, direction
from innoteams.lib.rich_text import RichTextField
from projects.choices import PHASES, CostBand, Outcome, Phase, Visibility
from projects.plain_text import validate_has_words, validate_plain
from projects.querysets import ProjectQuerySet

# Defined in the first migration: words without accents and without stemming, for texts in any language.
SEARCH_CONFIG = "innoteams"


def _found_by(*fields: str, weight: str) -> SearchVector:
    """The words of the fields. The database takes the typographic apostrophe for a letter, so that “ombre” would not
    find “l’ombre”."""
    text, no_letter, space = models.TextField(), models.Value("’"), models.Value(" ")
    parted = (Replace(models.F(field), no_letter, space, output_field=text) for field in fields)
    return SearchVector(*parted, weight=weight, config=SEARCH_CONFIG)


class Project(models.Model):
    """Written by a team, or (with a `source_line`) told from a public source and not yet claimed by the team."""

    slug = models.SlugField(max_length=110, unique=True, editable=False)
    team = models.ForeignKey("cities.Team", on_delete=models.PROTECT, related_name="projects", verbose_name=_("team"))
    title = models.CharField(_("title"), max_length=120, validators=[validate_plain, validate_has_words])
    language = models.CharField(_("written in"), max_length=8, choices=CONTENT_LANGUAGES, default="en")
    problem = models.TextField(_("the problem"), max_length=1200, validators=[MaxLengthValidator(1200), validate_plain])
    for_whom = models.CharField(_("for whom"), max_length=200, validators=[validate_plain])
    approach = RichTextField(_("what is tried"), max_length=6000, validators=[validate_plain], blank=True)
    lesson = RichTextField(_("what was learned"), max_length=3000, validators=[validate_plain], blank=True)
    partners = models.CharField(_("partners"), max_length=400, validators=[validate_plain], blank=True)
    neighbourhood = models.CharField(_("neighbourhood"), max_length=160, validators=[validate_plain], blank=True)
    latitude = models.FloatField(
        _("latitude"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        _("longitude"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    cost_band = models.CharField(_("what it costs"), max_length=12, choices=CostBand, blank=True)
    staff_time = models.CharField(_("staff time"), max_length=200, validators=[validate_plain], blank=True)
    conditions = RichTextField(_("what must be in place"), max_length=3000, validators=[validate_plain], blank=True)
    competence = models.CharField(
        _("powers and skills it needs"), max_length=400, validators=[validate_plain], blank=True
    )
    reusable = RichTextField(_("what others may reuse"), max_length=3000, validators=[validate_plain], blank=True)
    lasting_owner = models.CharField(_("lasting owner"), max_length=160, validators=[validate_plain], blank=True)
    topics = models.ManyToManyField("cities.Topic", through="projects.ProjectTopic", related_name="projects")
    departments = models.ManyToManyField("cities.Department", blank=True, related_name="projects")
    phase = models.CharField(_("phase"), max_length=16, choices=Phase, default=Phase.INVESTIGATE)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome, default=Outcome.IN_PROGRESS)
    visibility = models.CharField(_("who sees it"), max_length=10, choices=Visibility, default=Visibility.TEAM)
    started_on = models.DateField(_("started"), null=True, blank=True)
    period_text = models.CharField(max_length=120, blank=True, help_text=_("when, as a public source says it"))
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="contact_for",
        verbose_name=_("person to talk to"),
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="successor_for",
        verbose_name=_("who takes over from that person"),
    )
    source_line = models.TextField(blank=True)
    source_verified = models.BooleanField(default=False)
    source_note = models.TextField(blank=True)
    source_language = models.CharField(max_length=8, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="projects_logged",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    shared_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_confirmed_on = models.DateField(null=True, blank=True, editable=False)
    # Said by the team, read by the team and by those who accompany it: since when it does not get on, and why.
    stuck_since = models.DateField(null=True, blank=True, editable=False)
    stuck_why = models.CharField(_("what is in the way"), max_length=400, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    # Made with the form, so that a form sent twice (a lost answer, a double click) logs one project.
    draft_key = models.UUIDField(null=True, editable=False)
    words = models.GeneratedField(
        expression=_found_by("title", weight="A")
        + _found_by("problem", "for_whom", weight="B")
        + _found_by("approach", "lesson", "partners", "neighbourhood", weight="C"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="project_has_title"),
            models.UniqueConstraint(fields=["created_by", "draft_key"], name="project_one_per_form"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="project_version_counts_up"),
            models.CheckConstraint(
                # A comparison with NULL is no refusal, so that both are there is said by itself.
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="project_point_is_whole",
                violation_error_message=_("A point needs both its latitude and its longitude."),
            ),
        ]
        indexes = [
            GinIndex(fields=["words"], name="project_words"),
            models.Index(fields=["visibility", "-updated_at"], name="project_list_newest"),
            # The list walks it until a page is full: what a reader sees is a condition with OR, which the one above
            # cannot serve in order.
            models.Index(fields=["-updated_at", "-id"], name="project_newest_of_all"),
            models.Index(fields=["team", "-updated_at"], name="project_list_of_team"),
            models.Index(fields=["phase", "visibility"], name="project_list_by_phase"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("project_detail", args=[self.slug])

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def is_draft(self) -> bool:
        return self.shared_at is None

    @property
    def is_from_public_source(self) -> bool:
        """Told from a source; a city's team has not made it its own."""
        return bool(self.source_line) and self.claimed_at is None

    @property
    def is_stuck(self) -> bool:
        return self.stuck_since is not None

    @property
    def outcome_told(self) -> str:
        """The outcome as lists say it: a stopped project promises lessons only where there are some."""
        return "stopped_untold" if self.outcome == Outcome.STOPPED and not self.lesson else self.outcome

    @property
    def has_point(self) -> bool:
        return self.latitude is not None and self.longitude is not None

    @property
    def phase_step(self) -> int:
        """1 to 4."""
        return PHASES.index(Phase(self.phase)) + 1


class ProjectTopic(models.Model):
    """One of the up to three topics of a project, ranked."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ranked_topics")
    topic = models.ForeignKey("cities.Topic", on_delete=models.PROTECT, related_name="ranked_projects")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["project", "topic"], name="project_topic_once"),
            models.UniqueConstraint(
                fields=["project", "rank"],
                name="project_topic_rank_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=models.Q(rank__range=(1, 3)), name="project_topic_three_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}: {self.topic_id}"


class PhaseMove(models.Model):
    """A project moved from one phase to another: who, when and why."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="phase_moves")
    from_phase = models.CharField(max_length=16, choices=Phase)
    to_phase = models.CharField(max_length=16, choices=Phase)
    note = models.TextField(_("why"), max_length=1000, validators=[validate_plain])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.from_phase} → {self.to_phase}"


class OutcomeMove(models.Model):
    """What came of a project changed: who, when and why. Where it stopped, the why is in its ending."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="outcome_moves")
    from_outcome = models.CharField(max_length=16, choices=Outcome)
    to_outcome = models.CharField(max_length=16, choices=Outcome)
    note = models.TextField(_("why"), max_length=1000, validators=[validate_plain], blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(note="") | models.Q(to_outcome=Outcome.STOPPED), name="outcome_move_says_why"
            ),
            models.CheckConstraint(
                condition=~models.Q(from_outcome=models.F("to_outcome")), name="outcome_move_changes_it"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_outcome} → {self.to_outcome}"
