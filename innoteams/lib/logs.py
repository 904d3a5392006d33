"""What is logged holds no key: whoever reads a log must not be able to act, or to read, as the person a key is of."""

import logging
import re

# Addresses whose last part is a key that works without signing in.
_KEYS = re.compile(r"(/calendar/|/digests/stop/|/introductions/helped/|/invitations/)(?!\d+/)[\w:-]{16,}")


class WithoutKeys(logging.Filter):
    """Puts “…” in the place of every key in a line. Django writes the address of a request that failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cleared = without_keys(message)
        if cleared != message:
            record.msg, record.args = cleared, ()
        return True


def without_keys(text: str) -> str:
    return _KEYS.sub(r"\1…", text)
