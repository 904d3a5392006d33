"""What happened, on a day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.forms.base import Day, PartForm
from projects.models import JournalEntry


class JournalForm(PartForm):
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)

    class Meta:
        model = JournalEntry
        fields = ["text", "happened_on", "language"]
        widgets = {"happened_on": Day, "text": forms.Textarea(attrs={"rows": 5})}
        help_texts = {"text": _("A few sentences. No names or stories of residents without their consent.")}
