"""What a saved search is called."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.base import Words
from projects.models import SavedSearch


class SearchNameForm(forms.Form):
    name = Words(
        label=_("Name"),
        max_length=SavedSearch._meta.get_field("name").max_length,
        help_text=_("As you will know it again, in your list and in your digest."),
    )
