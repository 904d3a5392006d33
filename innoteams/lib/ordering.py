"""Order of names as readers expect it."""

import unicodedata


def alphabetical(text: str) -> str:
    """A key for sorting: capitals with small letters, É with E. Good enough for every alphabet, perfect for none."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
