"""What a person may see of accompaniment, exchange and mail: the one door of every page and export here."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from cities.models import Membership, Team
from cities.querysets import today
from engagement.choices import OPEN_INTRODUCTION, CheckInState, DigestState, Drawer, IntroductionState, Sharing
from projects.choices import OPEN_TO_ALL
from projects.models import Project

if TYPE_CHECKING:
    from innoteams.accounts.models import User


class CheckInQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """A draft is its team's alone; once submitted, its coach and the coordinators read it too."""
        return self.filter(
            Q(team__in=Team.objects.of_member(person))
            | (~Q(state=CheckInState.DRAFTED) & Q(team__in=Team.objects.coached_by(person)))
            | (~Q(state=CheckInState.DRAFTED) & self._of_programmes_read_by(person))
        )

    def answerable_by(self, person: "User | AnonymousUser") -> Self:
        """Submitted, and in a programme of the operator that the person coordinates for; a funder only reads, and
        nobody answers the own team."""
        if not person.is_authenticated:
            return self.none()
        operators = person.coordinations.current().values("operator")
        rows = self.filter(state=CheckInState.SUBMITTED, period__programme__operator__in=operators)
        return rows.exclude(team__in=Team.objects.of_member(person))

    def for_rows(self) -> Self:
        """With all that a list row shows."""
        return self.select_related("team__city", "period__programme__operator")

    def for_page(self, person: "User") -> Self:
        """With what its page shows of the check-in itself, and what the reader is to it: `reader_coordinates`,
        `reader_funds`, `reader_coaches`; `became` says whether its wish for help was turned into something."""
        operators = person.coordinations.current()
        return self.select_related(
            "team__city", "period__programme__operator", "period__programme__funder", "author", "saved_by"
        ).annotate(
            reader_coordinates=Exists(operators.filter(operator=OuterRef("period__programme__operator"))),
            reader_funds=Exists(operators.filter(operator=OuterRef("period__programme__funder"))),
            reader_coaches=Exists(Team.objects.coached_by(person).filter(pk=OuterRef("team"))),
            author_is_there=Exists(
                Membership.objects.current().belonging().filter(team=OuterRef("team"), person=OuterRef("author"))
            ),
            became=Exists(self._related("questions")) | Exists(self._related("introductions")),
        )

    def _related(self, name: str) -> models.QuerySet[Any]:
        rows = self.model._meta.get_field(name).related_model._default_manager
        found: models.QuerySet[Any] = rows.filter(check_in=OuterRef("pk"))
        return found

    @staticmethod
    def _of_programmes_read_by(person: "User | AnonymousUser") -> Q:
        if not person.is_authenticated:
            return Q(pk__in=[])
        operators = person.coordinations.current().values("operator")
        return Q(period__programme__operator__in=operators) | Q(period__programme__funder__in=operators)


class EngagementQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """The team and its coaches: those who coach now, and of an ended one whoever coached until its end. A coach
        who left before no longer sees it.
        Coordinators see that it exists on the portfolio, not its pages."""
        if not person.is_authenticated:
            return self.none()
        until_the_end = Q(ends_on=None) | Q(ends_on=F("engagement__ends_on"))
        there_until_the_end = person.coachings.filter(until_the_end, left_early=False)
        return self.filter(
            Q(pk__in=there_until_the_end.values("engagement")) | Q(team__in=Team.objects.of_member(person))
        )

    def coached_by(self, person: "User | AnonymousUser") -> Self:
        """The person coaches in it now."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(ends_on=None, pk__in=person.coachings.filter(ends_on=None).values("engagement"))

    def current(self) -> Self:
        return self.filter(ends_on=None)

    def with_coaches(self) -> Self:
        """With the team and everybody who coaches or coached in it."""
        related = self.model._meta.get_field("coaches").related_model
        parts = related.objects.select_related("person")
        return self.select_related("team__city").prefetch_related(Prefetch("coaches", queryset=parts))

    def with_session_dates(self) -> Self:
        """Each with `last_session` and `next_session`: when, and nothing of what is in them."""
        sessions = self._sessions().filter(engagement=OuterRef("pk"), called_off_at=None).order_by()
        held = sessions.filter(starts_at__lte=timezone.now()).values("engagement").annotate(day=Max("starts_at"))
        ahead = sessions.filter(starts_at__gt=timezone.now()).values("engagement").annotate(day=Min("starts_at"))
        return self.annotate(last_session=Subquery(held.values("day")), next_session=Subquery(ahead.values("day")))

    def _sessions(self) -> "SessionQuerySet":
        related = self.model._meta.get_field("sessions").related_model
        rows: SessionQuerySet = related.objects.all()
        return rows


class SessionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Who reads the engagement reads its sessions."""
        engagements = self._engagements().visible_to(person)
        return self.filter(engagement__in=engagements)

    def planned(self) -> Self:
        """Neither held and logged nor called off."""
        return self.filter(logged_at=None, called_off_at=None)

    def held(self) -> Self:
        """Begun, as far as anybody said; logged or not."""
        return self.filter(called_off_at=None, starts_at__lte=timezone.now())

    def _engagements(self) -> EngagementQuerySet:
        related = self.model._meta.get_field("engagement").related_model
        rows: EngagementQuerySet = related.objects.all()
        return rows


class CommitmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Who reads the engagement reads what was promised in it."""
        related = self.model._meta.get_field("engagement").related_model
        return self.filter(engagement__in=related.objects.visible_to(person))

    def open(self) -> Self:
        """Neither done nor let go."""
        return self.filter(done_at=None, let_go_at=None)

    def with_carried(self) -> Self:
        """Each with `carried`: how many sessions were held and logged since it was promised."""
        engagements = self.model._meta.get_field("engagement").related_model
        sessions = engagements._meta.get_field("sessions").related_model.objects
        since = sessions.filter(
            engagement=OuterRef("engagement"), logged_at__isnull=False, starts_at__gt=OuterRef("created_at")
        )
        number = since.order_by().values("engagement").annotate(number=Count("pk")).values("number")
        return self.annotate(carried=Coalesce(Subquery(number), 0))


class ReflectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """The team's own; its coaches' and the coordinators' where the team shares it."""
        if not person.is_authenticated:
            return self.none()
        coaches = ~Q(sharing=Sharing.TEAM) & Q(engagement__team__in=Team.objects.coached_by(person))
        coordinators = Q(sharing=Sharing.COORDINATORS, engagement__team__in=Team.objects.read_by_coordinator(person))
        return self.filter(Q(engagement__team__in=Team.objects.of_member(person)) | coaches | coordinators)


class CoachingNoteQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        if not person.is_authenticated:
            return self.none()
        shared = ~Q(drawer=Drawer.PRIVATE) & (
            Q(engagement__team__in=Team.objects.of_member(person))
            | Q(engagement__team__in=Team.objects.coached_by(person))
        )
        coordinators = Q(drawer=Drawer.COORDINATORS, engagement__team__in=Team.objects.read_by_coordinator(person))
        return self.filter(Q(author=person) | shared | coordinators)


class IntroductionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """The two teams, and who asked. A coordinator reads states alone (`brokered_of`, introductions.overview)."""
        if not person.is_authenticated:
            return self.none()
        mine = Team.objects.of_member(person)
        return self.filter(Q(asked_by=person) | Q(from_team__in=mine) | Q(to_team__in=mine))

    def brokered_of(self, person: "User | AnonymousUser") -> Self:
        """Brokered for an operator that the person coordinates for: their states are shown, not what the two say."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(brokered_for__in=person.coordinations.current().values("operator"))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_INTRODUCTION)

    def awake(self) -> Self:
        """Asked, or the day until which it rested has come."""
        return self.filter(
            Q(state=IntroductionState.ASKED) | Q(state=IntroductionState.RESTING, rests_until__lte=today())
        )

    def waiting_for(self, person: "User | AnonymousUser") -> Self:
        """Awake, and a team the person writes for has not answered."""
        mine = Team.objects.writable_by(person)
        return self.awake().filter(
            Q(to_team__in=mine, answered_by=None) | Q(from_team__in=mine, asked_by=None, brokered_for__isnull=False)
        )

    def between(self, first: int, second: int) -> Self:
        """Of two teams by their keys, whichever asked."""
        return self.filter(Q(from_team=first, to_team=second) | Q(from_team=second, to_team=first))


class SuggestionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """A suggestion is told to the people of the team it is for."""
        return self.filter(for_team__in=Team.objects.of_member(person))

    def standing(self) -> Self:
        """Open, and still true at this moment: what they rest on is seen by everybody signed in, and the other team is
        there. What is not is closed by the matcher's next round."""
        return self.filter(
            Q(project=None) | Q(project__visibility__in=OPEN_TO_ALL),
            Q(question=None) | Q(question__closed_at=None),
            Q(question=None) | Q(question__project=None) | Q(question__project__visibility__in=OPEN_TO_ALL),
            closed_at=None,
            for_team__is_active=True,
            with_team__is_active=True,
        )


class QuestionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        if not person.is_authenticated:
            return self.none()
        return self.filter(Q(project=None) | Q(project__in=Project.objects.visible_to(person)))


class DigestQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """A digest is its recipient's."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(person=person)

    def overseen_by(self, person: "User | AnonymousUser") -> Self:
        """Rows of the ledger, never the words in them: all for administrators, for coordinators those of the people in
        the cities that their operator's programmes accompany."""
        if person.is_authenticated and person.is_staff:
            return self
        return self._of_people_in(Team.objects.read_by_coordinator(person))

    def decided_by(self, person: "User | AnonymousUser") -> Self:
        """Those that the person may hold back and send again: a funder's coordinators only read."""
        if person.is_authenticated and person.is_staff:
            return self
        return self._of_people_in(Team.objects.coordinated_by(person))

    def _of_people_in(self, teams: models.QuerySet[Any]) -> Self:
        people = Membership.objects.current().belonging().filter(team__in=teams)
        return self.filter(person__in=people.order_by().values("person"))

    def sent(self) -> Self:
        return self.filter(state=DigestState.SENT)
