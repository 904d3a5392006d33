"""How a digest reads: the chosen items as words in the recipient's language, each quoted text in its own."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.template.defaultfilters import truncatewords
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.models import City
from engagement.choices import Cadence, ItemKind, Weekday
from engagement.digests.network.pool import Pool
from engagement.digests.network.reasons import in_words
from engagement.digests.network.selection import Chosen, Selection
from engagement.digests.periods import zone_of
from engagement.models import Digest, DigestPreference
from innoteams.lib import mail
from innoteams.lib.languages import direction
from projects.choices import Decision, Outcome, Phase, Verb
from projects.figures import figure_text, unit_words
from projects.models import Activity, Project

MOST_NEWS = 3
# First strong isolate … pop: a title in Hebrew must not turn the line around it, in a text part or a subject.
_FSI, _PDI = "\u2068", "\u2069"


@dataclass(frozen=True)
class Entry:
    """An item as the templates need it."""

    kind: str
    url: str
    title: str
    language: str
    city: str
    reasons: list[str] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    excerpt: str = ""
    phase: str = ""
    from_source: bool = False

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def plain_title(self) -> str:
        return isolated(self.title, self.language)

    @property
    def plain_excerpt(self) -> str:
        return isolated(self.excerpt, self.language)


def details_of(selections: Iterable[Selection]) -> dict[int, Activity]:
    """What the news of all selections is about, in one query."""
    wanted = {news.pk for selection in selections for item in selection.items for news in item.news}
    rows = Activity.objects.filter(pk__in=wanted).select_related(
        "phase_move", "pilot", "consultation", "reading__indicator"
    )
    return {row.pk: row for row in rows}


def render(
    digest: Digest,
    selection: Selection,
    pool: Pool,
    details: Mapping[int, Activity],
    preference: DigestPreference,
    stop_url: str,
) -> mail.Rendered:
    """The mail, not yet addressed. `stop_url` is where it can be slowed down, paused or stopped."""
    language, zone = mail.offered(digest.language), zone_of(digest.timezone)
    with translation.override(language), timezone.override(zone):
        entries = [_entry(item, pool, details) for item in selection.items]
        context = {
            "top": entries[0],
            "projects": [entry for entry in entries if entry.kind == ItemKind.PROJECT],
            "questions": [entry for entry in entries if entry.kind == ItemKind.QUESTION],
            "to_meet": next((entry for entry in entries if entry.kind == ItemKind.CITY), None),
            "others": len(entries) - 1,
            "more": selection.more,
            "day": digest.due_at.astimezone(zone),
            "habit": habit_in_words(preference, digest.timezone),
            "stop_url": stop_url,
            "read_url": _absolute(reverse("digest_detail", args=[digest.pk])) if digest.pk else "",
            "preferences_url": _absolute(reverse("digest_list")),
            "explore_url": _absolute(reverse("project_list")),
        }
    return mail.render("digest", language, context, time_zone=zone)


def habit_in_words(preference: DigestPreference, time_zone: str) -> str:
    """“every week, on Tuesday at 08:00 (Europe/Paris)”, in the active language."""
    hour = time_format(dt.time(preference.local_hour), "H:i")
    values = {"day": Weekday(preference.weekday).label, "hour": hour, "zone": time_zone}
    sentences = {
        Cadence.OFF: _("never"),
        Cadence.DAILY: _("every day at %(hour)s (%(zone)s)"),
        Cadence.WEEKLY: _("every week, on %(day)s at %(hour)s (%(zone)s)"),
        Cadence.FORTNIGHTLY: _("every two weeks, on %(day)s at %(hour)s (%(zone)s)"),
        Cadence.MONTHLY: _("every month, on the first %(day)s at %(hour)s (%(zone)s)"),
    }
    return sentences[Cadence(preference.cadence)] % values


def isolated(text: str, language: str) -> str:
    """The text, fenced off where it runs the other way than the active language."""
    if direction(language) == direction(translation.get_language() or "en"):
        return text
    return f"{_FSI}{text}{_PDI}"


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _entry(item: Chosen, pool: Pool, details: Mapping[int, Activity]) -> Entry:
    reasons = in_words([reason.stored() for reason in item.reasons], pool.topics, pool.all_cities)
    if item.question:
        asked = item.question
        url = _absolute(asked.get_absolute_url())
        return Entry(ItemKind.QUESTION, url, asked.text, asked.language, item.city.name, reasons)
    if item.project is None:
        return _city_entry(item.city, reasons, pool)
    project, news = item.project, tuple(one.pk for one in item.news)
    # But for the reasons the same for everybody who reads the same language in the same time zone.
    key = ("entry", translation.get_language(), timezone.get_current_timezone_name(), project.pk, news)
    rows = [details[pk] for pk in news if pk in details]
    return replace(pool.remembered(key, lambda: _project_entry(project, item.city, rows)), reasons=reasons)


def _project_entry(project: Project, city: City, rows: Sequence[Activity]) -> Entry:
    return Entry(
        ItemKind.PROJECT,
        _absolute(project.get_absolute_url()),
        project.title,
        project.language,
        city.name,
        news=_news_lines(rows, project),
        excerpt=truncatewords(project.problem, 40),
        phase=str(Phase(project.phase).label),
        from_source=project.is_from_public_source,
    )


def _city_entry(city: City, reasons: list[str], pool: Pool) -> Entry:
    works_on = pool.topics_of_city.get(city.pk)
    topics = [pool.topics[pk].name for pk, _count in works_on.most_common(3)] if works_on else []
    return Entry(
        ItemKind.CITY,
        _absolute(city.get_absolute_url()),
        city.name,
        mail.offered(translation.get_language() or "en"),
        city.name,
        reasons,
        news=[_("Works on %(topics)s") % {"topics": ", ".join(topics)}] if topics else [],
    )


# --- News ---------------------------------------------------------------------------------------------------------


def _news_lines(rows: Sequence[Activity], project: Project) -> list[str]:
    """The newest state first; several of one kind become one line with a number."""
    by_verb: dict[str, list[Activity]] = {}
    for row in rows:
        by_verb.setdefault(row.verb, []).append(row)
    lines = [_LINES[Verb(verb)](same, project) for verb, same in by_verb.items() if verb in _LINES]
    return lines[:MOST_NEWS]


def _shared(rows: Sequence[Activity], project: Project) -> str:
    if project.is_from_public_source:
        return _("Told from a public source")
    return _("New: shared on %(date)s") % {"date": date_format(timezone.localtime(rows[0].at), "DATE_FORMAT")}


def _moved(rows: Sequence[Activity], _project: Project) -> str:
    move = rows[0].phase_move
    return _("Moved on to “%(phase)s”") % {"phase": Phase(move.to_phase).label} if move else _("Moved on")


def _pilot_added(rows: Sequence[Activity], project: Project) -> str:
    titles = ", ".join(isolated(row.pilot.title, project.language) for row in rows if row.pilot)
    return _("Started a pilot: %(titles)s") % {"titles": titles}


def _pilot_decided(rows: Sequence[Activity], project: Project) -> str:
    pilot = rows[0].pilot
    if pilot is None:
        return _("Decided about a pilot")
    values = {"title": isolated(pilot.title, project.language), "decision": Decision(pilot.decision).label}
    return _("Decided about the pilot %(title)s: %(decision)s") % values


def _journal(rows: Sequence[Activity], _project: Project) -> str:
    count = len(rows)
    return ngettext("%(count)s new journal entry", "%(count)s new journal entries", count) % {"count": count}


def _heard(rows: Sequence[Activity], project: Project) -> str:
    held = rows[0].consultation
    if held is None or not held.heard_count:
        return _("Heard residents: %(who)s") % {"who": isolated(held.heard, project.language) if held else ""}
    values = {
        "who": isolated(held.heard, project.language),
        "count": number_format(held.heard_count, force_grouping=True),
    }
    return _("Heard residents: %(who)s (%(count)s)") % values


def _read(rows: Sequence[Activity], project: Project) -> str:
    reading = rows[0].reading
    if reading is None:
        return _("Added a reading")
    values = {
        "name": isolated(reading.indicator.name, project.language),
        "value": figure_text(reading.value, reading.indicator),
        "unit": isolated(unit_words(reading.indicator), project.language),
        "kind": reading.get_kind_display(),
    }
    if not unit_words(reading.indicator):
        return _("%(name)s: %(value)s (%(kind)s)") % values
    return _("%(name)s: %(value)s %(unit)s (%(kind)s)") % values


def _read_many(rows: Sequence[Activity], _project: Project) -> str:
    count = sum(int(row.facts.get("count", 0)) for row in rows)
    return ngettext("%(count)s new reading", "%(count)s new readings", count) % {"count": count}


def _adapting(_rows: Sequence[Activity], _project: Project) -> str:
    # Of which project is not said: the reader might not see that one.
    return _("Began to adapt what another team tried")


def _ended(_rows: Sequence[Activity], project: Project) -> str:
    return _("Where it stands: %(outcome)s") % {"outcome": Outcome(project.outcome).label}


def _ended_with_lesson(rows: Sequence[Activity], project: Project) -> str:
    titles = ", ".join(isolated(row.pilot.title, project.language) for row in rows if row.pilot)
    if titles and all(row.pilot for row in rows):
        return _("Stopped a pilot, and told what was learned: %(titles)s") % {"titles": titles}
    return _("Stopped, and told what was learned")


def _reported(_rows: Sequence[Activity], _project: Project) -> str:
    return _("Told what came of adapting another team's work")


_LINES: dict[Verb, Any] = {
    Verb.OUTCOME_CHANGED: _ended,
    Verb.ENDED_WITH_LESSON: _ended_with_lesson,
    Verb.ADAPTATION_REPORTED: _reported,
    Verb.PROJECT_SHARED: _shared,
    Verb.PHASE_MOVED: _moved,
    Verb.PILOT_ADDED: _pilot_added,
    Verb.PILOT_DECIDED: _pilot_decided,
    Verb.JOURNAL_ADDED: _journal,
    Verb.CONSULTATION_ADDED: _heard,
    Verb.READING_ADDED: _read,
    Verb.READINGS_IMPORTED: _read_many,
    Verb.ADAPTATION_STARTED: _adapting,
}
