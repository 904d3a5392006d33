"""Pages at the size that the portal is built for, beside what this machine can do at best in the same run.

The limit is `row25`: one query for 25 rows, a Django template, all of the portal's middleware, a signed-in reader.
"""

import statistics
import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path

from benchmarks.network import FREQUENT_WORD, RARE_WORD, make_network
from innoteams.accounts.models import User
from innoteams.urls import urlpatterns as portal
from projects.models import Project

TIMES = 15

_ROWS = """<!doctype html><title>row25</title><ul>{% for project in projects %}
<li><a href="/projects/{{ project.slug }}/">{{ project.title }}</a><p>{{ project.problem }}</p>
<p>{{ project.for_whom }} {{ project.phase }} {{ project.outcome }} {{ project.updated_at|date:"j F Y" }}</p></li>
{% endfor %}</ul>"""


@login_not_required
def row25(request: HttpRequest) -> HttpResponse:
    rows = Project.objects.filter(visibility="network").defer("words").order_by("-updated_at", "-pk")[:25]
    assert request.user.is_authenticated  # noqa: S101 - so that the reader is fetched, as on every page
    return HttpResponse(engines["django"].from_string(_ROWS).render({"projects": rows}, request))


urlpatterns = [path("row25/", row25), *portal]


def main(cities: int, projects: int) -> None:
    connection.creation.create_test_db(verbosity=0)
    try:
        reader = make_network(cities=cities, projects=projects)
        # The numbers beside the filters are remembered, as in service; the tests count them anew each time.
        with override_settings(ROOT_URLCONF=__name__, DEBUG=False, COUNTS_KEPT_SECONDS=60):
            measure(reader)
    finally:
        connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)


def measure(reader: User) -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    project = Project.objects.filter(visibility="network").order_by("pk")[Project.objects.count() // 3]
    print(f"{Project.objects.count()} projects, median of {TIMES}, limit row25 in turns\n")
    print(f"{'page':<46}{'ms':>8}{'p95':>8}{'SQL':>6}{'KB':>7}{'of row25':>10}")
    for address in _pages(project):
        took, limits = [], []
        for _turn in range(TIMES):
            limits.append(_timed(client, "/row25/"))
            took.append(_timed(client, address))
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        p50, p95 = statistics.median(took), sorted(took)[int(0.95 * (TIMES - 1))]
        share = statistics.median(limits) / p50
        size = len(answer.content) / 1024
        shown = address.replace(project.slug, "<slug>")
        print(f"{shown:<46}{p50:>8.1f}{p95:>8.1f}{len(captured):>6}{size:>7.0f}{share:>9.0%}")


def _pages(project: Project) -> list[str]:
    return [
        "/projects/",
        "/projects/?phase=prepare",
        "/projects/?topic=topic-3&country=FR",
        f"/projects/?q={RARE_WORD}",
        f"/projects/?q={FREQUENT_WORD}",
        "/projects/?view=board",
        "/projects/?page=200",
        f"/search/?q={FREQUENT_WORD}",
        f"/projects/{project.slug}/",
        f"/cities/{project.team.city.slug}/",
        "/cities/",
        "/map/",
        "/my-work/",
    ]


def _timed(client: Client, address: str) -> float:
    """Milliseconds; anything but a whole page is an error of the benchmark."""
    started = time.perf_counter()
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)  # noqa: S101 - else it is no measure
    return 1000 * (time.perf_counter() - started)
