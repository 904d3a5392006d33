"""What coordinators are told: what moved, what is late, who is never reached; and what is never told."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cities.models import Team
from cities.querysets import today
from engagement.choices import CheckInState, DigestState, IntroductionState, ItemKind, Stream
from engagement.digests.archive import preview
from engagement.digests.coordination import compose
from engagement.digests.coordination.reading import MOVED, facts_of, reaches_of
from engagement.digests.coordination.selection import Figures, Selection, select
from engagement.digests.preferences import default_of
from engagement.models import (
    CheckIn,
    CoachingEngagement,
    CoachingNote,
    Commitment,
    Digest,
    DigestHold,
    DigestItem,
    Introduction,
)
from engagement.portfolio import LATE, Narrowing, portfolio_of
from engagement.portfolio.figures import figures_of
from engagement.portfolio.tables import rows_url
from innoteams.accounts.models import User
from projects.choices import Phase, Verb, Visibility
from projects.models import Activity, PhaseMove, Project
from tests.access.table import plant_all
from tests.cast import (
    KINDS,
    Cast,
    accompany,
    coordinate,
    join,
    make_cast,
    make_city,
    make_operator,
    make_person,
    make_programme,
    make_project,
    make_team,
)
from tests.engagement import accompany_scenes as scenes
from tests.engagement.accompany_scenes import somebody
from tests.engagement.calendar_scenes import addresses, utc, whole
from tests.engagement.digest_scenes import digest_of, happen, run

DAY = dt.timedelta(days=1)
# A Monday morning, after eight everywhere in Europe.
MONDAY = "2026-11-23 09:00"


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with time_machine.travel(utc(MONDAY), tick=False):
        made = make_cast()
        User.objects.update(last_login=timezone.now())
        yield made


def told() -> list[EmailMultiAlternatives]:
    mail.outbox = []
    run(timezone.now(), Stream.COORDINATION)
    return mail.outbox  # type: ignore[return-value]  # the portal sends no others


def told_to(person: User) -> EmailMultiAlternatives:
    [message] = [message for message in told() if addresses([message]) == {person.email}]
    return message


def digest_for(person: User, days: int = 7) -> Digest:
    now = timezone.now()
    return Digest(
        person=person,
        stream=Stream.COORDINATION,
        due_at=now,
        window_start=now - days * DAY,
        window_end=now,
        language="en",
        timezone=person.timezone,
    )


def selected(person: User, days: int = 7) -> Selection:
    digest = digest_for(person, days)
    reaches = reaches_of([digest])
    return select(digest, reaches[person.pk], facts_of([digest], reaches))


def figures(person: User) -> Figures:
    return selected(person).figures


def late_check_in(cast: Cast, team: Team | None = None, **fields: object) -> CheckIn:
    """Drafted, and three days late."""
    found = CheckIn.objects.filter(period__key="2026-Q3").first()
    period = found.period if found else scenes.period(cast.programme, due_in=-3)
    return CheckIn.objects.create(period=period, team=team or cast.tel_aviv, **fields)


def late_answer(cast: Cast, team: Team | None = None) -> CheckIn:
    long_ago = timezone.now() - 20 * DAY
    return late_check_in(cast, team, state=CheckInState.SUBMITTED, submitted_at=long_ago)


def another_team(cast: Cast, slug: str) -> Team:
    team = make_team(make_city(slug))
    accompany(team.city, cast.programme)
    return team


# --- Whether, when, to whom ----------------------------------------------------------------------------------------


def test_nothing_moved_and_nothing_late_is_no_mail(cast: Cast) -> None:
    # Nobody was shown, somebody is stuck: of itself that is no news every week.
    Project.objects.filter(team=cast.tel_aviv).update(stuck_since=today())
    assert told() == []
    states = Digest.objects.filter(stream=Stream.COORDINATION).values_list("state", flat=True)
    assert set(states) == {DigestState.EMPTY}


def test_it_goes_to_those_who_coordinate_and_read_the_team_on_monday(cast: Cast) -> None:
    late_check_in(cast)
    with time_machine.travel(utc("2026-11-22 12:00"), tick=False):
        told()
    assert addresses(told()) == {cast.coordinator.email, cast.funder_coordinator.email}
    assert told() == []
    with time_machine.travel(utc("2026-11-24 09:00"), tick=False):
        assert told() == []


def test_who_stopped_coordinating_gets_nothing(cast: Cast) -> None:
    late_check_in(cast)
    cast.coordinator.coordinations.update(ends_on=today())
    assert addresses(told()) == {cast.funder_coordinator.email}


# --- What is late --------------------------------------------------------------------------------------------------


def test_what_is_late_comes_first_and_the_subject_names_it(cast: Cast) -> None:
    late_check_in(cast)
    late_answer(cast, another_team(cast, "dunkirk"))
    happen(cast.projects["network"])
    message = told_to(cast.coordinator)
    assert message.subject.startswith("Dunkirk: Check-in Quarter 3 of 2026, Hazira owes an answer, 6 days late, and ")
    body = str(message.body)
    assert body.index("What is late: 1 answer is late · 1 check-in is late") < body.index("What moved")
    assert "* Tel Aviv Yafo: Check-in Quarter 3 of 2026\n  3 days late" in body


def test_a_draft_is_told_to_be_late_and_nothing_of_it_leads_to_it(cast: Cast) -> None:
    check_in = late_check_in(cast, hard="zzhard")
    message = told_to(cast.coordinator)
    assert check_in.get_absolute_url() not in whole(message)
    assert "/portfolio/check-ins/?team=tel-aviv-yafo&cell=late" in str(message.body)
    item = digest_of(cast.coordinator, Stream.COORDINATION).items.get(reasons__0__code="late")
    assert (item.kind, item.team, item.check_in) == (ItemKind.TEAM, cast.tel_aviv, None)


def test_the_figures_are_those_of_the_portfolio(cast: Cast) -> None:
    plant_all(cast)
    for number in range(3):
        team = another_team(cast, f"town-{number}")
        late_check_in(cast, team) if number else late_answer(cast, team)
        person = make_person(last_login=timezone.now() - (50 + 10 * number) * DAY)
        join(team, person)
        make_project(team, visibility=Visibility.PROGRAMME, stuck_since=today())
        make_project(team, visibility=Visibility.TEAM, stuck_since=today())
    several = make_person("Both", second_factor=True)
    coordinate(cast.operator, several)
    join(cast.mulhouse, several)
    for person in (cast.coordinator, cast.funder_coordinator, cast.other_coordinator, several):
        page, ours = portfolio_of(person), figures(person)
        there = figures_of(page)
        assert (ours.team_late, ours.answer_late) == (there.team_late.count, there.answer_late.count)
        assert ours.stuck == there.stuck.count
        assert ours.not_signed_in == len(page.with_sign("signed_in"))
        reach = reaches_of([digest_for(person)])[person.pk]
        assert set(reach.teams) == set(page.teams)


def test_each_figure_leads_to_the_list_of_what_it_counts(cast: Cast) -> None:
    late_check_in(cast)
    Project.objects.filter(pk=cast.projects["network"].pk).update(stuck_since=today())
    User.objects.update(last_login=None)
    body = str(told_to(cast.coordinator).body)
    for url in (
        rows_url("check-ins", Narrowing(cell=(LATE,))),
        rows_url("projects", Narrowing(stuck=True)),
        rows_url("teams", Narrowing(quiet=("signed_in",))),
    ):
        assert url in body
        page = scenes.client_of(cast.coordinator).get(url).content.decode()
        assert "Tel Aviv" in page


def test_sessions_that_are_not_logged_are_only_counted(cast: Cast) -> None:
    scenes.session(scenes.engagement(cast), days=-6, aim="zzaim")
    message = told_to(cast.coordinator)
    assert "1 session is not logged yet" in str(message.body)
    for word in ("zzaim", cast.coach.email, "/sessions/", "/coaching/"):
        assert word not in whole(message)


# --- What moved ----------------------------------------------------------------------------------------------------


def test_what_moved_is_counted_and_told_once_for_each_project(cast: Cast) -> None:
    project = cast.projects["network"]
    move = PhaseMove.objects.create(
        project=project, from_phase=Phase.INVESTIGATE, to_phase=Phase.GENERATE, note="zznote", by=cast.tel_aviv_lead
    )
    happen(project, Verb.PHASE_MOVED, phase_move=move)
    happen(project)
    happen(project, Verb.JOURNAL_ADDED)
    happen(cast.projects["programme"], Verb.ENDED_WITH_LESSON, days_ago=2)
    sent = scenes.submitted(cast)
    found = figures(cast.coordinator)
    assert (found.shared, found.moved_on, found.lessons, found.sent, found.accepted) == (1, 1, 1, 1, 0)
    scenes.answered(cast, sent, CheckInState.ACCEPTED)
    found = figures(cast.coordinator)
    assert (found.sent, found.accepted) == (0, 1)
    message = told_to(cast.coordinator)
    body = str(message.body)
    assert body.count("Tel Aviv at level network") == 1
    assert "Moved on to “" in body
    assert "zznote" not in whole(message)
    item = DigestItem.objects.filter(project=project, reasons__0__code="moved").first()
    assert item
    # What it quotes is asked after again before it goes out.
    assert set(item.told) == set(Activity.objects.filter(project=project, verb__in=MOVED).values_list("pk", flat=True))


def test_what_was_before_the_window_is_not_told_again(cast: Cast) -> None:
    happen(cast.projects["network"], days_ago=8)
    assert figures(cast.coordinator).shared == 0


def test_a_check_in_that_was_taken_back_is_the_teams_alone_again(cast: Cast) -> None:
    check_in = scenes.submitted(cast)
    CheckIn.objects.filter(pk=check_in.pk).update(state=CheckInState.DRAFTED)
    assert figures(cast.coordinator).sent == 0


def test_entries_from_public_sources_are_nobodys_progress(cast: Cast) -> None:
    happen(make_project(cast.tel_aviv, source_line="A newspaper"))
    assert figures(cast.coordinator).shared == 0


def test_of_introductions_only_that_they_were_made_and_helped_is_told(cast: Cast) -> None:
    scenes.introduction(
        cast,
        IntroductionState.ACCEPTED,
        message="zzmessage",
        answer="zzanswer",
        answered_at=timezone.now() - DAY,
        helped=True,
        helped_at=timezone.now() - DAY,
    )
    scenes.introduction(cast, to_team=cast.boston)
    message = told_to(cast.coordinator)
    assert "1 introduction made · 1 introduction helped" in str(message.body)
    for word in ("zz", cast.mulhouse_lead.name):
        assert word not in whole(message)
    Introduction.objects.update(helped=False)
    assert figures(cast.coordinator).helped == 0


def test_who_only_funds_reads_along_and_that_is_said(cast: Cast) -> None:
    late_check_in(cast)
    assert "funded: you read along" in str(told_to(cast.funder_coordinator).body)
    Digest.objects.all().delete()
    assert "funded" not in str(told_to(cast.coordinator).body)


# --- Who is never reached ------------------------------------------------------------------------------------------


def test_teams_that_nobody_is_shown_and_people_who_get_nothing_are_told_by_team(cast: Cast) -> None:
    User.objects.filter(pk=cast.tel_aviv_member.pk).update(welcomed_at=timezone.now() - 60 * DAY)
    late_check_in(cast)
    found = figures(cast.coordinator)
    assert (found.never_shown, found.get_nothing, found.not_signed_in) == (1, 1, 0)
    body = str(told_to(cast.coordinator).body)
    assert "* Tel Aviv Yafo\n  shown to nobody in a month · 1 person receives no digest" in body
    assert cast.tel_aviv_member.name not in body
    # Shown to somebody, and reached.
    for person, project in ((cast.tel_aviv_member, None), (cast.mulhouse_lead, cast.projects["network"])):
        digest = Digest.objects.create(
            person=person,
            stream=Stream.NETWORK,
            period_key="x",
            state=DigestState.SENT,
            due_at=timezone.now(),
            sent_at=timezone.now(),
            window_start=timezone.now(),
            window_end=timezone.now(),
            language="en",
            timezone="UTC",
        )
        if project:
            DigestItem.objects.create(digest=digest, rank=1, kind=ItemKind.PROJECT, project=project)
    found = figures(cast.coordinator)
    assert (found.never_shown, found.get_nothing) == (0, 0)


def test_a_team_where_nobody_signed_in_for_sixty_days_is_told(cast: Cast) -> None:
    User.objects.update(last_login=timezone.now() - 61 * DAY)
    late_check_in(cast)
    assert "nobody signed in for 60 days" in str(told_to(cast.coordinator).body)
    assert figures(cast.coordinator).not_signed_in == 1


# --- What is never told --------------------------------------------------------------------------------------------


def test_nothing_that_coordinators_do_not_see_is_in_it(cast: Cast) -> None:
    canaries = plant_all(cast)
    DigestHold.objects.update(released_at=timezone.now())
    engagement = CoachingEngagement.objects.filter(team=cast.tel_aviv).first()
    assert engagement
    CoachingNote.objects.create(engagement=engagement, author=cast.coach, text="zzprivate", drawer="private")
    CoachingNote.objects.create(engagement=engagement, author=cast.coach, text="zzteam", drawer="team")
    Commitment.objects.create(engagement=engagement, text="zzpromise", owner=cast.coach, due_on=today() - DAY)
    for project in Project.objects.filter(team=cast.tel_aviv):
        happen(project)
        Project.objects.filter(pk=project.pk).update(stuck_since=today())
    scenes.drafted(cast, scenes.period(cast.programme, "2026-09", due_in=-5))
    messages = told()
    assert addresses(messages) >= {cast.coordinator.email, cast.funder_coordinator.email}
    kinds = {somebody(cast, kind).email: kind for kind in KINDS if kind != "visitor"}
    for message in messages:
        kind = kinds[min(addresses([message]))]
        words = whole(message)
        assert not [canary.word for canary in canaries if canary.hidden_from(kind) and canary.word in words]
        assert not [word for word in ("zzprivate", "zzteam", "zzpromise") if word in words]
        assert "Tel Aviv at level team" not in words


def test_a_project_narrowed_to_its_team_is_gone_at_once(cast: Cast) -> None:
    project = cast.projects["programme"]
    happen(project)
    assert figures(cast.coordinator).shared == 1
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.TEAM)
    assert figures(cast.coordinator).shared == 0


def test_a_part_that_fewer_see_than_the_project_is_not_told(cast: Cast) -> None:
    project = cast.projects["network"]
    row = happen(project, Verb.ENDED_WITH_LESSON)
    assert figures(cast.coordinator).lessons == 1
    Activity.objects.filter(pk=row.pk).update(verb=Verb.STUCK)
    assert figures(cast.coordinator).lessons == 0


# --- The mail ------------------------------------------------------------------------------------------------------


def test_it_is_read_in_the_own_language(cast: Cast) -> None:
    late_check_in(cast)
    User.objects.filter(pk=cast.coordinator.pk).update(language="fr")
    message = told_to(cast.coordinator)
    assert message.extra_headers["Content-Language"] == "fr"
    assert '<html lang="fr" dir="ltr">' in str(message.alternatives[0][0])


def test_a_title_in_hebrew_keeps_its_own_direction(cast: Cast) -> None:
    Project.objects.filter(pk=cast.projects["network"].pk).update(title="שכנים", language="he")
    happen(cast.projects["network"])
    message = told_to(cast.coordinator)
    assert 'lang="he" dir="rtl"' in str(message.alternatives[0][0])
    assert "\u2068שכנים\u2069" in str(message.body)
    assert "\u2068שכנים\u2069" in message.subject


def test_many_lines_are_cut_and_counted(cast: Cast) -> None:
    for number in range(15):
        late_check_in(cast, another_team(cast, f"town-{number:02}"))
    message = told_to(cast.coordinator)
    body = str(message.body)
    assert "15 check-ins are late" in body
    assert body.count("  3 days late") == 12
    assert "and 3 more: " in body
    digest = digest_of(cast.coordinator, Stream.COORDINATION)
    assert digest.item_count == digest.items.count()
    assert len(str(message.alternatives[0][0])) < 90_000


def test_the_next_one_can_be_looked_at_and_stores_nothing(cast: Cast) -> None:
    assert preview(cast.stranger, stream=Stream.COORDINATION).rendered is None
    late_check_in(cast)
    read = preview(cast.coordinator, stream=Stream.COORDINATION).rendered
    assert read
    assert "3 days late" in read.text
    assert not Digest.objects.exists()


def test_it_costs_the_same_for_many_coordinators_and_teams(cast: Cast) -> None:
    late_check_in(cast)
    happen(cast.projects["network"])
    scenes.session(scenes.engagement(cast), days=-6)
    for_few = _queries([cast.coordinator])
    people = [cast.coordinator, cast.funder_coordinator, cast.other_coordinator]
    for number in range(6):
        operator = make_operator()
        person = make_person(second_factor=True)
        coordinate(operator, person)
        people.append(person)
        team = make_team(make_city(f"town-{number}"))
        programme = make_programme(operator, cast.operator)
        accompany(team.city, programme)
        CheckIn.objects.create(period=scenes.period(programme, due_in=-3), team=team)
        happen(make_project(team, stuck_since=today()))
    assert _queries(people) == for_few
    assert for_few <= 20


def _queries(people: list[User]) -> int:
    rows = [digest_for(person) for person in people]
    chosen = {person.pk: default_of(person.pk, Stream.COORDINATION) for person in people}
    with CaptureQueriesContext(connection) as queries:
        drafts = compose(rows, chosen, {person.pk: "https://stop.example/" for person in people})
    assert sum(draft.rendered is not None for draft in drafts) >= len(people) - 1
    return len(queries)
