"""One connection to the mail server for many messages, which can tell “refused” from “nobody knows”.

SMTP confirms a message only at the end of DATA. If the connection breaks before that command, the message was surely
not taken; if it breaks after, it may have been. Whoever must not send twice needs to know which.
"""

import smtplib
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend


class NotTakenError(Exception):
    """The server surely did not take the message; it may be offered again."""


class UnclearError(Exception):
    """The message was handed over and the answer never came: it may have been taken or not."""


class ServerAwayError(NotTakenError):
    """The mail server cannot be reached, or wants nothing from us: true of every message, not of this one."""


class _Watched:
    handed_over = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.handed_over = True
        return super().data(msg)  # type: ignore[misc, no-any-return]  # a mixin of smtplib.SMTP


class _WatchedSMTP(_Watched, smtplib.SMTP):
    pass


class _WatchedSMTPOverTLS(_Watched, smtplib.SMTP_SSL):
    pass


class WatchedEmailBackend(EmailBackend):
    """Django's SMTP backend; it remembers whether the message at hand was handed over."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _WatchedSMTPOverTLS if self.use_ssl else _WatchedSMTP


class Courier:
    """Opens at the first message, stays open, opens again after a break. Use it as a context manager."""

    def __init__(self) -> None:
        backend = get_connection()
        # Another backend (files, memory, a provider's API) is used as it is: what it cannot tell is unclear.
        self._backend = WatchedEmailBackend() if type(backend) is EmailBackend else backend
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

    def send(self, message: EmailMessage) -> None:
        """Returns when the server has taken the message. Raises NotTakenError or UnclearError."""
        self.open()
        smtp = getattr(self._backend, "connection", None)
        if isinstance(smtp, _Watched):
            smtp.handed_over = False
        try:
            self._backend.send_messages([message])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            # An answer in words: the server is there and said no. 421 ends the conversation.
            self._close()
            raise NotTakenError(_told(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            handed_over = smtp.handed_over if isinstance(smtp, _Watched) else True
            self._close()
            raise (UnclearError if handed_over else NotTakenError)(_told(error)) from error

    def _close(self) -> None:
        self._is_open = False
        try:
            self._backend.close()
        except (smtplib.SMTPException, OSError):
            # It was broken; Django has let go of the socket.
            self._backend.connection = None  # type: ignore[attr-defined]  # the SMTP one


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
