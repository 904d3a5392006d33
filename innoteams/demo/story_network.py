"""What passes between the demo people, invented: adaptations, follows, introductions, questions."""

# ruff: noqa: E501 - the story is prose: a sentence is easier to read and to mend on one line

from django.db.models import Q
from django.utils import timezone

from cities.models import City, Team, Topic
from engagement import introductions, project_letters, questions
from engagement.choices import (
    CheckInState,
    Help,
    IntroductionReason,
    IntroductionState,
    LetterKind,
)
from engagement.models import Letter
from innoteams.demo import story_accompaniment, story_introductions
from innoteams.demo.author import Author
from innoteams.demo.clock import Calendar
from innoteams.demo.people import CITIES, lead_of, member_of
from projects.adaptations import adapt, adapt_from_outside, report_back
from projects.choices import Phase, Visibility
from projects.follows import follow
from projects.models import Adaptation, Project


def tell_network(calendar: Calendar) -> None:
    story_introductions.before_the_bus(calendar)
    adaptations(calendar)
    follows(calendar)
    meetings(calendar)
    story_introductions.tell_introductions(calendar)
    asked(calendar)
    asked_about_a_project(calendar)
    story_accompaniment.tell_accompaniment(calendar)
    story_introductions.suggest(calendar)
    keep_only_waiting_letters()


def _project(slug: str, title: str) -> Project:
    found: Project = Project.objects.get(team__slug=slug, title=title)
    return found


def adaptations(calendar: Calendar) -> None:
    """What one city took from another, or from outside the network, and what came of it."""
    stairs_travel(calendar)
    bus_travels(calendar)
    with calendar.ago(100):
        adapt_from_outside(
            by=lead_of("boston"),
            project=_project("boston", "A spare room near the hospital"),
            outside_name="A guest-family scheme of a hospital outside the network (invented for the demo)",
            kept="Two weeks at most, and an introduction in person.",
            changed="There the hospital pays the hosts; here the family does, as much as it can.",
        )


def stairs_travel(calendar: Calendar) -> None:
    """Over three generations: from Tel Aviv-Yafo to Mulhouse, and from Mulhouse on to Amsterdam."""
    mulhouse, amsterdam = Author("mulhouse", calendar), Author("amsterdam", calendar)
    stairs = _project("tel-aviv-yafo", "שכנים פותחים את חדר המדרגות")
    with calendar.ago(58):
        landing = adapt(
            by=mulhouse.lead,
            source=stairs,
            team=mulhouse.team,
            title="Voisins de palier",
            kept="Le banc et l’heure fixe, sans animation.",
            changed="Chez nous ce sont de petits immeubles : le banc est dans la cour, pas dans le hall.",
            problem="Dans les petits immeubles du centre, on se croise sans se parler ; les plus âgés ne demandent rien.",
            for_whom="Locataires âgés de petits immeubles",
        )
    mulhouse.share(56, landing, Visibility.NETWORK)
    mulhouse.write(49, landing, "Premier mardi dans la cour : quatre personnes, un chien, et une table qui manque.")
    mulhouse.move(44, landing, Phase.GENERATE, "Les locataires ont déplacé le banc deux fois : ils savent où il sert.")
    with calendar.ago(30):
        letterboxes = adapt(
            by=amsterdam.lead,
            source=landing,
            team=amsterdam.team,
            title="Een bank bij de brievenbussen",
            kept="De vaste tijd, en niemand die iets organiseert.",
            changed="Wij hebben geen hof en geen hal: de bank staat binnen, naast de brievenbussen.",
            problem="In de galerijflats halen bewoners hun post en zijn binnen een minuut weer boven.",
            for_whom="Oudere bewoners van galerijflats",
        )
    amsterdam.share(28, letterboxes, Visibility.NETWORK)
    with calendar.ago(11):
        report_back(
            by=mulhouse.lead,
            adaptation=Adaptation.objects.get(project=landing),
            version=1,
            came_of_it="Neuf personnes chaque mardi au bout de six semaines, contre quatre au début. La table a tout changé.",
            kept="Le banc et l’heure fixe, sans animation.",
            changed="Le banc est dans la cour, et nous avons ajouté une table : on y pose ce que l’on porte.",
        )
    with calendar.ago(3):
        report_back(
            by=amsterdam.lead,
            adaptation=Adaptation.objects.get(project=letterboxes),
            version=1,
            came_of_it="Na drie weken blijft één op de zes bewoners even zitten. De post komt nu om vier uur, dat scheelt meer dan de bank.",
            kept="De vaste tijd.",
            changed="De bank staat binnen, en de postbezorger kent de tijd.",
        )


def bus_travels(calendar: Calendar) -> None:
    """Centennial takes the late bus from Occitanie."""
    centennial = Author("centennial", calendar)
    bus = _project("occitanie", "Le car de 18 h 40")
    with calendar.ago(35):
        late = adapt(
            by=centennial.lead,
            source=bus,
            team=centennial.team,
            title="Twenty minutes later",
            kept="Count who misses the last ride before planning a new one.",
            changed="Our last ride is a shuttle, so we moved the driver's break instead of the timetable.",
            problem="The last shuttle leaves before the late shift ends at the distribution centre.",
            for_whom="Late-shift workers without a car",
        )
    centennial.share(33, late, Visibility.PUBLIC)
    centennial.move(20, late, Phase.GENERATE, "Nineteen people named the same shuttle.")
    with calendar.ago(4):
        report_back(
            by=centennial.lead,
            adaptation=Adaptation.objects.get(project=late),
            version=1,
            came_of_it="The first week: six riders a night where there were two.",
            kept="Counting first. It took two evenings.",
            changed="The driver's break moved by twenty minutes; nothing was bought.",
        )


def follows(calendar: Calendar) -> None:
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    cities = {city.slug: city for city in City.objects.filter(slug__in=CITIES)}
    wanted = {
        "tel-aviv-yafo": [topics["loneliness-ageing"], cities["mulhouse"], cities["boston"]],
        "mulhouse": [topics["public-space"], topics["loneliness-ageing"], cities["tel-aviv-yafo"]],
        "paris": [topics["user-reception"], topics["digital-services"]],
        "dunkirk": [topics["energy-renovation"], cities["mulhouse"]],
        "occitanie": [topics["mobility-transit"], cities["centennial"]],
        "boston": [topics["housing-affordability"], topics["loneliness-ageing"], cities["tel-aviv-yafo"]],
        "jerusalem": [topics["small-business"], topics["permits-licensing"]],
        "centennial": [topics["mobility-transit"], cities["occitanie"]],
        "durham": [topics["justice-reentry"], topics["user-reception"]],
    }
    stairs = _project("tel-aviv-yafo", "שכנים פותחים את חדר המדרגות")
    with calendar.ago(80):
        for slug, things in wanted.items():
            for thing in things:
                follow(by=lead_of(slug), what=thing)
            follow(by=member_of(slug), what=things[0])
        for slug in ("mulhouse", "boston", "durham"):
            follow(by=lead_of(slug), what=stairs)
    with calendar.ago(12):
        follow(by=lead_of("amsterdam"), what=_project("mulhouse", "Voisins de palier"))
        follow(by=lead_of("tel-aviv-yafo"), what=_project("boston", "A spare room near the hospital"))


def meetings(calendar: Calendar) -> None:
    """Boston and Tel Aviv-Yafo have met and say that it helped; Mulhouse waits for Tel Aviv-Yafo's answer."""
    team = {team.slug: team for team in Team.objects.filter(slug__in=CITIES)}
    stairs = _project("tel-aviv-yafo", "שכנים פותחים את חדר המדרגות")
    with calendar.ago(60):
        met = introductions.ask(
            by=lead_of("boston"),
            from_team=team["boston"],
            to_team=team["tel-aviv-yafo"],
            reason=IntroductionReason.DONE_IT,
            message="You heard thirty-one neighbours at their doors. We are about to ask owners for a room, also at the "
            "door. Could we talk about the first sentence you say?",
            language="en",
            project=stairs,
        )
    with calendar.ago(57):
        introductions.accept(
            by=lead_of("tel-aviv-yafo"), introduction=met, words="With pleasure. Sunday to Thursday, mornings here."
        )
    met.refresh_from_db()
    with calendar.ago(20):
        introductions.say_helped(
            by=lead_of("boston"), introduction=met, said=Help.YES, note="We dropped our leaflet after that call."
        )
    with calendar.ago(2):
        introductions.ask(
            by=lead_of("mulhouse"),
            from_team=team["mulhouse"],
            to_team=team["tel-aviv-yafo"],
            reason=IntroductionReason.SAME_PROBLEM,
            message="Nous essayons votre banc dans une cour. Pourrions-nous parler de l’heure fixe : qui s’assied en premier ?",
            language="fr",
            project=stairs,
        )


def asked(calendar: Calendar) -> None:
    """One question answered from two cities and closed, one with an answer, one new."""
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    team = {team.slug: team for team in Team.objects.filter(slug__in=CITIES)}
    with calendar.ago(45):
        first = questions.ask(
            by=lead_of("mulhouse"), team=team["mulhouse"], language="fr",
            text="Comment compter des pauses sur un banc sans filmer personne ?",
            context="Nous comptons à la main le mardi matin. Faut-il plus ?",
        )  # fmt: skip
        first.topics.set([topics["public-space"]])
    with calendar.ago(43):
        questions.answer(
            by=member_of("tel-aviv-yafo"), question=first, team=team["tel-aviv-yafo"], language="en",
            text="By hand, one hour, always the same one. The trend is what you need, not the total.",
        )  # fmt: skip
    with calendar.ago(41):
        questions.answer(
            by=member_of("boston"), question=first, team=team["boston"], language="en",
            text="We let residents do it: a jar and a box of beans beside the bench. Rough, and everybody trusts it.",
        )  # fmt: skip
    with calendar.ago(38):
        questions.close(by=lead_of("mulhouse"), question=first)
    with calendar.ago(10):
        second = questions.ask(
            by=lead_of("boston"), team=team["boston"], language="en",
            text="Who has one page of house rules for a two-week stay?",
            context="Ours has grown to four pages and nobody reads it.",
        )  # fmt: skip
        second.topics.set([topics["housing-affordability"]])
    with calendar.ago(8):
        questions.answer(
            by=lead_of("amsterdam"), question=second, team=team["amsterdam"], language="en",
            text="Three lines: the key, the kitchen, the quiet hours. Everything else the two of them settle.",
        )  # fmt: skip
    with calendar.ago(1):
        third = questions.ask(
            by=lead_of("bogota"), team=team["bogota"], language="es",
            text="¿Quién ha organizado relevos de una hora para personas cuidadoras?",
        )  # fmt: skip
        third.topics.set([topics["unpaid-care"]])


def asked_about_a_project(calendar: Calendar) -> None:
    """Tel Aviv-Yafo's stairwell: one question answered, one that waits."""
    team = {team.slug: team for team in Team.objects.filter(slug__in=CITIES)}
    stairs = _project("tel-aviv-yafo", "שכנים פותחים את חדר המדרגות")
    with calendar.ago(16):
        doors = questions.ask(
            by=lead_of("boston"), team=team["boston"], language="en", project=stairs,
            text="What do you say in the first sentence, when the door opens?",
        )  # fmt: skip
    with calendar.ago(15):
        questions.answer(
            by=member_of("tel-aviv-yafo"), question=doors, team=team["tel-aviv-yafo"], language="he",
            text="„אני השכנה מקומה שלוש.” לא שם של תוכנית, לא עירייה. מי שאומר עירייה מקבל דלת סגורה.",
        )  # fmt: skip
    with calendar.ago(3):
        questions.ask(
            by=lead_of("durham"), team=team["durham"], language="en", project=stairs,
            text="Did anybody complain about the bench, and who took the call?",
        )  # fmt: skip


def keep_only_waiting_letters() -> None:
    """The worker posts letters about what waits now; of what is long answered nobody wants a mail today."""
    waiting = Q(kind=LetterKind.INTRODUCTION_ASKED, introduction__state=IntroductionState.ASKED)
    waiting |= Q(kind=LetterKind.INTRODUCTION_BROKERED, introduction__state=IntroductionState.ASKED)
    waiting |= Q(kind=LetterKind.CHECK_IN_SUBMITTED, check_in__state=CheckInState.SUBMITTED)
    waiting |= Q(kind=LetterKind.QUESTION_ASKED, question__closed_at=None, question__answers=None)
    # Letters about adaptations are found missing and written anew, so they stay, as written long ago.
    project_letters.write_due(timezone.now())
    Letter.objects.filter(activity__isnull=False).update(closed_at=timezone.now())
    Letter.objects.filter(activity=None).exclude(waiting).delete()
