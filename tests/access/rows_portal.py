"""Rows of what belongs to no area: health and the language of the interface."""

from django.urls import reverse

from tests.access.table import Row, everybody

ROWS = [
    # No worker runs in the tests: what is down is told to everybody, and nothing else.
    Row("healthz", lambda cast: reverse("healthz"), everybody(200), public=True),
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
