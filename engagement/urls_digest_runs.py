"""Digests as operators see them: the ledger run by run, holding and releasing, dry runs, pins, exposure."""

from django.urls import path

from engagement.views import (
    digest_exposure,
    digest_holding,
    digest_kept,
    digest_pins,
    digest_rehearsals,
    digest_runs,
)

urlpatterns = [
    path("digests/runs/", digest_runs.run_list, name="digest_runs"),
    path("digests/runs/hold/<slug:stream>/", digest_holding.stream_hold, name="digest_stream_hold"),
    path("digests/runs/release/<slug:stream>/", digest_holding.stream_release, name="digest_stream_release"),
    path("digests/runs/digest/<int:pk>/", digest_kept.kept_digest, name="digest_kept"),
    path("digests/runs/digest/<int:pk>/mail/", digest_kept.kept_mail, name="digest_kept_mail"),
    path("digests/runs/digest/<int:pk>/hold/", digest_holding.digest_hold, name="digest_hold"),
    path("digests/runs/digest/<int:pk>/release/", digest_holding.digest_release, name="digest_release"),
    path("digests/runs/digest/<int:pk>/again/", digest_holding.digest_resend, name="digest_resend"),
    path("digests/runs/<slug:stream>/<slug:period_key>/", digest_runs.run_detail, name="digest_run"),
    path("digests/runs/<slug:stream>/<slug:period_key>/rows.csv", digest_runs.run_export, name="digest_run_export"),
    path("digests/dry-run/", digest_rehearsals.dry_run, name="digest_dry_run"),
    path("digests/pins/", digest_pins.pin_list, name="digest_pins"),
    path("digests/pins/<int:pk>/remove/", digest_pins.pin_remove, name="digest_pin_remove"),
    path("digests/exposure/", digest_exposure.exposure, name="digest_exposure"),
]
