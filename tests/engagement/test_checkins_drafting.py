"""What is drafted into a check-in: by project, each line linked to its source, promises kept between the pair."""

import datetime as dt

import pytest

from cities.models import Membership
from engagement.checkins import drafting, moves, reading
from engagement.checkins.opening import open_due_periods
from engagement.choices import CheckInState
from engagement.models import CheckIn, CheckInLine, Commitment
from projects.choices import Phase, Verb, Visibility
from projects.models import Adaptation, Consultation, Ending, JournalEntry, PhaseMove, Pilot, Project
from tests.cast import Cast, make_project
from tests.engagement.accompany_scenes import (
    NOW,
    answered,
    client_of,
    drafted,
    engagement,
    logged,
    schedule,
    somebody,
    submitted,
    with_line,
)
from tests.engagement.checkin_scenes import indicator, promise
from tests.engagement.checkin_scenes import reading as read_off

AUGUST = dt.datetime(2026, 8, 15, 12, 0, tzinfo=dt.UTC)
OCTOBER = dt.datetime(2026, 10, 5, 12, 0, tzinfo=dt.UTC)


def opened(cast: Cast) -> CheckIn:
    schedule(cast.programme)
    open_due_periods(NOW)
    return CheckIn.objects.get(team=cast.tel_aviv)


def look_again(cast: Cast, check_in: CheckIn) -> int:
    return drafting.look_again(by=cast.tel_aviv_lead, check_in=check_in)


def lines(cast: Cast, check_in: CheckIn) -> list[reading.Line]:
    return reading.sheet_lines(check_in, cast.tel_aviv_lead)


# --- By project, each with its source --------------------------------------------------------------------------------


def test_lines_stand_by_project_in_the_order_they_were_logged(cast: Cast) -> None:
    first, second = cast.projects["network"], cast.projects["public"]
    check_in = drafted(cast)
    for project in (first, second, first):
        with_line(check_in, project)
    groups = reading.grouped(lines(cast, check_in))
    assert [(group.project, len(group.entries)) for group in groups] == [(first, 2), (second, 1)]


def test_the_head_of_a_project_tells_where_it_was_before(cast: Cast) -> None:
    project, check_in = cast.projects["network"], drafted(cast)
    for before, after in ((Phase.INVESTIGATE, Phase.GENERATE), (Phase.GENERATE, Phase.PREPARE)):
        move = PhaseMove.objects.create(project=project, from_phase=before, to_phase=after, note="On we go.")
        row = logged(project, Verb.PHASE_MOVED, phase_move=move)
        CheckInLine.objects.create(check_in=check_in, activity=row)
    [group] = reading.grouped(lines(cast, check_in))
    assert group.moved_from == Phase.INVESTIGATE


def test_each_line_leads_to_the_very_thing_on_the_page_of_its_project(cast: Cast) -> None:
    project = cast.projects["network"]
    told = {"project": project}
    day = dt.date(2026, 8, 15)
    entry = JournalEntry.objects.create(happened_on=day, text="Nine doors.", **told)
    heard = Consultation.objects.create(held_on=day, method="At the door", heard="Neighbours", said="Yes.", **told)
    pilot = Pilot.objects.create(title="Open stairwell", hypothesis="They stop.", **told)
    move = PhaseMove.objects.create(from_phase="investigate", to_phase="generate", note="On.", **told)
    ending = Ending.objects.create(advice="Start small.", ended_at=AUGUST, pilot=pilot, **told)
    adaptation = Adaptation.objects.create(outside_name="Leeds", **told)
    value = read_off(indicator(project), 42, day)
    rows = {
        logged(project, Verb.JOURNAL_ADDED, journal_entry=entry): f"#entry-{entry.pk}",
        logged(project, Verb.CONSULTATION_ADDED, consultation=heard): f"#consultation-{heard.pk}",
        logged(project, Verb.PILOT_ADDED, pilot=pilot): f"#pilot-{pilot.pk}",
        logged(project, Verb.PHASE_MOVED, phase_move=move): f"#move-{move.pk}",
        logged(project, Verb.ENDED_WITH_LESSON, ending=ending, pilot=pilot): f"#ending-{ending.pk}",
        logged(project, Verb.ADAPTATION_STARTED, adaptation=adaptation): f"#adaptation-{adaptation.pk}",
        value: f"#reading-{value.reading_id}",
        logged(project, Verb.PROJECT_LOGGED): "",
    }
    check_in = drafted(cast)
    CheckInLine.objects.bulk_create(CheckInLine(check_in=check_in, activity=row) for row in rows)
    Pilot.objects.update(decision="stop")
    page = client_of(cast.tel_aviv_lead).get(project.get_absolute_url()).content.decode()
    for line in lines(cast, check_in):
        assert line.activity is not None
        place = rows[line.activity]
        assert line.url == f"{project.get_absolute_url()}{place}"
        assert not place or f'id="{place[1:]}"' in page, place


def test_several_readings_of_one_indicator_are_one_row_with_each_still_reachable(cast: Cast) -> None:
    of, check_in = indicator(cast.projects["network"]), drafted(cast)
    days = [(dt.date(2026, 8, 20), 61), (dt.date(2026, 7, 2), 42), (dt.date(2026, 8, 1), 55)]
    for day, value in days:
        CheckInLine.objects.create(check_in=check_in, activity=read_off(of, value, day))
    [group] = reading.grouped(lines(cast, check_in))
    [row] = group.entries
    assert (row.is_several, row.text) == (True, "Visitors – 42 → 61 people")
    page = client_of(cast.tel_aviv_lead).get(check_in.get_absolute_url()).content.decode()
    assert "3 readings" in page
    for line in row.lines:
        assert line.url in page
        assert f'name="line-{line.pk}-included"' in page


def test_readings_where_nothing_was_tried_are_a_row_of_their_own(cast: Cast) -> None:
    of, check_in = indicator(cast.projects["network"]), drafted(cast)
    rows = [read_off(of, value, dt.date(2026, 8, value)) for value in (1, 2, 3)]
    assert rows[0].reading is not None
    rows[0].reading.is_comparison = True
    rows[0].reading.save()
    CheckInLine.objects.bulk_create(CheckInLine(check_in=check_in, activity=row) for row in rows)
    [group] = reading.grouped(lines(cast, check_in))
    assert [len(entry.lines) for entry in group.entries] == [1, 2]


# --- Promises of the coaching ----------------------------------------------------------------------------------------


def test_a_promise_that_the_team_kept_is_drafted_switched_off(cast: Cast) -> None:
    kept = promise(cast, done_at=AUGUST)
    line = opened(cast).lines.get()
    assert (line.commitment, line.included) == (kept, False)


@pytest.mark.parametrize(
    ("owner", "fields"),
    [
        ("coach", {}),
        ("tel_aviv_member", {"done_at": None}),
        ("tel_aviv_member", {"done_at": None, "let_go_at": AUGUST}),
        ("tel_aviv_member", {"done_at": AUGUST - dt.timedelta(days=100)}),
    ],
)
def test_others_are_not(cast: Cast, owner: str, fields: dict[str, object]) -> None:
    kept = promise(cast, owner=somebody(cast, owner), done_at=AUGUST)
    Commitment.objects.filter(pk=kept.pk).update(**fields)
    assert not opened(cast).lines.exists()


def test_the_promise_of_somebody_who_has_left_since_is_still_the_teams(cast: Cast) -> None:
    promise(cast, done_at=AUGUST)
    Membership.objects.filter(person=cast.tel_aviv_member).update(ends_on=dt.date(2026, 9, 1))
    assert opened(cast).lines.count() == 1


def test_until_it_is_switched_on_a_promise_stays_between_the_pair(cast: Cast) -> None:
    promise(cast)
    check_in = drafted(cast)
    line = check_in.lines.create(commitment=promise(cast, text="A quiet promise"), included=False)
    page = client_of(cast.tel_aviv_lead).get(check_in.get_absolute_url()).content.decode()
    assert "Between you and your coach until you switch it on." in page
    sent = submitted(cast, check_in)
    page = client_of(cast.coordinator).get(check_in.get_absolute_url()).content.decode()
    assert "A quiet promise" not in page
    back = answered(cast, sent, CheckInState.RETURNED)
    line.included = True
    line.save()
    submitted(cast, back)
    page = client_of(cast.coordinator).get(check_in.get_absolute_url()).content.decode()
    assert "A quiet promise" in page


def test_the_words_of_a_promise_are_read_where_it_stands(cast: Cast) -> None:
    kept = promise(cast)
    check_in = drafted(cast)
    check_in.lines.create(commitment=kept, included=True)
    version = submitted(cast, check_in).versions.get()
    kept.text = "Ask ten neighbours"
    kept.save()
    assert [line.text for line in reading.sent_lines(version, cast.coordinator)] == ["Ask ten neighbours"]
    kept.done_at = None
    kept.save()
    assert reading.sent_lines(version, cast.coordinator) == []


def test_a_promise_about_a_project_of_the_team_alone_is_never_sent(cast: Cast) -> None:
    check_in = drafted(cast)
    kept = promise(cast, project=cast.projects[Visibility.TEAM])
    check_in.lines.create(commitment=kept, included=True)
    version = submitted(cast, check_in).versions.get()
    assert version.lines == []


def test_made_private_after_it_was_sent_a_promise_vanishes_for_others(cast: Cast) -> None:
    check_in = drafted(cast)
    check_in.lines.create(commitment=promise(cast, project=cast.projects["network"]), included=True)
    version = submitted(cast, check_in).versions.get()
    Project.objects.update(visibility=Visibility.TEAM)
    assert reading.sent_lines(version, cast.coach) == []
    assert len(reading.sent_lines(version, cast.tel_aviv_observer)) == 1


# --- Looking again ---------------------------------------------------------------------------------------------------


def test_what_was_logged_late_but_dated_in_the_period_is_drawn_in(cast: Cast) -> None:
    check_in, project = opened(cast), cast.projects["network"]
    late = JournalEntry.objects.create(project=project, happened_on=dt.date(2026, 9, 1), text="In September.")
    later = JournalEntry.objects.create(project=project, happened_on=dt.date(2026, 10, 1), text="In October.")
    row = logged(project, at=OCTOBER, journal_entry=late)
    logged(project, at=OCTOBER, journal_entry=later)
    assert look_again(cast, check_in) == 1
    assert check_in.lines.get().activity == row


def test_looking_again_only_adds(cast: Cast) -> None:
    logged(cast.projects["network"], at=AUGUST)
    check_in = opened(cast)
    line = check_in.lines.get()
    line.included, line.note = False, "Not this one."
    line.save()
    logged(cast.projects["network"], at=AUGUST)
    assert [look_again(cast, check_in), look_again(cast, check_in)] == [1, 0]
    line.refresh_from_db()
    assert (line.included, line.note) == (False, "Not this one.")
    assert list(check_in.lines.values_list("position", flat=True)) == [1, 2]


def test_a_pilot_that_stands_there_already_is_not_drawn_in_again(cast: Cast) -> None:
    pilot = Pilot.objects.create(project=cast.projects["network"], title="Stairwell", hypothesis="They stop.")
    logged(pilot.project, Verb.PILOT_CHANGED, at=AUGUST, pilot=pilot)
    check_in = opened(cast)
    logged(pilot.project, Verb.PILOT_CHANGED, at=AUGUST + dt.timedelta(days=3), pilot=pilot)
    assert look_again(cast, check_in) == 0


def test_a_promise_kept_meanwhile_is_drawn_in_switched_off(cast: Cast) -> None:
    check_in = opened(cast)
    promise(cast, engagement(cast), done_at=AUGUST)
    assert look_again(cast, check_in) == 1
    assert not check_in.lines.get().included


def test_what_was_told_late_is_not_told_again_in_the_next_one(cast: Cast) -> None:
    check_in, project = opened(cast), cast.projects["network"]
    late = JournalEntry.objects.create(project=project, happened_on=dt.date(2026, 9, 1), text="In September.")
    logged(project, at=OCTOBER, journal_entry=late)
    look_again(cast, check_in)
    open_due_periods(dt.datetime(2027, 1, 2, 13, 0, tzinfo=dt.UTC))
    assert not CheckIn.objects.get(period__key="2026-Q4", team=cast.tel_aviv).lines.exists()


def test_a_sent_check_in_is_not_added_to(cast: Cast) -> None:
    check_in = submitted(cast)
    with pytest.raises(moves.MovedMeanwhile):
        look_again(cast, check_in)


# --- Made private in between -----------------------------------------------------------------------------------------


def test_made_private_after_being_drafted_its_lines_are_held_back_and_the_sheet_says_so(cast: Cast) -> None:
    project = make_project(cast.tel_aviv, title="Courtyard by night")
    check_in = drafted(cast)
    with_line(check_in, project)
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.TEAM)
    page = client_of(cast.tel_aviv_lead).get(check_in.get_absolute_url()).content.decode()
    assert "Only your team sees this project, so these lines stay with you." in page
    assert submitted(cast, check_in).versions.get().lines == []


def test_made_private_after_being_sent_the_team_reads_that_nobody_else_sees_it(cast: Cast) -> None:
    project = make_project(cast.tel_aviv, title="Courtyard by night")
    check_in = drafted(cast)
    with_line(check_in, project)
    submitted(cast, check_in)
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.TEAM)
    page = client_of(cast.tel_aviv_lead).get(check_in.get_absolute_url()).content.decode()
    assert "nobody else reads this line any more" in page
    for person in (cast.coach, cast.coordinator, cast.funder_coordinator):
        assert "Courtyard by night" not in client_of(person).get(check_in.get_absolute_url()).content.decode()
