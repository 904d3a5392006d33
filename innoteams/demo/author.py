"""A demo team writing: how every city's part of the story is told."""

import io
from decimal import Decimal

from django.core.files.base import ContentFile
from PIL import Image

from cities.models import Team, Topic
from innoteams.accounts.models import User
from innoteams.demo.clock import Calendar
from innoteams.demo.people import lead_of, member_of
from projects.attachments import NewFile, attach
from projects.choices import Consent, Phase, ReadingKind, Visibility
from projects.evidence import choose_indicator
from projects.journal import write_journal
from projects.models import Indicator, JournalEntry, Project, Reading
from projects.phases import move_phase
from projects.readings import add_reading
from projects.records import change_project, log_project
from projects.sharing import share_project
from projects.uploads import Examined, examine

TALLY = "Tally sheet of the team (invented for the demo)"


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

    def correct(self, days_ago: float, project: Project, **fields: object) -> None:
        """Writes over what stood there: the history keeps it."""
        now = Project.objects.get(pk=project.pk)
        with self.calendar.ago(days_ago):
            change_project(by=self.member, project=now, version=now.version, **fields)  # type: ignore[arg-type]  # passed through

    def write(
        self, days_ago: float, project: Project, text: str, *, visibility: str = "", photos: tuple[NewFile, ...] = ()
    ) -> JournalEntry:
        with self.calendar.ago(days_ago):
            return write_journal(
                by=self.member,
                project=project,
                happened_on=self.calendar.day(days_ago),
                text=text,
                visibility=visibility,
                files=photos,
            )

    def file(self, days_ago: float, project: Project, file: Examined, reading: Reading | None = None) -> None:
        """A document; nobody can be recognised in what is made for the demo."""
        with self.calendar.ago(days_ago):
            attach(by=self.member, project=project, upload=file, consent=Consent.NOBODY, reading=reading)

    def count(
        self, project: Project, readings: list[tuple[float, str]], *, source: str = TALLY, **indicator: object
    ) -> Indicator:
        """An indicator with a first reading a day after it was chosen; `readings` are (days ago, value)."""
        with self.calendar.ago(readings[0][0] + 1):
            chosen = choose_indicator(by=self.lead, project=project, **indicator)  # type: ignore[arg-type]  # passed through
        for days_ago, value in readings:
            self.read(days_ago, chosen, value, source=source)
        return chosen

    def read(
        self,
        days_ago: float,
        indicator: Indicator,
        value: str,
        *,
        source: str = TALLY,
        kind: str = ReadingKind.COUNTED,
    ) -> Reading:
        with self.calendar.ago(days_ago):
            return add_reading(
                by=self.member,
                indicator=indicator,
                value=Decimal(value),
                read_on=self.calendar.day(days_ago),
                source=source,
                kind=kind,
            )


def photo(image: Image.Image, *, name: str, alt: str, credit: str) -> NewFile:
    """A drawing as the photo of an entry, passed through the same examination as anybody's."""
    return NewFile(_examined(image, name, "JPEG", quality=90), Consent.NOBODY, alt=alt, credit=credit)


def sheet(image: Image.Image, *, name: str) -> Examined:
    """A drawing as a page of PDF."""
    return _examined(image, name, "PDF", resolution=150)


def table(text: str, *, name: str) -> Examined:
    return examine(ContentFile(text.encode(), name))


def _examined(image: Image.Image, name: str, kind: str, **options: object) -> Examined:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return examine(ContentFile(out.getvalue(), name))
