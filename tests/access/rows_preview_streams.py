"""The next digest of somebody else, stream by stream: with their leave for that stream, for who accompanies them."""

from django.urls import reverse

from engagement.choices import Cadence, Stream
from engagement.digests import leave
from engagement.models import DigestPreference
from tests.access.table import Expected, Row
from tests.cast import Cast

COORDINATORS: dict[str, Expected] = {"coordinator": 200, "funder_coordinator": 200}


def what_waits(cast: Cast) -> str:
    """All of it, with the introductions and questions that other areas plant."""
    leave.give(by=cast.tel_aviv_lead, stream=Stream.ACTIONS)
    DigestPreference.objects.update_or_create(
        person=cast.tel_aviv_lead, stream=Stream.ACTIONS, defaults={"cadence": Cadence.WEEKLY}
    )
    return reverse("digest_preview_person_of", args=[cast.tel_aviv_lead.pk, Stream.ACTIONS])


def no_leave_for_it(cast: Cast) -> str:
    leave.give(by=cast.tel_aviv_lead, stream=Stream.ACTIONS)
    return reverse("digest_preview_person_mail_of", args=[cast.tel_aviv_lead.pk, Stream.NETWORK])


ROWS = [
    Row("digest_preview_person_of", what_waits, COORDINATORS),
    # With leave the mail is shown where nothing is left out (test_preview_streams).
    Row("digest_preview_person_mail_of", no_leave_for_it),
]
