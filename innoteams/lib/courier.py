"""One connection to the mail server for many messages, which can tell “refused” from “nobody knows”.

SMTP confirms a message only at its end. If the connection breaks before the message itself is on its way, it was surely
not taken; if it breaks after, it may have been. Whoever must not send twice needs to know which.
"""

import re
import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from innoteams.lib.mail_bytes import as_bytes

_TAKEN, _WILL_FORWARD, _GO_ON = 250, 251, 354
# What almost every address looks like; all others are asked of a parser that takes longer than the rest of a mail.
_PLAIN = re.compile(r"(?P<name>[\w .-]+ <)?(?P<address>[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)(?(name)>)", re.ASCII)


class NotTakenError(Exception):
    """The server surely did not take the message; it may be offered again."""


class UnclearError(Exception):
    """The message was handed over and the answer never came: it may have been taken or not."""


class ServerAwayError(NotTakenError):
    """The mail server cannot be reached, or wants nothing from us: true of every message, not of this one."""


@dataclass(frozen=True)
class Parcel:
    """A message ready to be handed over: for SMTP with its bytes, written ahead of time."""

    message: EmailMessage
    sender: str = ""
    recipients: Sequence[str] = ()
    content: bytes | None = None


class _Watched(smtplib.SMTP):
    """`handed_over`: whether the message at hand was. `meanwhile` is called while the server has it and has not
    answered yet: whatever may be done then costs no time."""

    handed_over = False
    meanwhile: Callable[[], None] | None = None

    def carry(self, parcel: Parcel, content: bytes) -> None:
        """Raises what `sendmail` raises."""
        self.ehlo_or_helo_if_needed()
        options = [] if content.isascii() or not self.has_extn("8bitmime") else ["body=8bitmime"]
        if self.has_extn("pipelining") and len(parcel.recipients) == 1:
            self._carry_in_one_go(parcel.sender, parcel.recipients[0], content, options)
        else:
            self.sendmail(parcel.sender, parcel.recipients, content, options)

    def data(self, msg: Any) -> tuple[int, bytes]:
        answer = self.docmd("data")
        if answer[0] != _GO_ON:
            raise smtplib.SMTPDataError(*answer)
        return self._give(msg)

    def _give(self, content: bytes) -> tuple[int, bytes]:
        """From here on nobody but the server knows what became of it. Lines that begin with a dot get a second one."""
        stuffed = content.replace(b"\n.", b"\n..")
        self.handed_over = True
        self.send(b"".join((b"." if stuffed.startswith(b".") else b"", stuffed, b".\r\n")))
        if self.meanwhile:
            self.meanwhile()
        return self.getreply()

    def _carry_in_one_go(self, sender: str, recipient: str, content: bytes, options: Sequence[str]) -> None:
        """Sender, recipient and the wish to send data without waiting for each answer (RFC 2920): one way there and
        back instead of three."""
        size = [f"size={len(content)}"] if self.has_extn("size") else []
        words = "".join(f" {option}" for option in [*size, *options])
        lines = (f"mail FROM:<{sender}>{words}", f"rcpt TO:<{recipient}>", "data")
        self.send("".join(f"{line}\r\n" for line in lines))
        from_, to, data = [self.getreply() for _line in lines]
        refusal: smtplib.SMTPException | None = None
        if from_[0] != _TAKEN:
            refusal = smtplib.SMTPSenderRefused(*from_, sender)
        elif to[0] not in (_TAKEN, _WILL_FORWARD):
            refusal = smtplib.SMTPRecipientsRefused({recipient: to})
        elif data[0] != _GO_ON:
            refusal = smtplib.SMTPDataError(*data)
        if refusal:
            # It may wait for data all the same. It gets none, and what has no end was not sent.
            self.close()
            raise refusal
        answer = self._give(content)
        if answer[0] != _TAKEN:
            raise smtplib.SMTPDataError(*answer)


class _WatchedOverTLS(_Watched, smtplib.SMTP_SSL):
    pass


class WatchedEmailBackend(EmailBackend):
    """Django's SMTP backend; its connection remembers whether the message at hand was handed over."""

    connection: _Watched | None

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _WatchedOverTLS if self.use_ssl else _Watched


class Courier:
    """Opens at the first message, stays open, opens again after a break. Use it as a context manager."""

    def __init__(self) -> None:
        backend = get_connection()
        # Another backend (files, memory, a provider's API) is used as it is: what it cannot tell is unclear.
        self._smtp = WatchedEmailBackend() if type(backend) is EmailBackend else None
        self._backend = self._smtp or backend
        self._is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def open(self) -> None:
        """Raises ServerAwayError."""
        if self._is_open:
            return
        try:
            self._backend.open()
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            raise ServerAwayError(_told(error)) from error
        self._is_open = True

    def pack(self, message: EmailMessage) -> Parcel:
        """Ready to be sent: so that it can be written before its turn. Raises BadHeaderError, UnicodeError or
        ValueError where it cannot be written."""
        if self._smtp is None:
            return Parcel(message)
        content = as_bytes(message)
        sender = _as_smtp_names_it(message.from_email)
        return Parcel(message, sender, [_as_smtp_names_it(to) for to in message.recipients()], content)

    def send(self, parcel: Parcel, meanwhile: Callable[[], None] | None = None) -> None:
        """Returns when the server has taken the message. Raises NotTakenError or UnclearError.

        `meanwhile` is called, at most once, while the server has the message and has not answered; what it raises
        would leave the message unclear.
        """
        self.open()
        smtp = self._smtp.connection if self._smtp else None
        if smtp:
            smtp.handed_over, smtp.meanwhile = False, meanwhile
        try:
            if smtp and parcel.content is not None:
                smtp.carry(parcel, parcel.content)
            else:
                self._backend.send_messages([parcel.message])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            # An answer in words: the server is there and said no. 421 ends the conversation.
            self._close()
            raise NotTakenError(_told(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            handed_over = smtp.handed_over if smtp else True
            self._close()
            raise (UnclearError if handed_over else NotTakenError)(_told(error)) from error

    def _close(self) -> None:
        self._is_open = False
        try:
            self._backend.close()
        except (smtplib.SMTPException, OSError):
            # It was broken; Django has let go of the socket.
            self._backend.connection = None  # type: ignore[attr-defined]  # the SMTP one


def _as_smtp_names_it(address: str) -> str:
    """The address alone, in ASCII."""
    found = _PLAIN.fullmatch(address)
    return found["address"] if found else parseaddr(sanitize_address(address, settings.DEFAULT_CHARSET))[1]


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
