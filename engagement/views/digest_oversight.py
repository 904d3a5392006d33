"""What the pages about the sending of digests have in common: who may come in, whose rows, which tabs.

404 for everybody who oversees none. Figures and rows are those of the people one answers for.
"""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from cities.standing import standing_of
from engagement.models import Digest
from engagement.permissions import can_dry_run, oversees_digests
from engagement.querysets import DigestQuerySet
from engagement.views.doors import signed_in
from innoteams.accounts.models import User


def operator_of(request: HttpRequest) -> User:
    """Whoever answers for digests; nobody else learns that there is anything here."""
    person = signed_in(request)
    if not oversees_digests(person):
        raise Http404
    return person


def tabs_of(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """The pages of this area that are for the one who asks."""
    person = signed_in(request)
    tabs = [(_("Runs"), "digest_runs")]
    if can_dry_run(person):
        tabs.append((_("Dry run"), "digest_dry_run"))
    if standing_of(person).is_coordinator:
        tabs.append((_("Pinned"), "digest_pins"))
    tabs.append((_("Who is reached"), "digest_exposure"))
    return [(label, reverse(name), request.path == reverse(name)) for label, name in tabs]


def ledger_of(person: User) -> DigestQuerySet:
    """The rows of the people one answers for."""
    rows: DigestQuerySet = Digest.objects.overseen_by(person)
    return rows


def digest_or_404(person: User, pk: int) -> Digest:
    digest: Digest = get_object_or_404(ledger_of(person).select_related("person", "held_by"), pk=pk)
    return digest
