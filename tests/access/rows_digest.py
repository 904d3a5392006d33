"""Digests: everybody's own and nobody else's; the page behind a footer's link is for whoever holds the link."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from engagement.choices import DigestState, ItemKind, Stream
from engagement.digests.unsubscribe import keys_for
from engagement.models import Digest, DigestItem
from tests.access.table import Canary, Expected, Row, everybody, signed_in
from tests.cast import Cast
from tests.engagement.digest_scenes import happen

NEWS_FOR: dict[str, Expected] = signed_in(200)
READER: dict[str, Expected] = {"mulhouse_lead": 200}


def sent(cast: Cast, key: str = "2026-W40", word: str = "", project: str = "network") -> Digest:
    """A digest that the Mulhouse lead was sent, about a project of Tel Aviv."""
    now = timezone.now()
    digest, made = Digest.objects.get_or_create(
        person=cast.mulhouse_lead,
        stream=Stream.NETWORK,
        period_key=key,
        defaults={
            "state": DigestState.SENT,
            "due_at": now,
            "window_start": now - dt.timedelta(days=7),
            "window_end": now,
            "language": "fr",
            "timezone": "Europe/Paris",
            "subject": f"Tel Aviv {word}",
            "html_body": f"<html><head></head><body>{word}</body></html>",
            "text_body": word,
            "item_count": 1,
            "sent_at": now,
        },
    )
    if made:
        DigestItem.objects.create(digest=digest, rank=1, kind=ItemKind.PROJECT, project=cast.projects[project])
    return digest


def preview_mail(cast: Cast) -> str:
    happen(cast.projects["network"])
    return reverse("digest_preview_mail")


def stop(cast: Cast) -> str:
    return reverse("digest_stop", args=[keys_for([cast.mulhouse_lead.pk])[cast.mulhouse_lead.pk]])


HABIT = {"cadence": "weekly", "weekday": "1", "local_hour": "8", "paused_until": ""}

ROWS = [
    Row("digest_list", lambda cast: reverse("digest_list"), signed_in()),
    Row("digest_preferences", lambda cast: reverse("digest_preferences"), signed_in(302), method="post", data=HABIT),
    Row("digest_links_renew", lambda cast: reverse("digest_links_renew"), signed_in(302), method="post"),
    Row("digest_preview", lambda cast: reverse("digest_preview"), signed_in()),
    Row("digest_preview_mail", preview_mail, NEWS_FOR),
    Row("digest_detail", lambda cast: reverse("digest_detail", args=[sent(cast).pk]), READER),
    Row("digest_mail", lambda cast: reverse("digest_mail", args=[sent(cast).pk]), READER),
    Row("digest_stop", stop, everybody(), public=True),
    Row("digest_stop", stop, everybody(), public=True, method="post", data={"do": "pause"}),
]


def plant(cast: Cast) -> list[Canary]:
    """What a digest said is its reader's; what it said of a project narrowed since is not even the reader's."""
    sent(cast, word="plumwhistle")
    sent(cast, key="2026-W39", word="grumblefig", project="team")
    return [Canary("plumwhistle", frozenset({"mulhouse_lead"})), Canary("grumblefig", frozenset())]
