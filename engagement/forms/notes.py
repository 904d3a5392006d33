"""A note, and who reads it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from engagement.choices import Drawer


class NoteForm(forms.Form):
    drawer = forms.ChoiceField(
        label=_("Who reads it"), choices=Drawer.choices, widget=forms.RadioSelect, initial=Drawer.PRIVATE
    )
    text = forms.CharField(label=_("Note"), max_length=6000, widget=forms.Textarea({"rows": 4}))
