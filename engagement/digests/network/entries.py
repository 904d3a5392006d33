"""One entry of a digest as its two templates need it: `_digest_entry.html` and `_digest_entry.txt`.

Apart from why it is there and where to say something about it, an entry reads the same for everybody of one language
and time zone: so it is put into words once, and into the template once, whatever the number of readers.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from cities.models import City
from engagement.choices import IntroductionReason, ItemKind
from engagement.digests import pictures
from engagement.digests.network.chosen import Chosen
from engagement.digests.network.news import news_lines
from engagement.digests.network.pool import Pool
from engagement.digests.network.selection import Selection
from engagement.digests.periods import zone_of
from engagement.models import DigestPin, Question, Suggestion
from innoteams.lib.languages import CONTENT_LANGUAGES, direction, isolated
from innoteams.lib.moulds import Mould, moulds_in
from innoteams.lib.paths import path_to
from projects.charts import summary_of
from projects.choices import Phase
from projects.figures import figure_text
from projects.models import Activity, Indicator, Project, Reading

_EXCERPT_WORDS, _EXCERPT_LETTERS = 40, 320
# So many of the newest readings are named one by one in the words for a picture.
_READINGS_NAMED = 6
_HTML, _TEXT, _LINE = "mail/_digest_entry.html", "mail/_digest_entry.txt", "mail/_digest_line.html"
_OF_THE_READER = ("why", "say_url")


@dataclass(frozen=True)
class Details:
    """What the news of a batch is about: the rows by key, and the readings of every indicator that one came to."""

    rows: Mapping[int, Activity]
    readings: Mapping[int, Sequence[Reading]]


def details_of(selections: Iterable[Selection]) -> Details:
    """For all selections, in two queries."""
    wanted = {news.pk for selection in selections for item in selection.items for news in item.news}
    found = Activity.objects.filter(pk__in=wanted).select_related(
        "phase_move", "pilot", "consultation", "reading__indicator", "indicator"
    )
    rows = {row.pk: row for row in found}
    indicators = {indicator.pk for row in rows.values() if (indicator := _indicator_of(row))}
    readings: dict[int, list[Reading]] = {}
    for reading in Reading.objects.current().filter(indicator__in=indicators) if indicators else ():
        readings.setdefault(reading.indicator_id, []).append(reading)
    return Details(rows, readings)


class Occasion(NamedTuple):
    """Of whom an entry is the same: readers of one language and time zone. `day` is when the digest is due;
    `can_say`: there is a link to say something about each entry."""

    language: str
    time_zone: str
    day: dt.datetime | None
    can_say: bool


@dataclass(frozen=True)
class Told:
    """An entry in words, but for what is its reader's own: why it is there, and where to say something about it.
    `title` and `city` are the words of the subject; `picture` is the chart in the HTML, if any."""

    kind: str
    city: str
    title: str
    html: Mould
    text: Mould
    picture: tuple[str, bytes] | None
    # The same without the words of these names.
    without: Callable[[Sequence[str]], "Told"]


@dataclass
class _Words:
    """Plain words by the names of the templates; `lines` one by one. `quoted` are those in a language of their own."""

    url: str
    title: str
    language: str
    city: str = ""
    place: str = ""
    lines: list[str] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    quoted: dict[str, str] = field(default_factory=dict)

    def told(self, kind: str, occasion: Occasion, picture: tuple[str, bytes] | None = None) -> Told:
        """In the active language, which is that of the occasion."""
        moulds = moulds_in(occasion.language)
        place = self.place or self.city
        side = direction(self.language)
        words = {**self.others, "url": self.url, "title": self.title, "city": self.city, "place": place}
        # A title in Hebrew must not turn the line around it.
        text = {**words, "title": isolated(self.title, self.language)}
        text |= {name: isolated(text[name], language) for name, language in self.quoted.items() if name in text}
        text["lines"] = "\n".join(f"  {line}" for line in self.lines)
        html = {**words, "lang": self.language, "dir": side, "align": _side(side)}
        # Each line is escaped as its mould is filled.
        html["lines"] = mark_safe("".join(moulds.fill(_LINE, {"line": line}) for line in self.lines))
        later = dict.fromkeys(_OF_THE_READER if occasion.can_say else _OF_THE_READER[:1], "…")
        return Told(
            kind,
            place,
            isolated(self.title, self.language),
            moulds.mould(_HTML, html | later).fill_all_but(html, later),
            moulds.mould(_TEXT, text | later).fill_all_but(text, later),
            picture,
            lambda names: self._without(names).told(kind, occasion, None if "picture" in names else picture),
        )

    def _without(self, names: Sequence[str]) -> "_Words":
        return replace(self, others={name: words for name, words in self.others.items() if name not in names})


def told(item: Chosen, pool: Pool, details: Details, occasion: Occasion) -> Told:
    """In the active language and time zone."""
    return pool.remembered((_what(item), occasion), lambda: _tell(item, pool, details, occasion))


def _what(item: Chosen) -> tuple[object, ...]:
    """What tells the entry from others."""
    if item.suggestion:
        return ("suggestion", item.suggestion.pk)
    if item.question:
        return ("question", item.question.pk)
    if item.project_id:
        return ("project", item.project_id, item.pin_id, *[one.pk for one in item.news])
    return ("city", item.city.pk)


def _tell(item: Chosen, pool: Pool, details: Details, occasion: Occasion) -> Told:
    if item.suggestion:
        return _suggestion(item.suggestion, item.city, occasion)
    if item.question:
        return _question(item.question, item.city, occasion)
    if item.project:
        return _project(item.project, item, details, occasion)
    return _city(item.city, pool, occasion)


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _side(direction: str) -> str:
    return "right" if direction == "rtl" else "left"


# --- Kinds --------------------------------------------------------------------------------------------------------


def _project(project: Project, item: Chosen, details: Details, occasion: Occasion) -> Told:
    rows = [details.rows[one.pk] for one in item.news if one.pk in details.rows]
    words = _Words(absolute(path_to("project_detail", project.slug)), project.title, project.language, item.city.name)
    words.lines = news_lines(rows, project)
    words.others = {
        "phase": str(Phase(project.phase).label),
        "excerpt": excerpt_of(project.problem),
        "from_source": "yes" if project.is_from_public_source else "",
    }
    words.quoted = {"excerpt": project.language}
    if item.pin:
        words.others |= _note(item.pin)
        words.quoted["note"] = item.pin.language
    chart = _chart(rows, details, project)
    if chart:
        words.others |= chart[0]
    return words.told(ItemKind.PROJECT, occasion, chart[1] if chart else None)


def excerpt_of(text: str) -> str:
    """The first words of it; also of a text without spaces."""
    words = text.split(maxsplit=_EXCERPT_WORDS)
    short = " ".join(words[:_EXCERPT_WORDS])
    if len(short) > _EXCERPT_LETTERS:
        return f"{short[:_EXCERPT_LETTERS].rpartition(' ')[0] or short[:_EXCERPT_LETTERS]} …"
    return f"{short} …" if len(words) > _EXCERPT_WORDS else short


def _note(pin: DigestPin) -> dict[str, str]:
    side = direction(pin.language)
    return {
        "pinned_by": pin.operator.name,
        "note": pin.note,
        "note_lang": pin.language,
        "note_dir": side,
        "note_align": _side(side),
    }


def _question(question: Question, city: City, occasion: Occasion) -> Told:
    words = _Words(absolute(question.get_absolute_url()), question.text, question.language, city.name)
    return words.told(ItemKind.QUESTION, occasion)


def _suggestion(suggestion: Suggestion, city: City, occasion: Occasion) -> Told:
    """A team that the reader's own could ask to meet. What it has done is everybody's to see, or the suggestion would
    not have been chosen."""
    words = _Words(absolute(city.get_absolute_url()), city.name, occasion.language, place=city.name)
    words.lines = [_MEETING[IntroductionReason(suggestion.reason)](), *_languages_line(city)]
    if suggestion.project:
        work = suggestion.project
        words.others |= _about(_("Its work"), work.title, work.language, work.get_absolute_url())
        words.quoted["about"] = work.language
    elif suggestion.question:
        asked = suggestion.question
        words.others |= _about(_("Its question"), asked.text, asked.language, asked.get_absolute_url())
        words.quoted["about"] = asked.language
    ask = reverse("introduction_create")
    words.others |= {
        "button": _("Ask for an introduction"),
        "button_url": absolute(f"{ask}?to={suggestion.with_team_id}&suggestion={suggestion.pk}"),
    }
    return words.told(ItemKind.SUGGESTION, occasion)


# Functions, so that each is translated when it is said.
_MEETING: dict[IntroductionReason, Callable[[], str]] = {
    IntroductionReason.SAME_PROBLEM: lambda: _("Its team works on the same problem as yours."),
    IntroductionReason.DONE_IT: lambda: _("Its team has done what yours is about to try."),
    IntroductionReason.NEIGHBOURS: lambda: _("Its team is your neighbour."),
    IntroductionReason.QUESTION: lambda: _("One of you asks what the other can answer."),
    IntroductionReason.OTHER: lambda: _("Your two teams may have something to tell each other."),
}


def _about(label: str, title: str, language: str, path: str) -> dict[str, str]:
    return {
        "about_label": label,
        "about": title,
        "about_url": absolute(path),
        "about_lang": language,
        "about_dir": direction(language),
    }


def _city(city: City, pool: Pool, occasion: Occasion) -> Told:
    words = _Words(absolute(city.get_absolute_url()), city.name, occasion.language, place=city.name)
    works_on = pool.topics_of_city.get(city.pk)
    topics = [pool.topics[pk].name for pk, _count in works_on.most_common(3) if pk in pool.topics] if works_on else []
    if topics:
        words.lines.append(_("Works on %(topics)s") % {"topics": ", ".join(topics)})
    words.lines += _languages_line(city)
    if occasion.day:
        words.lines.append(_hour_line(city, occasion.day))
    return words.told(ItemKind.CITY, occasion)


def _languages_line(city: City) -> list[str]:
    names = dict(CONTENT_LANGUAGES)
    spoken = ", ".join(str(names[code]) for code in city.languages if code in names)
    return [_("Works in %(languages)s") % {"languages": spoken}] if spoken else []


def _hour_line(city: City, day: dt.datetime) -> str:
    """What the clock says there; a mail is read when it is read, so it is told beside the reader's own."""
    here, there = timezone.localtime(day), day.astimezone(zone_of(city.timezone))
    if here.utcoffset() == there.utcoffset():
        return _("The same time there as yours")
    values = {"here": time_format(here, "H:i"), "there": time_format(there, "H:i")}
    return _("When it is %(here)s for you, it is %(there)s there") % values


# --- Charts -------------------------------------------------------------------------------------------------------


def _chart(
    rows: Sequence[Activity], details: Details, project: Project
) -> tuple[dict[str, str], tuple[str, bytes]] | None:
    """Of the indicator that was read last. Who is told of a reading may see its indicator (`newsworthy`), and so all
    of its readings."""
    for row in rows:
        indicator = _indicator_of(row)
        if indicator is None:
            continue
        readings = details.readings.get(indicator.pk, ())
        shape = pictures.shape_of(indicator, readings)
        if shape is None:
            return None
        png = pictures.draw(shape)
        name = pictures.name_of(png)
        summary = summary_of(indicator, readings)
        alternative = _("Chart: %(readings)s") % {"readings": _in_words(indicator, readings)}
        words = {"picture": name, "picture_alt": alternative, "caption": summary, "key": _key(shape)}
        return words, (name, png)
    return None


def _indicator_of(row: Activity) -> Indicator | None:
    return row.reading.indicator if row.reading else row.indicator


def _in_words(indicator: Indicator, readings: Sequence[Reading]) -> str:
    own = [reading for reading in readings if not reading.is_comparison] or list(readings)
    named = [
        f"{figure_text(reading.value, indicator)} ({date_format(reading.read_on, 'SHORT_DATE_FORMAT')})"
        for reading in own[-_READINGS_NAMED:]
    ]
    return ", ".join(["…", *named] if len(own) > _READINGS_NAMED else named)


def _key(shape: pictures.Shape) -> str:
    """What the lines in the picture are that are not readings."""
    lines = []
    if shape.target is not None:
        lines.append(_("long dashes: target"))
    if shape.baseline is not None:
        lines.append(_("dots: baseline"))
    if shape.compared:
        lines.append(_("grey: compared with"))
    return ", ".join(lines)
