"""How demo cities meet, invented: one introduction that became an adaptation, one that a coordinator brokers, one that
rests, one that both say helped, and whom the matcher suggests."""

# ruff: noqa: E501 - the story is prose: a sentence is easier to read and to mend on one line

from cities.models import Team, Topic
from engagement import introductions, questions
from engagement.choices import Help, IntroductionReason
from engagement.introductions import suggesting
from engagement.models import Introduction
from innoteams.accounts.models import User
from innoteams.demo.clock import Calendar
from innoteams.demo.people import lead_of, member_of
from projects.models import Project


def _team(slug: str) -> Team:
    found: Team = Team.objects.get(slug=slug)
    return found


def before_the_bus(calendar: Calendar) -> None:
    """Centennial meets Occitanie before it takes the late bus over: the adaptation then finds the meeting."""
    with calendar.ago(50):
        bus = introductions.ask(
            by=lead_of("centennial"),
            from_team=_team("centennial"),
            to_team=_team("occitanie"),
            reason=IntroductionReason.DONE_IT,
            message="You moved the last bus of the day. We count who misses ours. Whom did you have to ask first?",
            language="en",
            project=Project.objects.get(team__slug="occitanie", title="Le car de 18 h 40"),
        )
    with calendar.ago(47):
        introductions.accept(
            by=lead_of("occitanie"), introduction=bus, words="Volontiers. Plutôt le matin chez vous, le soir chez nous."
        )


def tell_introductions(calendar: Calendar) -> None:
    helped(calendar)
    resting(calendar)
    brokered(calendar)


def helped(calendar: Calendar) -> None:
    """The other side of Boston's meeting with Tel Aviv-Yafo says so too."""
    met = Introduction.objects.get(from_team__slug="boston", to_team__slug="tel-aviv-yafo")
    with calendar.ago(18):
        introductions.say_helped(
            by=lead_of("tel-aviv-yafo"),
            introduction=met,
            said=Help.YES,
            note="מאז אנחנו מתחילים בשאלה, לא בהסבר.",
        )


def resting(calendar: Calendar) -> None:
    """Dunkirk asks Paris, which is moving house and lets it rest."""
    with calendar.ago(21):
        asked = introductions.ask(
            by=lead_of("dunkirk"),
            from_team=_team("dunkirk"),
            to_team=_team("paris"),
            reason=IntroductionReason.OTHER,
            message="Comment annoncez-vous à l’accueil qu’un dossier est complet ? Nous cherchons une phrase simple.",
            language="fr",
        )
    with calendar.ago(17):
        introductions.let_rest(by=lead_of("paris"), introduction=asked)


def brokered(calendar: Calendar) -> None:
    """A coordinator sees two benches; Amsterdam has said yes, Tel Aviv-Yafo is asked."""
    with calendar.ago(6):
        proposed = introductions.broker(
            by=User.objects.get(email="coordinator@bloomberg.demo.example"),
            from_team=_team("amsterdam"),
            to_team=_team("tel-aviv-yafo"),
            reason=IntroductionReason.SAME_PROBLEM,
            message="Both of you put a bench where neighbours pass each other, one in a stairwell, one beside the letterboxes. You count different things. Half an hour would be worth it.",
            language="en",
        )
    with calendar.ago(4):
        introductions.accept(
            by=lead_of("amsterdam"), introduction=proposed, words="Graag. Wij tellen minuten, jullie mensen?"
        )


def suggest(calendar: Calendar) -> None:
    """Tel Aviv-Yafo asks what Paris has stopped and learned from; the matcher's round of this morning sees that."""
    with calendar.ago(5):
        asked = questions.ask(
            by=member_of("tel-aviv-yafo"), team=_team("tel-aviv-yafo"), language="he",
            text="מי ניסה לקבל פונים בלי תור, ומה לא עבד?",
        )  # fmt: skip
        asked.topics.set([Topic.objects.get(slug="user-reception")])
    with calendar.ago(0):
        suggesting.refresh(calendar.moment(0))
