"""Introductions: two teams meet. Somebody of one asks, or a coordinator brokers it; whoever is asked says yes, no, or
not now; a month later both say whether it helped; and a matcher suggests whom to ask."""

from engagement.introductions.answering import accept, decline, let_rest
from engagement.introductions.asking import ask, withdraw
from engagement.introductions.brokering import broker
from engagement.introductions.helping import say_helped
from engagement.introductions.limits import MOST_BROKERED_IN_A_WEEK, MOST_IN_A_WEEK
from engagement.introductions.pairs import REST_AFTER_NO, rests_until
from engagement.introductions.refusals import (
    AnsweredMeanwhile,
    AskedAlready,
    AskerHasLeft,
    DeclinedRecently,
    IntroducedAlready,
    NobodyThere,
    OwnTeam,
    RestRefused,
    SuggestionGone,
    TooMany,
)

__all__ = [
    "MOST_BROKERED_IN_A_WEEK",
    "MOST_IN_A_WEEK",
    "REST_AFTER_NO",
    "AnsweredMeanwhile",
    "AskedAlready",
    "AskerHasLeft",
    "DeclinedRecently",
    "IntroducedAlready",
    "NobodyThere",
    "OwnTeam",
    "RestRefused",
    "SuggestionGone",
    "TooMany",
    "accept",
    "ask",
    "broker",
    "decline",
    "let_rest",
    "rests_until",
    "say_helped",
    "withdraw",
]
