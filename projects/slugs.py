"""Readable addresses: short, of plain letters, never taken twice, and never changed once settled."""

import secrets

from django.utils.text import slugify

from projects.models import Project

LONGEST = 72
# Below this many letters an address says nothing (a title in Hebrew leaves only its digits).
SHORTEST = 3
PROVISIONAL = "draft-"


def readable_slug(title: str, city_slug: str) -> str:
    """From the title, with accents taken off; from the city and a short code where no letters are left."""
    base = slugify(title)[:LONGEST].rstrip("-")
    if sum(letter.isalpha() for letter in base) < SHORTEST:
        return f"{city_slug[:LONGEST]}-{secrets.token_hex(3)}"
    # "new" and the like are addresses of pages.
    if base in RESERVED or base.startswith(PROVISIONAL) or Project.objects.filter(slug=base).exists():
        return again(base)
    return base


def again(slug: str) -> str:
    """The address with a short code, for the second of two alike."""
    return f"{slug}-{secrets.token_hex(2)}"


RESERVED = frozenset({"new", "drafts", "follow", "export", "feed"})


def provisional_slug() -> str:
    """For a draft that is saved while its title is still being typed."""
    return f"{PROVISIONAL}{secrets.token_hex(5)}"


def is_provisional(slug: str) -> bool:
    return slug.startswith(PROVISIONAL)
