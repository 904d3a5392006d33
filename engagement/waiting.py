"""What waits for a person, across all roles: one list, the oldest promise first.

My work shows it, and a digest of actions can be made from the same. Each source is one query, however much there is.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Greatest, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.models import Invitation, Membership, Team
from cities.querysets import today
from engagement import promises
from engagement.choices import WITH_THE_TEAM, CheckInState, IntroductionState
from engagement.models import Answer, CheckIn, CoachingEngagement, CoachingSession, Commitment, Introduction, Question
from innoteams.accounts.models import User
from projects.choices import LIVE_OUTCOMES
from projects.models import Adaptation, Project


@dataclass(frozen=True)
class Waiting:
    """Something that waits for one person, with the one thing to do about it.

    `promised` is the day it is ordered by: until when it was promised, or since when it waits. With `post_to` the
    action is done in place, by a POST there; otherwise `url` leads to where it is done.
    """

    kind: str
    title: str
    why: str
    url: str
    action: str
    promised: dt.date
    has_due: bool = True
    post_to: str = ""
    # The page at `url` is one form, which can be filled in here as well.
    in_place: bool = False

    @property
    def due(self) -> dt.date | None:
        return self.promised if self.has_due else None

    @property
    def is_late(self) -> bool:
        return self.has_due and promises.is_late(self.promised)


Source = Callable[[User], Iterator[Waiting]]


def waiting_for(person: User) -> list[Waiting]:
    """Everything, the oldest promise first; what nobody promised until a day comes after what was promised."""
    found = [item for source in SOURCES for item in source(person)]
    return sorted(found, key=lambda item: (not item.has_due, item.promised, item.kind, item.url))


# --- The sources ---------------------------------------------------------------------------------------------------


def _check_ins(person: User) -> Iterator[Waiting]:
    """Drafted and returned ones to send, and submitted ones to answer."""
    mine = Q(state__in=WITH_THE_TEAM, team__in=Team.objects.writable_by(person))
    to_answer = Q(pk__in=CheckIn.objects.answerable_by(person).values("pk"))
    for check_in in CheckIn.objects.for_rows().filter(mine | to_answer):
        names = {"city": check_in.team.city.name, "period": check_in.period.name}
        due = promises.check_in_due(check_in) or today()
        url = check_in.get_absolute_url()
        if check_in.state == CheckInState.SUBMITTED:
            title, why = _("Answer the check-in of %(city)s, %(period)s"), _("A check-in is always answered, in words.")
            yield Waiting("check_in_answer", title % names, why, url, _("Read and answer"), due)
        elif check_in.state == CheckInState.RETURNED:
            title = _("The check-in of %(city)s, %(period)s, came back with a question")
            why = _("Read the answer, go on writing and send it again.")
            yield Waiting("check_in_returned", title % names, why, url, _("Read the answer"), due)
        else:
            title = _("Send the check-in of %(city)s, %(period)s")
            why = _("It is drafted from what your team logged.")
            yield Waiting("check_in_drafted", title % names, why, url, _("Open the draft"), due)


def _invitations(person: User) -> Iterator[Waiting]:
    proven = EmailAddress.objects.filter(user=person, verified=True).values(lower=Lower("email"))
    open_ones = Invitation.objects.usable().annotate(lower=Lower("email")).filter(lower__in=proven)
    for invitation in open_ones.select_related("team", "operator", "invited_by"):
        place = invitation.team or invitation.operator
        who = invitation.invited_by.name if invitation.invited_by else _("Somebody")
        yield Waiting(
            "invitation",
            _("You are invited to %(place)s") % {"place": place},
            _("%(who)s invited you.") % {"who": who},
            reverse("invitation_open", args=[invitation.pk]),
            _("See the invitation"),
            invitation.expires_at.date(),
            post_to=reverse("invitation_open", args=[invitation.pk]),
        )


def _introductions(person: User) -> Iterator[Waiting]:
    """To answer in the team's name, and a month after a yes: did it help?"""
    to_answer = Q(state=IntroductionState.ASKED, to_team__in=Team.objects.writable_by(person))
    long_ago = timezone.now() - promises.HELPED_AFTER
    to_tell = Q(state=IntroductionState.ACCEPTED, asked_by=person, helped=None, answered_at__lt=long_ago)
    rows = Introduction.objects.filter(to_answer | to_tell)
    for one in rows.select_related("asked_by", "from_team__city", "to_team__city"):
        url = one.get_absolute_url()
        if one.state == IntroductionState.ASKED:
            title = _("%(city)s asks to meet your team") % {"city": one.from_team.city.name}
            why = _("%(who)s: %(reason)s.") % {"who": one.asked_by.name, "reason": one.get_reason_display()}
            due = one.asked_at.date() + dt.timedelta(days=promises.DAYS_TO_ANSWER_INTRODUCTION)
            yield Waiting("introduction", title, why, url, _("Answer"), due)
        elif one.answered_at:
            title = _("Did it help to meet %(city)s?") % {"city": one.to_team.city.name}
            why = _("One click tells whether introductions like this are worth it.")
            since = (one.answered_at + promises.HELPED_AFTER).date()
            yield Waiting("introduction_helped", title, why, url, _("Tell"), since, has_due=False)


def _commitments(person: User) -> Iterator[Waiting]:
    soon = today() + dt.timedelta(days=promises.DAYS_AHEAD)
    rows = Commitment.objects.open().filter(owner=person, engagement__ends_on=None, due_on__lte=soon)
    for one in rows.select_related("engagement__team__city"):
        yield Waiting(
            "commitment",
            one.text,
            _("You promised this in the coaching with %(city)s.") % {"city": one.engagement.team.city.name},
            one.engagement.get_absolute_url(),
            _("Done"),
            one.due_on,
            post_to=reverse("commitment_settle", args=[one.pk]),
        )


def _sessions_to_log(person: User) -> Iterator[Waiting]:
    rows = CoachingSession.objects.planned().filter(
        engagement__in=CoachingEngagement.objects.coached_by(person), starts_at__lt=timezone.now()
    )
    for session in rows.select_related("engagement__team__city"):
        day = timezone.localtime(session.starts_at).date()
        yield Waiting(
            "session",
            _("Log the session with %(city)s") % {"city": session.engagement.team.city.name},
            session.aim,
            session.get_absolute_url(),
            _("Log it"),
            day + dt.timedelta(days=promises.DAYS_TO_LOG_SESSION),
        )


def _periods_over(person: User) -> Iterator[Waiting]:
    """The day until which a coaching was planned has come: its coaches and the leads look back and decide."""
    mine = Q(pk__in=CoachingEngagement.objects.coached_by(person).values("pk")) | Q(
        team__in=Team.objects.led_by(person)
    )
    rows = CoachingEngagement.objects.current().filter(mine, planned_until__lte=today())
    for one in rows.select_related("team__city"):
        if one.planned_until:
            yield Waiting(
                "look_back",
                _("Look back on the coaching with %(city)s") % {"city": one.team.city.name},
                _("It was planned until this day. Go on until another one, or end it: nothing ends by itself."),
                one.get_absolute_url(),
                _("Look back"),
                one.planned_until,
            )


def _projects(person: User) -> Iterator[Waiting]:
    """The person's own drafts, and shared projects that nobody confirmed for a year."""
    a_year_ago = today() - promises.CONFIRM_AFTER
    drafts = Q(shared_at=None, created_by=person, source_line="")
    to_confirm = Q(shared_at__isnull=False, outcome__in=LIVE_OUTCOMES, last_confirmed_on__lt=a_year_ago)
    to_confirm &= Q(source_line="") | Q(claimed_at__isnull=False)
    to_confirm &= Q(contact=person) | Q(team__in=Team.objects.led_by(person))
    rows = Project.objects.filter(drafts | to_confirm, team__in=Team.objects.writable_by(person)).defer("words")
    for project in rows:
        url = project.get_absolute_url()
        if project.is_draft:
            why = _("A draft that only your team sees. Share it when it is ready.")
            since = project.created_at.date()
            yield Waiting("draft", project.title, why, url, _("Open the draft"), since, has_due=False)
        elif project.last_confirmed_on:
            why = _("Nobody has confirmed for a year that this is still true.")
            due = project.last_confirmed_on + promises.CONFIRM_AFTER
            yield Waiting("confirm", project.title, why, url, _("Look it over"), due)


def _answers_for(person: User) -> Q:
    """Projects (reached by `project__`) that the person answers for: is the one to talk to, or leads the team where
    that one has left. As letters.spokespeople_of, from the other end."""
    there = Membership.objects.current().belonging().filter(team=OuterRef("project__team"))
    has_contact = Exists(there.filter(person=OuterRef("project__contact"), person__is_active=True))
    own = Q(project__source_line="") | Q(project__claimed_at__isnull=False)
    is_contact = Q(project__contact=person, project__team__in=Team.objects.of_member(person))
    is_lead = Q(~has_contact, project__team__in=Team.objects.led_by(person))
    return own & (is_contact | is_lead)


def _questions(person: User) -> Iterator[Waiting]:
    """Asked about a project the person answers for; nobody of the team has answered yet."""
    by_team = Answer.objects.filter(question=OuterRef("pk"), team=OuterRef("project__team"))
    rows = Question.objects.visible_to(person).filter(_answers_for(person), ~Exists(by_team), closed_at=None)
    for one in rows.exclude(author=person).select_related("author", "team__city", "project"):
        who = one.team.city.name if one.team else str(one.author)
        yield Waiting(
            "question",
            one.text,
            _("%(who)s asks about “%(title)s”.") % {"who": who, "title": one.project.title},
            f"{reverse('project_questions', args=[one.project.slug])}#question-{one.pk}",
            _("Answer"),
            one.asked_at.date() + dt.timedelta(days=promises.DAYS_TO_ANSWER_QUESTION),
        )


def _adaptations(person: User) -> Iterator[Waiting]:
    """Three months after an adaptation was shared, or was named as one: what came of it?"""
    since = Greatest("project__shared_at", "created_at")
    mine = Q(project__contact=person, project__team__in=Team.objects.writable_by(person))
    mine |= Q(project__team__in=Team.objects.led_by(person))
    rows = Adaptation.objects.visible_to(person).filter(mine, came_of_it="", project__shared_at__isnull=False)
    due = rows.annotate(since=since).filter(since__lt=timezone.now() - promises.TELL_AFTER)
    for one in due.select_related("project", "source__team__city"):
        where = one.source.team.city.name if one.source else one.outside_name
        why = _("You took it from %(where)s, and nobody has told yet how it went. Two sentences are enough.")
        yield Waiting(
            "adaptation",
            _("What came of “%(title)s”?") % {"title": one.project.title},
            why % {"where": where},
            reverse("adaptation_report", args=[one.project.slug, one.pk]),
            _("Tell"),
            (one.since + promises.TELL_AFTER).date(),
            has_due=False,
            in_place=True,
        )


SOURCES: tuple[Source, ...] = (
    _check_ins,
    _invitations,
    _introductions,
    _commitments,
    _sessions_to_log,
    _periods_over,
    _projects,
    _questions,
    _adaptations,
)
