"""What one process can do at best: choose ten of five hundred projects for each of many people and write the mail, in
two queries, without sight, memory, reasons or any record. The digests of the portal are measured against it.

Written twice: with the least of a template (7 KB a mail), which is the limit; and with the templates that the portal's
own mails of 25 KB are made from, filled anew for every reader as Django does it."""

from collections.abc import Callable, Iterator, Sequence
from heapq import nlargest

from django.conf import settings
from django.db.models import Prefetch
from django.template import Context, Engine
from django.utils.safestring import mark_safe

from innoteams.accounts.models import User
from innoteams.lib.mail import fill_template
from projects.models import Project, ProjectTopic

_ENGINE = Engine()
_HTML = _ENGINE.from_string(
    "<html><body><h1>From the network</h1>{% for one in items %}<div><p>{{ one.team_id }}</p>"
    '<h2><a href="https://portal.example/projects/{{ one.slug }}/">{{ one.title }}</a></h2><p>{{ one.phase }}</p>'
    "<p>{{ one.problem }}</p></div>{% endfor %}</body></html>"
)
_TEXT = _ENGINE.from_string(
    "{% for one in items %}* {{ one.title }}\n{{ one.phase }}\n{{ one.problem }}\n"
    "https://portal.example/projects/{{ one.slug }}/\n\n{% endfor %}"
)


def write_all(people: int, items: int = 10) -> int:
    """The characters written."""
    return _write_all(people, items, _least)


def write_alike(people: int, items: int = 10) -> int:
    """The same with the portal's templates; their CSS is not inlined."""
    return _write_all(people, items, _alike)


def _write_all(people: int, items: int, write: Callable[[Sequence[Project]], int]) -> int:
    return sum(write(best) for best in _chosen(people, items))


def _chosen(people: int, items: int) -> Iterator[list[Project]]:
    ranked = Prefetch("ranked_topics", queryset=ProjectTopic.objects.only("project_id", "topic_id", "rank"))
    projects = list(Project.objects.only("slug", "title", "phase", "problem", "team_id").prefetch_related(ranked))
    topics = {project.pk: {one.topic_id for one in project.ranked_topics.all()} for project in projects}
    known = sorted({topic for these in topics.values() for topic in these})
    for reader in list(User.objects.only("pk")[:people]):
        mine = {known[(reader.pk * step) % len(known)] for step in (3, 5, 7)}
        yield nlargest(items, projects, key=lambda one: (len(mine & topics[one.pk]), one.pk))


def _least(best: Sequence[Project]) -> int:
    context = Context({"items": best})
    return len(_HTML.render(context)) + len(_TEXT.render(context))


def _alike(best: Sequence[Project]) -> int:
    shared: dict[str, object] = {"language": "en", "direction": "ltr", "site_url": settings.SITE_URL, "name": "Reader"}
    foot = dict.fromkeys(("preferences_url", "explore_url", "stop_url", "read_url"), "https://portal.example/digests/")
    page = {**shared, **foot, "subject": best[0].title, "preheader": best[0].title, "day": "1 September 2026"}
    page |= {"stream_label": "Network digest", "habit": "every week on Tuesday at 08:00"}
    written = 0
    for kind in ("html", "txt"):
        escape = kind == "html"
        entries = [
            fill_template(f"mail/_digest_entry.{kind}", {**shared, **_entry(one)}, escape=escape) for one in best
        ]
        # Filled by a template, which has escaped them.
        whole = {**page, "projects": mark_safe("".join(entries))}
        written += len(fill_template(f"mail/digest.{kind}", whole, escape=escape))
    return written


def _entry(project: Project) -> dict[str, object]:
    return {
        "city": f"City {project.team_id}",
        "place": f"City {project.team_id}",
        "phase": project.phase,
        "url": f"https://portal.example/projects/{project.slug}/",
        "title": project.title,
        "lang": "en",
        "dir": "ltr",
        "align": "left",
        "lines": mark_safe('<p class="line">New: shared on 1 September 2026</p>'),  # our own words
        "excerpt": " ".join(project.problem.split()[:40]),
        "why": "Your team works on it too · One phase ahead of your own work on it",
        "say_url": f"https://portal.example/digests/say/key/{project.pk}/",
    }
