"""Rows of what belongs to no area: health and the language of the interface."""

from django.urls import reverse

from innoteams.lib.health import beat_rang, worker_answered
from tests.access.table import Row, everybody
from tests.cast import Cast


def healthz(_cast: Cast) -> str:
    """No worker runs in the tests, and a process is forgiven that for two minutes only: one that was heard just now."""
    beat_rang()
    worker_answered()
    return reverse("healthz")


ROWS = [
    Row("healthz", healthz, everybody(200), public=True),
    Row("set_language", lambda cast: reverse("set_language"), everybody(405), public=True),
    Row(
        "set_language",
        lambda cast: reverse("set_language"),
        everybody(302),
        public=True,
        method="post",
        data={"language": "fr"},
    ),
]
