"""Photos and files: choosing them, and saying what they show and whether people agreed.

A form that comes back for whatever reason keeps the files it had accepted; they need not be chosen again.
"""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from projects.attachments import MOST_OF_ENTRY, NewFile
from projects.choices import Consent
from projects.file_kinds import ENDINGS
from projects.forms.base import PartForm, WithOwnLevel, Words, let_text_choose_direction
from projects.models import Attachment, Project
from projects.refusals import RefusedField
from projects.shelf import keep_waiting, take_up, waits_no_more
from projects.uploads import Examined, examine

# Telephones offer their camera for these, and hand over photos of formats of their own as JPEG.
PHOTOS = "image/jpeg,image/png,image/webp,image/gif"
OTHERS = ",".join(ending for ending in ENDINGS.values() if ending != ".webp")

Files = MultiValueDict[str, Any]


class NeededWords(Words):
    """Not optional, and yet empty where no file was chosen: the form asks for it in `clean`."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class NeededChoice(forms.ChoiceField):
    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class NeededFile(forms.FileField):
    """Not optional, and yet none may come along: one that waits since an earlier try is enough."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return super().clean(data, initial) if data else None


class NewFileForm(forms.Form):
    """One photo or file. Left empty it means nothing; begun, it must be whole."""

    file = NeededFile(
        label=_("Photo or file"),
        widget=forms.FileInput(attrs={"accept": f"{PHOTOS},{OTHERS}"}),
        help_text=_("JPEG, PNG, WebP or GIF up to 20 MB; PDF, text, CSV and office files up to 25 MB."),
    )
    alt = NeededWords(
        label=_("What the picture shows"),
        max_length=300,
        help_text=_("One sentence for people who cannot see it. Only pictures need it."),
    )
    consent = NeededChoice(label=_("People in it"), choices=Consent.choices, widget=forms.RadioSelect)
    credit = Words(label=_("Made by"), max_length=160, required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    leave_out = forms.BooleanField(label=_("Leave this file out"), required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.examined: Examined | None = None
        let_text_choose_direction(self)
        # The browser cannot know which of them are needed: it depends on what is chosen.
        self.use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.is_left_out:
            # Nothing that was said of it matters any more.
            self.errors.clear()
            return given
        if "file" not in self.errors:
            self._examine(given)
        if self.examined:
            self._demand_told(given, self.examined)
        elif not self.errors and self._is_begun(given):
            self.add_error("file", _("Choose the file that this is about."))
        return given

    @property
    def is_left_out(self) -> bool:
        return bool(self.cleaned_data.get("leave_out"))

    @property
    def new_file(self) -> NewFile | None:
        """What a verb takes; None where nothing was chosen. For a valid form."""
        if self.examined is None or self.is_left_out:
            return None
        given = self.cleaned_data
        return NewFile(self.examined, given["consent"], given["alt"], given["credit"], given.get("visibility", ""))

    @property
    def waiting_name(self) -> str:
        """What the file is called that was accepted and waits, so that the page can say so."""
        return self.examined.name if self.examined and self["kept"].value() else ""

    @property
    def told_name(self) -> str:
        """As the person knows it, for sentences about it."""
        chosen = self.files.get(self.add_prefix("file")) if self.files else None
        return chosen.name if chosen and chosen.name else (self.examined.name if self.examined else "")

    def keep(self) -> None:
        """The form is shown again: the accepted file waits for the next try."""
        if self.examined is None or self.is_left_out:
            return
        token = self["kept"].value() or keep_waiting(self.examined, by=self.person)
        self._write_kept(token)

    def release(self) -> None:
        """Saved: nothing waits any more."""
        if token := self["kept"].value():
            waits_no_more(token)

    def _examine(self, given: dict[str, Any]) -> None:
        upload = given.get("file")
        try:
            if upload:
                self.examined = examine(upload)
                # Chosen anew, so the one that waited is not meant any more.
                self._forget_waiting()
            elif given.get("kept"):
                self.examined = take_up(given["kept"], by=self.person)
                if self.examined is None:
                    self._forget_waiting()
                    self.add_error("file", _("The file was kept for a day and is gone now. Please choose it again."))
        except RefusedField as refusal:
            self.add_error("file", str(refusal))

    def _forget_waiting(self) -> None:
        if not self["kept"].value():
            return
        self.release()
        self._write_kept("")

    def _write_kept(self, token: str) -> None:
        """What was sent is not for writing; the form is shown from a copy."""
        self.data = cast("QueryDict", self.data).copy()
        self.data[self.add_prefix("kept")] = token

    def _demand_told(self, given: dict[str, Any], examined: Examined) -> None:
        if examined.is_picture and not given.get("alt") and "alt" not in self.errors:
            self.add_error("alt", _("Say what the picture shows, for people who cannot see it."))
        if not given.get("consent") and "consent" not in self.errors:
            self.add_error("consent", _("Say whether people can be recognised, and whether they agreed."))

    def _is_begun(self, given: dict[str, Any]) -> bool:
        return any(given.get(name) for name in ("alt", "consent", "credit"))


# How many there may be is the verb's to say: it knows what the entry has already.
NewFilesFormSet = forms.formset_factory(NewFileForm, extra=1, max_num=MOST_OF_ENTRY, absolute_max=40)


class WithFiles(forms.BaseForm):
    """A form about something else that takes photos and files along: mixed in before the form's own class."""

    new_files: forms.BaseFormSet  # type: ignore[type-arg]  # generic only for the checker
    is_file_form = True

    def take_files(self, data: Any, files: Files | None, person: User) -> None:
        """Called by `__init__`. A sender that knows nothing of files (no management form) brings none."""
        brings = data is not None and "files-TOTAL_FORMS" in data
        self.new_files = NewFilesFormSet(
            data if brings else None, files if brings else None, prefix="files", form_kwargs={"person": person}
        )

    def is_multipart(self) -> bool:
        return True

    def full_clean(self) -> None:
        super().full_clean()
        if not self.is_bound or not self.new_files.is_bound:
            return
        self.new_files.is_valid()
        for number, form in enumerate(self.new_files.forms, start=1):
            for sentences in form.errors.values():
                name = form.told_name or str(_("file %(number)d") % {"number": number})
                # At the top it says which file; at its own field it is said again, beside what was typed.
                about = {"name": name}
                self.add_error(
                    None, [_("%(name)s: %(sentence)s") % {**about, "sentence": sentence} for sentence in sentences]
                )

    @property
    def chosen(self) -> list[NewFile]:
        """Of a valid form."""
        if not self.new_files.is_bound:
            return []
        return [file for form in self.new_files.forms if (file := form.new_file)]

    def keep(self) -> None:
        for form in self._file_forms():
            form.keep()

    def release(self) -> None:
        for form in self._file_forms():
            form.release()

    def _file_forms(self) -> list[Any]:
        return list(self.new_files.forms) if self.new_files.is_bound else []


class AttachForm(WithOwnLevel, NewFileForm):
    """One photo or file, on a page of its own."""

    field_order = ("kept", "file", "leave_out", "alt", "consent", "credit", "visibility")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_levels(project)
        del self.fields["leave_out"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.examined is None and "file" not in self.errors:
            self.add_error("file", _("Choose a photo or a file."))
        return given


class AttachmentForm(PartForm):
    """What is said of a file that is there."""

    class Meta:
        model = Attachment
        fields = ["alt", "consent", "credit"]
        widgets = {"consent": forms.RadioSelect}

    def __init__(self, data: Any = None, *, instance: Attachment) -> None:
        super().__init__(data, project=instance.project, instance=instance)
        cast("forms.ChoiceField", self.fields["consent"]).choices = Consent.choices
        if instance.is_picture:
            self.fields["alt"].required = True
        else:
            del self.fields["alt"]
