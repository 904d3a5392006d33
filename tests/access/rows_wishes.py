"""Saved searches are their person's; the wishes about digests are everybody's own."""

from django.urls import reverse

from projects.models import SavedSearch
from tests.access.table import Canary, Expected, Row, signed_in
from tests.cast import Cast

OWNER: dict[str, Expected] = {"mulhouse_lead": 302}


def search(cast: Cast, name: str = "Mine") -> SavedSearch:
    """One of the Mulhouse lead's."""
    found, _made = SavedSearch.objects.get_or_create(person=cast.mulhouse_lead, query="q=tel", defaults={"name": name})
    return found


ROWS = [
    Row("search_list", lambda cast: reverse("search_list"), signed_in()),
    Row("search_save", lambda cast: f"{reverse('search_save')}?q=tel", signed_in()),
    Row(
        "search_save",
        lambda cast: f"{reverse('search_save')}?q=tel",
        signed_in(302),
        method="post",
        data={"name": "Tel Aviv"},
    ),
    Row(
        "search_rename",
        lambda cast: reverse("search_rename", args=[search(cast).pk]),
        OWNER,
        method="post",
        data={"name": "Mine"},
    ),
    Row("search_remove", lambda cast: reverse("search_remove", args=[search(cast).pk]), OWNER, method="post"),
    Row("reach_try_again", lambda cast: reverse("reach_try_again"), signed_in(302), method="post"),
]


def plant(cast: Cast) -> list[Canary]:
    search(cast, name="wobblethatch")
    return [Canary("wobblethatch", frozenset({"mulhouse_lead"}))]
