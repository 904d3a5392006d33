"""Photos and files of a project. The bytes lie in private storage and leave it through a permission check only."""

from dataclasses import dataclass, field

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.choices import Consent
from projects.file_kinds import ENDINGS
from projects.models.levels import part_level
from projects.plain_text import validate_plain
from projects.querysets import AttachmentQuerySet


def private_storage() -> Storage:
    return storages["private"]


class Attachment(models.Model):
    """One file as it was kept: pictures re-encoded without location data, with smaller widths beside them."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="attachments")
    # What it belongs to within the project; neither: the project as a whole.
    journal_entry = models.ForeignKey(
        "projects.JournalEntry", on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    reading = models.ForeignKey(
        "projects.Reading", on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    file = models.FileField(upload_to="projects/%Y/%m", storage=private_storage, max_length=200, editable=False)
    # As the person's machine called it, for the download; never part of a path here.
    name = models.CharField(_("name"), max_length=160, validators=[validate_plain])
    content_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    # Of pictures, in pixels; None for other files.
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    # Pictures: {"480": "path", …} by width in pixels.
    widths = models.JSONField(default=dict, editable=False)
    alt = models.CharField(_("what the picture shows"), max_length=300, validators=[validate_plain], blank=True)
    consent = models.CharField(_("people in it"), max_length=10, choices=Consent)
    credit = models.CharField(_("made by"), max_length=160, validators=[validate_plain], blank=True)
    visibility = part_level()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # Counts changes, so that a form opened before somebody else saved is noticed.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(journal_entry=None) | models.Q(reading=None), name="attachment_of_one_part"
            ),
            models.CheckConstraint(
                condition=models.Q(width=None) | ~models.Q(alt=""),
                name="attachment_picture_has_alt",
                violation_error_message=_("Say what the picture shows, for people who cannot see it."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("attachment_file", args=[self.pk])

    @property
    def is_picture(self) -> bool:
        return self.width is not None

    @property
    def kind(self) -> str:
        """As readers know it: PDF, XLSX, …"""
        return ENDINGS.get(self.content_type, "").lstrip(".").upper()

    @property
    def srcset(self) -> str:
        """Every width there is, for the browser to choose from."""
        narrower = [f"{reverse('attachment_width', args=[self.pk, int(width)])} {width}w" for width in self.widths]
        return ", ".join([*narrower, f"{self.get_absolute_url()} {self.width}w"])

    @property
    def thumbnail_url(self) -> str:
        """The smallest one that still looks well in a narrow column."""
        chosen = next((width for width in ("960", "480") if width in self.widths), None)
        return reverse("attachment_width", args=[self.pk, int(chosen)]) if chosen else self.get_absolute_url()


@dataclass(slots=True)
class Shown:
    """The files of one part, as the page shows them."""

    pictures: list[Attachment] = field(default_factory=list)
    documents: list[Attachment] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.pictures or self.documents)

    @property
    def all(self) -> list[Attachment]:
        return [*self.pictures, *self.documents]

    def add(self, file: Attachment) -> None:
        (self.pictures if file.is_picture else self.documents).append(file)
