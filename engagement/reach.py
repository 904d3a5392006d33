"""Whether mail reaches somebody: addresses that bounced or complained are written to no more."""

import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings

from engagement.models import Suppression


def hash_of(address: str) -> str:
    """The same for every way of writing an address, and nothing without the portal's own key."""
    return hmac.new(settings.SECRET_KEY.encode(), address.strip().lower().encode(), hashlib.sha256).hexdigest()


def suppressed(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that nothing is sent to, in one query."""
    by_hash = {hash_of(address): address for address in addresses}
    rows = Suppression.objects.filter(address_hash__in=by_hash, lifted_at=None)
    return {by_hash[found] for found in rows.values_list("address_hash", flat=True)}
