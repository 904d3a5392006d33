"""My work: what waits for me across all my roles, my projects, what I follow, the next session."""

from allauth.account.models import EmailAddress
from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cities import joining
from cities.models import Invitation, Team
from cities.standing import standing_of
from engagement.models import CoachingEngagement, CoachingSession
from engagement.waiting import waiting_for
from innoteams.accounts.models import User
from projects.lessons import lessons_for
from projects.models import Activity, Project

MOST_PROJECTS = 6
MOST_NEWS = 8


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, User)  # noqa: S101 - login is required by default
    items = waiting_for(person)
    context = {
        "items": items,
        "late": sum(item.is_late for item in items),
        "standing": standing_of(person),
        "offers": lessons_for(person),
        "projects": _projects(person),
        "news": _news(person),
        "session": _next_session(person),
    }
    return render(request, "my_work.html", context)


@require_POST
def invitation_open(request: HttpRequest, pk: int) -> HttpResponse:
    """An invitation to a verified address of one's own is opened from here as by its link, which is then not needed."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101 - login is required by default
    proven = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    rows = Invitation.objects.usable().filter(email__in=[address.lower() for address in proven])
    joining.remember(request, get_object_or_404(rows, pk=pk))
    return redirect("invitation_waiting")


def _projects(person: User) -> list[Project]:
    rows = Project.objects.filter(team__in=Team.objects.of_member(person)).select_related("team__city").defer("words")
    # What the team wrote itself comes before what public sources tell of its city.
    own = Case(When(Q(source_line="") | Q(claimed_at__isnull=False), then=0), default=1)
    return list(rows.order_by(own, "-updated_at", "-pk")[:MOST_PROJECTS])


def _news(person: User) -> list[Activity]:
    """The newest of the followed projects and cities elsewhere, as far as the person sees it."""
    followed = Project.objects.followed_by(person).exclude(team__in=Team.objects.of_member(person))
    news = Activity.objects.visible_to(person).newsworthy().filter(project__in=followed.values("pk"))
    return list(news.select_related("project__team__city").order_by("-at", "-pk")[:MOST_NEWS])


def _next_session(person: User) -> CoachingSession | None:
    rows = CoachingSession.objects.filter(
        engagement__in=CoachingEngagement.objects.visible_to(person).current(),
        logged_at=None,
        starts_at__gte=timezone.now(),
    )
    return rows.select_related("engagement__coach", "engagement__team__city").order_by("starts_at").first()
