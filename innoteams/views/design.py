"""The specimen page: every component once, to be looked at. Only where things are tried out (see innoteams.urls)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def specimen(request: HttpRequest) -> HttpResponse:
    return render(request, "components/specimen.html")
