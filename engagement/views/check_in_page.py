"""The page of a check-in, which every form on it answers with, and what of it is printed."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from cities.standing import settled, standing_of
from engagement import promises
from engagement.checkins import comments, comparing, reading, wishes
from engagement.checkins.parts import HARD, HELP_WANTED, PROJECT, TEXTS, key_in
from engagement.choices import ANSWERED, WITH_THE_TEAM, CheckInState
from engagement.forms.check_ins import RemarksForm, SheetForm, Talk
from engagement.models import CheckIn, CheckInComment, CheckInLine, CheckInMove, CheckInVersion
from engagement.permissions import answering
from engagement.views.doors import signed_in
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Verdict


@dataclass(frozen=True)
class Title:
    """What a part is called. In a person's words it has their language."""

    text: str
    language: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Row:
    entry: reading.Entry
    talk: Talk


@dataclass(frozen=True)
class Section:
    group: reading.Group
    rows: list[Row]
    talk: Talk


@dataclass(frozen=True)
class Loose:
    """What was said about a part that is not shown (any more): switched off, or the team's alone by now."""

    title: Title
    talk: Talk


@dataclass(frozen=True)
class Question:
    """A question that a reviewer asked and has not settled, with what became of the part since."""

    title: Title
    since: comments.Since


@dataclass
class Page:
    """What this reader sees of a check-in; each part fetched once."""

    check_in: CheckIn
    reader: User
    is_team: bool
    writes: bool
    answers: Verdict
    talks: bool
    versions: list[CheckInVersion] = field(default_factory=list)
    sheet: list[CheckInLine] = field(default_factory=list)
    seen: reading.Seen = field(default_factory=reading.Seen)
    comments: list[CheckInComment] = field(default_factory=list)
    last: comparing.LastTime | None = None

    @property
    def newest(self) -> CheckInVersion | None:
        return reading.newest_two(self.versions)[0]

    @property
    def is_being_written(self) -> bool:
        return self.check_in.state in WITH_THE_TEAM and self.is_team

    @property
    def open_questions(self) -> list[CheckInComment]:
        return [one for one in self.comments if one.asks and one.settled_at is None]

    def said_of(self, parts: Iterable[str]) -> list[CheckInComment]:
        named = set(parts)
        return [one for one in self.comments if one.part in named]

    def title_of(self, part: str) -> Title:
        if part in TEXTS:
            named = {HARD: _("What is hard at the moment"), HELP_WANTED: _("What help the team wants")}
            return Title(named[part])
        if project := self.seen.projects.get(key_in(part, PROJECT) or 0):
            return Title(project.title, project.language)
        line = self.seen.line(part)
        if line is None:
            return Title(_("A part that is not there any more"))
        if line.project is None:
            return Title(line.text)
        return Title(line.project.title, line.project.language, line.did)


def seen_check_in(request: HttpRequest, pk: int) -> CheckIn:
    reader = signed_in(request)
    rows = CheckIn.objects.visible_to(reader).for_page(reader)
    found: CheckIn = get_object_or_404(rows, pk=pk)
    return found


def read(request: HttpRequest, check_in: CheckIn) -> Page:
    """Everything that is shown of it, in a constant number of queries."""
    # A copy, because what is settled here is for reading only: a verb in this request asks again.
    reader = copy(signed_in(request))
    settled(reader)
    sight = standing_of(reader).sight
    is_team, writes = check_in.team_id in sight.member_of, check_in.team_id in sight.writes_for
    facts = {"coordinates": check_in.reader_coordinates, "funds": check_in.reader_funds}
    answers = answering(check_in, belongs=is_team, **facts)
    talks = check_in.state != CheckInState.DRAFTED and (writes or check_in.reader_coaches or bool(answers))
    page = Page(check_in, reader, is_team, writes, answers, talks, reading.versions_sent(check_in))
    if page.is_being_written:
        page.sheet = list(check_in.lines.all())
    said = list(check_in.comments.select_related("author", "version", "settled_by"))
    told = reading.anchors_of(page.versions) | {line.anchor for line in page.sheet}
    asked_about = reading.anchors_of(one.version for one in said) if is_team else set()
    page.seen = reading.seen_by(reader, {*told, *asked_about, *(one.part for one in said if is_team)})
    page.comments = comments.seen_of(said, page.seen, told | asked_about)
    page.last = comparing.last_accepted(check_in, reader)
    return page


def check_in_page(
    request: HttpRequest,
    check_in: CheckIn,
    *,
    sheet_form: SheetForm | None = None,
    remarks_form: RemarksForm | None = None,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    """`sheet_form`, `remarks_form`: what came back with something to mend."""
    page = read(request, check_in)
    context: dict[str, object] = {**_head(page), **_written(page, sheet_form), **_compared(page), **more}
    context |= _answering(page)
    context |= sent_context(page, _remarks_form(page, remarks_form))
    return render(request, "engagement/check_in_detail.html", context, status=status)


def sheet_form_of(page: Page, data: QueryDict | None = None) -> SheetForm:
    """The team's sheet; what was asked about and is not settled stands first while it is with the team again."""
    lines = reading.sheet_lines(page.check_in, page.reader, page.seen)
    asked = {one.part for one in page.open_questions} if page.check_in.state == CheckInState.RETURNED else set()
    return SheetForm(data, check_in=page.check_in, lines=lines, comments=page.comments, asked=asked)


def remarks_form_of(page: Page, data: QueryDict | None = None) -> RemarksForm | None:
    """For whoever may comment on what was sent; answering it is part of it while it waits for an answer."""
    newest = page.newest
    if newest is None or not page.talks:
        return None
    answers = bool(page.answers) and page.check_in.state == CheckInState.SUBMITTED
    parts = comments.parts_of(newest, page.seen)
    return RemarksForm(data, check_in=page.check_in, sent=newest, parts=parts, answers=answers)


def sent_context(page: Page, form: RemarksForm | None = None) -> dict[str, object]:
    """What was sent last, as this reader sees it."""
    newest = page.newest
    if newest is None:
        return {}
    sections = []
    for group in reading.grouped(reading.marked(page.seen.lines(newest), page.check_in)):
        rows = [Row(entry, _talk(page, form, entry.part, entry.parts)) for entry in group.entries]
        sections.append(Section(group, rows, _talk(page, form, group.part, {group.part})))
    return {
        "sent": newest,
        "sent_sections": sections,
        "text_talks": {name: _talk(page, form, name, {name}) for name in TEXTS},
        "loose_talks": _loose(page, newest),
        "remarks_form": form,
    }


def print_context(page: Page) -> dict[str, object]:
    """The same page on paper; a draft is printed as it stands."""
    context = {**_head(page), **_compared(page), **sent_context(page), "open_questions": page.open_questions}
    if page.is_being_written:
        lines = reading.sheet_lines(page.check_in, page.reader, page.seen)
        context |= {"is_draft": True, "draft_groups": reading.grouped(line for line in lines if line.included)}
    return context


def _head(page: Page) -> dict[str, object]:
    check_in, due = page.check_in, promises.check_in_due(page.check_in)
    moves = list(check_in.moves.select_related("by"))
    return {
        "check_in": check_in,
        "programme": check_in.period.programme,
        "moves": moves,
        "answer": _answer_that_stands(check_in, moves),
        "due": due,
        "late": promises.is_late(due),
        "is_team": page.is_team,
        "writes": page.writes,
        "last": page.last,
        "came_of": wishes.came_of(check_in, page.reader) if check_in.became else None,
        "help_wanted": (check_in if page.is_being_written else page.newest or check_in).help_wanted.strip(),
    }


def _answer_that_stands(check_in: CheckIn, moves: list[CheckInMove]) -> CheckInMove | None:
    """The words of the last answer, while nothing was sent since."""
    answers = [move for move in moves if move.to_state in ANSWERED and not move.takes_back]
    if not answers or check_in.state not in ANSWERED:
        return None
    return answers[-1] if answers[-1].words else None


def _written(page: Page, form: SheetForm | None) -> dict[str, object]:
    """The sheet, for those who write it; observers read along."""
    if not page.is_being_written:
        return {}
    if not page.writes:
        return {"draft_groups": reading.grouped(reading.sheet_lines(page.check_in, page.reader, page.seen))}
    form = form or sheet_form_of(page)
    shown = {*TEXTS, *(line.line.anchor for line in form.lines)}
    shown |= {group.group.part for group in [*form.groups, *form.asked_groups] if group.talk.part}
    hidden = {one.part: one for one in page.comments if one.part not in shown}
    loose = [
        Loose(page.title_of(part), Talk(part, page.said_of([part]), form[f"reply-{part}"]))
        for part in hidden
        if f"reply-{part}" in form.fields
    ]
    return {"sheet_form": form, "sheet_loose": loose, "asked_count": len({one.part for one in page.open_questions})}


def _compared(page: Page) -> dict[str, object]:
    """Since the last version; since a reviewer's questions; and for others than the team, since the last time."""
    newest, before = reading.newest_two(page.versions)
    found: dict[str, object] = {}
    if newest and before:
        found["comparison"] = reading.compare(before, newest, page.reader, page.seen)
    if newest and page.last and not page.is_being_written:
        found["since_last"] = comparing.since_last_time(page.last, page.check_in, newest, page.reader)
    if newest and page.check_in.state == CheckInState.SUBMITTED:
        found["questions"] = [
            Question(page.title_of(one.part), comments.changed_since(one, newest, page.seen, page.comments))
            for one in page.open_questions
            if one.version_id != newest.pk
        ]
    return found


def _answering(page: Page) -> dict[str, object]:
    """Why a coordinator may not answer, and what waits next."""
    found: dict[str, object] = {"answers": page.answers, "open_questions": page.open_questions}
    if page.answers:
        waiting = CheckIn.objects.answerable_by(page.reader).exclude(pk=page.check_in.pk)
        queue = list(waiting.for_rows().order_by("submitted_at", "pk"))
        found |= {"next_one": queue[0] if queue else None, "queue": len(queue)}
    return found


def _remarks_form(page: Page, form: RemarksForm | None) -> RemarksForm | None:
    # While the team writes, words about a part belong to its sheet: a second form would lose what is typed there.
    if page.is_being_written:
        return None
    return form or remarks_form_of(page)


def _talk(page: Page, form: RemarksForm | None, part: str, parts: Iterable[str]) -> Talk:
    said = page.said_of(parts)
    return form.talk(part, said) if form and part else Talk(part, said)


def _loose(page: Page, newest: CheckInVersion) -> list[Loose]:
    there = comments.parts_of(newest, page.seen)
    parts = dict.fromkeys(one.part for one in page.comments if one.part not in there)
    return [Loose(page.title_of(part), Talk(part, page.said_of([part]))) for part in parts]
