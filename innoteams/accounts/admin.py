"""People, for administrators: who they are and whether they may come in. What they wrote is not shown here."""

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from innoteams.accounts.models import User

# Django's own classes take no type parameter when they run.
if TYPE_CHECKING:
    Table = admin.TabularInline[EmailAddress, User]
    Pages = admin.ModelAdmin[User]
else:
    Table, Pages = admin.TabularInline, admin.ModelAdmin


class EmailAddressInline(Table):
    model = EmailAddress
    extra = 0
    can_delete = False
    fields = readonly_fields = ("email", "verified", "primary")

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(Pages):
    """People join by invitation and leave by closing the account, so nobody is added or deleted here."""

    list_display = ("name", "email", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "is_demo", "language")
    search_fields = ("name", "email")
    ordering = ("name",)
    fields = (
        "name",
        "email",
        "pronouns",
        "language",
        "spoken_languages",
        "timezone",
        "is_active",
        "is_staff",
        "is_demo",
        "welcomed_at",
        "closed_at",
        "last_login",
        "date_joined",
    )
    readonly_fields = ("email", "spoken_languages", "is_demo", "welcomed_at", "closed_at", "last_login", "date_joined")
    inlines = (EmailAddressInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody locks themself out, and a closed account is not opened again."""
        own_or_closed = obj is not None and (obj.pk == request.user.pk or obj.closed_at is not None)
        return (*self.readonly_fields, "is_active", "is_staff") if own_or_closed else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        # There is one kind of administrator.
        obj.is_superuser = obj.is_staff
        super().save_model(request, obj, form, change)
