"""What the demo teams of the United States are up to."""

# ruff: noqa: E501 - the story is prose: a sentence is easier to read and to mend on one line

from decimal import Decimal

from innoteams.demo.author import Author
from innoteams.demo.clock import Calendar
from projects.choices import CostBand, Direction, Phase, Visibility
from projects.pilots import start_pilot


def boston(calendar: Calendar) -> None:
    author = Author("boston", calendar)
    rooms = author.log(
        112,
        title="A spare room near the hospital",
        problem="Families of patients sleep in cars because a week near the hospital costs more than a month at home. "
        "Older owners three streets away have empty rooms.",
        for_whom="Families of long-stay patients, and older owners with a room",
        topics="housing-affordability loneliness-ageing",
        approach="A social worker introduces the two; the stay is two weeks at most, with a written page of house rules.",
        partners="Two hospitals, a senior centre",
        started_on=calendar.day(115),
        neighbourhood="Within a walk of two hospitals",
        latitude=42.337,
        longitude=-71.105,
        cost_band=CostBand.UNDER_250K,
        staff_time="One social worker full time, a lawyer for two weeks at the start",
        competence="Someone who may hold deposits; advice on tenancy law",
        conditions="<p>What we took for granted and others lack:</p><ul><li>hospitals that say no on our behalf</li><li>an insurer that covers a two-week stay</li><li>a promise in writing that benefits are not touched</li></ul>",
        reusable="<p>The page of house rules, in four languages, and the script of the first visit.</p>",
        lasting_owner="Age-friendly office, with one post from next year's budget",
        successor=author.member,
    )
    author.move(90, rooms, Phase.GENERATE, "Owners said yes to two weeks and no to a month: the length decides.")
    author.move(64, rooms, Phase.PREPARE, "Both hospitals will introduce families.")
    author.move(42, rooms, Phase.DELIVER_ADAPT, "First family moved in.")
    with calendar.ago(41):
        start_pilot(
            by=author.lead,
            project=rooms,
            title="Ten stays",
            place="Around two hospitals",
            starts_on=calendar.day(41),
            hypothesis="With an introduction in person, one in three owners who are asked will host.",
        )
    author.count(
        rooms,
        [(36, "1"), (22, "4"), (6, "7")],
        name="Stays arranged",
        unit="stays",
        better=Direction.UP,
        baseline=Decimal(0),
        baseline_on=calendar.day(60),
        target=Decimal(10),
        target_on=calendar.day(-30),
    )
    author.write(
        2, rooms, "An owner asked whether the family could come back for a Sunday lunch. We had no rule against it."
    )


def centennial(calendar: Calendar) -> None:
    author = Author("centennial", calendar)
    stop = author.log(
        58,
        title="A bus stop that says when",
        problem="At four stops without a screen people leave after five minutes, even when the bus is two minutes away.",
        for_whom="Riders without a smartphone",
        topics="mobility-transit public-space",
        visibility=Visibility.PUBLIC,
        started_on=calendar.day(60),
        neighbourhood="Four stops along one road",
        latitude=39.594,
        longitude=-104.844,
        staff_time="Two people, two mornings a week",
    )
    author.write(44, stop, "Two mornings at one stop. Eleven people left, four of them less than three minutes early.")
    author.move(13, stop, Phase.GENERATE, "A phone number on a sign beat a screen in every conversation.")


def durham(calendar: Calendar) -> None:
    author = Author("durham", calendar)
    letter = author.log(
        92,
        title="A letter people open",
        problem="Letters about old court debts look like threats, so the people who could be helped throw them away.",
        for_whom="Residents with old debts that could be forgiven",
        topics="justice-reentry user-reception",
        approach="Four envelopes, one text; a trusted organisation's name on two of them.",
        partners="Legal aid",
        cost_band=CostBand.UNDER_10K,
        staff_time="One analyst for a week, and a clerk who folds two hundred letters",
        competence="The court has to agree to a different envelope",
        conditions="<p>Legal aid must be ready to answer within two days, or the letter makes things worse.</p>",
        reusable="<p>The four envelopes as files for printing.</p>",
    )
    author.move(70, letter, Phase.GENERATE, "In every interview the envelope was the reason, never the text.")
    author.move(45, letter, Phase.PREPARE, "The court agreed to four envelopes.")
    author.count(
        letter,
        [(24, "11"), (3, "26")],
        name="Letters answered, of 200 sent",
        unit="letters",
        better=Direction.UP,
        baseline=Decimal(6),
        baseline_on=calendar.day(80),
    )
