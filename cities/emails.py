"""The mails about people: an invitation with its link, and the word that one is in."""

from django.conf import settings
from django.urls import reverse

from cities import invitations
from cities.invitations import Sealed
from cities.models import Invitation
from innoteams.accounts.models import User
from innoteams.lib import mail
from innoteams.lib.languages import direction


def send_invitation(sealed: Sealed) -> None:
    """Raises what SMTP raises; the invitation is then open but marked as not sent."""
    invitation = sealed.invitation
    context = _place(invitation) | {
        "invitation": invitation,
        "inviter": invitation.invited_by,
        "link": settings.SITE_URL + reverse("invitation_detail", args=[sealed.key]),
        "days": invitations.VALID_FOR.days,
    }
    mail.send("invitation", invitation, invitation.language, context)
    invitations.note_sent(invitation)


def send_you_were_added(invitation: Invitation, person: User) -> None:
    """Also a safeguard: whoever did not accept anything learns that somebody did in their name."""
    context = _place(invitation) | {"invitation": invitation, "person": person}
    mail.send("membership_added", person, person.language, context)


def _place(invitation: Invitation) -> dict[str, object]:
    team = invitation.team
    return {
        "team": team,
        "operator": invitation.operator,
        "place": invitation.place,
        "place_direction": direction(team.language) if team else "auto",
    }
