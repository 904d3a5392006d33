"""What every page's shell shows: navigation by role, the demo banner, and to whom mail does not reach, that."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cities.standing import standing_of
from engagement.apps import UNREACHABLE
from engagement.reach import suppression_of
from innoteams.accounts.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from engagement.models import Suppression


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    icon: str
    current: bool


def shell(request: HttpRequest) -> dict[str, object]:
    # An error page may be drawn before the session was read.
    person = getattr(request, "user", None)
    entries = _entries_for(person) if person is not None and person.is_authenticated else _entries_for_visitors()
    nav = [NavItem(label, url, icon, _is_current(request, url)) for label, url, icon in entries]
    return {"nav": nav, "demo_mode": settings.DEMO, "unreachable": _why_not_reached(person)}


def _why_not_reached(person: "User | AnonymousUser | None") -> "Suppression | None":
    """Why and since when no mail is sent to them. That it is sent costs no query."""
    if not isinstance(person, User) or UNREACHABLE not in standing_of(person).beside:
        return None
    return suppression_of(person.email)


def _is_current(request: HttpRequest, url: str) -> bool:
    return request.path == url if url == "/" else request.path.startswith(url)


def _entries_for_visitors() -> list[tuple[str, str, str]]:
    return [
        (_("Projects"), reverse("project_list"), "layers"),
        (_("Cities"), reverse("city_list"), "building-2"),
        (_("Map"), reverse("network_map"), "map"),
    ]


def _entries_for(person: User) -> list[tuple[str, str, str]]:
    standing = standing_of(person)
    entries = [(_("My work"), reverse("my_work"), "inbox"), *_entries_for_visitors()]
    if standing.is_coordinator:
        entries.append((_("Portfolio"), reverse("portfolio"), "layout-grid"))
    if standing.is_in_team or standing.is_coordinator or standing.is_coach:
        entries.append((_("Check-ins"), reverse("check_in_list"), "clipboard-check"))
    if standing.is_coach or standing.is_in_team or standing.is_coordinator:
        entries.append((_("Coaching"), reverse("engagement_list"), "messages-square"))
    entries.append((_("Questions"), reverse("question_list"), "circle-question-mark"))
    if standing.is_in_team or standing.is_coordinator:
        entries.append((_("Introductions"), reverse("introduction_list"), "handshake"))
    entries.append((_("Digests"), reverse("digest_list"), "mail"))
    return entries
