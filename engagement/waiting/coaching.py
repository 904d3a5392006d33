"""What was promised in coaching, and sessions that were held and are not logged."""

import datetime as dt
from collections.abc import Iterator

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.models import Membership, Team
from cities.querysets import today
from engagement import promises
from engagement.choices import Moment
from engagement.coaching import acting, moments
from engagement.coaching.comparison import LOOKING_BACK
from engagement.models import CoachingEngagement, CoachingSession, Commitment, Reflection
from engagement.waiting.items import NAMED, Source, Waiting, Way, of_city
from innoteams.accounts.models import User
from projects.models import Project

_ENGAGEMENT = {"engagement": ("id", "team_id"), **of_city("engagement__team")}


def _commitments(person: User) -> QuerySet[Commitment]:
    """What is promised until soon. Bound to an act it leads to where that is done; else one click says it is done."""
    soon = today() + dt.timedelta(days=promises.DAYS_AHEAD)
    rows = Commitment.objects.visible_to(person).open().filter(engagement__ends_on=None, due_on__lte=soon, owner=person)
    seen = Project.objects.visible_to(person).filter(pk=OuterRef("project"))
    can_act = Q(engagement__team__in=Team.objects.writable_by(person)) & (Q(project=None) | Exists(seen))
    leads = Case(When(~Q(act="") & can_act, then=True), default=False)
    found: QuerySet[Commitment] = acting.with_parts(rows).annotate(leads=leads)
    return found


def _tell_commitment(one: Commitment, _person: User) -> Iterator[Waiting]:
    why = _("You promised this in the coaching with %(city)s.") % {"city": one.engagement.team.city.name}
    if getattr(one, "leads", False):
        why += " " + _("It is ticked off by itself when %(act)s.") % {"act": one.get_act_display()}
        url, action = acting.where_to_act(one), str(acting.DO[one.act])
        yield Waiting("commitment", one.text, why, url, action, one.due_on)
    else:
        url, done = one.engagement.get_absolute_url(), Way(_("Done"), reverse("commitment_settle", args=[one.pk]))
        yield Waiting("commitment", one.text, why, url, _("Done"), one.due_on, ways=(done,))


def _left_behind(person: User) -> QuerySet[Commitment]:
    """Open promises of somebody who left: for the coaches and the leads of the team to give to somebody."""
    mine = Q(engagement__in=CoachingEngagement.objects.coached_by(person))
    mine |= Q(engagement__team__in=Team.objects.led_by(person))
    ever = Membership.objects.filter(team=OuterRef("engagement__team"), person=OuterRef("owner"))
    left_on = ever.past().order_by("-ends_on").values("ends_on")[:1]
    rows: QuerySet[Commitment] = Commitment.objects.open().filter(
        ~Exists(ever.current()) | Q(owner__is_active=False), mine, engagement__ends_on=None
    )
    return rows.annotate(left_on=Subquery(left_on))


def _tell_left_behind(one: Commitment, _person: User) -> Iterator[Waiting]:
    why = _("%(who)s has left. Give this promise to somebody, or let it go.") % {"who": one.owner.name}
    url = reverse("commitment_change", args=[one.pk])
    left_on = getattr(one, "left_on", None)
    since = dt.date.fromisoformat(left_on) if left_on else None
    yield Waiting("commitment_left_behind", one.text, why, url, _("Give it to somebody"), one.due_on, since=since)


def _reflections(person: User) -> QuerySet[CoachingEngagement]:
    """Of the teams that the person leads, as long as one may be asked to look back."""
    ended_lately = Q(ends_on=None) | Q(ends_on__gte=today() - moments.ASKED_FOR)
    written = ArraySubquery(Reflection.objects.filter(engagement=OuterRef("pk")).values("moment"))
    rows = CoachingEngagement.objects.filter(ended_lately, team__in=Team.objects.led_by(person))
    found: QuerySet[CoachingEngagement] = rows.annotate(written=written)
    return found


def _tell_reflection(engagement: CoachingEngagement, _person: User) -> Iterator[Waiting]:
    """A moment of the coaching at which the team is asked to look back, and has not yet."""
    asked = moments.asked_on(engagement, today())
    if asked is None or asked[0] in getattr(engagement, "written", ()):
        return
    moment, until = asked
    yield Waiting(
        "reflection",
        str(LOOKING_BACK[moment]),
        _("Seven statements and a few words, for %(city)s alone unless you share them.")
        % {"city": engagement.team.city.name},
        reverse("reflection_write", args=[engagement.pk, moment.value]),
        _("Look back") if moment != Moment.START else _("Write it down"),
        until,
        since=until - moments.ASKED_FOR,
    )


def _sessions(person: User) -> QuerySet[CoachingSession]:
    rows: QuerySet[CoachingSession] = CoachingSession.objects.planned().filter(
        engagement__in=CoachingEngagement.objects.coached_by(person), starts_at__lt=timezone.now()
    )
    return rows


def _tell_session(session: CoachingSession, _person: User) -> Iterator[Waiting]:
    day = timezone.localtime(session.starts_at).date()
    yield Waiting(
        "session",
        _("Log the session with %(city)s") % {"city": session.engagement.team.city.name},
        session.aim,
        session.get_absolute_url(),
        _("Log it"),
        day + dt.timedelta(days=promises.DAYS_TO_LOG_SESSION),
    )


def _periods_over(person: User) -> QuerySet[CoachingEngagement]:
    """The day until which a coaching was planned has come: its coaches and the leads look back and decide."""
    mine = Q(pk__in=CoachingEngagement.objects.coached_by(person).values("pk"))
    mine |= Q(team__in=Team.objects.led_by(person))
    rows: QuerySet[CoachingEngagement] = CoachingEngagement.objects.current().filter(mine, planned_until__lte=today())
    return rows


def _tell_period_over(one: CoachingEngagement, _person: User) -> Iterator[Waiting]:
    if one.planned_until:
        yield Waiting(
            "look_back",
            _("Look back on the coaching with %(city)s") % {"city": one.team.city.name},
            _("It was planned until this day. Go on until another one, or end it: nothing ends by itself."),
            one.get_absolute_url(),
            _("Look back"),
            one.planned_until,
            since=one.planned_until,
        )


SOURCES = (
    Source(
        "commitment",
        _commitments,
        _tell_commitment,
        columns=("id", "text", "due_on", "act", "engagement_id", "project_id"),
        related={**_ENGAGEMENT, "project": ("id", "slug", "title")},
        facts={name: F(name) for name in ("leads", "indicators", "pilots", "untold")},
    ),
    Source(
        "left_behind",
        _left_behind,
        _tell_left_behind,
        columns=("id", "text", "due_on", "owner_id", "engagement_id"),
        related={"owner": NAMED},
        facts={"left_on": F("left_on")},
    ),
    Source(
        "reflection",
        _reflections,
        _tell_reflection,
        columns=("id", "team_id", "starts_on", "planned_until", "ends_on"),
        related=of_city("team"),
        facts={"written": F("written")},
    ),
    Source(
        "look_back",
        _periods_over,
        _tell_period_over,
        columns=("id", "team_id", "planned_until"),
        related=of_city("team"),
    ),
    Source(
        "session", _sessions, _tell_session, columns=("id", "aim", "starts_at", "engagement_id"), related=_ENGAGEMENT
    ),
)
