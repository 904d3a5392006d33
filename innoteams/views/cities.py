"""Cities: the list, and a city's own page."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from innoteams.views.city_filters import CityListing
from innoteams.views.city_page import CityPage, city_for_page

CITIES_PER_PAGE = 60


def wants_fragment(request: HttpRequest) -> bool:
    """htmx asks for part of a page; when it restores one from history it wants the whole."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.history_restore_request


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def city_list(request: HttpRequest) -> HttpResponse:
    listing = CityListing(request.user, request.GET, request)
    page = Paginator(listing.cities, CITIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"listing": listing, "page_obj": page, "number": page.paginator.count}
    return render(request, "cities/_city_results.html" if wants_fragment(request) else "cities/city_list.html", context)


@login_not_required
@require_safe
def city_detail(request: HttpRequest, slug: str) -> HttpResponse:
    city = get_object_or_404(city_for_page(request.user), slug=slug)
    return render(request, "cities/city_detail.html", {"city": city, "here": CityPage(city, request.user)})
