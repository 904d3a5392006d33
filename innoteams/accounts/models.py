"""Who a person is: the custom user, known by an e-mail address, with a language and a time zone."""

import zoneinfo
from typing import ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innoteams.lib.languages import CONTENT_LANGUAGES


def validate_time_zone(name: str) -> None:
    """Refuses anything that is not an IANA time zone name."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """An administrator. Whoever may run commands on the server answers for the address, so it counts as verified:
        the first sign-in must not depend on mail that is perhaps not set up yet."""
        with transaction.atomic(using=self._db):
            user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What they may do comes from memberships and coordinations (`cities`), never from here alone."""

    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=120)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en", choices=CONTENT_LANGUAGES)
    spoken_languages = ArrayField(
        models.CharField(max_length=8, choices=CONTENT_LANGUAGES),
        verbose_name=_("other languages you can be written to in"),
        default=list,
        blank=True,
    )
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("administrator of the platform"), default=False)
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)
    welcomed_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("when the person chose language, time zone and digest day"),
    )
    closed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("when the person closed the account")
    )
    date_joined = models.DateTimeField(default=now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Somebody already uses this address."),
            )
        ]

    def __str__(self) -> str:
        if self.closed_at and not self.name:
            return gettext("Former member")
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else str(self)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)
