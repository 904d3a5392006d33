"""What the demo people are up to: invented from end to end, and marked so on every page that shows it.

Told through the same verbs that people use, as of days that lie behind the loading, so that history, activity and
rights are as they would be.
"""

# ruff: noqa: E501 - the story is prose: a sentence is easier to read and to mend on one line

from collections.abc import Callable
from decimal import Decimal

from django.db.models import Max

from innoteams.demo.author import Author
from innoteams.demo.clock import Calendar
from projects.choices import CostBand, Decision, Direction, Measure, Phase, Visibility
from projects.endings import Answers
from projects.evidence import log_consultation
from projects.models import Project
from projects.pilots import change_pilot, decide_pilot, start_pilot
from projects.records import log_project


def tell_projects(calendar: Calendar) -> None:
    """Every city's own work, oldest first within each city."""
    tellers: list[Callable[[Calendar], None]] = [
        tel_aviv,
        mulhouse,
        paris,
        dunkirk,
        occitanie,
        boston,
        jerusalem,
        centennial,
        durham,
        further_cities,
    ]
    for tell in tellers:
        tell(calendar)


def date_changes() -> None:
    """`updated_at` follows the newest activity; the database's own clock wrote the day of loading there."""
    for project in Project.objects.filter(is_demo=True).annotate(newest=Max("activity__at")):
        Project.objects.filter(pk=project.pk).update(updated_at=project.newest)


def tel_aviv(calendar: Calendar) -> None:
    author = Author("tel-aviv-yafo", calendar)
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


def mulhouse(calendar: Calendar) -> None:
    author = Author("mulhouse", calendar)
    benches = author.log(
        150,
        title="Des bancs où l’on s’arrête",
        problem="Entre le marché et le tram, les personnes âgées ne trouvent pas où faire une pause. Beaucoup ne sortent "
        "plus que pour l’indispensable.",
        for_whom="Habitants de plus de 70 ans qui se déplacent à pied",
        topics="public-space loneliness-ageing",
        approach="Trois sortes d’assises, posées sans travaux, déplacées chaque mois avec celles et ceux qui s’en servent.",
        neighbourhood="Entre le marché et la gare",
        partners="Conseil des aînés, services techniques",
        started_on=calendar.day(155),
        latitude=47.744,
        longitude=7.331,
        cost_band=CostBand.UNDER_50K,
        staff_time="Une cheffe de projet à mi-temps pendant cinq mois ; deux agents une matinée par semaine",
        competence="Occuper l’espace public sans travaux ; savoir animer une promenade commentée",
        conditions="<p>Sans cela, rien n’aurait tenu :</p><ul><li>un conseil des aînés qui se réunit déjà</li><li>les services techniques présents dès la première promenade</li><li>le droit de déplacer une assise sans nouvel arrêté</li></ul>",
        reusable="<p>La grille d’observation d’une matinée, les plans des trois assises et le <strong>modèle d’arrêté</strong> d’occupation provisoire.</p>",
        lasting_owner="Service espaces verts et mobilier urbain",
        successor=author.member,
    )
    with calendar.ago(140):
        log_consultation(
            by=author.lead,
            project=benches,
            held_on=calendar.day(141),
            method="Promenade commentée, deux matinées",
            heard="Habitants âgés et leurs aidants",
            heard_count=24,
            said="Le banc au soleil ne sert à personne en été. Il faut un dossier, et voir arriver le tram.",
            changed="Les assises ont été posées à l’ombre, avec un dossier, face à l’arrêt.",
        )
    author.move(
        132, benches, Phase.GENERATE, "Les promenades ont déplacé la question : la vue compte autant que le banc."
    )
    author.move(118, benches, Phase.PREPARE, "Deux idées sur sept gardées avec le conseil des aînés.")
    author.move(96, benches, Phase.DELIVER_ADAPT, "Les premières assises sont posées.")
    with calendar.ago(95):
        chairs = start_pilot(
            by=author.lead,
            project=benches,
            title="Chaises en libre usage",
            place="Place du marché",
            starts_on=calendar.day(95),
            ends_on=calendar.day(50),
            hypothesis="Des chaises que l’on déplace seront rendues le soir par les commerçants.",
        )
        stop = start_pilot(
            by=author.lead,
            project=benches,
            title="Assises face à l’arrêt",
            place="Trois arrêts de tram",
            starts_on=calendar.day(95),
            hypothesis="Assis face à l’arrêt, on ne craint plus de manquer le tram et l’on reste.",
        )
    author.count(
        benches,
        [(88, "41"), (58, "63"), (28, "78"), (5, "84")],
        source="Comptage à l’œil, de 9 h à 11 h (inventé pour la démonstration)",
        name="Pauses de plus de trois minutes, un mardi matin",
        measure=Measure.COUNT,
        unit="pauses",
        better=Direction.UP,
        baseline=Decimal(12),
        baseline_on=calendar.day(145),
        baseline_source="Même grille, avant les assises",
        target=Decimal(90),
        target_on=calendar.day(-40),
    )
    with calendar.ago(52):
        change_pilot(
            by=author.member,
            pilot=chairs,
            version=chairs.version,
            observations="En semaine, dix chaises sur douze sont rendues le soir ; le dimanche, personne ne les rentre.",
        )
    with calendar.ago(48):
        decide_pilot(
            by=author.lead,
            pilot=chairs,
            decision=Decision.STOP,
            ending=Answers(
                hoped="Que chacun tire sa chaise à l’ombre, et que les commerçants les rentrent le soir.",
                happened="Sept chaises sur douze ont disparu en six semaines, presque toutes un dimanche.",
                why="Racheter des chaises chaque mois coûtait plus qu’un banc scellé.",
                stays="Les cinq chaises restantes sont à la bibliothèque, où quelqu’un ferme.",
                advice="Les commerçants voulaient bien les rentrer, mais pas le dimanche. Sans quelqu’un qui ferme, pas de "
                "mobilier libre.",
                language="fr",
            ),
        )
    with calendar.ago(6):
        decide_pilot(
            by=author.lead, pilot=stop, decision=Decision.SCALE, note="Deux arrêts de plus, demandés par les habitants."
        )
    author.write(4, benches, "Une dame a apporté son coussin et l’a laissé pour la suivante. Il est encore là.")


def paris(calendar: Calendar) -> None:
    author = Author("paris", calendar)
    desk = author.log(
        64,
        title="Un guichet qui rappelle",
        problem="Au téléphone, on attend vingt minutes pour une question de deux. Celles et ceux qui raccrochent reviennent "
        "au guichet, plus fâchés.",
        for_whom="Usagers qui appellent une mairie d’arrondissement",
        topics="user-reception digital-services",
        started_on=calendar.day(66),
        staff_time="Deux agentes d’accueil et une designer, une journée par semaine",
        competence="Accès au logiciel de file d’attente ; aucune décision du conseil",
    )
    author.write(40, desk, "Une journée à l’accueil : sur 63 appels, 38 demandaient où en est leur dossier.")
    author.move(
        12,
        desk,
        Phase.GENERATE,
        "Nous savons maintenant ce que les gens demandent : non pas quoi faire, mais où on en est.",
    )
    author.log(
        16,
        title="La salle d’attente du mercredi",
        problem="Le mercredi, les familles attendent avec les enfants. Nous observons encore.",
        for_whom="Parents avec de jeunes enfants",
        topics="user-reception early-childhood",
        visibility=Visibility.PROGRAMME,
    )


def dunkirk(calendar: Calendar) -> None:
    author = Author("dunkirk", calendar)
    visit = author.log(
        88,
        title="Visiter la maison rénovée du voisin",
        problem="Les aides à la rénovation sont connues ; les travaux font peur. Personne ne croit une brochure.",
        for_whom="Propriétaires de maisons froides",
        topics="energy-renovation civic-participation",
        approach="Un voisin ouvre sa maison un samedi ; un conseiller est là et ne vend rien.",
        partners="Deux associations de quartier",
        neighbourhood="Autour des cités anciennes, derrière le port",
        latitude=51.022,
        longitude=2.361,
        cost_band=CostBand.UNDER_10K,
        staff_time="Un conseiller énergie, quatre samedis ; une journée de préparation par visite",
        conditions="<p>Un conseiller qui ne vend rien, et une assurance qui couvre les visiteurs chez l’habitant.</p>",
        successor=author.member,
    )
    author.move(60, visit, Phase.GENERATE, "Six propriétaires entendus : tous ont cité un voisin, aucun le site.")
    author.move(33, visit, Phase.PREPARE, "Trois familles sont d’accord pour ouvrir leur porte.")
    author.write(8, visit, "Première visite d’essai entre agents. Il faut une pièce où l’on peut parler d’argent.")


def occitanie(calendar: Calendar) -> None:
    author = Author("occitanie", calendar)
    bus = author.log(
        170,
        title="Le car de 18 h 40",
        problem="Le dernier car part dix minutes avant la fin du travail. Celles et ceux qui n’ont pas de voiture refusent "
        "des emplois.",
        for_whom="Salariés sans voiture d’une vallée",
        topics="mobility-transit jobs-skills",
        visibility=Visibility.PUBLIC,
        started_on=calendar.day(172),
        neighbourhood="Une vallée à une heure de la préfecture",
        latitude=42.97,
        longitude=1.61,
        cost_band=CostBand.NONE,
        staff_time="Une personne, deux jours par semaine pendant huit semaines, surtout pour compter",
        competence="Organiser les transports scolaires et interurbains (compétence régionale)",
        conditions="<p>Un transporteur qui accepte d’essayer sans avenant, et le droit de revenir en arrière au bout de huit semaines.</p>",
        reusable="<p>La grille de comptage par soir et la lettre aux employeurs de la vallée.</p>",
        lasting_owner="Direction des mobilités de la Région",
        successor=author.member,
    )
    author.move(150, bus, Phase.GENERATE, "L’horaire vient d’une règle de 2009 que plus personne ne défend.")
    author.move(128, bus, Phase.PREPARE, "Le transporteur accepte un essai de huit semaines.")
    author.move(110, bus, Phase.DELIVER_ADAPT, "Le car part à 18 h 40 depuis lundi.")
    with calendar.ago(110):
        trial = start_pilot(
            by=author.lead,
            project=bus,
            title="Huit semaines à 18 h 40",
            place="Une ligne",
            starts_on=calendar.day(110),
            ends_on=calendar.day(54),
            hypothesis="Vingt minutes plus tard, le car sert aussi à celles et ceux qui travaillent.",
        )
    author.count(
        bus,
        [(103, "9"), (82, "14"), (60, "17")],
        source="Comptage par la conductrice ou le conducteur (inventé pour la démonstration)",
        name="Voyageurs du dernier car",
        unit="personnes par soir",
        better=Direction.UP,
        baseline=Decimal(5),
        baseline_on=calendar.day(160),
        target=Decimal(15),
        target_on=calendar.day(54),
    )
    with calendar.ago(50):
        decide_pilot(
            by=author.lead,
            pilot=trial,
            decision=Decision.HAND_OVER,
            note="Le service des transports reprend l’horaire.",
            lessons="L’horaire suffisait. Nous avions préparé une navette dont personne n’avait besoin.",
        )
    author.write(7, bus, "Le service des transports demande notre grille de comptage pour deux autres lignes.")


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


def further_cities(calendar: Calendar) -> None:
    """One project each, so that lists and search meet more languages."""
    Author("bogota", calendar).log(
        47,
        title="Una hora propia para quien cuida",
        problem="Quienes cuidan a un familiar no salen de casa porque nadie puede quedarse una hora.",
        for_whom="Personas que cuidan a un familiar sin pago",
        topics="unpaid-care public-health",
        phase=Phase.PREPARE,
        cost_band=CostBand.UNDER_50K,
        staff_time="Tres personas, dos tardes por semana",
        competence="Contratar reemplazos por horas",
    )
    Author("amsterdam", calendar).log(
        38,
        title="Eén formulier minder",
        problem="Wie verhuist vult drie keer hetzelfde adres in, bij drie loketten die elkaar niet lezen.",
        for_whom="Bewoners die binnen de stad verhuizen",
        topics="digital-services administrative-culture",
        cost_band=CostBand.NONE,
        staff_time="Drie medewerkers, een ochtend per week",
    )
    Author("sakhnin", calendar).log(
        21,
        title="ظلّ في ساحة المدرسة",
        problem="بعد الظهر تبقى ساحة المدرسة فارغة لأنّها بلا ظلّ، فيلعب الأطفال في الشارع.",
        for_whom="أطفال الحيّ وأهاليهم",
        topics="public-space climate-resilience",
        neighbourhood="ساحة مدرسة واحدة قرب المركز",
        latitude=32.865,
        longitude=35.299,
        cost_band=CostBand.UNDER_10K,
        staff_time="معلّمتان وعامل صيانة، صباح كلّ أسبوع",
    )
