"""What is put before a reader by others: pinned by a coordinator, suggested to the reader's team."""

from engagement.choices import ItemKind
from engagement.digests.network import scoring
from engagement.digests.network.chosen import Chosen, Why
from engagement.digests.network.pool import Pin, Pool
from engagement.digests.network.readers import Reader
from engagement.digests.network.scoring import Reason
from engagement.models import Suggestion


def pins(reader: Reader, pool: Pool) -> list[Pin]:
    """Those of the operators that accompany the reader's city, once each."""
    found = []
    for pin in sorted(pool.pins, key=lambda pin: pin.pk):
        reached = not reader.sight.member_of.isdisjoint(pool.reached_by[pin.operator])
        still = pin.until >= pool.day(reader) and pin.pk not in reader.shown_pins
        if reached and still and pool.sees(reader, pin.project):
            work = pool.likenesses.works[pin.project]
            if work.team_id not in reader.sight.member_of and pool.city_of(pin.project).pk not in reader.hidden:
                found.append(pin)
    return found


def suggestions(reader: Reader, pool: Pool) -> list[Chosen]:
    """For the reader's teams, the best first. What it rests on must still be the reader's to see."""
    found = [one for team in reader.teams for one in pool.suggestions.get(team, ())]
    return [
        Chosen(
            ItemKind.SUGGESTION,
            pool.city_of_team[one.with_team_id],
            Why([Reason("suggested", scoring.SUGGESTED, {"why": one.reason, "team": one.with_team_id})]),
            suggestion=one,
        )
        for one in sorted(found, key=lambda one: (-one.score, one.pk))
        if one.pk not in reader.shown_suggestions
        and one.made_at < reader.window_end
        and pool.city_of_team[one.with_team_id].pk not in reader.hidden
        and _rests_on_what_is_seen(reader, one)
    ]


def _rests_on_what_is_seen(reader: Reader, suggestion: Suggestion) -> bool:
    about = [suggestion.project, suggestion.question.project if suggestion.question else None]
    return all(reader.sight.sees(one.visibility, one.team_id) for one in about if one)
