"""Closing an account: nobody can sign in with it any more, and it holds nothing but, if wanted, the name."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from innoteams.accounts.models import User


@transaction.atomic
def close(*, person: User, keep_name: bool) -> None:
    """What the person wrote stays with the teams, signed with the name or as “Former member”."""
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    for session in UserSession.objects.filter(user=person):
        session.end()
    person.set_unusable_password()
    person.is_active = person.is_staff = person.is_superuser = False
    person.closed_at = timezone.now()
    # Unique, undeliverable for ever (RFC 2606), and free of the address that was there.
    person.email = f"closed-{person.pk}@closed.invalid"
    person.pronouns, person.spoken_languages = "", []
    if not keep_name:
        person.name = ""
    person.save()
