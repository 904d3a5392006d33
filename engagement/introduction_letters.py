"""One function for each message about introductions. Each answers the sent message, or None where what it would tell is
not so any more. No address stands in any of them but in the one that introduces two people to each other."""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from cities.models import Team
from cities.permissions import belongs_to
from engagement.choices import IntroductionState, LetterKind
from engagement.emails import message_id
from engagement.introductions.helping import key_for
from engagement.models import Introduction, IntroductionHelp, Letter
from engagement.permissions import team_to_answer
from engagement.reach import suppressed
from innoteams.accounts.models import User
from innoteams.lib import mail
from innoteams.lib.languages import direction, direction_of_text
from projects.models import Project


def asked(letter: Letter) -> EmailMessage | None:
    """While it waits for the person's answer: it may have been answered, taken back or put off since."""
    introduction = _seen(letter, IntroductionState.ASKED)
    if introduction is None or team_to_answer(letter.person, introduction) is None:
        return None
    return _write(letter, "introduction_asked", introduction)


def brokered(letter: Letter) -> EmailMessage | None:
    introduction = _seen(letter, IntroductionState.ASKED)
    side = team_to_answer(letter.person, introduction) if introduction else None
    if introduction is None or side is None:
        return None
    return _write(letter, "introduction_brokered", introduction, other_team=_other(introduction, side), own_team=side)


def declined(letter: Letter) -> EmailMessage | None:
    """To who had said yes, with the words of the other side, if there are any."""
    introduction = _seen(letter, IntroductionState.DECLINED)
    if introduction is None:
        return None
    is_from = letter.person_id == introduction.asked_by_id
    return _write(
        letter,
        "introduction_declined",
        introduction,
        other_team=introduction.to_team if is_from else introduction.from_team,
        said=Said("", introduction.answer if is_from else introduction.asker_words),
    )


def rests(letter: Letter) -> EmailMessage | None:
    """That they let it rest; neither why nor until when."""
    introduction = _seen(letter, IntroductionState.RESTING)
    if introduction is None or introduction.rests_for is None:
        return None
    return _write(letter, "introduction_rests", introduction, other_team=introduction.rests_for)


def helped(letter: Letter) -> EmailMessage | None:
    """Not to who has said it on the page since, nor to who is not reached by mail."""
    rows = Introduction.objects.filter(state=IntroductionState.ACCEPTED, pk=letter.introduction_id or 0)
    introduction = rows.select_related("from_team__city", "to_team__city").first()
    told = IntroductionHelp.objects.filter(introduction=letter.introduction_id, person=letter.person_id)
    if introduction is None or told.exists() or not _is_reached(letter.person):
        return None
    is_from = letter.person_id == introduction.asked_by_id
    own, other = introduction.from_team, introduction.to_team
    return _write(
        letter,
        "introduction_helped",
        introduction,
        path=reverse("introduction_say_helped", args=[key_for(introduction, letter.person)]),
        other_team=other if is_from else own,
    )


# --- Two people are introduced -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """The mail in one of the two languages; `direction` as it is written."""

    language: str

    @property
    def direction(self) -> str:
        return direction(self.language)


@dataclass(frozen=True)
class Said:
    """What somebody wrote on the way here; mail programs do not know `dir="auto"`."""

    who: str
    words: str
    language: str = ""

    @property
    def direction(self) -> str:
        return direction(self.language) if self.language else direction_of_text(self.words)


def _what_was_said(introduction: Introduction) -> list[Said]:
    message, language = introduction.message, introduction.language
    if introduction.is_brokered:
        broker = introduction.brokered_by or introduction.brokered_for
        said = [Said(str(broker), message, language), Said(str(introduction.asked_by), introduction.asker_words)]
    else:
        said = [Said(str(introduction.asked_by), message, language)]
    said.append(Said(str(introduction.answered_by), introduction.answer))
    return [one for one in said if one.words]


def accepted(letter: Letter) -> EmailMessage | None:
    """One mail to both, in the languages of both; an answer to it goes to both. None where one of the two has left the
    team or is not reached by mail: then nobody's address is told to anybody."""
    introduction = _seen(letter, IntroductionState.ACCEPTED)
    earlier = Letter.objects.filter(
        kind=LetterKind.INTRODUCTION_ACCEPTED, introduction=letter.introduction_id, pk__lt=letter.pk
    )
    if introduction is None or introduction.asked_by is None or introduction.answered_by is None or earlier.exists():
        return None
    pair = (introduction.asked_by, introduction.answered_by)
    there = zip(pair, (introduction.from_team, introduction.to_team), strict=True)
    if not all(_is_reached(person) and belongs_to(person, team) for person, team in there):
        return None
    languages = list(dict.fromkeys(mail.offered(person.language) for person in pair))
    context = {
        "about": introduction,
        "people": [(pair[0], introduction.from_team), (pair[1], introduction.to_team)],
        "parts": [Part(language) for language in languages],
        "said": _what_was_said(introduction),
        "project": _project_seen_by(introduction, *pair),
        "link": f"{settings.SITE_URL}{introduction.get_absolute_url()}",
    }
    headers = {"Content-Language": ", ".join(languages)}
    return mail.send(
        "introduction_accepted",
        pair,
        languages[0],
        context,
        reply_to=pair,
        headers=headers,
        message_id=message_id(letter),
    )


# --- In common -----------------------------------------------------------------------------------------------------


def _is_reached(person: User) -> bool:
    return person.is_active and not suppressed([person.email])


def _other(introduction: Introduction, side: Team) -> Team:
    return introduction.to_team if side.pk == introduction.from_team_id else introduction.from_team


def _seen(letter: Letter, state: IntroductionState) -> Introduction | None:
    rows = Introduction.objects.visible_to(letter.person).select_related(
        "asked_by",
        "answered_by",
        "brokered_by",
        "brokered_for",
        "rests_for__city",
        "from_team__city",
        "to_team__city",
        "project",
    )
    introduction: Introduction | None = rows.filter(pk=letter.introduction_id, state=state).first()
    return introduction


def _write(
    letter: Letter, template: str, introduction: Introduction, *, path: str = "", **context: object
) -> EmailMessage:
    person = letter.person
    link = f"{settings.SITE_URL}{path or introduction.get_absolute_url()}"
    project = _project_seen_by(introduction, person)
    return mail.send(
        template,
        person,
        person.language,
        {"person": person, "about": introduction, "project": project, "link": link, **context},
        message_id=message_id(letter),
        time_zone=person.zone,
    )


def _project_seen_by(introduction: Introduction, *people: User) -> Project | None:
    """It may have been narrowed since; a mail to two names what both see."""
    if introduction.project_id is None:
        return None
    rows = Project.objects.filter(pk=introduction.project_id)
    for person in people:
        rows = rows.visible_to(person)
    found: Project | None = rows.defer("words").first()
    return found
