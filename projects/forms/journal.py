"""What happened, on a day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.forms.attachments import Files, WithFiles
from projects.forms.base import Day, PartForm
from projects.models import JournalEntry, Project


class JournalForm(WithFiles, PartForm):
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)

    class Meta:
        model = JournalEntry
        fields = ["text", "happened_on", "language"]
        widgets = {"happened_on": Day, "text": forms.Textarea(attrs={"rows": 5})}
        help_texts = {"text": _("A few sentences. No names or stories of residents without their consent.")}

    def __init__(
        self,
        data: Any = None,
        files: Files | None = None,
        *,
        project: Project,
        person: User,
        instance: Any = None,
        initial: Any = None,
    ) -> None:
        super().__init__(data, project=project, instance=instance, initial=initial)
        self.take_files(data, files, person)

    @property
    def given(self) -> dict[str, Any]:
        return {**super().given, "files": self.chosen}
