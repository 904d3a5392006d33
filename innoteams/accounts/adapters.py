"""How allauth behaves here: nobody signs up without an invitation."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

# The session holds the key of the invitation whose page the person came from.
INVITATION_SESSION_KEY = "invitation"


class InvitationOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return INVITATION_SESSION_KEY in request.session
