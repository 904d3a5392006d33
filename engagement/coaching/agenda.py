"""A first draft of a session's agenda: what is still open, and what the team logged since the last session.

It is read by the whole pair, so only what every coach sees of the team's projects goes into it, whoever drafts it.
Once it is saved it is a text that somebody wrote, and stays as it is.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagement.choices import REPORTED
from engagement.coaching.carrying import Carried, carried_over
from engagement.models import CoachingEngagement
from innoteams.accounts.models import User
from innoteams.lib.rich_text import addresses, plain
from projects.choices import Verb
from projects.models import Activity

# Together well under what an agenda may hold, so that a draft can always be saved.
MOST_LINES = 12
LONGEST = 110


@dataclass(frozen=True)
class News:
    """What was logged about one project, as acts with how often each."""

    slug: str
    title: str
    acts: tuple[tuple[str, int], ...]

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{reverse('project_detail', args=[self.slug])}"

    @property
    def words(self) -> str:
        told = (Verb(verb).label if count == 1 else f"{Verb(verb).label} ({count}×)" for verb, count in self.acts)
        return capfirst(", ".join(str(one) for one in told))


def held_moments(engagement: CoachingEngagement) -> list[dt.datetime]:
    """When the sessions began that took place, the oldest first."""
    return list(engagement.sessions.held().order_by("starts_at").values_list("starts_at", flat=True))


def news_since(reader: User, engagement: CoachingEngagement, since: dt.datetime) -> list[News]:
    """By project, the most recent first. Needs `with_coaches()`; one query."""
    rows = Activity.objects.visible_to(reader).filter(
        project__team=engagement.team_id, at__gt=since, verb__in=REPORTED, project__shared_at__isnull=False
    )
    for coach in engagement.current_coaches:
        rows = rows.filter(pk__in=Activity.objects.visible_to(coach).order_by().values("pk"))
    counted = rows.order_by().values_list("project__slug", "project__title", "verb").annotate(count=Count("pk"))
    acts: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for slug, title, verb, count in counted:
        acts[slug, title].append((verb, count))
    order = {verb: place for place, verb in enumerate(REPORTED)}
    found = [News(*project, tuple(sorted(done, key=lambda act: order[Verb(act[0])]))) for project, done in acts.items()]
    return sorted(found, key=lambda news: news.title)


def draft(carried: Iterable[Carried], news: Iterable[News]) -> str:
    """As the small HTML of text with form, in the drafter's language; "" where nothing is open and nothing new."""
    blocks = [
        (_("Still open"), [_commitment_line(one) for one in carried]),
        (_("What was logged since the last session"), [_news_line(one) for one in news]),
    ]
    return "".join(_block(title, lines) for title, lines in blocks if lines)


def drafted_for(reader: User, engagement: CoachingEngagement) -> str:
    """The draft as it would be now."""
    carried, news = _material(reader, engagement)
    return draft(carried, news)


def extended(agenda: str, reader: User, engagement: CoachingEngagement) -> str:
    """The agenda as it stands, and below it what is open or new and not in it yet."""
    carried, news = _missing(agenda, *_material(reader, engagement))
    return agenda + draft(carried, news)


def count_missing(agenda: str, reader: User, engagement: CoachingEngagement) -> int:
    """How many lines `extended` would add."""
    carried, news = _missing(agenda, *_material(reader, engagement))
    return len(carried) + len(news)


def _material(reader: User, engagement: CoachingEngagement) -> tuple[list[Carried], list[News]]:
    held = held_moments(engagement)
    begun = dt.datetime.combine(engagement.starts_on, dt.time(), tzinfo=dt.UTC)
    open_ones = engagement.commitments.open().select_related("owner", "session")
    return carried_over(open_ones, held), news_since(reader, engagement, held[-1] if held else begun)


def _missing(agenda: str, carried: list[Carried], news: list[News]) -> tuple[list[Carried], list[News]]:
    there, words = set(addresses(agenda)), plain(agenda)
    return (
        [one for one in carried if _shortened(one.commitment.text) not in words],
        [one for one in news if one.url not in there],
    )


def _block(title: str, lines: list[str]) -> str:
    shown = lines[:MOST_LINES]
    if rest := len(lines) - len(shown):
        more = ngettext("and %(number)d more", "and %(number)d more", rest) % {"number": rest}
        shown.append(f"<li><p>{escape(more)}</p></li>")
    return f"<h4>{escape(title)}</h4><ul>{''.join(shown)}</ul>"


def _commitment_line(carried: Carried) -> str:
    one = carried.commitment
    text = f"{_shortened(one.text)} ({one.owner.name})"
    if carried.times > 1:
        often = ngettext("carried over %(number)d time", "carried over %(number)d times", carried.times)
        text = f"{text}, {often % {'number': carried.times}}"
    return f"<li><p>{escape(text)}</p></li>"


def _news_line(news: News) -> str:
    # The drafter's own words first: the line then runs as they do, whatever language the title is in.
    link = format_html('<a href="{}">{}</a>', news.url, _shortened(news.title))
    line = _("%(acts)s: %(project)s") % {"acts": escape(news.words), "project": link}
    return f"<li><p>{line}</p></li>"


def _shortened(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(LONGEST)
