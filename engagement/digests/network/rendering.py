"""How a digest reads: its entries put together into a mail in the recipient's language, never too long."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagement.choices import ItemKind, Stream
from engagement.digests.feedback import say_url_from
from engagement.digests.habits import habit_in_words
from engagement.digests.network.chosen import Chosen, Said
from engagement.digests.network.entries import Details, Occasion, Told, absolute, details_of, told
from engagement.digests.network.pool import Pool
from engagement.digests.network.reasons import Known, in_words
from engagement.digests.network.selection import Selection
from engagement.models import Digest, DigestPreference
from innoteams.lib import mail
from innoteams.lib.moulds import Moulds, moulds_in
from innoteams.lib.paths import path_to

__all__ = ["LONGEST", "details_of", "render"]

# Bytes of the HTML part. Mail programs cut off what is longer than about 100 KB, the foot with its links first.
LONGEST = 90_000
_SECTIONS = {
    "projects": ItemKind.PROJECT,
    "questions": ItemKind.QUESTION,
    "suggestion": ItemKind.SUGGESTION,
    "to_meet": ItemKind.CITY,
}
# Those whose heading says whether there is one or more.
_COUNTED = ("questions", "to_meet")
# Left out in this order where a mail would become too long.
_PICTURE, _EXCERPT = ("picture", "picture_alt", "key"), ("excerpt",)


@dataclass(frozen=True)
class Entry:
    """An item as this reader gets it."""

    told: Told
    why: Said
    say_url: str

    @property
    def html(self) -> str:
        # The key in the address is our own: nothing in it to escape.
        return self.told.html.fill({"why": self.why.html, "say_url": mark_safe(self.say_url)})

    @property
    def text(self) -> str:
        return self.told.text.fill({"why": self.why.text, "say_url": self.say_url})


def render(
    digest: Digest,
    selection: Selection,
    pool: Pool,
    details: Details,
    preference: DigestPreference,
    stop_url: str,
) -> mail.Rendered:
    """The mail, not yet addressed, in the active language and time zone, which are the reader's. `stop_url` is where
    it can be slowed down, paused or stopped.

    What would make it longer than LONGEST is left out: pictures, then excerpts, then the last items, which then are
    taken out of `selection` too and counted as more.
    """
    language = mail.offered(digest.language)
    say = say_url_from(stop_url, digest)
    occasion = Occasion(language, digest.timezone, digest.due_at, can_say=bool(say))
    entries = _entries(selection, pool, details, occasion, say)
    foot = _foot(digest, preference, stop_url, pool, language)
    rendered = _put_together(entries, selection.more, foot, language)
    for left_out in (_PICTURE, _EXCERPT):
        if _fits(rendered):
            return rendered
        entries = [replace(one, told=one.told.without(left_out)) for one in entries]
        rendered = _put_together(entries, selection.more, foot, language)
    while not _fits(rendered) and len(entries) > 1:
        entries.pop()
        selection.more += selection.items.pop().kind == ItemKind.PROJECT
        rendered = _put_together(entries, selection.more, foot, language)
    return rendered


def _fits(rendered: mail.Rendered) -> bool:
    # No letter has more than four bytes.
    return len(rendered.html) <= LONGEST // 4 or len(rendered.html.encode()) <= LONGEST


def _entries(selection: Selection, pool: Pool, details: Details, occasion: Occasion, say: str) -> list[Entry]:
    # The hour in a city depends on the day as well; nothing else does.
    on_any_day = occasion._replace(day=None)
    return [
        Entry(
            told(item, pool, details, occasion if item.kind == ItemKind.CITY else on_any_day),
            _said(item, pool, occasion.language),
            f"{say}{rank}/" if say else "",
        )
        for rank, item in enumerate(selection.items, start=1)
    ]


def _said(item: Chosen, pool: Pool, language: str) -> Said:
    key = (language, bool(item.pin))
    if key not in item.why.said:
        # Who pinned it stands above it already.
        told_above = "pinned" if item.pin else ""
        reasons = [(one.code, one.facts) for one in item.reasons if one.code != told_above]
        known: Known = pool.remembered(("sentences", language), dict)
        words = in_words(reasons, pool.topics, pool.all_cities, known)
        text = " · ".join(words)
        item.why.said[key] = Said(words[0], text, conditional_escape(text))
    return item.why.said[key]


def _foot(digest: Digest, preference: DigestPreference, stop_url: str, pool: Pool, language: str) -> dict[str, str]:
    """What is the same whatever the digest holds."""
    day = timezone.localtime(digest.due_at)
    habit = (preference.cadence, preference.weekday, preference.local_hour, digest.timezone)

    def of_this_habit() -> dict[str, str]:
        return {
            "day": date_format(day, "DATE_FORMAT"),
            "stream_label": str(Stream.NETWORK.label),
            "habit": habit_in_words(preference, digest.timezone),
            "preferences_url": absolute(reverse("digest_list")),
            "explore_url": absolute(reverse("project_list")),
        }

    shared = pool.remembered(("foot", language, day.date(), habit), of_this_habit)
    read_url = absolute(path_to("digest_detail", digest.pk)) if digest.pk else ""
    return {**shared, "name": digest.person.name, "stop_url": stop_url, "read_url": read_url}


def _put_together(entries: list[Entry], more: int, foot: Mapping[str, str], language: str) -> mail.Rendered:
    moulds = moulds_in(language)
    pictures = dict(one.told.picture for one in entries if one.told.picture)
    as_read = [one for kind in _SECTIONS.values() for one in entries if one.told.kind == kind]
    subject = _subject(as_read, moulds, language)
    words = {
        **foot,
        "subject": subject,
        "preheader": _preheader(as_read),
        "more": _more(more, language) if more else "",
        "with_pictures": "yes" if pictures else "",
    }
    html, text = dict(words), dict(words)
    for name, kind in _SECTIONS.items():
        of_kind = [one for one in entries if one.told.kind == kind]
        if name in _COUNTED:
            html[f"{name}_are_many"] = text[f"{name}_are_many"] = "yes" if len(of_kind) > 1 else ""
        # Pieces that a mould has filled and escaped already.
        html[name] = mark_safe("".join([one.html for one in of_kind]))
        text[name] = "\n".join([one.text for one in of_kind])
    if more:
        html["more"] = moulds.fill("mail/_digest_more.html", words)
    return mail.Rendered(
        subject,
        mail.tidy(moulds.fill("mail/digest.txt", text)),
        moulds.fill("mail/digest.html", html),
        language,
        pictures,
    )


def _subject(entries: list[Entry], moulds: Moulds, language: str) -> str:
    """Of the item that is read first, and how many more."""
    top, others = entries[0].told, len(entries) - 1
    # A team to meet is called after its city: the line would say the same twice.
    place = _("A team worth meeting") if top.kind == ItemKind.SUGGESTION else top.city
    words = {"city": place, "title": top.title, "and_more": _and_more(others, language) if others else ""}
    return mail.shortened(mail.one_line(moulds.fill("mail/digest.subject.txt", words)))


@cache
def _and_more(others: int, _language: str) -> str:
    return ngettext("and %(others)s more", "and %(others)s more", others) % {"others": others}


def _preheader(entries: list[Entry]) -> str:
    """What a mail program shows beside the subject, which has named the first item: why, and what else there is."""
    others = [f"{one.told.city}: {one.told.title}" for one in entries[1:] if one.told.kind == ItemKind.PROJECT]
    return " · ".join([entries[0].why.first, *others])


@lru_cache(maxsize=1_000)
def _more(number: int, _language: str) -> str:
    sentence = ngettext("%(more)s more project has news", "%(more)s more projects have news", number)
    return sentence % {"more": number}
