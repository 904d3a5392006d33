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
from engagement.choices import IntroductionState
from engagement.models import Answer, Introduction, Question
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
    to_answer = Q(state=IntroductionState.ASKED, to_team__in=Team.objects.writable_by(person))
    long_ago = timezone.now() - promises.HELPED_AFTER
    to_tell = Q(state=IntroductionState.ACCEPTED, asked_by=person, helped=None, answered_at__lt=long_ago)
    rows: QuerySet[Introduction] = Introduction.objects.filter(to_answer | to_tell)
    return rows


def _tell_introduction(one: Introduction, _person: User) -> Iterator[Waiting]:
    url = one.get_absolute_url()
    if one.state == IntroductionState.ASKED:
        title = _("%(city)s asks to meet your team") % {"city": one.from_team.city.name}
        why = _("%(who)s: %(reason)s.") % {"who": one.asked_by.name, "reason": one.get_reason_display()}
        due = one.asked_at.date() + dt.timedelta(days=promises.DAYS_TO_ANSWER_INTRODUCTION)
        yield Waiting("introduction", title, why, url, _("Answer"), due, since=one.asked_at)
    elif one.answered_at:
        title = _("Did it help to meet %(city)s?") % {"city": one.to_team.city.name}
        why = _("One click tells whether introductions like this are worth it.")
        since = one.answered_at + promises.HELPED_AFTER
        told = reverse("introduction_helped", args=[one.pk])
        ways = (
            Way(_("It helped"), told, {"helped": "yes"}),
            Way(_("It did not"), told, {"helped": "no"}, is_quiet=True),
        )
        day = since.date()
        yield Waiting("introduction_helped", title, why, url, _("Tell"), day, has_due=False, ways=ways, since=since)


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
        columns=("id", "state", "reason", "asked_at", "answered_at", "asked_by_id", "from_team_id", "to_team_id"),
        related={"asked_by": NAMED, **of_city("from_team"), **of_city("to_team")},
    ),
    Source(
        "question",
        _questions,
        _tell_question,
        columns=("id", "text", "asked_at", "author_id", "team_id", "project_id"),
        related={"author": NAMED, **of_city("team"), "project": ("id", "slug", "title", "language")},
    ),
)
