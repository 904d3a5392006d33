"""What mail providers report to us: django-anymail checks where a report comes from and reads it, and what follows is
up to `reach.note`. Opened and clicked mails are no business of ours; such reports are let pass."""

import hashlib
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason  # type: ignore[import-untyped]  # has no types
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from engagement import reach
from engagement.choices import MailReport

# Where each provider's reports are read.
VIEWS = {
    "brevo": "BrevoTrackingWebhookView",
    "mailersend": "MailerSendTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "mailtrap": "MailtrapTrackingWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}
# Reasons for which an address itself is at fault; all others (a full mailbox, a policy) may pass.
_FOR_GOOD = (RejectReason.BOUNCED, RejectReason.INVALID, None)
# How providers call what may pass, where anymail calls it a bounce like any other.
_SOFT_WORDS = {"softbounce", "soft_bounce", "soft_bounced", "transient"}
_SOFT_CLASSES = {"20", "21", "22", "23", "24", "40", "70"}  # SparkPost's
_TEMPORARY = re.compile(r"(?:^|\D)4\d\d[ -]+4\.\d{1,3}\.\d{1,3}|^\s*4(?:\d\d|\.\d{1,3}\.\d{1,3})\b")


def view_for(provider: str) -> Callable[..., HttpResponseBase]:
    """The view that takes the reports of a provider (a key of VIEWS): anymail's own, with its check of where a report
    comes from. One that passes it and still makes no sense is a bad request, not a fault of ours."""
    theirs: Any = getattr(import_module(f"anymail.webhooks.{provider}"), VIEWS[provider])

    def parse_events(self: object, request: HttpRequest) -> Any:
        try:
            return theirs.parse_events(self, request)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SuspiciousOperation("A mail provider's report could not be read.") from error

    careful: Any = type("Reports", (theirs,), {"parse_events": parse_events})
    view: Callable[..., HttpResponseBase] = careful.as_view()
    return view


def receive(sender: object, event: AnymailTrackingEvent, esp_name: str, **_kwargs: object) -> None:
    """Receiver of anymail's `tracking`. What is raised here makes the provider report again later."""
    kind = kind_of(event)
    if kind is None or not event.recipient:
        return
    reach.note(
        reach.Report(
            provider=esp_name,
            event_id=event.event_id or _made_up_id(event),
            kind=kind,
            address=event.recipient,
            at=event.timestamp or timezone.now(),
            message_id=_bracketed(event.message_id or ""),
            detail=str(event.mta_response or event.description or ""),
        )
    )


def kind_of(event: AnymailTrackingEvent) -> MailReport | None:
    """What a report says of the address; None where nothing follows from it."""
    kind, reason = event.event_type, event.reject_reason
    if kind == EventType.DELIVERED:
        return MailReport.DELIVERED
    if kind == EventType.COMPLAINED or (kind == EventType.REJECTED and reason == RejectReason.SPAM):
        return MailReport.COMPLAINED
    if kind == EventType.DEFERRED:
        return MailReport.DELAYED
    if kind not in (EventType.BOUNCED, EventType.REJECTED):
        return None
    is_for_good = reason in _FOR_GOOD and not _may_pass(event)
    # Refused by the provider itself without naming the address as the cause: perhaps it takes the next one.
    if kind == EventType.REJECTED and reason is None:
        is_for_good = False
    return MailReport.BOUNCED if is_for_good else MailReport.DELAYED


def _may_pass(event: AnymailTrackingEvent) -> bool:
    """Whether the provider says in its own words, or the other server by its code, that it is not for good."""
    told = event.esp_event if isinstance(event.esp_event, dict) else {}
    data = told.get("data")
    words = {told.get("Type"), told.get("event"), data.get("type") if isinstance(data, dict) else None}
    if {str(word).lower() for word in words} & _SOFT_WORDS or told.get("hard_bounce") is False:
        return True
    return str(_bounce_class(told)) in _SOFT_CLASSES or bool(_TEMPORARY.search(str(event.mta_response or "")))


def _bounce_class(told: dict[str, Any]) -> object:
    inner = told.get("msys")
    parts = inner.values() if isinstance(inner, dict) else ()
    return next((part.get("bounce_class") for part in parts if isinstance(part, dict)), None)


def _made_up_id(event: AnymailTrackingEvent) -> str:
    """The same when a provider repeats a report to which it gives no number."""
    moment = event.timestamp.isoformat() if event.timestamp else ""
    facts = (event.event_type, event.recipient, event.message_id, moment, event.mta_response)
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _bracketed(message_id: str) -> str:
    """As it stands in the header of the mail."""
    return f"<{message_id.strip('<>')}>" if "@" in message_id else message_id
