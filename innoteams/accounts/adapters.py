"""How allauth behaves here, as far as it is about one person; joining by invitation is in `cities.joining`."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMessage
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import get_language

from innoteams.lib import mail

# Who signed up in this session and has not proven the address yet.
_SIGNED_UP_SESSION_KEY = "signed_up"
# Whoever is in sees it.
_SAID_BY_THE_PAGE = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class PersonAdapter(DefaultAccountAdapter):
    """A password set by whoever signed up first counts only for whoever proves the address."""

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in _SAID_BY_THE_PAGE:
            super().add_message(request, level, message_template, *args, **kwargs)

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, commit: bool = True
    ) -> AbstractBaseUser:
        saved: AbstractBaseUser = super().save_user(request, user, form, commit)
        request.session[_SIGNED_UP_SESSION_KEY] = saved.pk
        return saved

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """allauth's words in the dress of all our mails."""
        plain = super().render_mail(template_prefix, email, context, headers)
        words = {"subject": plain.subject, "text": plain.body}
        return mail.build("account", email, get_language() or settings.LANGUAGE_CODE, words, headers=headers)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Somebody may have signed up with a forwarded link and a password of theirs, and never got the code. When
        the owner of the address then comes in by an e-mailed code, that password must not open the account."""
        person = email_address.user
        signed_up_elsewhere = request.session.get(_SIGNED_UP_SESSION_KEY) != person.pk
        if person.last_login is None and signed_up_elsewhere and not person.is_staff:
            person.set_unusable_password()
            person.save(update_fields=["password"])
        return bool(super().confirm_email(request, email_address))
