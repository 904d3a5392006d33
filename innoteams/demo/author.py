"""A demo team writing: how every city's part of the story is told."""

from decimal import Decimal

from cities.models import Team, Topic
from innoteams.accounts.models import User
from innoteams.demo.clock import Calendar
from innoteams.demo.people import lead_of, member_of
from projects.choices import Phase, ReadingKind, Visibility
from projects.evidence import choose_indicator
from projects.journal import write_journal
from projects.models import Project
from projects.phases import move_phase
from projects.readings import add_reading
from projects.records import log_project
from projects.sharing import share_project


class Author:
    """One city's team writing: its lead, its topics, its calendar."""

    def __init__(self, slug: str, calendar: Calendar) -> None:
        self.team = Team.objects.select_related("city").get(slug=slug)
        self.lead: User = lead_of(slug)
        self.member: User = member_of(slug)
        self.calendar = calendar

    def log(self, days_ago: float, *, topics: str, visibility: str = Visibility.NETWORK, **fields: object) -> Project:
        """Logged on one day, shared on the next; marked as demo content."""
        found = {topic.slug: topic for topic in Topic.objects.filter(slug__in=topics.split())}
        with self.calendar.ago(days_ago):
            ranked = [found[slug] for slug in topics.split()]
            project = log_project(by=self.lead, team=self.team, topics=ranked, **fields)  # type: ignore[arg-type]  # passed through
        return self.share(days_ago - 1, project, visibility)

    def share(self, days_ago: float, project: Project, visibility: str) -> Project:
        Project.objects.filter(pk=project.pk).update(is_demo=True)
        with self.calendar.ago(days_ago):
            return share_project(by=self.lead, project=project, visibility=visibility)

    def move(self, days_ago: float, project: Project, to: Phase, note: str) -> None:
        with self.calendar.ago(days_ago):
            move_phase(by=self.lead, project=project, to=to, note=note)

    def write(self, days_ago: float, project: Project, text: str) -> None:
        with self.calendar.ago(days_ago):
            write_journal(by=self.member, project=project, happened_on=self.calendar.day(days_ago), text=text)

    def count(self, project: Project, readings: list[tuple[float, str]], **indicator: object) -> None:
        """An indicator with a first reading a day after it was chosen; `readings` are (days ago, value)."""
        with self.calendar.ago(readings[0][0] + 1):
            chosen = choose_indicator(by=self.lead, project=project, **indicator)  # type: ignore[arg-type]  # passed through
        for days_ago, value in readings:
            with self.calendar.ago(days_ago):
                add_reading(
                    by=self.member,
                    indicator=chosen,
                    value=Decimal(value),
                    read_on=self.calendar.day(days_ago),
                    source="Tally sheet of the team (invented for the demo)",
                    kind=ReadingKind.COUNTED,
                )
