"""What a saved search is called."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.base import Words
from projects.saved_searches import LONGEST_NAME


class SearchNameForm(forms.Form):
    name = Words(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("As you will know it again, in your list and in your digest."),
    )
