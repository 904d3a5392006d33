"""Places, programmes and belonging, for administrators. What is decided elsewhere is only read here."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, URLField
from django.http import HttpRequest

from cities.models import (
    City,
    Coordination,
    Department,
    Invitation,
    Membership,
    MembershipChange,
    MembershipPeriod,
    Operator,
    Priority,
    Programme,
    Team,
    Tie,
    Topic,
    TopicGroup,
)

# Django's own classes take no type parameter when they run.
if TYPE_CHECKING:
    Pages = admin.ModelAdmin[Any]
    Table = admin.TabularInline[Any, City]
    Stack = admin.StackedInline[Any, City]
else:
    Pages, Table, Stack = admin.ModelAdmin, admin.TabularInline, admin.StackedInline


class Kept(Pages):
    """Changed here, never deleted: other rows tell of it."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Read(Kept):
    """Written by the pages about people, which keep the rules and the history."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Operator)
class OperatorAdmin(Kept):
    list_display = ("name", "slug", "language", "url")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    search_fields = ("name",)


@admin.register(Programme)
class ProgrammeAdmin(Kept):
    list_display = ("name", "operator", "funder", "starts_on", "ends_on")
    list_select_related = ("operator", "funder")
    search_fields = ("name",)


@admin.register(MembershipPeriod)
class MembershipPeriodAdmin(Kept):
    list_display = ("city", "programme", "status", "cohort", "starts_on", "ends_on")
    list_filter = ("programme", "status")
    list_select_related = ("city", "programme")
    search_fields = ("city__slug", "cohort")
    autocomplete_fields = ("city", "programme")


class DepartmentInline(Table):
    model = Department
    extra = 0


class PriorityInline(Stack):
    model = Priority
    extra = 0
    autocomplete_fields = ("topics",)


class TieInline(Table):
    model = Tie
    fk_name = "city"
    extra = 0
    autocomplete_fields = ("neighbour",)


@admin.register(City)
class CityAdmin(Kept):
    list_display = ("__str__", "slug", "kind", "country", "in_network", "timezone")
    list_filter = ("in_network", "kind", "country")
    search_fields = ("slug", "names")
    inlines = (DepartmentInline, PriorityInline, TieInline)


@admin.register(Team)
class TeamAdmin(Kept):
    list_display = ("name", "city", "language", "is_active")
    list_filter = ("is_active", "language")
    list_select_related = ("city",)
    search_fields = ("name", "slug", "city__slug")
    autocomplete_fields = ("city",)


@admin.register(TopicGroup)
class TopicGroupAdmin(Kept):
    list_display = ("__str__", "slug", "position")


@admin.register(Topic)
class TopicAdmin(Kept):
    list_display = ("__str__", "slug", "group", "position")
    list_filter = ("group",)
    list_select_related = ("group",)
    search_fields = ("slug", "names")


@admin.register(Membership)
class MembershipAdmin(Read):
    list_display = ("person", "team", "right", "function", "starts_on", "ends_on", "successor")
    list_filter = ("right", "function")
    list_select_related = ("person", "team", "successor")
    search_fields = ("person__name", "person__email", "team__name")


@admin.register(MembershipChange)
class MembershipChangeAdmin(Read):
    list_display = ("at", "person", "event", "team", "right_before", "right_after", "by")
    list_filter = ("event",)
    list_select_related = ("person", "team", "by")
    search_fields = ("person__name", "team__name")


@admin.register(Coordination)
class CoordinationAdmin(Read):
    list_display = ("person", "operator", "starts_on", "ends_on", "given_by", "ended_by")
    list_filter = ("operator",)
    list_select_related = ("person", "operator", "given_by", "ended_by")


@admin.register(Invitation)
class InvitationAdmin(Read):
    """Without the digest of the key: it is nobody's to read."""

    list_display = ("email", "team", "operator", "right", "state", "invited_by", "created_at", "expires_at")
    list_select_related = ("team", "operator", "invited_by")
    search_fields = ("email",)
    exclude = ("key_digest",)
