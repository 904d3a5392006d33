"""What a programme's coordinators decide about its check-ins, before and after a period is open."""

import datetime as dt
import itertools
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engagement import promises
from engagement.checkins import periods, reading
from engagement.checkins.opening import open_due_periods
from engagement.checkins.periods import NoReason, NothingChanged, OpenedAlready, Overlaps, RefusedDay
from engagement.checkins.schedules import Span, rest_of
from engagement.choices import CheckInState, LetterKind, Rhythm
from engagement.models import CheckIn, CheckInPeriod, CheckInSchedule, Letter, PeriodChange, ScheduledPeriod
from engagement.posting import post_waiting
from innoteams.lib.verdicts import NotAllowed, Refused
from projects.choices import Visibility
from tests.cast import Cast
from tests.engagement.accompany_scenes import NOW, answered, client_of, logged, schedule, submitted, with_line

IN_PERIOD = dt.datetime(2026, 8, 15, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _in_october() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


def opened(cast: Cast) -> CheckIn:
    """The third quarter, with Tel Aviv's check-in."""
    schedule(cast.programme)
    open_due_periods(NOW)
    return CheckIn.objects.get(team=cast.tel_aviv)


def changed(cast: Cast, period: CheckInPeriod, **days: dt.date | str) -> CheckInPeriod:
    values = {"starts_on": period.starts_on, "ends_on": period.ends_on, "due_on": period.due_on, "why": "A holiday."}
    return periods.change_period(by=cast.coordinator, period=period, **{**values, **days})  # type: ignore[arg-type]  # days by name


def dates(cast: Cast, starts_on: dt.date, ends_on: dt.date, due_on: dt.date | None = None) -> ScheduledPeriod:
    due_on = due_on or ends_on + dt.timedelta(days=30)
    return periods.add_dates(
        by=cast.coordinator,
        programme=cast.programme,
        title="First residence",
        starts_on=starts_on,
        ends_on=ends_on,
        due_on=due_on,
    )


def rhythm(cast: Cast, rhythm: str, starts_on: dt.date = dt.date(2026, 1, 1), days: int = 14) -> CheckInSchedule:
    return periods.set_rhythm(
        by=cast.coordinator, programme=cast.programme, rhythm=rhythm, days_to_submit=days, starts_on=starts_on
    )


# --- The rhythm -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["funder_coordinator", "other_coordinator", "coach", "administrator", "tel_aviv_lead"])
def test_only_the_operators_coordinators_decide(cast: Cast, kind: str) -> None:
    person = cast.person(kind)
    with pytest.raises(NotAllowed):
        periods.set_rhythm(
            by=person,  # type: ignore[arg-type]  # no visitor among them
            programme=cast.programme,
            rhythm="monthly",
            days_to_submit=7,
            starts_on=day(1, 1),
        )


def test_a_period_on_dates_of_its_own_opens_when_its_last_day_is_over(cast: Cast) -> None:
    rhythm(cast, Rhythm.CUSTOM)
    dates(cast, day(9, 7), day(9, 30), day(10, 20))
    [period] = open_due_periods(NOW)
    assert (period.key, period.name, period.due_on) == ("2026-09-07", "First residence", day(10, 20))
    assert open_due_periods(NOW) == []


def test_dates_of_its_own_wait_while_another_rhythm_is_chosen(cast: Cast) -> None:
    dates(cast, day(9, 7), day(9, 30))
    rhythm(cast, Rhythm.QUARTERLY)
    assert {period.key for period in open_due_periods(NOW)} == {"2026-Q1", "2026-Q2", "2026-Q3"}


def test_from_months_to_quarters_only_the_days_that_nobody_was_asked_for_are_opened(cast: Cast) -> None:
    rhythm(cast, Rhythm.MONTHLY, day(7, 1))
    open_due_periods(NOW - dt.timedelta(days=30))
    rhythm(cast, Rhythm.QUARTERLY, day(7, 1))
    [rest] = open_due_periods(NOW)
    assert (rest.starts_on, rest.ends_on) == (day(9, 1), day(9, 30))
    assert rest.name == "2026-09-01 – 2026-09-30"
    assert open_due_periods(NOW) == []


def test_dates_that_overlap_what_is_open_are_refused(cast: Cast) -> None:
    opened(cast)
    with pytest.raises(Overlaps):
        dates(cast, day(9, 30), day(10, 15))
    dates(cast, day(10, 1), day(10, 15))
    with pytest.raises(Overlaps):
        dates(cast, day(10, 15), day(10, 20))


@pytest.mark.parametrize(
    ("starts", "ends", "due"),
    [
        (day(10, 9), day(10, 1), day(10, 30)),
        (day(10, 1), day(10, 9), day(10, 8)),
        (day(8, 1), day(8, 9), day(9, 1)),
        (dt.date(2026, 1, 1), dt.date(2027, 6, 1), dt.date(2027, 7, 1)),
        (day(10, 1), day(10, 9), dt.date(2028, 1, 1)),
    ],
)
def test_days_that_cannot_be_are_refused(cast: Cast, starts: dt.date, ends: dt.date, due: dt.date) -> None:
    with pytest.raises(RefusedDay):
        dates(cast, starts, ends, due)


def test_dates_are_changed_and_removed_until_they_are_open(cast: Cast) -> None:
    rhythm(cast, Rhythm.CUSTOM)
    row = dates(cast, day(9, 7), day(9, 30))
    values = {"title": "Residence", "starts_on": day(9, 8), "ends_on": day(9, 30), "due_on": day(10, 30)}
    row = periods.change_dates(by=cast.coordinator, dates=row, **values)  # type: ignore[arg-type]  # days by name
    assert row.starts_on == day(9, 8)
    open_due_periods(NOW)
    with pytest.raises(OpenedAlready):
        periods.change_dates(by=cast.coordinator, dates=row, **values)  # type: ignore[arg-type]  # days by name
    with pytest.raises(OpenedAlready):
        periods.remove_dates(by=cast.coordinator, dates=row)
    later = dates(cast, day(11, 1), day(11, 9))
    periods.remove_dates(by=cast.coordinator, dates=later)
    assert ScheduledPeriod.objects.get() == row


# --- An opened period -----------------------------------------------------------------------------------------------


def test_an_opened_periods_days_change_with_a_reason_that_stays(cast: Cast) -> None:
    period = opened(cast).period
    with pytest.raises(NoReason):
        changed(cast, period, due_on=day(10, 20), why=" ")
    changed(cast, period, due_on=day(10, 20))
    row = PeriodChange.objects.get()
    assert (row.by, row.due_before, row.due_after, row.why) == (
        cast.coordinator,
        day(10, 14),
        day(10, 20),
        "A holiday.",
    )
    with pytest.raises(NothingChanged):
        changed(cast, period, due_on=day(10, 20))


def test_another_due_day_changes_at_once_what_is_late(cast: Cast) -> None:
    check_in = opened(cast)
    with time_machine.travel(NOW + dt.timedelta(days=20), tick=False):
        assert promises.is_team_late(check_in)
        changed(cast, check_in.period, due_on=day(11, 1))
        assert not promises.is_team_late(CheckIn.objects.get())
        changed(cast, CheckInPeriod.objects.get(), due_on=day(10, 5))
        assert promises.is_team_late(CheckIn.objects.get())


def test_wider_days_draw_in_what_was_logged_on_them(cast: Cast) -> None:
    first = logged(cast.projects["network"], at=IN_PERIOD)
    added = logged(cast.projects["network"], at=dt.datetime(2026, 6, 15, 12, 0, tzinfo=dt.UTC))
    kept = logged(cast.projects[Visibility.TEAM], at=dt.datetime(2026, 6, 16, 12, 0, tzinfo=dt.UTC))
    check_in = opened(cast)
    line = check_in.lines.get()
    line.note, line.included = "Our words", False
    line.save()
    changed(cast, check_in.period, starts_on=day(6, 1))
    rows = list(check_in.lines.values_list("activity", "note", "included", "position"))
    assert rows[0] == (first.pk, "Our words", False, 1)
    assert {row[0] for row in rows[1:]} == {added.pk, kept.pk}
    assert {row[3] for row in rows} == {1, 2, 3}
    assert dict(check_in.lines.values_list("activity", "included"))[kept.pk] is False


def test_narrower_days_remove_nothing(cast: Cast) -> None:
    row = logged(cast.projects["network"], at=IN_PERIOD)
    check_in = opened(cast)
    changed(cast, check_in.period, starts_on=day(9, 1))
    check_in = CheckIn.objects.get()
    assert [line.activity for line in check_in.lines.all()] == [row]
    assert [line.outside for line in reading.sheet_lines(check_in, cast.tel_aviv_lead)] == [True]
    assert "outside the period" in client_of(cast.tel_aviv_lead).get(check_in.get_absolute_url()).content.decode()


def test_what_was_sent_stays_as_it_was_sent(cast: Cast) -> None:
    logged(cast.projects["network"], at=dt.datetime(2026, 6, 15, 12, 0, tzinfo=dt.UTC))
    check_in = opened(cast)
    with_line(check_in, cast.projects["network"])
    sent = submitted(cast, check_in)
    before = [(line.pk, line.position) for line in sent.lines.all()], sent.versions.get().lines
    changed(cast, check_in.period, starts_on=day(6, 1))
    assert before == ([(line.pk, line.position) for line in sent.lines.all()], sent.versions.get().lines)
    assert CheckIn.objects.get().state == CheckInState.SUBMITTED


def test_days_that_are_not_over_yet_cannot_be_added(cast: Cast) -> None:
    with pytest.raises(RefusedDay):
        changed(cast, opened(cast).period, ends_on=day(10, 5))


def test_an_opened_period_does_not_reach_into_another(cast: Cast) -> None:
    rhythm(cast, Rhythm.MONTHLY, day(8, 1))
    august, september = sorted(open_due_periods(NOW), key=lambda period: period.key)
    with pytest.raises(Overlaps):
        changed(cast, september, starts_on=august.ends_on)


# --- The mail -------------------------------------------------------------------------------------------------------


def post() -> list[mail.EmailMessage]:
    Letter.objects.exclude(kind=LetterKind.CHECK_IN_DATES).delete()
    mail.outbox = []
    post_waiting(NOW + dt.timedelta(minutes=1))
    return list(mail.outbox)


def test_the_leads_are_told_the_new_days_and_why(cast: Cast) -> None:
    changed(cast, opened(cast).period, due_on=day(10, 20))
    [message] = post()
    assert message.to == [f"Tel Aviv lead <{cast.tel_aviv_lead.email}>"] or cast.tel_aviv_lead.email in message.to[0]
    assert "Oct. 20, 2026" in message.subject
    html = str(message.alternatives[0][0])  # type: ignore[attr-defined]  # a mail in two forms
    for text in (str(message.body), html):
        assert "A holiday." in text
        assert "Oct. 14, 2026" in text
        assert "Coordinator" in text


def test_two_changes_before_the_mail_goes_out_are_one_mail(cast: Cast) -> None:
    period = opened(cast).period
    changed(cast, period, due_on=day(10, 20))
    changed(cast, CheckInPeriod.objects.get(), due_on=day(10, 25))
    [message] = post()
    assert "Oct. 25, 2026" in message.subject


def test_whoever_was_accepted_is_not_told(cast: Cast) -> None:
    check_in = opened(cast)
    changed(cast, check_in.period, due_on=day(10, 20))
    answered(cast, submitted(cast, check_in), CheckInState.ACCEPTED)
    assert post() == []
    changed(cast, CheckInPeriod.objects.get(), due_on=day(10, 22))
    assert not Letter.objects.filter(kind=LetterKind.CHECK_IN_DATES, closed_at=None).exists()


# --- Properties -----------------------------------------------------------------------------------------------------

SOME_DAY = st.integers(0, 500).map(lambda number: dt.date(2025, 6, 1) + dt.timedelta(days=number))
ACT = st.one_of(
    st.tuples(st.just("rhythm"), st.sampled_from(list(Rhythm)), SOME_DAY),
    st.tuples(st.just("dates"), SOME_DAY, st.integers(0, 60)),
    st.tuples(st.just("change"), SOME_DAY, st.integers(0, 120)),
    st.tuples(st.just("tick"), SOME_DAY, st.integers(0, 0)),
)


@given(SOME_DAY, st.integers(0, 90), st.lists(st.tuples(SOME_DAY, st.integers(0, 40)), max_size=4))
def test_what_is_left_of_a_span_touches_no_day_that_is_taken(
    starts_on: dt.date, length: int, taken: list[tuple[dt.date, int]]
) -> None:
    span = Span(starts_on, starts_on + dt.timedelta(days=length), "key")
    spans = [(first, first + dt.timedelta(days=days)) for first, days in taken]
    rest = rest_of(span, spans)
    if rest is not None:
        assert span.starts_on <= rest.starts_on <= rest.ends_on == span.ends_on
        assert not any(rest.overlaps(*one) for one in spans)


def do(cast: Cast, act: tuple[str, object, object], clock: time_machine.Traveller) -> None:
    what, first, second = act
    if what == "rhythm":
        rhythm(cast, first, second)  # type: ignore[arg-type]  # as drawn
    elif what == "dates":
        assert isinstance(first, dt.date)
        assert isinstance(second, int)
        dates(cast, first, first + dt.timedelta(days=second))
    elif what == "tick":
        clock.move_to(dt.datetime.combine(first, dt.time(13), dt.UTC))  # type: ignore[arg-type]  # a day, as drawn
        open_due_periods(dt.datetime.combine(first, dt.time(13), dt.UTC))  # type: ignore[arg-type]  # as above
    elif period := CheckInPeriod.objects.order_by("?").first():
        assert isinstance(first, dt.date)
        assert isinstance(second, int)
        ends_on = first + dt.timedelta(days=second)
        changed(cast, period, starts_on=first, ends_on=ends_on, due_on=ends_on)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACT, min_size=3, max_size=12))
def test_whatever_is_decided_in_whatever_order_no_day_is_asked_for_twice(
    cast: Cast, acts: list[tuple[str, object, object]]
) -> None:
    CheckInPeriod.objects.all().delete()
    CheckInSchedule.objects.all().delete()
    with time_machine.travel(NOW, tick=False) as clock:
        for act in acts:
            try:
                do(cast, act, clock)
            except Refused:
                continue
            spans = sorted(CheckInPeriod.objects.values_list("starts_on", "ends_on"))
            assert all(before[1] < after[0] for before, after in itertools.pairwise(spans)), spans
            pairs = list(CheckIn.objects.values_list("period", "team"))
            assert len(pairs) == len(set(pairs))


# --- The page -------------------------------------------------------------------------------------------------------


def test_the_page_shows_how_far_a_period_is(cast: Cast) -> None:
    opened(cast)
    page = client_of(cast.coordinator).get(reverse("programme_check_ins", args=[cast.programme.slug])).content.decode()
    assert "Quarter 3 of 2026" in page
    assert "0 of 1 accepted" in page
    assert "Next: 10/01/2026 to 12/31/2026" in page


def test_the_funders_coordinator_reads_and_finds_no_form(cast: Cast) -> None:
    opened(cast)
    client = client_of(cast.funder_coordinator)
    page = client.get(reverse("programme_check_ins", args=[cast.programme.slug])).content.decode()
    assert 'method="post" action="/programmes' not in page
    assert client.post(reverse("rhythm_set", args=[cast.programme.slug])).status_code == 403


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(cast: Cast) -> None:
    check_in = opened(cast)
    client = client_of(cast.coordinator)
    address = reverse("period_change", args=[cast.programme.slug, check_in.period_id])
    data = {"starts_on": "2026-07-01", "ends_on": "2026-10-20", "due_on": "2026-10-30", "why": "Because."}
    response = client.post(address, data)
    assert response.status_code == 422
    assert "not over yet" in str(response.context["form"].errors["ends_on"])
    assert "Because." in response.content.decode()
    assert client.post(address, {**data, "ends_on": "2026-09-30"}).status_code == 302
    assert PeriodChange.objects.get().why == "Because."


def test_a_coordinator_sets_the_rhythm_and_dates_on_the_page(cast: Cast) -> None:
    client, slug = client_of(cast.coordinator), cast.programme.slug
    client.post(reverse("rhythm_set", args=[slug]), {"rhythm": "custom", "days": "10", "starts_on": "2026-09-01"})
    data = {"title": "Residence", "starts_on": "2026-10-05", "ends_on": "2026-10-09", "due_on": "2026-10-20"}
    assert client.post(reverse("dates_add", args=[slug]), data).status_code == 302
    row = ScheduledPeriod.objects.get()
    assert client.post(reverse("dates_add", args=[slug]), data).status_code == 422
    address = reverse("dates_change", args=[slug, row.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {**data, "title": "Second"}).status_code == 302
    assert client.post(reverse("dates_remove", args=[slug, row.pk])).status_code == 302
    assert not ScheduledPeriod.objects.exists()
