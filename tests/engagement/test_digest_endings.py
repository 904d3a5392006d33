"""A stop with its lesson is told in a digest, and written into the next check-in."""

import datetime as dt

import pytest
from django.utils import timezone

from engagement.checkins.reading import Line, with_parts
from engagement.choices import REPORTED
from innoteams.accounts.models import User
from projects.choices import Decision, Outcome, Verb
from projects.endings import Answers
from projects.models import Activity, Project
from projects.phases import conclude
from projects.pilots import decide_pilot, start_pilot
from tests.cast import Cast
from tests.engagement.digest_scenes import digest_of, only, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(cast: Cast) -> User:
    only(cast.stranger)
    return cast.stranger


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


def stop_pilot(cast: Cast, project: Project, title: str) -> None:
    pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title=title, hypothesis="h")
    decide_pilot(by=cast.tel_aviv_lead, pilot=pilot, decision=Decision.STOP, ending=Answers(advice="Plant."))


def a_day_ago() -> None:
    Activity.objects.update(at=timezone.now() - dt.timedelta(days=1))


def test_the_pilots_that_stopped_are_named(cast: Cast, project: Project, reader: User) -> None:
    stop_pilot(cast, project, "Sails")
    stop_pilot(cast, project, "Chairs")
    a_day_ago()
    run()
    assert "Stopped a pilot, and told what was learned: Chairs, Sails" in digest_of(reader).text_body


def test_a_project_that_stopped_says_so(cast: Cast, project: Project, reader: User) -> None:
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, ending=Answers(advice="Plant."))
    a_day_ago()
    run()
    digest = digest_of(reader)
    assert "Stopped, and told what was learned" in digest.text_body
    assert digest.items.get(rank=1).reasons[0]["code"] == "news"


def test_a_check_in_tells_the_lesson_and_why_an_outcome_changed(cast: Cast, project: Project) -> None:
    stop_pilot(cast, project, "Sails")
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.SUSTAINED, note="The parks office pays.")
    assert Verb.ENDED_WITH_LESSON in REPORTED
    rows = with_parts(Activity.objects.filter(project=project, verb__in=REPORTED)).order_by("pk")
    told = [Line(row, "").text for row in rows]
    assert told[-2:] == ["Sails – Plant.", "sustained. The parks office pays."]
