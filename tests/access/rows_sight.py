"""Narrower parts of a project that everybody signed in sees, and the page with the eyes of others."""

from decimal import Decimal

from django.urls import reverse

from engagement.choices import ItemKind
from engagement.models import CheckInLine, Digest, DigestItem
from projects.evidence import add_reading, choose_indicator, log_consultation
from projects.follows import follow
from projects.journal import write_journal
from projects.models import Activity, Attachment, Ending, Project
from projects.pilots import decide_pilot, start_pilot
from tests.access.rows_projects import DAY, PROGRAMME, TEAM, of_readers
from tests.access.table import Canary, Row, signed_in
from tests.cast import Cast
from tests.engagement.accompany_scenes import drafted, period, submitted


def with_eyes(level: str, eyes: str) -> Row:
    """For the team; others who see the project are told why not, and who does not see it finds nothing."""
    readers = {"team": {}, "programme": of_readers(PROGRAMME, 403), "network": signed_in(403)}[level]
    return Row(
        "project_detail",
        lambda cast: f"{reverse('project_detail', args=[cast.projects[level].slug])}?as={eyes}",
        {**readers, **of_readers(TEAM)},
        public=True,
    )


ROWS = [
    with_eyes(level, eyes)
    for level in ("team", "programme", "network")
    for eyes in ("partner", "coordinator", "visitor")
]


def plant(cast: Cast) -> list[Canary]:
    """A word in every part of a project of the network, narrowed to the team and to the programme. A check-in was
    sent and a digest was mailed before they were narrowed; somebody follows the project."""
    project, by = cast.projects["network"], cast.tel_aviv_lead
    canaries = []
    for level, readers in (("team", TEAM), ("programme", PROGRAMME)):
        words = {part: f"yy{level}{part}" for part in ("pilot", "lesson", "journal", "heard", "figure", "source")}
        pilot = start_pilot(by=by, project=project, title=words["pilot"], hypothesis="h", visibility=level)
        decide_pilot(by=by, pilot=pilot, decision="stop", lessons=words["lesson"])
        Ending.objects.create(project=project, pilot=pilot, advice=f"yy{level}advice", ended_at=pilot.created_at)
        entry = write_journal(by=by, project=project, happened_on=DAY, text=words["journal"], visibility=level)
        log_consultation(
            by=by, project=project, held_on=DAY, method="m", heard="h", said=words["heard"], visibility=level
        )
        of = choose_indicator(by=by, project=project, name=words["figure"], unit="u", visibility=level)
        add_reading(by=by, indicator=of, value=Decimal(1), read_on=DAY, source=words["source"])
        for about in ({"visibility": level}, {"journal_entry": entry}):
            file = Attachment.objects.create(
                project=project, name=f"yy{level}file", content_type="text/plain", size=1, consent="nobody", **about
            )
            Activity.objects.create(project=project, verb="file_added", actor=by, attachment=file)
        canaries += [Canary(word, frozenset(readers)) for word in words.values()]
    follow(by=cast.mulhouse_lead, what=project)
    _report(cast, project)
    _mail(cast, project)
    return canaries


def _report(cast: Cast, project: Project) -> None:
    check_in = drafted(cast, period(cast.programme, key="2026-Q1"))
    for position, activity in enumerate(Activity.objects.filter(project=project), start=1):
        CheckInLine.objects.create(check_in=check_in, activity=activity, position=position)
    submitted(cast, check_in)


def _mail(cast: Cast, project: Project) -> None:
    """Sent while all of it was open to the network."""
    told = Activity.objects.filter(project=project, pilot__isnull=False)
    for digest in Digest.objects.filter(person=cast.mulhouse_lead, items__project=project):
        digest.html_body = f"<html><head></head><body>{told[0].pilot.title}</body></html>"
        digest.save(update_fields=["html_body"])
        DigestItem.objects.filter(digest=digest, kind=ItemKind.PROJECT).update(told=[one.pk for one in told])
