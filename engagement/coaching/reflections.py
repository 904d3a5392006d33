"""What a team says of itself at the start, in the middle and at the end, and who reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.choices import Moment, Sharing, Statement
from engagement.models import CoachingEngagement, Reflection, ReflectionStep
from engagement.permissions import can_reflect
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.locking import EditedMeanwhile, locked

STEPS = range(1, 6)


class NothingSaid(Refused):
    """A reflection says something: a step, or a word."""

    def __init__(self) -> None:
        super().__init__(_("Choose a step for one statement at least, or write a sentence."))


@dataclass(frozen=True)
class Words:
    """What is typed beside the steps."""

    culture: str = ""
    residents: str = ""
    language: str = "en"


@transaction.atomic
def reflect(
    *,
    by: User,
    engagement: CoachingEngagement,
    moment: str,
    version: int,
    steps: Mapping[str, int],
    words: Words,
) -> Reflection:
    """Writes or mends the team's reflection of a moment; a new one is the team's alone.

    `version` is the one the form was opened with, 0 where there was none: whoever comes second gets EditedMeanwhile
    with what stands there now.
    """
    demand(can_reflect(by, engagement))
    chosen = {Statement(name): step for name, step in steps.items() if step in STEPS}
    given = {"culture": words.culture.strip(), "residents": words.residents.strip(), "language": words.language}
    if not chosen and not given["culture"] and not given["residents"]:
        raise NothingSaid
    # Two people who begin at the same moment: the second waits here and then finds the first one's.
    locked(engagement)
    now = Reflection.objects.select_for_update(of=("self",)).filter(engagement=engagement, moment=moment).first()
    if (now.version if now else 0) != version:
        raise EditedMeanwhile(now or Reflection(engagement=engagement, moment=moment), given)
    if now is None:
        now = Reflection(engagement=engagement, moment=Moment(moment), version=0)
    for name, value in given.items():
        setattr(now, name, value)
    now.version += 1
    now.written_by, now.written_at = by, timezone.now()
    now.save()
    now.steps.all().delete()
    ReflectionStep.objects.bulk_create(
        ReflectionStep(reflection=now, statement=statement, step=step) for statement, step in chosen.items()
    )
    return now


@transaction.atomic
def share_reflection(*, by: User, reflection: Reflection, sharing: str) -> Reflection:
    """Who reads it, wider or narrower, at once."""
    demand(can_reflect(by, reflection.engagement))
    now = locked(reflection)
    now.sharing = Sharing(sharing)
    now.save(update_fields=["sharing"])
    return now
