"""Who coordinates for an operator. Beginning is by invitation (`invitations`); the end is here."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cities.models import Coordination
from cities.permissions import can_manage_coordinators
from cities.querysets import today
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand


class EndedAlready(Refused):
    """Somebody ended it in the meantime."""


@transaction.atomic
def end(*, by: User, coordination: Coordination) -> Coordination:
    """From today on the person sees and decides nothing as a coordinator of this operator."""
    held: Coordination = Coordination.objects.select_for_update(of=("self",)).get(pk=coordination.pk)
    demand(can_manage_coordinators(by, held.operator))
    if held.ends_on and held.ends_on <= today():
        raise EndedAlready(_("This was ended already."))
    held.ends_on, held.ended_by = max(today(), held.starts_on), by
    held.save(update_fields=["ends_on", "ended_by"])
    return held
