"""Addresses of many things of one kind: where the kind lives is looked up once."""

from functools import cache

from django.urls import reverse


def path_to(name: str, thing: int | str) -> str:
    """What `reverse(name, args=[thing])` answers, for a route that ends in one number, slug or key and a slash."""
    before, after = _around(name)
    return f"{before}{thing}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, _thing, after = reverse(name, args=["0"]).rpartition("0")
    return before, after
