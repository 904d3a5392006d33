"""Digests of coordination for a whole batch of coordinators: read once, chosen for each, worded, kept as items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from engagement.choices import ItemKind
from engagement.digests.coordination.reading import facts_of, reaches_of
from engagement.digests.coordination.selection import Figures, Line, Section, Selection, Sign, select
from engagement.digests.drafts import Draft, Kept
from engagement.digests.habits import habit_in_words
from engagement.digests.periods import zone_of
from engagement.models import Digest, DigestPreference
from engagement.portfolio import ANSWER_LATE, LATE, Narrowing
from engagement.portfolio.rows import NOT_SIGNED_IN
from engagement.portfolio.tables import rows_url
from innoteams.lib import mail
from innoteams.lib.languages import direction, isolated
from innoteams.lib.mail import one_line
from projects.choices import Outcome, Phase, Verb
from projects.models import Activity


def compose(
    digests: Sequence[Digest], preferences: Mapping[int, DigestPreference], stop_urls: Mapping[int, str]
) -> list[Draft]:
    """See `engagement.digests.drafts.Compose`."""
    if not digests:
        return []
    reaches = reaches_of(digests)
    facts = facts_of(digests, reaches)
    drafts = []
    for digest in digests:
        selection = select(digest, reaches[digest.person_id], facts)
        draft = Draft(digest)
        if selection.is_worth_a_mail:
            draft.kept = [_item(rank, line) for rank, line in enumerate(selection.lines, start=1)]
            draft.rendered = _render(digest, selection, preferences[digest.person_id], stop_urls[digest.person_id])
        drafts.append(draft)
    return drafts


# --- Items ---------------------------------------------------------------------------------------------------------


def _item(rank: int, line: Line) -> Kept:
    codes = [{"code": sign.value} for sign in line.signs] or [{"code": line.code}]
    return Kept(rank=rank, score=line.score, reasons=codes, told=[row.pk for row in line.news], **_about(line))


def _about(line: Line) -> dict[str, Any]:
    """The row that the reader must still see when it is sent; of a draft that is its team."""
    if line.project:
        return {"kind": ItemKind.PROJECT, "project_id": line.project.pk}
    if line.check_in and line.is_open:
        return {"kind": ItemKind.CHECK_IN, "check_in_id": line.check_in.pk}
    return {"kind": ItemKind.TEAM, "team_id": line.team.pk}


# --- Words ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A line in the words of the mail."""

    city: str
    title: str
    url: str
    language: str
    words: str
    is_read_only: bool

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def plain_title(self) -> str:
        return isolated(self.title, self.language)


@dataclass(frozen=True)
class Number:
    """A figure in words; `url` leads to the list of exactly what it counts, where there is one."""

    words: str
    url: str = ""


@dataclass(frozen=True)
class Part:
    """A section: its figures above its lines."""

    title: str
    numbers: list[Number]
    entries: list[Entry]
    more: int
    more_url: str


def _render(digest: Digest, selection: Selection, preference: DigestPreference, stop_url: str) -> mail.Rendered:
    language, zone = mail.offered(digest.language), zone_of(digest.timezone)
    with translation.override(language), timezone.override(zone):
        today = timezone.now().astimezone(zone).date()
        parts = [
            Part(
                title,
                numbers,
                [_entry(line, language, (today - line.due).days if line.due else 0) for line in lines],
                selection.more.get(section, 0),
                next((number.url for number in numbers if number.url), _site(reverse("portfolio"))),
            )
            for section, title, numbers in _headed(selection.figures)
            if (lines := selection.sections.get(section, [])) or numbers
        ]
        entries = [entry for part in parts for entry in part.entries]
        context = {
            "person": digest.person,
            "parts": parts,
            "first": entries[0] if entries else None,
            "others": len(entries) - 1,
            "first_number": parts[0].numbers[0].words,
            "day": digest.due_at.astimezone(zone),
            "link": _site(reverse("portfolio")),
            "stream_label": digest.get_stream_display(),
            "habit": habit_in_words(preference, digest.timezone),
            "stop_url": stop_url,
            "read_url": _site(reverse("digest_detail", args=[digest.pk])) if digest.pk else "",
            "preferences_url": _site(reverse("digest_list")),
        }
    return mail.render("digest_coordination", language, context, time_zone=zone)


def _site(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _headed(figures: Figures) -> list[tuple[Section, str, list[Number]]]:
    return [
        (Section.LATE, _("What is late"), _late_numbers(figures)),
        (Section.MOVED, _("What moved"), _moved_numbers(figures)),
        (Section.STUCK, _("Who asks for help"), _stuck_numbers(figures)),
        (Section.UNREACHED, _("Who is never reached"), _unreached_numbers(figures)),
    ]


def _late_numbers(figures: Figures) -> list[Number]:
    answers, teams, logs = figures.answer_late, figures.team_late, figures.unlogged
    found = []
    if answers:
        words = ngettext("%(count)s answer is late", "%(count)s answers are late", answers)
        found.append(Number(words % {"count": answers}, _check_ins(ANSWER_LATE)))
    if teams:
        words = ngettext("%(count)s check-in is late", "%(count)s check-ins are late", teams)
        found.append(Number(words % {"count": teams}, _check_ins(LATE)))
    if logs:
        words = ngettext("%(count)s session is not logged yet", "%(count)s sessions are not logged yet", logs)
        found.append(Number(words % {"count": logs}))
    return found


def _check_ins(state: str) -> str:
    return _site(rows_url("check-ins", Narrowing(cell=(state,))))


def _moved_numbers(figures: Figures) -> list[Number]:
    counted = [
        (figures.shared, ngettext("%(count)s project shared", "%(count)s projects shared", figures.shared)),
        (figures.moved_on, ngettext("%(count)s project moved on", "%(count)s projects moved on", figures.moved_on)),
        (
            figures.outcomes,
            ngettext("%(count)s project has an outcome", "%(count)s projects have an outcome", figures.outcomes),
        ),
        (figures.lessons, ngettext("%(count)s lesson shared", "%(count)s lessons shared", figures.lessons)),
        (figures.sent, ngettext("%(count)s check-in sent", "%(count)s check-ins sent", figures.sent)),
        (
            figures.accepted,
            ngettext("%(count)s check-in accepted", "%(count)s check-ins accepted", figures.accepted),
        ),
        (
            figures.introduced,
            ngettext("%(count)s introduction made", "%(count)s introductions made", figures.introduced),
        ),
        (
            figures.helped,
            ngettext("%(count)s introduction helped", "%(count)s introductions helped", figures.helped),
        ),
    ]
    return [Number(words % {"count": count}) for count, words in counted if count]


def _stuck_numbers(figures: Figures) -> list[Number]:
    if not figures.stuck:
        return []
    words = ngettext("%(count)s project is stuck", "%(count)s projects are stuck", figures.stuck)
    return [Number(words % {"count": figures.stuck}, _site(rows_url("projects", Narrowing(stuck=True))))]


def _unreached_numbers(figures: Figures) -> list[Number]:
    found = []
    if count := figures.never_shown:
        words = ngettext(
            "%(count)s team was shown to nobody in a month", "%(count)s teams were shown to nobody in a month", count
        )
        found.append(Number(words % {"count": count}))
    if count := figures.get_nothing:
        words = ngettext("%(count)s person receives no digest", "%(count)s people receive no digest", count)
        found.append(Number(words % {"count": count}))
    if count := figures.not_signed_in:
        words = ngettext(
            "in %(count)s team nobody signed in for 60 days", "in %(count)s teams nobody signed in for 60 days", count
        )
        url = _site(rows_url("teams", Narrowing(quiet=(NOT_SIGNED_IN,))))
        found.append(Number(words % {"count": count}, url))
    return found


def _entry(line: Line, language: str, days: int) -> Entry:
    city = one_line(line.team.city.name)
    if line.project:
        project = line.project
        url = _site(project.get_absolute_url())
        return Entry(city, project.title, url, project.language, _news(line.news), line.is_read_only)
    if line.check_in:
        title = _("Check-in %(period)s") % {"period": line.check_in.period.name}
        narrowed = Narrowing(team=line.team.slug, cell=(line.code,))
        path = line.check_in.get_absolute_url() if line.is_open else rows_url("check-ins", narrowed)
        return Entry(city, title, _site(path), language, _of_check_in(line, days), line.is_read_only)
    words = " · ".join(_of_team(sign, line.gets_nothing) for sign in line.signs)
    return Entry(city, "", _site(line.team.city.get_absolute_url()), language, words, line.is_read_only)


def _of_check_in(line: Line, days: int) -> str:
    if line.code == "check_in_accepted":
        return _("accepted")
    if line.code == "check_in_sent":
        return pgettext("check-in", "sent")
    late = ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    if line.code == ANSWER_LATE:
        operator = one_line(line.check_in.period.programme.operator.name) if line.check_in else ""
        return _("%(operator)s owes an answer, %(late)s") % {"operator": operator, "late": late}
    return late


def _of_team(sign: Sign, people: int) -> str:
    if sign == Sign.NEVER_SHOWN:
        return _("shown to nobody in a month")
    if sign == Sign.NOT_SIGNED_IN:
        return _("nobody signed in for 60 days")
    words = ngettext("%(count)s person receives no digest", "%(count)s people receive no digest", people)
    return words % {"count": people}


def _news(rows: Sequence[Activity]) -> str:
    """The newest of each kind."""
    said: dict[str, str] = {}
    for row in rows:
        said.setdefault(row.verb, _words_of(row))
    return " · ".join(said.values())


def _words_of(row: Activity) -> str:
    if row.verb == Verb.PHASE_MOVED and row.phase_move:
        return _("Moved on to “%(phase)s”") % {"phase": Phase(row.phase_move.to_phase).label}
    if row.verb == Verb.OUTCOME_CHANGED:
        return _("Where it stands: %(outcome)s") % {"outcome": Outcome(row.project.outcome).label}
    if row.verb == Verb.ENDED_WITH_LESSON:
        return _("Stopped, and told what was learned")
    return _("Shared") if row.verb == Verb.PROJECT_SHARED else _("Moved on")
