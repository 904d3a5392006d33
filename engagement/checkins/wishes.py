"""What a wish for help became: questions to the network and introductions that were made from a check-in."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from engagement.checkins.reading import sentences
from engagement.models import CheckIn, Introduction, Question
from innoteams.accounts.models import User

_LONGEST_QUESTION, _LONGEST_CONTEXT, _LONGEST_MESSAGE = 300, 2000, 1000


@dataclass(frozen=True)
class CameOfIt:
    """`hidden_introductions`: that the team asked to meet somebody; whom is between the two teams."""

    questions: list[Question]
    introductions: list[Introduction]
    hidden_introductions: int

    @property
    def is_done(self) -> bool:
        return bool(self.questions or self.introductions or self.hidden_introductions)


def came_of(check_in: CheckIn, reader: User) -> CameOfIt:
    """Two queries. An introduction is read by its two teams alone; whoever else reads the check-in learns that there
    is one."""
    questions = Question.objects.visible_to(reader).filter(check_in=check_in).annotate(answer_count=Count("answers"))
    seen = Introduction.objects.visible_to(reader).filter(pk=OuterRef("pk"))
    rows = list(
        Introduction.objects.filter(check_in=check_in)
        .annotate(is_seen=Exists(seen))
        .select_related("to_team__city")
        .order_by("-asked_at")
    )
    shown = [one for one in rows if one.is_seen]
    return CameOfIt(list(questions.order_by("-asked_at")), shown, len(rows) - len(shown))


def as_question(check_in: CheckIn) -> dict[str, object]:
    """What the form for a question begins with: the first sentence, and the whole of it as what others should know."""
    wish = check_in.help_wanted.strip()
    first = next(iter(sentences(wish)), "")[:_LONGEST_QUESTION]
    return {
        "text": first,
        "context": wish[:_LONGEST_CONTEXT] if wish != first else "",
        "language": check_in.language,
        "team": check_in.team_id,
    }


def as_introduction(check_in: CheckIn) -> dict[str, object]:
    wish = check_in.help_wanted.strip()[:_LONGEST_MESSAGE]
    return {"message": wish, "language": check_in.language, "from_team": check_in.team_id, "reason": "question"}
