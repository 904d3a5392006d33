"""What the demo teams of Israel are up to."""

# ruff: noqa: E501 - the story is prose: a sentence is easier to read and to mend on one line

from decimal import Decimal

from innoteams.demo.author import Author
from innoteams.demo.clock import Calendar
from projects.choices import CostBand, Decision, Direction, Measure, Phase, Visibility
from projects.endings import Answers
from projects.evidence import log_consultation
from projects.models import Project
from projects.pilots import change_pilot, decide_pilot, start_pilot
from projects.records import log_project


def tel_aviv(calendar: Calendar) -> None:
    author = Author("tel-aviv-yafo", calendar)
    stairs = _stairs(author, calendar)
    _try_on_the_stairs(author, calendar, stairs)
    author.log(
        26,
        title="A counter for people who do not read the letter",
        problem="Many calls about municipal letters ask only what the letter wants. Nobody has counted which letters.",
        for_whom="Residents who get a letter from the city and call about it",
        topics="user-reception",
        language="en",
        visibility=Visibility.PROGRAMME,
    )
    with calendar.ago(9):
        draft = log_project(
            by=author.lead,
            team=author.team,
            title="What the cash office hears on the first of the month",
            problem="We only have a hunch so far.",
            for_whom="Residents who pay in cash",
            language="en",
        )
        Project.objects.filter(pk=draft.pk).update(is_demo=True)


def _stairs(author: Author, calendar: Calendar) -> Project:
    """What the project is, and how it came to be tried."""
    stairs = author.log(
        120,
        title="שכנים פותחים את חדר המדרגות",
        problem="דיירים ותיקים בבניינים גבוהים אינם מכירים זה את זה. כשמישהו זקוק לעזרה, איש בבניין אינו יודע.",
        for_whom="בני שבעים ומעלה שגרים לבד בבניינים של יותר מעשר דירות",
        topics="loneliness-ageing public-space",
        approach="ספסל, לוח ומנורה בקומת הכניסה, ושעה קבועה בשבוע שבה שני שכנים יושבים שם.",
        neighbourhood="שלושה בניינים בשכונה אחת",
        started_on=calendar.day(125),
        latitude=32.058,
        longitude=34.768,
        cost_band=CostBand.UNDER_10K,
        staff_time="אדם אחד, יום בשבוע, ארבעה חודשים; שעה בשבוע של שני שכנים בכל בניין",
        competence="הסכמה של ועד הבית; אין צורך בהיתר לרהיט שאינו מחובר לרצפה",
        conditions="<p>בלי אלה זה לא היה עובד:</p><ul><li>שכן אחד לפחות שכבר מכירים אותו בבניין</li><li>מקום לשבת שרואים מן המעלית</li><li>מישהו מן העירייה שבא גם כשאין חדש</li></ul>",
        reusable="<p>המכתב לוועד הבית בעברית, בערבית וברוסית; שרטוט הספסל; דף הספירה בלובי.</p>",
        lasting_owner="היחידה לאזרחים ותיקים במינהל השירותים החברתיים",
        successor=author.member,
    )
    with calendar.ago(104):
        log_consultation(
            by=author.lead,
            project=stairs,
            held_on=calendar.day(105),
            method="שיחות מדלת לדלת",
            heard="דיירים ותיקים ודיירות ותיקות",
            heard_count=31,
            said="רובם לא רצו חוג. הם רצו סיבה לעצור בדרך למעלית.",
            changed="במקום מועדון בקומת הקרקע בחרנו בספסל ובשעה קבועה.",
        )
    author.move(100, stairs, Phase.GENERATE, "מה ששמענו שינה את השאלה: לא לאן הולכים, אלא היכן עוצרים.")
    author.move(82, stairs, Phase.PREPARE, "ועד הבית של שלושה בניינים הסכים לנסות.")
    return stairs


def _try_on_the_stairs(author: Author, calendar: Calendar, stairs: Project) -> None:
    """A bench that works and an evening that does not."""
    with calendar.ago(70):
        bench = start_pilot(
            by=author.lead,
            project=stairs,
            title="ספסל ושעה קבועה",
            place="שלושה בניינים",
            starts_on=calendar.day(70),
            hypothesis="אם יש היכן לשבת ומישהו כבר יושב, שכנים יעצרו ליותר משלום.",
        )
        evening = start_pilot(
            by=author.lead,
            project=stairs,
            title="ערב מרק בלובי",
            place="בניין אחד",
            starts_on=calendar.day(70),
            hypothesis="אוכל משותף פעם בשבוע מביא גם את מי שאינו יורד מעצמו.",
        )
    author.move(68, stairs, Phase.DELIVER_ADAPT, "הספסלים הוצבו.")
    author.count(
        stairs,
        [(62, "4"), (48, "7"), (34, "11"), (20, "15"), (4, "19")],
        source="דף ספירה בלובי, שעה אחת ביום שלישי (הומצא לצורך ההדגמה)",
        name="דיירים שעצרו ליותר מחמש דקות",
        measure=Measure.COUNT,
        unit="אנשים בשבוע",
        definition="שעה אחת, ביום שלישי משש בערב. נספר מי שעמד או ישב חמש דקות לפחות; מי שחיכה למעלית אינו נספר.",
        better=Direction.UP,
        baseline=Decimal(2),
        baseline_on=calendar.day(90),
        baseline_source="אותה ספירה לפני הספסל",
        target=Decimal(25),
        target_on=calendar.day(-60),
        target_source="הוסכם עם ועד הבית",
        compared_with="שני בניינים דומים באותו רחוב, בלי ספסל",
    )
    with calendar.ago(30):
        decide_pilot(
            by=author.lead,
            pilot=evening,
            decision=Decision.STOP,
            ending=Answers(
                hoped="שגם מי שאינו יורד מעצמו יבוא לאכול עם השכנים.",
                happened="שלושה ערבים, אותם ארבעה אנשים. מי שבא ממילא בא.",
                why="שתי המארחות ביקשו להפסיק, ואיש לא ביקש להמשיך.",
                stays="רשימת הטלפונים של הבניין, והמפתח לחדר המדרגות.",
                advice="ערב קבוע מכביד על מי שמארח; הספסל אינו מבקש דבר. התחילו במה שאינו דורש מארח.",
                language="he",
            ),
        )
    with calendar.ago(5):
        change_pilot(
            by=author.member,
            pilot=bench,
            version=bench.version,
            observations="בבניין עם המנורה עוצרים יותר מאשר בבניין בלי. ילדים הם הראשונים שמתיישבים.",
        )
    author.write(3, stairs, "דיירת מהקומה השמינית ביקשה להעביר את השעה הקבועה לשש, אחרי החום.")


def jerusalem(calendar: Calendar) -> None:
    author = Author("jerusalem", calendar)
    permit = author.log(
        75,
        title="רישיון עסק בביקור אחד",
        problem="בעלת מאפייה חדשה מגיעה לעירייה חמש פעמים בממוצע, כל פעם לחלון אחר, לפני שהיא מוכרת לחם אחד.",
        for_whom="בעלי ובעלות עסקים קטנים בשנה הראשונה",
        topics="permits-licensing small-business",
        approach="אדם אחד מלווה את התיק מהביקור הראשון ועד הרישיון.",
        cost_band=CostBand.NONE,
        staff_time="עובדת אחת ממחלקת הרישוי, יומיים בשבוע",
        competence="סמכות לקבל מסמך אחד בשם חמש מחלקות",
        lasting_owner="מחלקת רישוי עסקים",
    )
    author.move(51, permit, Phase.GENERATE, "ליווינו שבעה בעלי עסקים: ארבעה מחמשת הביקורים הם להבאת אותו מסמך.")
    author.write(5, permit, "מחלקת הרישוי הציעה חדר ושני ימים בשבוע לניסיון.")
