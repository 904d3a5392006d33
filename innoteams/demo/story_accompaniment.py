"""Tel Aviv-Yafo is coached, and teams report: sessions, promises that keep themselves, looking back, check-ins that go
round. Invented from end to end."""

# ruff: noqa: E501 - the story is prose: a sentence is easier to read and to mend on one line

import datetime as dt

from cities.models import Programme, Team
from engagement.checkins import comments, moves
from engagement.checkins.comments import Remark
from engagement.checkins.opening import open_due_periods
from engagement.checkins.schedules import ended_spans, last_ended_day
from engagement.choices import Act, CheckInState, Drawer, MeetingRhythm, Moment, Rhythm, Sharing, Statement
from engagement.coaching import commitments, engagements, notes, reflections, sessions
from engagement.coaching.reflections import Words
from engagement.models import CheckIn, CheckInComment, CheckInSchedule, CoachingEngagement, CoachingSession
from innoteams.accounts.models import User
from innoteams.demo.author import Author
from innoteams.demo.clock import Calendar, at
from innoteams.demo.people import CITIES, COACH, lead_of, member_of
from projects.models import Project
from projects.stuck import say_stuck

# Who reports to whom, and how far the newest check-in has come. Whoever is not named has not sent it yet.
REPORTING = ("innovation-teams", "la-transfo")
SENT = {"boston": "coordinator@bloomberg.demo.example", "mulhouse": "coordinator@27eregion.demo.example"}
ACCEPTED = {
    "paris": "coordinator@27eregion.demo.example",
    "occitanie": "coordinator@27eregion.demo.example",
    "durham": "coordinator@bloomberg.demo.example",
    "centennial": "coordinator@bloomberg.demo.example",
}
RETURNED = {"tel-aviv-yafo": "coordinator@bloomberg.demo.example"}
HARD = {
    "boston": "Owners ask who pays if something breaks. We have a sentence, not an answer.",
    "mulhouse": "Le mobilier déplacé doit être rentré le soir, et personne n’est payé pour cela.",
    "paris": "Nous n’avons pas encore le droit de lire l’état d’un dossier à l’écran.",
    "occitanie": "Le service des transports reprend l’horaire, mais pas le comptage.",
    "centennial": "The shuttle is run by a contractor, so every change needs a letter.",
    "durham": "The court changes judges in January, and the agreement is with a person.",
    "tel-aviv-yafo": "ועד הבית מתחלף בסוף השנה, ואיתו מי שהסכים לניסיון.",
}
HELP = {
    "boston": "A city that has written house rules for a short stay.",
    "mulhouse": "Un retour d’une ville qui a confié du mobilier à des commerçants.",
    "tel-aviv-yafo": "מישהו שמדד עצירות קצרות במקום ביקורים.",
}
# What the team said of itself, in five steps for each statement, and in words.
LOOKED_BACK = {
    Moment.START: (
        (2, 3, 1, 1, 2, 2, 1),
        Words(
            culture="כל מחלקה עובדת לבד, ומה שלא הצליח לא נכתב.",
            residents="שומעים את מי שבא לאסיפה.",
            language="he",
        ),
    ),
    Moment.MIDDLE: (
        (4, 4, 2, 1, 4, 3, 2),
        Words(
            culture="כתבנו לראשונה למה הפסקנו משהו. מחלקת הרווחה באה פעם אחת, לא פעמיים.",
            residents="דפקנו על דלתות לפני שהיה לנו רעיון.",
            language="he",
        ),
    ),
}


def tell_accompaniment(calendar: Calendar) -> None:
    accompaniment(calendar)
    stuck(calendar)
    check_ins(calendar)


def accompaniment(calendar: Calendar) -> None:
    """A coach and Tel Aviv-Yafo: three sessions behind them, one ahead, promises kept and open."""
    coach, team = User.objects.get(email=COACH), Team.objects.get(slug="tel-aviv-yafo")
    lead, member = lead_of(team.slug), member_of(team.slug)
    stairs = Project.objects.get(team=team, title="שכנים פותחים את חדר המדרגות")
    with calendar.ago(95):
        pair = engagements.open_engagement(
            by=User.objects.get(email="coordinator@bloomberg.demo.example"),
            coaches=[coach],
            team=team,
            rhythm=MeetingRhythm.MONTHLY,
            planned_until=calendar.day(-80),
            aims="Hear residents before choosing an idea. Stop one thing in the open. Leave a way of counting behind.",
        )
    _look_back(pair, Moment.START, calendar, 93)
    last = _sessions(calendar, pair)
    with calendar.ago(18):
        sessions.plan_session(
            by=coach,
            engagement=pair,
            starts_at=(calendar.now + dt.timedelta(days=9)).replace(hour=8, minute=20, second=0, microsecond=0),
            aim="What remains when the pilot ends, and who owns it?",
            place="Video call",
            agenda="<h4>Still open</h4><ul><li>A team that counted short stops (the coach asks in Mulhouse)</li></ul>"
            "<h4>To talk about</h4><ul><li>Who puts the bench away in winter?</li>"
            "<li>What the building committee wants to keep</li></ul>",
        )
        kept = commitments.commit(
            by=coach, engagement=pair, session=last, text="Write down why the soup evenings ended",
            owner=lead, due_on=calendar.day(10),
        )  # fmt: skip
        commitments.commit(
            by=coach, engagement=pair, session=last, text="Add a reading for people who stop at the bench",
            owner=member, due_on=calendar.day(-5), act=Act.ADD_READING, project=stairs,
        )  # fmt: skip
        commitments.commit(
            by=coach, engagement=pair, session=last, text="Write down what the ground floor says about the bench",
            owner=member, due_on=calendar.day(4), act=Act.WRITE_JOURNAL, project=stairs,
        )  # fmt: skip
        commitments.commit(
            by=lead, engagement=pair, session=last, text="Find a team that counted short stops",
            owner=coach, due_on=calendar.day(2),
        )  # fmt: skip
        notes.write_note(
            by=coach, engagement=pair, session=last, drawer=Drawer.PRIVATE,
            text="The lead carries too much alone. Ask about the member's part next time.",
        )  # fmt: skip
        notes.write_note(
            by=coach, engagement=pair, session=last, drawer=Drawer.TEAM,
            text="You decided to stop without being told to. Keep that.",
        )  # fmt: skip
        notes.write_note(
            by=lead, engagement=pair, drawer=Drawer.COORDINATORS,
            text="The coaching helps. We would like to keep the rhythm of one session a month.",
        )  # fmt: skip
    with calendar.ago(11):
        commitments.settle(by=lead, commitment=kept)
    # This one ticks itself off: the member does what was promised, and the portal notices.
    Author(team.slug, calendar).write(
        10, stairs, "בקומת הקרקע אומרים: „עכשיו שומעים מי נכנס”. אחת אמרה שזה טוב, אחד אמר שזה רעש."
    )
    _look_back(pair, Moment.MIDDLE, calendar, 7)


def _sessions(calendar: Calendar, pair: CoachingEngagement) -> CoachingSession:
    """Those behind them; answers with the last one."""
    told = [
        (84, "Who have we not heard?", "We drew the building floor by floor and marked the doors nobody had knocked at.",
         "The team knows the ones who come to meetings by name.", "Knocking beats inviting."),
        (55, "What would make us stop?", "Each of us wrote down a figure that would end the soup evenings.",
         "Four people is not a number anybody wanted to write first.", "Agree on the end before the start."),
        (19, "Stopping in the open", "The stopped evening is in the record, with what it taught.",
         "The residents who hosted it were relieved.", "A bench asks nothing of anybody."),
    ]  # fmt: skip
    for days_ago, aim, happened, observations, lessons in told:
        with calendar.ago(days_ago + 7):
            session = sessions.plan_session(
                by=pair.current_coaches[0],
                engagement=pair,
                starts_at=calendar.moment(days_ago),
                aim=aim,
                place="Video call",
            )
        with calendar.ago(days_ago - 1):
            session = sessions.log_session(
                by=pair.current_coaches[0],
                session=session,
                version=session.version,
                happened=happened,
                observations=observations,
                lessons=lessons,
                attended=[pair.current_coaches[0], lead_of(pair.team.slug)],
            )
    return session


def stuck(calendar: Calendar) -> None:
    """Boston does not get on; only those who accompany it read that."""
    rooms = Project.objects.get(team__slug="boston", title="A spare room near the hospital")
    with calendar.ago(5):
        say_stuck(
            by=lead_of("boston"),
            project=rooms,
            why="The insurer has not answered for five weeks, and nobody else may sign.",
        )


def _look_back(pair: CoachingEngagement, moment: Moment, calendar: Calendar, days_ago: int) -> None:
    """The team on itself; it lets its coach read along."""
    steps, words = LOOKED_BACK[moment]
    lead = lead_of(pair.team.slug)
    with calendar.ago(days_ago):
        reflection = reflections.reflect(
            by=lead,
            engagement=pair,
            moment=moment,
            version=0,
            steps=dict(zip(Statement, steps, strict=True)),
            words=words,
        )
        reflections.share_reflection(by=lead, reflection=reflection, sharing=Sharing.COACHES)


def check_ins(calendar: Calendar) -> None:
    """The last two months that have ended: one answered, one with something waiting on either side."""
    first, second = ended_spans(Rhythm.MONTHLY, calendar.day(100), last_ended_day(calendar.now))[-2:]
    programmes = Programme.objects.filter(slug__in=REPORTING)
    CheckInSchedule.objects.bulk_create(
        CheckInSchedule(programme=programme, rhythm=Rhythm.MONTHLY, days_to_submit=14, starts_on=first.starts_on)
        for programme in programmes
    )
    for span in (first, second):
        opened = dt.datetime.combine(span.ends_on + dt.timedelta(days=2), dt.time(14), dt.UTC)
        with at(calendar.at_most_now(opened, minutes=40)) as moment:
            open_due_periods(moment)
    # Real cities without demo people do not look late for something that nobody could have written.
    CheckIn.objects.exclude(team__slug__in=CITIES).delete()
    for slug, coordinator in (SENT | ACCEPTED | RETURNED).items():
        _send(calendar, slug, first.key, first.ends_on, days_after=6)
        if slug in RETURNED:
            _goes_round(calendar, slug, coordinator, first.key, first.ends_on)
        _answer(calendar, slug, coordinator, first.key, first.ends_on, accepted=True)
        _send(calendar, slug, second.key, second.ends_on, days_after=8)
    for slug, coordinator in (ACCEPTED | RETURNED).items():
        _answer(calendar, slug, coordinator, second.key, second.ends_on, accepted=slug in ACCEPTED)
    # Of the older ones a single one is still missing.
    missing = CheckIn.objects.filter(period__key=first.key, state=CheckInState.DRAFTED)
    missing.exclude(team__slug="dunkirk").delete()


def _sheet_of(slug: str, key: str) -> CheckIn:
    found: CheckIn = CheckIn.objects.get(team__slug=slug, period__key=key, period__programme__slug__in=REPORTING)
    return found


def _send(calendar: Calendar, slug: str, key: str, ended_on: dt.date, *, days_after: int) -> None:
    check_in = _sheet_of(slug, key)
    sheet = moves.Sheet(hard=HARD[slug], help_wanted=HELP.get(slug, ""), language=check_in.language)
    with at(_days_after(calendar, ended_on, days_after)):
        moves.submit(by=lead_of(slug), check_in=check_in, version=check_in.version, sheet=sheet)


def _answer(calendar: Calendar, slug: str, coordinator: str, key: str, ended_on: dt.date, *, accepted: bool) -> None:
    check_in, by = _sheet_of(slug, key), User.objects.get(email=coordinator)
    answered = dt.datetime.combine(ended_on + dt.timedelta(days=12), dt.time(15), dt.UTC)
    french = by.language == "fr"
    with at(calendar.at_most_now(answered, minutes=20)):
        if accepted:
            words = (
                "Merci. J’ai compris que le plus dur n’est pas l’idée mais qui s’en occupe ensuite."
                if french
                else "Thank you. I understood that the hard part is who looks after it later. I will ask around."
            )
            moves.accept(by=by, check_in=check_in, version=check_in.version, words=words)
        else:
            asked = Remark(
                "hard", "Could you add how many doors stayed closed? It would help whoever follows you.", True
            )
            moves.send_back(by=by, check_in=check_in, version=check_in.version, remarks=[asked])


def _goes_round(calendar: Calendar, slug: str, coordinator: str, key: str, ended_on: dt.date) -> None:
    """Sent back for one part, mended there, and that part settled."""
    by = User.objects.get(email=coordinator)
    with at(_days_after(calendar, ended_on, 8)):
        now = _sheet_of(slug, key)
        asked = Remark("hard", "Who could speak for the building when the committee changes?", True)
        moves.send_back(by=by, check_in=now, version=now.version, remarks=[asked])
    with at(_days_after(calendar, ended_on, 10)):
        now = _sheet_of(slug, key)
        mended = HARD[slug] + " השכנה מקומה שתיים מוכנה לדבר בשם הבניין עד שיהיה ועד חדש."
        sheet = moves.Sheet(
            hard=mended, help_wanted=HELP.get(slug, ""), language=now.language, replies={"hard": "מצאנו מישהי."}
        )
        moves.submit(by=lead_of(slug), check_in=now, version=now.version, sheet=sheet)
    with at(_days_after(calendar, ended_on, 11)):
        for comment in CheckInComment.objects.filter(check_in=now, asks=True):
            comments.settle(by=by, comment=comment)


def _days_after(calendar: Calendar, ended_on: dt.date, days: int) -> dt.datetime:
    return calendar.at_most_now(dt.datetime.combine(ended_on + dt.timedelta(days=days), dt.time(9), dt.UTC), minutes=25)
