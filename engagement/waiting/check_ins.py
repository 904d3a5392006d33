"""Check-ins: drafted and returned ones to send, and submitted ones to answer."""

from collections.abc import Iterator

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.models import Team
from cities.querysets import today
from engagement import promises
from engagement.choices import WITH_THE_TEAM, CheckInState
from engagement.models import CheckIn, CheckInComment
from engagement.waiting.items import Source, Waiting, of_city
from innoteams.accounts.models import User
from innoteams.lib.carried import ALL


def _rows(person: User) -> QuerySet[CheckIn]:
    mine = Q(state__in=WITH_THE_TEAM, team__in=Team.objects.writable_by(person))
    to_answer = Q(pk__in=CheckIn.objects.answerable_by(person).values("pk"))
    rows: QuerySet[CheckIn] = CheckIn.objects.filter(mine | to_answer)
    return rows


def _tell(check_in: CheckIn, _person: User) -> Iterator[Waiting]:
    names = {"city": check_in.team.city.name, "period": check_in.period.name}
    due = promises.check_in_due(check_in) or today()
    url = check_in.get_absolute_url()
    if check_in.state == CheckInState.SUBMITTED:
        title, why = _("Answer the check-in of %(city)s, %(period)s"), _("A check-in is always answered, in words.")
        action = _("Read and answer")
        yield Waiting("check_in_answer", title % names, why, url, action, due, since=check_in.submitted_at)
    elif check_in.state == CheckInState.RETURNED:
        title = _("The check-in of %(city)s, %(period)s, came back with a question")
        why = _("Read the answer, go on writing and send it again.")
        if asked := getattr(check_in, "asked", 0):
            why = ngettext(
                "%(count)d part is asked about; everything else stays as you sent it.",
                "%(count)d parts are asked about; everything else stays as you sent it.",
                asked,
            ) % {"count": asked}
        action = _("Read the answer")
        yield Waiting("check_in_returned", title % names, why, url, action, due, since=check_in.answered_at)
    else:
        title = _("Send the check-in of %(city)s, %(period)s")
        why = _("It is drafted from what your team logged.")
        action = _("Open the draft")
        yield Waiting("check_in_drafted", title % names, why, url, action, due, since=check_in.created_at)


def _parts_asked_about() -> Subquery:
    rows = CheckInComment.objects.filter(check_in=OuterRef("pk"), asks=True, settled_at=None).order_by()
    counted = rows.values("check_in").annotate(parts=Count("part", distinct=True)).values("parts")
    return Subquery(counted)


SOURCES = (
    Source(
        "check_in",
        _rows,
        _tell,
        columns=("id", "state", "team_id", "period_id", "created_at", "submitted_at", "answered_at"),
        related={**of_city("team"), "period": ALL},
        facts={"asked": _parts_asked_about()},
    ),
)
