"""Who cannot be reached by mail, for pages on which people look after others."""

from collections.abc import Iterable

from django import template

from cities.models import Coordination, Invitation, Membership
from engagement.reach import suppressed

register = template.Library()


@register.simple_tag
def not_reached(*lists: Iterable[Membership | Coordination | Invitation]) -> set[str]:
    """The addresses, of those in the lists, that mail is not sent to: one query, none where there is nobody."""
    addresses = {row.email if isinstance(row, Invitation) else row.person.email for rows in lists for row in rows}
    return suppressed(addresses) if addresses else set()
