"""A note, who reads it, and the session it belongs to."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from engagement.choices import Drawer
from engagement.forms.choosing import offer
from engagement.models import CoachingEngagement, CoachingNote, CoachingSession
from innoteams.lib.rich_text import RichTextFormField

if TYPE_CHECKING:
    _OfSessions = forms.ModelChoiceField[CoachingSession]
else:
    _OfSessions = forms.ModelChoiceField


class SessionField(_OfSessions):
    """By day and aim."""

    def label_from_instance(self, obj: CoachingSession) -> str:
        day = formats.date_format(timezone.localtime(obj.starts_at), "j M Y")
        aim = obj.aim if len(obj.aim) <= 60 else f"{obj.aim[:59]}…"
        return f"{day} – {aim}"


class NoteWords(forms.Form):
    """What can be changed later; the drawer is not."""

    text = RichTextFormField(
        label=_("Note"), max_length=6000, widget=forms.Textarea({"rows": 4, "dir": "auto"}), strip=True
    )
    session = SessionField(
        label=_("About a session"),
        queryset=CoachingSession.objects.none(),
        required=False,
        empty_label=_("no session in particular"),
    )

    def __init__(self, data: Any = None, *, engagement: CoachingEngagement, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        sessions = CoachingSession.objects.filter(engagement=engagement, called_off_at=None)
        if sessions.exists():
            offer(self, "session", sessions.order_by("-starts_at"))
        else:
            del self.fields["session"]


class NoteForm(NoteWords):
    drawer = forms.ChoiceField(
        label=_("Who reads it"), choices=Drawer.choices, widget=forms.RadioSelect, initial=Drawer.PRIVATE
    )
    field_order = ("drawer", "text", "session")


class ChangeNoteForm(NoteWords):
    def __init__(self, data: Any = None, *, note: CoachingNote) -> None:
        initial = {"text": note.text, "session": note.session_id}
        super().__init__(data, engagement=note.engagement, initial=initial)
