"""What the demo teams of France are up to."""

# ruff: noqa: E501 - the story is prose: a sentence is easier to read and to mend on one line

from decimal import Decimal

from innoteams.demo.author import Author
from innoteams.demo.clock import Calendar
from projects.choices import CostBand, Decision, Direction, Measure, Phase, Visibility
from projects.endings import Answers
from projects.evidence import log_consultation
from projects.models import Pilot, Project
from projects.pilots import change_pilot, decide_pilot, start_pilot


def mulhouse(calendar: Calendar) -> None:
    author = Author("mulhouse", calendar)
    _try_benches(author, calendar, _benches(author, calendar))


def _benches(author: Author, calendar: Calendar) -> Project:
    """What the project is, and how it came to be tried."""
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
    return benches


def _try_benches(author: Author, calendar: Calendar, benches: Project) -> None:
    """Chairs that wander off, and seats that face the stop."""
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
    _end_of_the_chairs(author, calendar, chairs)
    with calendar.ago(6):
        decide_pilot(
            by=author.lead, pilot=stop, decision=Decision.SCALE, note="Deux arrêts de plus, demandés par les habitants."
        )
    author.write(4, benches, "Une dame a apporté son coussin et l’a laissé pour la suivante. Il est encore là.")


def _end_of_the_chairs(author: Author, calendar: Calendar, chairs: Pilot) -> None:
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
