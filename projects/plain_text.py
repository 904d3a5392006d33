"""What may stand in a text that people read: nothing that hides, turns round what follows, or would like to be run."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Embeddings, overrides and isolates make the text after them read backwards, also outside of their own field.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Control characters other than tab, line feed and carriage return, and halves of characters, which nothing can store.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Pages show every text as text; but what is copied from here into another program should be harmless there too.
# "a < b", "<3" and "written in JavaScript: the map" are words.
_CODE = re.compile(
    r"<\s*/?\s*(?:script|iframe|object|embed|applet|base|meta|link|style|svg|math|form)\b"
    r"|<[a-z][^<>]*[\s\"'/]on[a-z]{3,}\s*="
    r"|\b(?:java|vb)script:(?=[^\s])"
    r"|\bdata:text/html",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")


def validate_plain(text: str) -> None:
    """Refuses what a reader cannot see but a page would obey, and what is code instead of words."""
    if _TURNING.search(text):
        raise ValidationError(
            _("There are hidden characters in this text that turn the writing direction. Please type it again.")
        )
    if _CONTROL.search(text):
        raise ValidationError(_("There are invisible control characters in this text. Please type it again."))
    if _CODE.search(text):
        raise ValidationError(_("There is code for a web page in this text, a script for example. Please use words."))


def validate_has_words(text: str) -> None:
    """A title of dots or emoji alone can be neither found nor read aloud."""
    if not _WORD.search(text):
        raise ValidationError(_("Please use at least one word."))


def without_turning(text: str) -> str:
    """The text without such characters: for drafts saved while typing, where refusing would lose work."""
    return _CONTROL.sub("", _TURNING.sub("", text))
