"""Accompaniment and exchange, and the mails about them."""

from django.urls import include, path

urlpatterns = [
    path("", include("engagement.urls_accompany")),
    path("", include("engagement.urls_digest_runs")),
    path("", include("engagement.urls_digests")),
    path("", include("engagement.urls_calendar")),
    path("", include("engagement.urls_reach")),
]
