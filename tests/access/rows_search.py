"""The search is open to everybody; what it finds is what the person may see (the canaries are the projects')."""

from django.urls import reverse

from tests.access.table import Row, everybody
from tests.cast import Cast


def _looking_for(words: str) -> Row:
    def url(cast: Cast) -> str:
        return reverse("search") + f"?q={words}"

    return Row("search", url, everybody(), public=True)


ROWS = [_looking_for(""), _looking_for("zzteam"), _looking_for("zzprogramme"), _looking_for("zzdraft")]
