"""Languages that people write and read in; wider than the languages of the interface (settings.LANGUAGES)."""

import unicodedata

from django.utils.translation import gettext_lazy as _

# ISO 639 code: name. The list covers the working and widely spoken languages of the member cities.
CONTENT_LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("es", _("Spanish")),
    ("he", _("Hebrew")),
    ("ar", _("Arabic")),
    ("de", _("German")),
    ("nl", _("Dutch")),
    ("is", _("Icelandic")),
    ("ru", _("Russian")),
    ("am", _("Amharic")),
    ("oc", _("Occitan")),
    ("ca", _("Catalan")),
    ("zh", _("Chinese")),
    ("pt", _("Portuguese")),
    ("vi", _("Vietnamese")),
    ("tl", _("Tagalog")),
    ("gsw", _("Alsatian")),
    ("yi", _("Yiddish")),
    ("pl", _("Polish")),
]

RIGHT_TO_LEFT = {"ar", "he", "fa", "ur", "yi"}


def direction(language: str) -> str:
    """'rtl' or 'ltr' for an ISO 639 code, with or without a region."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def direction_of_text(text: str) -> str:
    """By its first letter that has one, as `dir="auto"` in a browser; many mail programs do not know that."""
    directions = (unicodedata.bidirectional(sign) for sign in text)
    first = next((found for found in directions if found in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"


def localised(names: dict[str, str], language: str | None = None) -> str:
    """The name in the given (else the active) language, else in English, else any."""
    from django.utils.translation import get_language

    code = (language or get_language() or "en").split("-")[0]
    return names.get(code) or names.get("en") or next(iter(names.values()), "")


# First strong isolate … pop: a title in Hebrew must not turn the line around it, in a text part or a subject.
_FSI, _PDI = "\u2068", "\u2069"


def isolated(text: str, language: str) -> str:
    """The text, fenced off where it runs the other way than the active language."""
    from django.utils.translation import get_language

    if direction(language) == direction(get_language() or "en"):
        return text
    return f"{_FSI}{text}{_PDI}"


def set_apart(text: str) -> str:
    """The same for a text whose language nobody said."""
    from django.utils.translation import get_language

    if direction_of_text(text) == direction(get_language() or "en"):
        return text
    return f"{_FSI}{text}{_PDI}"
