"""The worker's round: claims the letters that wait and posts them."""

import datetime as dt
import logging
import smtplib
from collections.abc import Callable

from django.core.mail import BadHeaderError, EmailMessage

from engagement import emails, introduction_letters, letters, reach, session_letters
from engagement.choices import LetterKind
from engagement.models import Letter

logger = logging.getLogger(__name__)

# Why a letter was closed without being sent: mail to its person comes back (`reach`).
NOT_REACHED = "suppressed"

_MESSAGES: dict[str, Callable[[Letter], EmailMessage | None]] = {
    LetterKind.CHECK_IN_OPENED: emails.check_in_opened,
    LetterKind.CHECK_IN_SUBMITTED: emails.check_in_submitted,
    LetterKind.CHECK_IN_RETURNED: emails.check_in_returned,
    LetterKind.CHECK_IN_ACCEPTED: emails.check_in_accepted,
    LetterKind.CHECK_IN_DATES: emails.check_in_dates,
    LetterKind.INTRODUCTION_ASKED: introduction_letters.asked,
    LetterKind.INTRODUCTION_ACCEPTED: introduction_letters.accepted,
    LetterKind.INTRODUCTION_DECLINED: introduction_letters.declined,
    LetterKind.INTRODUCTION_BROKERED: introduction_letters.brokered,
    LetterKind.INTRODUCTION_RESTS: introduction_letters.rests,
    LetterKind.INTRODUCTION_HELPED: introduction_letters.helped,
    LetterKind.QUESTION_ASKED: emails.question_asked,
    LetterKind.QUESTION_ANSWERED: emails.question_answered,
    LetterKind.PROJECT_ADAPTED: emails.project_adapted,
    LetterKind.ADAPTATION_REPORTED: emails.adaptation_reported,
    LetterKind.SESSION_PLANNED: session_letters.session_planned,
    LetterKind.SESSION_MOVED: session_letters.session_moved,
    LetterKind.SESSION_CALLED_OFF: session_letters.session_called_off,
    LetterKind.SESSION_SOON: session_letters.session_soon,
    LetterKind.SESSION_TO_LOG: session_letters.session_to_log,
}


def post_waiting(now: dt.datetime) -> int:
    """Posts every letter that is due; answers how many were sent. One that fails is put back and tried later."""
    sent = 0
    while batch := letters.claim(now):
        gone = reach.suppressed({letter.person.email for letter in batch})
        sent += sum(_post(letter, gone) for letter in batch)
    return sent


def _post(letter: Letter, gone: set[str]) -> bool:
    if letter.person.email in gone:
        # The banner tells its person; what it would say stands in the portal.
        letters.close(letter, sent=False, why=NOT_REACHED)
        return False
    try:
        message = _MESSAGES[letter.kind](letter)
    except (OSError, smtplib.SMTPException, BadHeaderError) as error:
        logger.warning("Letter %s (%s) was not sent: %s", letter.pk, letter.kind, error)
        letters.put_back(letter, error)
        return False
    letters.close(letter, sent=message is not None)
    return message is not None
