"""What mail providers post, in the shapes that they document, and how they prove who they are."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from typing import Any

from django.test import Client
from django.utils import timezone

PASSWORD = "reporter:a-long-password"
KEY = "a-signing-key"
ANYMAIL = {
    "WEBHOOK_SECRET": [PASSWORD],
    "MAILGUN_WEBHOOK_SIGNING_KEY": KEY,
    "MAILERSEND_SIGNING_SECRET": KEY,
    "MAILTRAP_TRACKING_SECRET": KEY,
}


def basic(pair: str = PASSWORD) -> str:
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def post(client: Client, provider: str, body: object, **headers: str) -> int:
    """With the password unless another `authorization` is given; empty: none."""
    sent = {"authorization": basic(), **headers}
    answer = client.post(
        f"/mail/{provider}/tracking/",
        json.dumps(body),
        content_type="application/json",
        headers={name: value for name, value in sent.items() if value},
    )
    return int(answer.status_code)


def postmark(kind: str, address: str, *, number: int = 692560173, at: dt.datetime | None = None) -> dict[str, Any]:
    """A bounce, a complaint ("SpamComplaint") or a delivery ("Delivery"), which has no number."""
    moment = (at or timezone.now()).isoformat()
    common = {"MessageID": "2706ee8a-737c-4285-b032-ccd317af53ed", "ServerID": 23, "Tag": "", "Metadata": {}}
    if kind == "Delivery":
        return {**common, "RecordType": kind, "Recipient": address, "DeliveredAt": moment, "Details": "250 2.0.0 OK"}
    return {
        **common,
        "RecordType": "SpamComplaint" if kind == "SpamComplaint" else "Bounce",
        "ID": number,
        "Type": kind,
        "Email": address,
        "BouncedAt": moment,
        "Description": "The server was unable to deliver your message.",
        "Details": f"smtp;550 5.1.1 <{address}>: user unknown",
    }


def mailgun(
    event: str,
    address: str,
    *,
    number: str = "c47468e81de0818af77f3e14a728602a29",
    key: str = KEY,
    at: dt.datetime | None = None,
    message_id: str = "20130503182626.18666.16540@elsewhere.example",
    **facts: object,
) -> dict[str, Any]:
    moment = (at or timezone.now()).timestamp()
    stamp = str(int(moment))
    signature = hmac.new(key.encode(), f"{stamp}{number}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": number, "signature": signature},
        "event-data": {
            "event": event,
            "timestamp": moment,
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "recipient": address,
            "message": {"headers": {"message-id": message_id, "to": address}},
            **facts,
        },
    }
