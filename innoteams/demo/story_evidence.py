"""What the demo teams counted, drew, corrected, kept to themselves and gave up: invented, like all of the story."""

# ruff: noqa: E501 - the story is prose: a sentence is easier to read and to mend on one line

from decimal import Decimal

from innoteams.demo import pictures
from innoteams.demo.author import Author, photo, sheet, table
from innoteams.demo.clock import Calendar
from innoteams.demo.people import lead_of
from projects.choices import CostBand, Direction, Measure, Outcome, Phase, ReadingKind, Usefulness, Visibility
from projects.endings import Answers
from projects.evidence import log_consultation
from projects.lessons import answer_lesson
from projects.models import Ending, Indicator, Project, Reading, Revision
from projects.phases import conclude
from projects.readings import correct_reading
from projects.readings_import import import_readings
from projects.readings_table import Defaults
from projects.restoring import restore


def tell_evidence(calendar: Calendar) -> None:
    tel_aviv(calendar)
    mulhouse(calendar)
    paris(calendar)
    dunkirk(calendar)
    occitanie(calendar)
    boston(calendar)
    jerusalem(calendar)


def tel_aviv(calendar: Calendar) -> None:
    """Compared with two buildings without a bench; a photo, a sheet as evidence, an entry for the team alone."""
    author = Author("tel-aviv-yafo", calendar)
    stairs = Project.objects.get(team=author.team, title="שכנים פותחים את חדר המדרגות")
    stops = Indicator.objects.get(project=stairs)
    told = ((62, 2), (34, 3), (4, 2))
    with calendar.ago(4):
        import_readings(
            by=author.member,
            indicator=stops,
            text="\n".join(
                ["day,value,comparison", *(f"{calendar.day(days_ago)},{value},yes" for days_ago, value in told)]
            ),
            defaults=Defaults(source="אותה ספירה בשני הבניינים בלי ספסל (הומצא לצורך ההדגמה)"),
        )
    newest = Reading.objects.filter(indicator=stops, is_comparison=False).latest("read_on")
    author.file(
        4,
        stairs,
        table("בניין,עצרו חמש דקות,ישבו\nהראשון,9,6\nהשני,7,5\nהשלישי,3,1\n", name="ספירת יום שלישי.csv"),
        newest,
    )
    author.file(66, stairs, sheet(pictures.bench_plan(), name="שרטוט הספסל.pdf"))
    author.write(
        66,
        stairs,
        "הספסל הראשון עומד. הוא אינו מחובר לרצפה, ואפשר להזיזו ביום שמישהו מתנגד.",
        photos=(
            photo(
                pictures.lobby(),
                name="lobby.jpg",
                alt="ציור: ספסל ירוק בקומת הכניסה, מעליו מנורה דולקת ולצדו לוח מודעות; משמאל מדרגות. אין אנשים.",
                credit="הצוות, לצורך ההדגמה",
            ),
        ),
    )
    author.write(
        13,
        stairs,
        "בבניין השלישי שוקלים להוציא את הספסל. נדבר עם ועד הבית לפני שנכתוב על כך לאחרים.",
        visibility=Visibility.TEAM,
    )
    # Somebody made it shorter, somebody else missed what was gone and brought it back.
    author.correct(41, stairs, conditions="<p>שכן אחד לפחות שכבר מכירים אותו בבניין.</p>")
    shortened = Revision.objects.filter(project=stairs).latest("pk")
    stairs.refresh_from_db()
    with calendar.ago(40):
        restore(by=author.lead, revision=shortened, version=stairs.version)


def mulhouse(calendar: Calendar) -> None:
    """A reading that was typed the wrong way round and corrected; a photo; the counting sheet as evidence."""
    author = Author("mulhouse", calendar)
    benches = Project.objects.get(team=author.team, title="Des bancs où l’on s’arrête")
    pauses = Indicator.objects.get(project=benches)
    wrong = author.read(42, pauses, "17", source="Comptage à l’œil, de 9 h à 11 h (inventé pour la démonstration)")
    with calendar.ago(39):
        correct_reading(
            by=author.lead,
            reading=wrong,
            why="Chiffres inversés à la saisie : la grille dit 71.",
            value=Decimal(71),
            read_on=wrong.read_on,
            source=wrong.source,
            kind=wrong.kind,
        )
    author.file(
        28,
        benches,
        table(
            "heure;arrêt 1;arrêt 2;arrêt 3\n9 h;12;9;8\n10 h;15;11;9\n11 h;6;5;3\n", name="Grille du mardi matin.csv"
        ),
        Reading.objects.filter(indicator=pauses, value=78).get(),
    )
    author.write(
        90,
        benches,
        "Les trois assises sont posées à l’ombre, face à l’arrêt. Celle que nous avions mise au soleil est restée vide toute la matinée.",
        photos=(
            photo(
                pictures.tram_stop(),
                name="assises.jpg",
                alt="Dessin : trois assises de couleur à l’ombre de trois arbres, tournées vers les rails du tram ; une quatrième, pâle, est seule au soleil. Personne.",
                credit="l’équipe, pour la démonstration",
            ),
        ),
    )


def paris(calendar: Calendar) -> None:
    """A share that should fall; and something that was stopped, with a lesson that Durham is offered."""
    author = Author("paris", calendar)
    desk = Project.objects.get(team=author.team, title="Un guichet qui rappelle")
    author.count(
        desk,
        [(50, "44"), (29, "38"), (8, "31.5")],
        source="Journal du standard (inventé pour la démonstration)",
        name="Appels qui attendent plus de dix minutes",
        measure=Measure.PERCENT,
        unit="des appels",
        better=Direction.DOWN,
        baseline=Decimal(46),
        baseline_on=calendar.day(62),
        baseline_source="Journal du standard, un mois",
        target=Decimal(15),
        target_on=calendar.day(-90),
    )
    kiosk = author.log(
        136,
        title="Une borne qui explique le courrier",
        problem="On vient au guichet une lettre à la main. La moitié des questions tient en une phrase que la lettre ne dit pas.",
        for_whom="Usagers qui ont reçu un courrier de la Ville",
        topics="user-reception digital-services",
        approach="<p>Une borne à l’entrée : on pose la lettre, elle dit en une phrase ce que la Ville attend.</p>",
        phase=Phase.PREPARE,
        cost_band=CostBand.UNDER_50K,
        staff_time="Une développeuse et un agent d’accueil, deux jours par semaine",
    )
    with calendar.ago(34):
        conclude(
            by=author.lead,
            project=kiosk,
            outcome=Outcome.STOPPED,
            ending=Answers(
                hoped="Que la moitié des visiteurs repartent sans prendre de ticket.",
                happened="Devant la borne, un agent devait rester pour aider. Les gens lui tendaient la lettre, à lui.",
                why="Réécrire les douze lettres les plus apportées coûte moins qu’une borne, et vide mieux la file.",
                stays="La liste des douze lettres, et la phrase qui manque à chacune.",
                advice="Avant d’expliquer une lettre, réécrivez-la. Et comptez d’abord lesquelles on vous apporte : douze suffisent.",
                language="fr",
            ),
        )


def dunkirk(calendar: Calendar) -> None:
    """A drawing, and a project that nobody has confirmed for fourteen months."""
    author = Author("dunkirk", calendar)
    visit = Project.objects.get(team=author.team, title="Visiter la maison rénovée du voisin")
    author.write(
        19,
        visit,
        "Nous avons parcouru la rue avec les trois familles pour choisir la première porte.",
        photos=(
            photo(
                pictures.row_of_houses(),
                name="rue.jpg",
                alt="Dessin : cinq maisons de brique mitoyennes ; celle du milieu a la porte ouverte et les fenêtres éclairées. Personne.",
                credit="l’équipe, pour la démonstration",
            ),
        ),
    )
    bills = author.log(
        432,
        title="Une table au marché pour les factures",
        problem="Les factures d’énergie arrivent sans un mot que l’on comprenne. On les garde dans un tiroir jusqu’à la coupure.",
        for_whom="Habitants en difficulté pour payer l’énergie",
        topics="energy-renovation user-reception",
        approach="<p>Le samedi au marché, une table, deux chaises, une conseillère. On apporte son tiroir.</p>",
        phase=Phase.DELIVER_ADAPT,
        staff_time="Une conseillère, chaque samedi matin",
        lasting_owner="Centre communal d’action sociale",
    )
    with calendar.ago(428):
        conclude(
            by=author.lead,
            project=bills,
            outcome=Outcome.SUSTAINED,
            note="Le CCAS garde la table du samedi.",
        )


def occitanie(calendar: Calendar) -> None:
    """Two sources disagree about the last evening, and both stand."""
    bus = Project.objects.get(team__slug="occitanie", title="Le car de 18 h 40")
    Author("occitanie", calendar).read(
        60,
        Indicator.objects.get(project=bus),
        "14",
        source="Validations de la billettique, sans les abonnés (inventé pour la démonstration)",
        kind=ReadingKind.MEASURED,
    )


def boston(calendar: Calendar) -> None:
    """Money, less of it being better; a consultation that stays with the programme; a lesson of another team."""
    author = Author("boston", calendar)
    rooms = Project.objects.get(team=author.team, title="A spare room near the hospital")
    author.count(
        rooms,
        [(34, "62"), (20, "48.50"), (5, "41")],
        source="What families told the social worker (invented for the demo)",
        name="What a family pays for a night",
        measure=Measure.CURRENCY,
        currency="USD",
        unit="a night",
        better=Direction.DOWN,
        baseline=Decimal(145),
        baseline_on=calendar.day(70),
        baseline_source="Cheapest room within a mile, one week",
        target=Decimal(40),
        target_on=calendar.day(-45),
    )
    with calendar.ago(16):
        log_consultation(
            by=author.lead,
            project=rooms,
            held_on=calendar.day(17),
            method="An evening with tea in the senior centre",
            heard="Owners who had said no",
            heard_count=9,
            said="<p>It was not the stranger. It was the question who to call at night.</p>",
            changed="<p>One number, answered by a person until midnight, stands on the page of house rules.</p>",
            visibility=Visibility.PROGRAMME,
        )
    with calendar.ago(21):
        answer_lesson(
            by=lead_of("boston"),
            ending=Ending.objects.get(project__team__slug="tel-aviv-yafo"),
            team=author.team,
            usefulness=Usefulness.USEFUL,
        )


def jerusalem(calendar: Calendar) -> None:
    """A length of time, the shorter the better."""
    author = Author("jerusalem", calendar)
    permit = Project.objects.get(team=author.team, title="רישיון עסק בביקור אחד")
    author.count(
        permit,
        [(44, "51"), (25, "38"), (6, "33")],
        source="תיקים שנסגרו באותו חודש (הומצא לצורך ההדגמה)",
        name="מן הביקור הראשון ועד הרישיון",
        measure=Measure.DURATION,
        unit="days",
        better=Direction.DOWN,
        baseline=Decimal(64),
        baseline_on=calendar.day(72),
        baseline_source="מחצית התיקים של השנה שעברה",
        target=Decimal(20),
        target_on=calendar.day(-120),
    )
