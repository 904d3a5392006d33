"""Telling a team that another city adapts its project, or what came of that.

Projects know nothing of letters, so a door looks every few minutes for what happened to a project without a letter
about it. A team that cannot see the adaptation yet (its own team keeps it back) is told when it can, within HEARD_FOR.
"""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from engagement import letters
from engagement.choices import LetterKind
from engagement.models import Letter
from innoteams.accounts.models import User
from projects.choices import Verb
from projects.models import Activity

KINDS = {
    Verb.ADAPTATION_STARTED: LetterKind.PROJECT_ADAPTED,
    Verb.ADAPTATION_REPORTED: LetterKind.ADAPTATION_REPORTED,
}
# What is older is no news any more: nobody wants a heap of mails about last year after a long silence.
HEARD_FOR = dt.timedelta(days=30)


@transaction.atomic
def write_due(now: dt.datetime) -> int:
    """Writes the letters that are due; answers how many were asked for.

    One cheap question where there is nothing new. Any number of workers may do it at once: a person gets one letter
    about an activity (Letter.letter_of_activity_once).
    """
    asked = 0
    for kind, to in _due(now).items():
        letters.write(kind, to, now=now)
        asked += len(to)
    return asked


def _due(now: dt.datetime) -> dict[LetterKind, list[tuple[User, letters.About]]]:
    happened: dict[User, list[Activity]] = defaultdict(list)
    for activity in _untold(now):
        for person in letters.spokespeople_of(activity.project):
            if person.pk != activity.actor_id:
                happened[person].append(activity)
    due: dict[LetterKind, list[tuple[User, letters.About]]] = defaultdict(list)
    for person, rows in happened.items():
        seen = set(
            Activity.objects.visible_to(person).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
        )
        for row in rows:
            if row.pk in seen:
                due[KINDS[Verb(row.verb)]].append((person, row))
    return due


def _untold(now: dt.datetime) -> list[Activity]:
    """On projects that were adapted, not on those that adapt; with a team that answers for them."""
    claimed = Q(project__source_line="") | Q(project__claimed_at__isnull=False)
    rows = Activity.objects.filter(
        claimed,
        verb__in=list(KINDS),
        at__gt=now - HEARD_FOR,
        project=F("adaptation__source"),
    )
    told = Letter.objects.filter(activity=OuterRef("pk"))
    return list(rows.exclude(Exists(told)).select_related("project").order_by("at", "pk"))
