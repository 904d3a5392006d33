"""What a team narrows within a project that others see is told to nobody else: not in check-ins, mails or news."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django import Settings

from engagement.checkins import reading
from engagement.checkins.opening import open_due_periods
from engagement.choices import DigestState
from engagement.digests import archive
from engagement.models import CheckIn, CheckInLine, Digest
from innoteams.accounts.models import User
from innoteams.views.my_work import _news
from projects.choices import Verb, Visibility
from projects.follows import follow
from projects.models import Activity, Pilot, Project
from projects.pilots import change_pilot, start_pilot
from projects.stories import honest_stories
from tests.cast import Cast, make_project
from tests.engagement.accompany_scenes import NOW, client_of, drafted, schedule, submitted
from tests.engagement.digest_scenes import Sink, digest_of, only, plan_and_build, prefer, run, sink_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


def pilot_of(cast: Cast, project: Project, level: str = "") -> Pilot:
    return start_pilot(
        by=cast.tel_aviv_lead, project=project, title="Evening synagogue", hypothesis="h", visibility=level
    )


def narrow(cast: Cast, pilot: Pilot, level: str = Visibility.TEAM) -> None:
    pilot.refresh_from_db()
    change_pilot(by=cast.tel_aviv_lead, pilot=pilot, version=pilot.version, visibility=level)


def with_lines(cast: Cast, project: Project) -> CheckIn:
    check_in = drafted(cast)
    for position, activity in enumerate(Activity.objects.filter(project=project).order_by("pk"), start=1):
        CheckInLine.objects.create(check_in=check_in, activity=activity, position=position)
    return check_in


def told_to(reader: User, check_in: CheckIn) -> list[str]:
    return [line.text for line in reading.sent_lines(check_in.versions.get(), reader)]


# --- Check-ins ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "included"), [("", True), ("programme", True), ("team", False)])
def test_a_drafted_line_about_a_part_of_the_team_alone_is_switched_off(
    cast: Cast, project: Project, level: str, included: bool
) -> None:
    pilot_of(cast, project, level)
    Activity.objects.update(at=NOW - dt.timedelta(days=10))
    schedule(cast.programme)
    open_due_periods(NOW)
    line = CheckInLine.objects.get(activity__pilot__isnull=False)
    assert line.included == included
    shown = reading.sheet_lines(line.check_in, cast.tel_aviv_lead)
    assert [one.is_team_only for one in shown] == [not included]


def test_a_line_about_a_part_of_the_team_alone_is_not_sent_though_it_is_switched_on(
    cast: Cast, project: Project
) -> None:
    pilot_of(cast, project, "team")
    pilot_of(cast, project, "programme")
    check_in = submitted(cast, with_lines(cast, project))
    assert len(check_in.versions.get().lines) == 1
    page = client_of(cast.coordinator).get(check_in.get_absolute_url()).content.decode()
    assert page.count('class="sheet-line__text" lang="en" dir="ltr">Evening synagogue') == 1


def test_a_part_narrowed_after_the_check_in_was_sent_is_gone_for_who_reads_it(cast: Cast, project: Project) -> None:
    pilot = pilot_of(cast, project)
    check_in = submitted(cast, with_lines(cast, project))
    assert told_to(cast.coordinator, check_in) == ["Evening synagogue"]
    narrow(cast, pilot)
    assert told_to(cast.coordinator, check_in) == []
    assert told_to(cast.tel_aviv_lead, check_in) == ["Evening synagogue"]


def test_the_sheet_says_that_the_part_stays_with_the_team(cast: Cast, project: Project) -> None:
    pilot_of(cast, project, "team")
    check_in = with_lines(cast, project)
    page = client_of(cast.tel_aviv_lead).get(check_in.get_absolute_url()).content.decode()
    assert "Only your team sees these parts of the project" in page
    page = client_of(cast.tel_aviv_observer).get(check_in.get_absolute_url()).content.decode()
    assert "Only your team sees this part of the project" in page


# --- Digests and news -----------------------------------------------------------------------------------------------


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with sink_of(settings) as sink:
        yield sink


@pytest.fixture
def reader(cast: Cast) -> User:
    only(cast.mulhouse_lead)
    prefer(cast.mulhouse_lead, cadence="daily", local_hour=0)
    User.objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    follow(by=cast.mulhouse_lead, what=cast.projects["network"])
    return cast.mulhouse_lead


def test_a_narrower_part_makes_no_news(cast: Cast, project: Project, reader: User) -> None:
    pilot_of(cast, project, "programme")
    assert _news(reader) == []
    follow(by=cast.coach, what=project)
    # Not even for the coach, who sees it: news goes to whoever sees the project.
    assert _news(cast.coach) == []
    pilot_of(cast, project)
    assert len(_news(reader)) == 1


def test_a_part_as_open_as_its_project_is_news_whatever_its_own_level_says(cast: Cast, project: Project) -> None:
    pilot_of(cast, project, "network")
    pilot_of(cast, project, "public")
    assert Activity.objects.newsworthy().filter(project=project).count() == 2


def test_a_part_narrowed_between_writing_and_sending_is_not_mailed(
    sink: Sink, cast: Cast, project: Project, reader: User
) -> None:
    pilot = pilot_of(cast, project)
    Activity.objects.create(project=project, verb=Verb.PHASE_MOVED, actor=cast.tel_aviv_lead)
    Activity.objects.update(at=timezone.now() - dt.timedelta(hours=30))
    plan_and_build()
    assert "Evening synagogue" in digest_of(reader).text_body
    narrow(cast, pilot)

    assert run() == {DigestState.SENT: 1}

    assert project.title in sink.words(reader)
    assert "Evening synagogue" not in sink.words(reader)
    assert "narrowed" in [step["why"] for step in digest_of(reader).trail]


def test_a_digest_in_the_archive_does_not_tell_what_was_narrowed_since(
    cast: Cast, project: Project, reader: User
) -> None:
    pilot = pilot_of(cast, project)
    Activity.objects.update(at=timezone.now() - dt.timedelta(hours=30))
    plan_and_build()
    digest = digest_of(reader)
    Digest.objects.filter(pk=digest.pk).update(state=DigestState.SENT, sent_at=timezone.now())
    client = client_of(reader)
    assert "Evening synagogue" in client.get(f"/digests/{digest.pk}/mail/").content.decode()
    assert archive.whole([digest], reader) == {digest.pk}

    narrow(cast, pilot)

    assert client.get(f"/digests/{digest.pk}/mail/").status_code == 404
    page = client.get(f"/digests/{digest.pk}/")
    text = page.content.decode()
    assert "Something that this digest told is no longer shared with you" in text
    assert project.title in text
    assert "Evening synagogue" not in text
    assert archive.whole([digest], reader) == set()


# --- The first page ---------------------------------------------------------------------------------------------------


def test_a_story_of_the_first_page_does_not_count_pilots_that_visitors_do_not_see(cast: Cast) -> None:
    told = make_project(
        cast.tel_aviv,
        visibility="public",
        source_line="A report",
        source_verified=True,
        lesson="<p>Ask first.</p>",
    )
    told.published_results.create(what="people", value="not found", kind="gap")
    Pilot.objects.create(project=told, title="Open", hypothesis="h")
    Pilot.objects.create(project=told, title="Kept", hypothesis="h", visibility="network")
    [story] = honest_stories()
    assert getattr(story.project, "tries", 0) == 1
