"""Mail without a mail server: every message becomes a file in a Maildir, as any mail program reads it."""

import mailbox
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class MaildirBackend(BaseEmailBackend):
    """Keeps messages in `settings.MAILBOX_DIR`, readable by their owner alone. Raises OSError where it cannot."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = self._folder()
        for message in email_messages:
            # As the demo's mail catcher does: who it was for stands in the file, also where the header says less.
            kept = mailbox.MaildirMessage(message.message())
            kept["X-RcptTo"] = ", ".join(message.recipients())
            folder.add(kept)
        return len(email_messages)

    def _folder(self) -> mailbox.Maildir:
        path = Path(settings.MAILBOX_DIR)
        # A Maildir makes its folders only together with itself; it may be there without them.
        for part in ("", "cur", "new", "tmp"):
            (path / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        return mailbox.Maildir(path)
