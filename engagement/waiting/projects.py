"""Drafts, projects that nobody confirmed for long, and adaptations of which nobody told."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.models import Team
from cities.querysets import today
from engagement import promises
from engagement.waiting.items import Source, Waiting, Way, of_city
from innoteams.accounts.models import User
from projects.choices import LIVE_OUTCOMES
from projects.models import Adaptation, Project


def _projects(person: User) -> QuerySet[Project]:
    """The person's own drafts, and shared projects that nobody confirmed for a year."""
    a_year_ago = today() - promises.CONFIRM_AFTER
    drafts = Q(shared_at=None, created_by=person, source_line="")
    to_confirm = Q(shared_at__isnull=False, outcome__in=LIVE_OUTCOMES, last_confirmed_on__lt=a_year_ago)
    to_confirm &= Q(source_line="") | Q(claimed_at__isnull=False)
    to_confirm &= Q(contact=person) | Q(team__in=Team.objects.led_by(person))
    rows: QuerySet[Project] = Project.objects.filter(drafts | to_confirm, team__in=Team.objects.writable_by(person))
    return rows


def _tell_project(project: Project, _person: User) -> Iterator[Waiting]:
    url = project.get_absolute_url()
    if project.is_draft:
        why = _("A draft that only your team sees. Share it when it is ready.")
        since = project.created_at.date()
        yield Waiting("draft", project.title, why, url, _("Open the draft"), since, has_due=False)
    elif project.last_confirmed_on:
        why = _("Nobody has confirmed for a year that this is still true.")
        due = project.last_confirmed_on + promises.CONFIRM_AFTER
        ways = (Way(_("It is still true"), reverse("project_confirm", args=[project.slug])),)
        since = due + dt.timedelta(days=1)
        yield Waiting("confirm", project.title, why, url, _("Look it over"), due, ways=ways, since=since)


def _adaptations(person: User) -> QuerySet[Adaptation]:
    """Three months after an adaptation was shared, or was named as one: what came of it?"""
    mine = Q(project__contact=person, project__team__in=Team.objects.writable_by(person))
    mine |= Q(project__team__in=Team.objects.led_by(person))
    rows = Adaptation.objects.visible_to(person).filter(mine, came_of_it="", project__shared_at__isnull=False)
    due = rows.annotate(since=Greatest("project__shared_at", "created_at"))
    waiting: QuerySet[Adaptation] = due.filter(since__lt=timezone.now() - promises.TELL_AFTER)
    return waiting


def _tell_adaptation(one: Adaptation, _person: User) -> Iterator[Waiting]:
    shared_at = one.project.shared_at
    assert shared_at is not None  # noqa: S101 - only of shared projects
    where = one.source.team.city.name if one.source else one.outside_name
    since = max(shared_at, one.created_at) + promises.TELL_AFTER
    why = _("You took it from %(where)s, and nobody has told yet how it went. Two sentences are enough.")
    yield Waiting(
        "adaptation",
        _("What came of “%(title)s”?") % {"title": one.project.title},
        why % {"where": where},
        reverse("adaptation_report", args=[one.project.slug, one.pk]),
        _("Tell"),
        since.date(),
        has_due=False,
        in_place=True,
        since=since,
    )


SOURCES = (
    Source(
        "project",
        _projects,
        _tell_project,
        columns=("id", "slug", "title", "created_at", "shared_at", "last_confirmed_on", "visibility"),
    ),
    Source(
        "adaptation",
        _adaptations,
        _tell_adaptation,
        columns=("id", "created_at", "outside_name", "project_id", "source_id"),
        related={
            "project": ("id", "slug", "title", "shared_at"),
            "source": ("id", "team_id"),
            **of_city("source__team"),
        },
    ),
)
