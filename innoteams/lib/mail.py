"""One way to write a mail: three templates, the recipient's language, a text part that stands alone.

`templates/mail/<name>.subject.txt`, `.txt` and `.html`. Every one of them gets, besides its own context, `language`,
`direction` (ltr or rtl) and `site_url` (no slash at its end; links are `{{ site_url }}{% url … %}`). The subject and
the text are rendered without HTML escaping; the HTML gets static/css/mail.css written into its elements.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.mime.image import MIMEImage
from email.utils import formataddr, make_msgid, parseaddr
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol, cast

import css_inline
from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template
from django.utils import timezone, translation

from innoteams.lib.languages import direction

SUBJECT_LENGTH = 180
# The name that Outlook itself gives an invitation, and knows again.
CALENDAR_FILE = "invite.ics"
# Line and paragraph separators and every control character: nothing of a value may begin a new header line.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")


class Addressed(Protocol):
    """Whoever can be written to: a person, an invitation."""

    @property
    def email(self) -> str: ...

    @property
    def name(self) -> str: ...


Recipient = str | Addressed


@dataclass(frozen=True)
class CalendarPart:
    """An iCalendar object that goes along; `method` is the one in it (REQUEST, CANCEL)."""

    method: str
    content: bytes


def send(
    template: str,
    to: Recipient | Sequence[Recipient],
    language: str,
    context: Mapping[str, object],
    *,
    reply_to: Sequence[Recipient] = (),
    headers: Mapping[str, str] | None = None,
    message_id: str | None = None,
    time_zone: dt.tzinfo | None = None,
    calendar: CalendarPart | None = None,
    connection: BaseEmailBackend | None = None,
) -> EmailMultiAlternatives:
    """Builds the mail and hands it to the mail server. Raises what `build` raises, and what SMTP raises (OSError,
    smtplib.SMTPException): a mail that was not handed over is never passed over in silence."""
    message = build(
        template,
        to,
        language,
        context,
        reply_to=reply_to,
        headers=headers,
        message_id=message_id,
        time_zone=time_zone,
        calendar=calendar,
        connection=connection,
    )
    message.send()
    return message


def build(
    template: str,
    to: Recipient | Sequence[Recipient],
    language: str,
    context: Mapping[str, object],
    *,
    reply_to: Sequence[Recipient] = (),
    headers: Mapping[str, str] | None = None,
    message_id: str | None = None,
    time_zone: dt.tzinfo | None = None,
    calendar: CalendarPart | None = None,
    connection: BaseEmailBackend | None = None,
) -> EmailMultiAlternatives:
    """The message of `template` in `language` (or, where that is not offered, the portal's first one).

    `time_zone` is the one dates are told in. `message_id` ("<…@…>") stays the same over attempts where given.
    Raises BadHeaderError where an address, header or Message-ID could break out of its line, and
    TemplateDoesNotExist where one of the three templates is missing.
    """
    rendered = render(template, language, context, time_zone=time_zone)
    return assemble(
        rendered,
        to,
        reply_to=reply_to,
        headers=headers,
        message_id=message_id,
        calendar=calendar,
        connection=connection,
    )


class _WithPictures(EmailMultiAlternatives):
    mixed_subtype = "related"


class Rendered:
    """A mail in words: what can be kept and sent later exactly as it is. `pictures` are PNGs by the name under which
    the HTML shows them ("cid:<name>"); they go along, so that no mail program has to fetch anything."""

    __slots__ = ("html", "language", "pictures", "subject", "text")

    def __init__(
        self, subject: str, text: str, html: str, language: str, pictures: Mapping[str, bytes] | None = None
    ) -> None:
        self.subject, self.text, self.html, self.language = subject, text, html, language
        self.pictures = dict(pictures or {})


def render(
    template: str, language: str, context: Mapping[str, object], *, time_zone: dt.tzinfo | None = None
) -> Rendered:
    """Subject, text and HTML of a mail, not yet addressed to anybody."""
    language = offered(language)
    values = {
        **context,
        "language": language,
        "direction": direction(language),
        "site_url": settings.SITE_URL,
    }
    zone = timezone.override(time_zone) if time_zone else nullcontext()
    with translation.override(language), zone:
        subject = one_line(fill_template(f"mail/{template}.subject.txt", values, escape=False))
        text = fill_template(f"mail/{template}.txt", values, escape=False)
        html = fill_template(f"mail/{template}.html", values, escape=True)
    return Rendered(shortened(subject), tidy(text), inlined(html), language)


def assemble(
    rendered: Rendered,
    to: Recipient | Sequence[Recipient],
    *,
    reply_to: Sequence[Recipient] = (),
    headers: Mapping[str, str] | None = None,
    message_id: str | None = None,
    calendar: CalendarPart | None = None,
    connection: BaseEmailBackend | None = None,
) -> EmailMultiAlternatives:
    """The rendered mail as a message to be sent."""
    recipients = [to] if isinstance(to, str) or not isinstance(to, Sequence) else to
    lines = {
        "Message-ID": _checked_message_id(message_id) if message_id else new_message_id(),
        # RFC 3834: no holiday answers to a machine.
        "Auto-Submitted": "auto-generated",
        "Content-Language": rendered.language,
        **_checked(headers or {}),
    }
    kind = _WithPictures if rendered.pictures else EmailMultiAlternatives
    message = kind(
        subject=one_line(rendered.subject),
        body=rendered.text,
        to=[address_line(one) for one in recipients],
        reply_to=[address_line(one) for one in reply_to],
        headers=lines,
        connection=connection or get_connection(),
    )
    message.attach_alternative(rendered.html, "text/html")
    if rendered.pictures:
        _attach_pictures(message, rendered.pictures)
    if calendar:
        _attach_calendar(message, calendar)
    return message


def _attach_pictures(message: EmailMultiAlternatives, pictures: Mapping[str, bytes]) -> None:
    """Shown where the page names them, never as files of their own."""
    for name, png in pictures.items():
        part = MIMEImage(png, "png")
        part.add_header("Content-ID", f"<{name}>")
        part.add_header("Content-Disposition", "inline")
        message.attach(part)


def _attach_calendar(message: EmailMultiAlternatives, calendar: CalendarPart) -> None:
    """Twice, as calendar programs themselves write it: Gmail and Outlook offer what they find as the last alternative,
    others open only a file. The method has to stand in both places (RFC 6047)."""
    text = calendar.content.decode()
    message.attach_alternative(text, f"text/calendar; method={calendar.method}")
    message.attach(CALENDAR_FILE, calendar.content, "application/ics")


def offered(language: str) -> str:
    """The language of the interface nearest to the wanted one: itself, without its region, or the first offered."""
    codes = [code for code, _ in settings.LANGUAGES]
    for wanted in (language.lower(), language.lower().split("-")[0]):
        if wanted in codes:
            return wanted
    return str(settings.LANGUAGE_CODE)


def address_line(to: Recipient) -> str:
    """ "Name <address>", the name freed of anything that could begin a new line or a second address.

    Raises BadHeaderError for what is not one address.
    """
    name, address = ("", to) if isinstance(to, str) else (to.name, to.email)
    if isinstance(to, str) and "<" in to:
        name, address = parseaddr(to)
    if _CONTROL.search(address) or address.count("@") != 1 or re.search(r"[\s,;<>\"()]", address):
        raise BadHeaderError(f"Not an address that mail can be sent to: {address!r}")
    try:
        return formataddr((one_line(name), address))
    except (HeaderParseError, UnicodeError):
        # An address with letters outside ASCII before the @ goes without its name; Django encodes the domain.
        return address


def one_line(text: str) -> str:
    """The text on one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def shortened(subject: str) -> str:
    if len(subject) <= SUBJECT_LENGTH:
        return subject
    return subject[: SUBJECT_LENGTH - 1].rsplit(" ", 1)[0] + "…"


# Where none of them is, no line ends with a space, and lines end with a line feed alone: to look is much cheaper than
# to take every line in hand.
_SPACE_AT_ENDS = (" \n", "\u00a0\n", "\u202f\n", *"\t\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


def tidy(text: str) -> str:
    """Template tags leave blank lines behind: at most one in a row, none at the ends, no spaces at line ends."""
    lines = text
    if any(sign in text for sign in _SPACE_AT_ENDS):
        lines = "\n".join(line.rstrip() for line in text.splitlines())
    while "\n\n\n" in lines:
        lines = lines.replace("\n\n\n", "\n\n")
    return lines.strip() + "\n"


def sender_address() -> str:
    """The address this portal writes from."""
    return _address_in(settings.DEFAULT_FROM_EMAIL)


@lru_cache(maxsize=4)
def _address_in(sender: str) -> str:
    return parseaddr(sender)[1]


def mail_domain() -> str:
    """The domain this portal writes from."""
    return sender_address().rpartition("@")[2] or "localhost"


def new_message_id() -> str:
    """Made from our own domain: Django's would ask the network for this machine's name and tell it to everybody."""
    return make_msgid(domain=mail_domain())


def _checked_message_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise BadHeaderError(f"Not a Message-ID: {message_id!r}")
    return message_id


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if _CONTROL.search(name) or _CONTROL.search(value):
            raise BadHeaderError(f"A header is one line: {name!r}")
    return dict(headers)


def fill_template(name: str, values: dict[str, object], *, escape: bool) -> str:
    template = cast(Template, get_template(name)).template
    return template.render(Context(values, autoescape=escape))


def inlined(page: str) -> str:
    """With static/css/mail.css written into the elements."""
    return _inliner().inline(page)


def inlined_fragment(piece: str) -> str:
    """The same for a piece of a page."""
    return _fragment_inliner().inline_fragment(piece, _css())


@cache
def _css() -> str:
    return (Path(settings.BASE_DIR) / "static" / "css" / "mail.css").read_text(encoding="utf-8")


@cache
def _inliner() -> css_inline.CSSInliner:
    # Media queries (dark mode, narrow windows) stay in <head>; all else goes to the elements.
    return css_inline.CSSInliner(extra_css=_css(), keep_at_rules=True, load_remote_stylesheets=False)


@cache
def _fragment_inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)
