"""The sheet a team writes, the comments on what was sent, and the answer a coordinator gives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from engagement.checkins.comments import Remark
from engagement.checkins.moves import LineChoice, Sheet
from engagement.checkins.parts import TEXTS
from engagement.checkins.reading import Entry, Group, Line, grouped
from engagement.models import CheckIn, CheckInComment, CheckInVersion
from innoteams.lib.languages import CONTENT_LANGUAGES, direction

_MOST_NOTE, _MOST_COMMENT = 400, 2000


class LineForm(forms.Form):
    """A line that was drafted: switched on or off, with a note of the team's own."""

    included = forms.BooleanField(label=_("Send this line"), required=False)
    note = forms.CharField(label=_("In your own words"), max_length=_MOST_NOTE, required=False)

    def __init__(self, data: QueryDict | None = None, *, line: Line) -> None:
        self.line = line
        initial = {"included": line.included, "note": line.note}
        super().__init__(data, prefix=f"line-{line.pk}", initial=initial)


@dataclass
class Talk:
    """What was said about a part, and the fields to say more."""

    part: str
    comments: list[CheckInComment] = field(default_factory=list)
    # "" where nobody asks for anything; else "comment-hard" and the like.
    text: forms.BoundField | None = None
    asks: forms.BoundField | None = None

    @property
    def open_questions(self) -> list[CheckInComment]:
        return [one for one in self.comments if one.asks and one.settled_at is None]


@dataclass
class SheetRow:
    """A row of the sheet, with a form for each of its lines."""

    entry: Entry
    forms: list[LineForm]
    talk: Talk


@dataclass
class SheetGroup:
    group: Group
    rows: list[SheetRow]
    talk: Talk
    # Sends or holds back the whole project; None where there is only one line to switch.
    switch: forms.BoundField | None = None


class SheetForm(forms.Form):
    """With `comments`, what was asked about stands first: `asked_texts`, `asked_groups`."""

    hard = forms.CharField(
        label=_("What is hard at the moment?"),
        help_text=_("Also what did not work. It is read, and answered."),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )
    help_wanted = forms.CharField(
        label=_("What help do you want?"),
        help_text=_("A person to talk to, an example from elsewhere, a word with somebody, or nothing just now."),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        check_in: CheckIn,
        lines: Iterable[Line],
        comments: Sequence[CheckInComment] = (),
        asked: Iterable[str] = (),
    ) -> None:
        super().__init__(
            data,
            initial={
                "hard": check_in.hard,
                "help_wanted": check_in.help_wanted,
                "language": check_in.language,
                "version": check_in.version,
            },
        )
        for name in TEXTS:
            self.fields[name].widget.attrs |= {"dir": direction(check_in.language), "lang": check_in.language}
        lines, self._comments, self.asked = list(lines), comments, set(asked)
        # What only the team sees cannot be sent, so there is nothing to switch.
        self.lines = [LineForm(data, line=line) for line in lines if not line.is_team_only]
        self.kept_back = [line for line in lines if line.is_team_only]
        self._add_replies()
        self._lay_out()

    def _add_replies(self) -> None:
        """A part that somebody commented on can be answered in words."""
        for part in {comment.part for comment in self._comments}:
            self.fields[f"reply-{part}"] = forms.CharField(
                label=_("Answer in words"),
                max_length=_MOST_COMMENT,
                required=False,
                widget=forms.Textarea({"rows": 2, "dir": "auto"}),
            )

    def _lay_out(self) -> None:
        of_line = {form.line.pk: form for form in self.lines}
        self.groups: list[SheetGroup] = []
        self.asked_groups: list[SheetGroup] = []
        for group in grouped(form.line for form in self.lines):
            rows = [self._row(entry, of_line) for entry in group.entries]
            talk = self._talk({group.part})
            if group.part in self.asked:
                self.asked_groups.append(SheetGroup(group, rows, talk, self._switch(group, rows)))
                continue
            asked = [row for row in rows if row.entry.parts & self.asked]
            rest = [row for row in rows if not row.entry.parts & self.asked]
            if asked:
                self.asked_groups.append(SheetGroup(group, asked, Talk("")))
            if rest:
                self.groups.append(SheetGroup(group, rest, talk, self._switch(group, rest)))
        self.talks = {name: self._talk({name}) for name in TEXTS}
        self.kept_groups = grouped(self.kept_back)

    def _row(self, entry: Entry, of_line: dict[int, LineForm]) -> SheetRow:
        return SheetRow(entry, [of_line[line.pk] for line in entry.lines], self._talk(entry.parts))

    def _switch(self, group: Group, rows: list[SheetRow]) -> forms.BoundField | None:
        lines = [line for row in rows for line in row.entry.lines]
        if group.project is None or len(lines) < 2:
            return None
        name = f"whole-{group.part}"
        was_on = any(line.included for line in lines)
        self.fields[name] = forms.BooleanField(label=_("Send this project"), required=False, initial=was_on)
        return self[name]

    def _talk(self, parts: set[str]) -> Talk:
        comments = [comment for comment in self._comments if comment.part in parts]
        if not comments:
            return Talk("")
        # The words go to the part that was commented on last.
        part = comments[-1].part
        return Talk(part, comments, self[f"reply-{part}"])

    @property
    def is_asked(self) -> bool:
        return bool(self.asked)

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(line.is_valid() for line in self.lines)])

    def sheet(self) -> Sheet:
        """What was typed; only after is_valid()."""
        typed = self.cleaned_data
        lines = {
            form.line.pk: LineChoice(form.cleaned_data["included"], form.cleaned_data["note"]) for form in self.lines
        }
        for group in [*self.groups, *self.asked_groups]:
            if group.switch is not None:
                lines |= self._switched(group, lines)
        replies = {
            name.removeprefix("reply-"): typed[name]
            for name in self.fields
            if name.startswith("reply-") and typed[name]
        }
        return Sheet(typed["hard"], typed["help_wanted"], typed["language"], lines, replies)

    def _switched(self, group: SheetGroup, lines: dict[int, LineChoice]) -> dict[int, LineChoice]:
        """Off: none of its lines is sent. On again, with no line chosen: all of them."""
        if group.switch is None:
            return {}
        keys = [line.pk for row in group.rows for line in row.entry.lines]
        was_on, is_on = bool(group.switch.initial), self.cleaned_data[group.switch.name]
        if was_on and not is_on:
            return {key: LineChoice(False, lines[key].note) for key in keys}
        if is_on and not was_on and not any(lines[key].included for key in keys):
            return {key: LineChoice(True, lines[key].note) for key in keys}
        return {}


class RemarksForm(forms.Form):
    """Comments on the parts of what was sent, and for a reviewer the answer to the whole: one form, so that nothing
    that was typed is lost by sending the other."""

    # The number of the version that was read; without it the newest is meant.
    sent = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=32_000)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        check_in: CheckIn,
        sent: CheckInVersion,
        parts: Iterable[str],
        answers: bool,
    ) -> None:
        super().__init__(data, initial={"sent": sent.number, "version": check_in.version})
        self.answers, self._newest = answers, sent.number
        for part in parts:
            self.fields[f"comment-{part}"] = forms.CharField(
                label=_("Comment"),
                max_length=_MOST_COMMENT,
                required=False,
                widget=forms.Textarea({"rows": 2, "dir": "auto"}),
            )
            if answers:
                self.fields[f"asks-{part}"] = forms.BooleanField(label=_("Ask the team about this"), required=False)
        if answers:
            self.fields["words"] = forms.CharField(
                label=_("Your answer"),
                help_text=_(
                    "What you understood, one question, or what could help. The team reads it; so do the coach and "
                    "the other coordinators of the programme."
                ),
                max_length=4000,
                required=False,
                widget=forms.Textarea({"rows": 5, "dir": "auto"}),
            )

    def talk(self, part: str, comments: Iterable[CheckInComment]) -> Talk:
        talk = Talk(part, list(comments))
        if f"comment-{part}" in self.fields:
            talk.text = self[f"comment-{part}"]
            talk.asks = self[f"asks-{part}"] if self.answers else None
        return talk

    def remarks(self) -> list[Remark]:
        """What was typed; only after is_valid()."""
        typed = self.cleaned_data
        parts = [name.removeprefix("comment-") for name in self.fields if name.startswith("comment-")]
        return [
            Remark(part, text, bool(typed.get(f"asks-{part}")))
            for part in parts
            if (text := typed[f"comment-{part}"].strip())
        ]

    @property
    def number(self) -> int:
        """Of the version that the comments are about; only after is_valid()."""
        return int(self.cleaned_data["sent"] or self._newest)

    @property
    def words_field(self) -> forms.BoundField | None:
        return self["words"] if self.answers else None

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("words", ""))


def typed_in(data: QueryDict) -> list[str]:
    """All that somebody wrote in a form that is not there any more, to be kept on the page that says so."""
    named = ("hard", "help_wanted", "words")
    texts = [data.get(name, "") for name in data if name in named or name.startswith(("comment-", "reply-"))]
    return [text for text in texts if text.strip()]
