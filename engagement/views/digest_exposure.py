"""Who is never shown, and who receives nothing."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from engagement.digests import reached
from engagement.digests.exposure import MONTH
from engagement.views.digest_oversight import operator_of, tabs_of

PEOPLE_PER_PAGE = 50
# Those who are never shown come first; the others are one click away.
TEAMS_SHOWN = 40


@require_safe
def exposure(request: HttpRequest) -> HttpResponse:
    person, now = operator_of(request), timezone.now()
    since = now - MONTH
    teams = reached.teams_shown(person, since)
    people = reached.unreached(person, since, now)
    why = request.GET.get("why", "")
    chosen = [row for row in people if row.why == why] if why in reached.WHY else people
    page = Paginator(chosen, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    cities = reached.cities_of(row.person for row in page.object_list)
    context = {
        "tabs": tabs_of(request),
        "teams": teams if request.GET.get("teams") == "all" else teams[:TEAMS_SHOWN],
        "teams_count": len(teams),
        "never": sum(not row.times for row in teams),
        "most": max((row.times for row in teams), default=1) or 1,
        "page_obj": page,
        "people": [(row, cities.get(row.person.pk, [])) for row in page.object_list],
        "people_count": len(people),
        "reasons": reached.counted(people),
        "why": why if why in reached.WHY else "",
    }
    return render(request, "engagement/digest_exposure.html", context)
