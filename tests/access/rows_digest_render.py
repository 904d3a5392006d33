"""What is said of an item, and previews: the person's alone, or for who holds their key, or with their leave."""

from django.urls import reverse

from engagement.digests.unsubscribe import keys_for
from engagement.models import DigestFeedback, PreviewLeave
from tests.access.rows_digest import READER, sent
from tests.access.table import Canary, Expected, Row, everybody, signed_in
from tests.cast import Cast, make_project
from tests.engagement.digest_scenes import happen

ANY_COORDINATOR: dict[str, Expected] = {"coordinator": 200, "funder_coordinator": 200, "other_coordinator": 200}
COORDINATORS: dict[str, Expected] = {"coordinator": 200, "funder_coordinator": 200}


def said(cast: Cast) -> str:
    row, _made = DigestFeedback.objects.get_or_create(
        person=cast.mulhouse_lead, city=cast.tel_aviv.city, defaults={"wish": "less"}
    )
    return reverse("digest_feedback_take_back", args=[row.pk])


def say(cast: Cast) -> str:
    key = keys_for([cast.mulhouse_lead.pk])[cast.mulhouse_lead.pk]
    return reverse("digest_say", args=[key, sent(cast).pk, 1])


def say_signed_in(cast: Cast) -> str:
    return reverse("digest_item_say", args=[sent(cast).pk, 1])


def without_leave(cast: Cast) -> str:
    return reverse("digest_preview_person_mail", args=[cast.mulhouse_lead.pk])


def with_leave(cast: Cast) -> str:
    """Of the Tel Aviv member, whose coordinators may look."""
    PreviewLeave.objects.get_or_create(person=cast.tel_aviv_member)
    happen(make_project(cast.mulhouse, title="For the preview"))
    return reverse("digest_preview_person", args=[cast.tel_aviv_member.pk])


ROWS = [
    # Who holds the key reads as its person, who may see it: what it shows is no leak.
    Row("digest_say", say, everybody(), public=True, crawl=False),
    Row("digest_say", say, everybody(422), public=True, method="post", data={"wish": "nonsense"}),
    Row("digest_item_say", say_signed_in, READER),
    Row("digest_item_say", say_signed_in, {"mulhouse_lead": 422}, method="post", data={"wish": "nonsense"}),
    Row("digest_feedback_take_back", said, {"mulhouse_lead": 302}, method="post"),
    Row("digest_preview_of", lambda cast: reverse("digest_preview_of", args=["actions"]), signed_in()),
    Row("digest_preview_of", lambda cast: reverse("digest_preview_of", args=["coordination"]), ANY_COORDINATOR),
    Row("digest_preview_mail_of", lambda cast: reverse("digest_preview_mail_of", args=["gossip"])),
    Row("digest_preview_leave", lambda cast: reverse("digest_preview_leave"), signed_in(302), method="post"),
    Row("digest_preview_people", lambda cast: reverse("digest_preview_people"), ANY_COORDINATOR),
    Row("digest_preview_person", with_leave, COORDINATORS),
    # Of somebody without leave; with it, the mail is shown where nothing is left out (test_render_previews).
    Row("digest_preview_person_mail", without_leave),
]


def plant(cast: Cast) -> list[Canary]:
    """A digest whose item the reader may still see is answered by its reader alone; what was said of a project
    narrowed since is named to nobody."""
    digest = sent(cast, key="2026-W38", project="team")
    DigestFeedback.objects.get_or_create(
        person=cast.mulhouse_lead, project=digest.items.get().project, defaults={"wish": "less"}
    )
    return []
