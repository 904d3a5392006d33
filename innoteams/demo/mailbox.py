"""The demo's mailbox: every mail that this portal sent to anybody, as a page. It exists in demo mode only.

Nothing in a mail is trusted: its HTML is shown by an address of its own, sealed off (innoteams.lib.sealed).
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import parsedate_to_datetime
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from engagement.digests.pictures import with_pictures
from innoteams.lib.sealed import SANDBOX, sealed

_PER_PAGE = 25
# A demo that ran for a year is still a page; older mails stay in the folder.
_MOST_READ = 1000
_SHOWN_HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Content-Language",
)

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Caught:
    """A mail as the list shows it."""

    key: str
    subject: str
    recipients: tuple[str, ...]
    at: dt.datetime


def _in_demo_mode(view: View) -> View:
    """Without an account, too: the codes and invitations that let one in arrive here."""

    @wraps(view)
    def guarded(request: HttpRequest, **values: str) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, **values)

    return login_not_required(never_cache(require_safe(guarded)))


@_in_demo_mode
def mail_list(request: HttpRequest) -> HttpResponse:
    caught = [_caught(file) for file in _files()]
    recipients = sorted({one for mail in caught for one in mail.recipients})
    wanted = request.GET.get("to", "").strip().lower()
    if wanted:
        caught = [mail for mail in caught if wanted in mail.recipients]
    page = Paginator(caught, _PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "recipients": recipients, "wanted": wanted}
    return render(request, "mailbox/mail_list.html", context)


@_in_demo_mode
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    message = _message_or_404(key)
    context = {
        "key": key,
        "subject": _header(message, "Subject"),
        "headers": [(name, _header(message, name)) for name in _SHOWN_HEADERS if message[name]],
        "text": _part(message, "plain"),
        "calendar": _calendar(message),
        "has_html": message.get_body(("html",)) is not None,
        "sandbox": SANDBOX,
    }
    return render(request, "mailbox/mail_detail.html", context)


@_in_demo_mode
def mail_html(_request: HttpRequest, key: str) -> HttpResponse:
    message = _message_or_404(key)
    if message.get_body(("html",)) is None:
        raise Http404
    return sealed(with_pictures(_part(message, "html"), _pictures(message)))


def _pictures(message: EmailMessage) -> dict[str, bytes]:
    """Those that came along, by the name under which the page shows them."""
    images = [part for part in message.walk() if part.get_content_type() == "image/png" and part["Content-ID"]]
    return {part["Content-ID"].strip().strip("<>"): part.get_content() for part in images}


urlpatterns = [
    path("", mail_list, name="mailbox"),
    path("<str:key>/", mail_detail, name="mailbox_mail"),
    path("<str:key>/html/", mail_html, name="mailbox_html"),
]


def _files() -> list[Path]:
    """The mails of the Maildir, the newest first."""
    files = [file for part in ("new", "cur") for file in _inside(Path(settings.MAILBOX_DIR) / part)]
    return [file for _at, file in sorted(files, key=lambda pair: (-pair[0], pair[1].name))[:_MOST_READ]]


def _inside(folder: Path) -> Iterator[tuple[float, Path]]:
    if folder.is_dir():
        for file in folder.iterdir():
            try:
                yield file.stat().st_mtime, file
            except FileNotFoundError:
                # Removed meanwhile, by whoever tidies up.
                continue


def _key(file: Path) -> str:
    return file.name.partition(":")[0]


def _caught(file: Path) -> Caught:
    try:
        with file.open("rb") as stream:
            message = BytesHeaderParser(policy=default).parse(stream)
        at = dt.datetime.fromtimestamp(file.stat().st_mtime, tz=dt.UTC)
    except FileNotFoundError:
        return Caught(_key(file), "", (), dt.datetime.now(dt.UTC))
    return Caught(_key(file), _header(message, "Subject"), _recipients(message), _date(message) or at)


def _message_or_404(key: str) -> EmailMessage:
    file = next((file for file in _files() if _key(file) == key), None)
    if file is None:
        raise Http404
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what the default policy makes
    return message


def _header(message: EmailMessage, name: str) -> str:
    return str(message[name] or "")


def _recipients(message: EmailMessage) -> tuple[str, ...]:
    to = message["To"]
    return tuple(address.addr_spec.lower() for address in to.addresses) if to else ()


def _date(message: EmailMessage) -> dt.datetime | None:
    try:
        return parsedate_to_datetime(_header(message, "Date"))
    except ValueError:
        return None


def _calendar(message: EmailMessage) -> str:
    """What a calendar program would take from it."""
    parts = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    found = next(parts, None)
    return str(found.get_content()) if found else ""


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body else ""
