"""Invitations, introductions and questions of others."""

import datetime as dt
from collections.abc import Iterator

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.models import Invitation, Membership, Team
from engagement import promises
from engagement.choices import Help, IntroductionState
from engagement.models import Answer, Introduction, IntroductionHelp, Question
from engagement.waiting.items import NAMED, Source, Waiting, Way, of_city
from innoteams.accounts.models import User
from projects.models import Project


def _invitations(person: User) -> QuerySet[Invitation]:
    proven = EmailAddress.objects.filter(user=person, verified=True).values(lower=Lower("email"))
    rows: QuerySet[Invitation] = Invitation.objects.usable().annotate(lower=Lower("email")).filter(lower__in=proven)
    return rows


def _tell_invitation(one: Invitation, _person: User) -> Iterator[Waiting]:
    opened = reverse("invitation_open", args=[one.pk])
    who = one.invited_by.name if one.invited_by else _("Somebody")
    yield Waiting(
        "invitation",
        _("You are invited to %(place)s") % {"place": one.team or one.operator},
        _("%(who)s invited you.") % {"who": who},
        opened,
        _("See the invitation"),
        one.expires_at.date(),
        ways=(Way(_("See the invitation"), opened),),
    )


def _introductions(person: User) -> QuerySet[Introduction]:
    """To answer in the team's name, and a month after a yes: did it help?"""
    to_answer = Q(answered_by=None, to_team__in=Team.objects.writable_by(person))
    rows: QuerySet[Introduction] = Introduction.objects.filter(
        Q(pk__in=Introduction.objects.awake().filter(to_answer).values("pk")) | _to_tell(person)
    )
    return rows


def _to_tell(person: User) -> Q:
    long_ago = timezone.now() - promises.HELPED_AFTER
    told = IntroductionHelp.objects.filter(introduction=OuterRef("pk"), person=person)
    the_two = Q(asked_by=person) | Q(answered_by=person)
    return Q(~Exists(told), the_two, state=IntroductionState.ACCEPTED, answered_at__lt=long_ago)


def _proposals(person: User) -> QuerySet[Introduction]:
    """The other side of what a coordinator brokers: it has two that answer."""
    rows: QuerySet[Introduction] = Introduction.objects.awake().filter(
        asked_by=None, from_team__in=Team.objects.writable_by(person)
    )
    return rows


def _tell_introduction(one: Introduction, person: User) -> Iterator[Waiting]:
    if one.is_open:
        yield _to_answer(one, one.from_team)
    elif one.answered_at:
        yield _to_say(one, one.to_team if one.asked_by_id == person.pk else one.from_team)


def _tell_proposal(one: Introduction, _person: User) -> Iterator[Waiting]:
    yield _to_answer(one, one.to_team)


def _to_answer(one: Introduction, other: Team) -> Waiting:
    reason = one.get_reason_display()
    since: dt.date = one.rests_until or one.asked_at
    if one.asked_by is None or one.brokered_for is not None:
        title = _("A coordinator proposes that you meet %(city)s") % {"city": other.city.name}
        why = _("%(who)s: %(reason)s.") % {"who": one.brokered_for, "reason": reason}
    else:
        title = _("%(city)s asks to meet your team") % {"city": other.city.name}
        why = _("%(who)s: %(reason)s.") % {"who": one.asked_by.name, "reason": reason}
    due = (one.rests_until or one.asked_at.date()) + dt.timedelta(days=promises.DAYS_TO_ANSWER_INTRODUCTION)
    return Waiting("introduction", title, why, one.get_absolute_url(), _("Answer"), due, since=since)


def _to_say(one: Introduction, other: Team) -> Waiting:
    assert one.answered_at is not None  # noqa: S101 - the two were introduced then
    told = reverse("introduction_helped", args=[one.pk])
    return Waiting(
        "introduction_helped",
        _("Did it help to meet %(city)s?") % {"city": other.city.name},
        _("One click tells whether introductions like this are worth it."),
        one.get_absolute_url(),
        _("Tell"),
        (one.answered_at + promises.HELPED_AFTER).date(),
        has_due=False,
        ways=(
            Way(_("It helped"), told, {"helped": Help.YES}),
            Way(_("Not yet"), told, {"helped": Help.NOT_YET}, is_quiet=True),
            Way(_("It did not"), told, {"helped": Help.NO}, is_quiet=True),
        ),
    )


def _answers_for(person: User) -> Q:
    """Projects (reached by `project__`) that the person answers for: is the one to talk to, or leads the team where
    that one has left. As letters.spokespeople_of, from the other end."""
    there = Membership.objects.current().belonging().filter(team=OuterRef("project__team"))
    has_contact = Exists(there.filter(person=OuterRef("project__contact"), person__is_active=True))
    own = Q(project__source_line="") | Q(project__claimed_at__isnull=False)
    is_contact = Q(project__contact=person, project__team__in=Team.objects.of_member(person))
    is_lead = Q(~has_contact, project__team__in=Team.objects.led_by(person))
    return own & (is_contact | is_lead)


def _questions(person: User) -> QuerySet[Question]:
    """Asked about a project the person answers for; nobody of the team has answered yet."""
    by_team = Answer.objects.filter(question=OuterRef("pk"), team=OuterRef("project__team"))
    # Of the own teams alone, so that not every project of the network is looked at to find them.
    seen = Project.objects.visible_to(person).filter(team__in=Team.objects.of_member(person))
    rows = Question.objects.filter(_answers_for(person), ~Exists(by_team), project__in=seen, closed_at=None)
    asked: QuerySet[Question] = rows.exclude(author=person)
    return asked


def _tell_question(one: Question, _person: User) -> Iterator[Waiting]:
    project = one.project
    assert project is not None  # noqa: S101 - only questions about a project are asked for
    who = one.team.city.name if one.team else str(one.author)
    yield Waiting(
        "question",
        one.text,
        _("%(who)s asks about “%(title)s”.") % {"who": who, "title": project.title},
        f"{reverse('project_questions', args=[project.slug])}#question-{one.pk}",
        _("Answer"),
        one.asked_at.date() + dt.timedelta(days=promises.DAYS_TO_ANSWER_QUESTION),
        since=one.asked_at,
    )


_INTRODUCTION = (
    "id", "state", "reason", "asked_at", "answered_at", "asked_by_id", "answered_by_id", "brokered_for_id",
    "rests_until", "from_team_id", "to_team_id",
)  # fmt: skip

SOURCES = (
    Source(
        "invitation",
        _invitations,
        _tell_invitation,
        columns=("id", "team_id", "operator_id", "invited_by_id", "expires_at"),
        related={"team": ("id", "name"), "operator": NAMED, "invited_by": NAMED},
    ),
    Source(
        "introduction",
        _introductions,
        _tell_introduction,
        columns=_INTRODUCTION,
        related={"asked_by": NAMED, "brokered_for": NAMED, **of_city("from_team"), **of_city("to_team")},
    ),
    Source(
        "introduction_proposed",
        _proposals,
        _tell_proposal,
        columns=_INTRODUCTION,
        related={"brokered_for": NAMED, **of_city("to_team")},
    ),
    Source(
        "question",
        _questions,
        _tell_question,
        columns=("id", "text", "asked_at", "author_id", "team_id", "project_id"),
        related={"author": NAMED, **of_city("team"), "project": ("id", "slug", "title", "language")},
    ),
)
