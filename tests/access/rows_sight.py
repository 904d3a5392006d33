"""Narrower parts of a project that everybody signed in sees, and the page with the eyes of others."""

from decimal import Decimal

from django.urls import reverse

from engagement.models import CheckIn, CheckInLine, CheckInVersion, Digest, DigestItem
from projects.endings import Answers
from projects.evidence import choose_indicator, log_consultation
from projects.follows import follow
from projects.journal import write_journal
from projects.models import Activity, Attachment
from projects.pilots import decide_pilot, start_pilot
from projects.readings import add_reading
from tests.access.rows_digest import sent as sent_digest
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


def report(cast: Cast) -> CheckIn:
    """A check-in of Tel Aviv with a line about everything that happened to the project so far, sent with all of it."""
    found: CheckIn | None = CheckIn.objects.filter(team=cast.tel_aviv, period__key="2025-Q1").first()
    if found:
        return found
    check_in = drafted(cast, period(cast.programme, key="2025-Q1"))
    happened = Activity.objects.filter(project=cast.projects["network"])
    for position, activity in enumerate(happened, start=1):
        CheckInLine.objects.create(check_in=check_in, activity=activity, position=position)
    sent = submitted(cast, check_in)
    lines = [[f"activity-{activity.pk}", ""] for activity in happened]
    CheckInVersion.objects.filter(check_in=sent).update(lines=lines)
    return sent


def letter(cast: Cast) -> Digest:
    """A digest that the Mulhouse lead was sent while the pilots that it names were open to the network."""
    told = list(Activity.objects.filter(project=cast.projects["network"], pilot__isnull=False))
    words = " ".join(activity.pilot.title for activity in told)
    digest = sent_digest(cast, "2025-W01", words)
    DigestItem.objects.filter(digest=digest).update(told=[activity.pk for activity in told])
    return digest


ROWS = [
    *(
        with_eyes(level, eyes)
        for level in ("team", "programme", "network")
        for eyes in ("partner", "coordinator", "visitor")
    ),
    Row("check_in_detail", lambda cast: reverse("check_in_detail", args=[report(cast).pk]), of_readers(PROGRAMME)),
    Row("digest_detail", lambda cast: reverse("digest_detail", args=[letter(cast).pk]), {"mulhouse_lead": 200}),
]


def plant(cast: Cast) -> list[Canary]:
    """A word in every part of a project of the network, narrowed to the team and to the programme. A check-in was
    sent and a digest was mailed before they were narrowed; somebody follows the project."""
    project, by = cast.projects["network"], cast.tel_aviv_lead
    canaries = []
    for level, readers in (("team", TEAM), ("programme", PROGRAMME)):
        parts = ("pilot", "lesson", "advice", "journal", "heard", "figure", "source")
        words = {part: f"yy{level}{part}" for part in parts}
        pilot = start_pilot(by=by, project=project, title=words["pilot"], hypothesis="h", visibility=level)
        answers = Answers(advice=words["advice"])
        decide_pilot(by=by, pilot=pilot, decision="stop", lessons=words["lesson"], ending=answers)
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
    report(cast)
    letter(cast)
    return canaries
