"""The first page: for visitors what this is, where it happens and three stories; people of the network go to work."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from innoteams.views.network_map import read_network
from projects.stories import honest_stories


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("my_work")
    network = read_network(request.user, QueryDict())
    context = {
        "network": network,
        "ends": network.ends(),
        "countries": len({city.country for city in network.cities}),
        "projects": sum(getattr(city, "project_count", 0) for city in network.cities),
        "stories": honest_stories(),
    }
    return render(request, "home.html", context)
