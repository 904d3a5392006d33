"""In which language a few words are written, so that nobody is asked: a good guess, and the writer's own languages."""

import re
from collections.abc import Sequence

_SCRIPTS = (
    (re.compile("[\u0590-\u05ff]"), ("he", "yi")),
    (re.compile("[\u0600-\u06ff]"), ("ar",)),
    (re.compile("[\u0400-\u04ff]"), ("ru",)),
    (re.compile("[\u1200-\u137f]"), ("am",)),
    (re.compile("[\u4e00-\u9fff]"), ("zh",)),
)
_OF_SCRIPTS = {code for _pattern, codes in _SCRIPTS for code in codes}
# The small words of a language, as far as no other one here has them.
_SMALL_WORDS = {
    "en": "the and how who what did you your is are of with for that this was were do does which when they",
    "fr": "le les des une du et est vous avez comment qui quoi avec pour dans votre vos au aux sur ont cette où nous",
    "es": "el los las una y es cómo quién qué con por para su sus del ustedes han esta este dónde cuándo hay",
    "de": "der die das und ist wie wer was mit für ihr euer habt haben ein eine nicht sie wann wo bei auf",
    "nl": "het een en hoe wie wat met voor jullie hebben zijn niet van wanneer waar bij naar dat",
    "pt": "os uma e é como quem com para vocês não do da dos das foi têm onde quando isso",
    "pl": "i jak kto co jest czy nie dla wasz macie gdzie kiedy było przez się",
}
_WORDS = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}
_LETTERS = re.compile(r"[^\W\d_]+")


def guess_language(text: str, spoken: Sequence[str]) -> str:
    """An ISO 639 code. `spoken` are the writer's languages, the likeliest first; it decides where the text does not."""
    letters = "".join(_LETTERS.findall(text))
    for pattern, codes in _SCRIPTS:
        if len(pattern.findall(letters)) * 2 > len(letters):
            return next((code for code in spoken if code in codes), codes[0])
    latin = [code for code in spoken if code not in _OF_SCRIPTS]
    words = [word.lower() for word in _LETTERS.findall(text)]
    scores = {code: sum(word in small for word in words) for code, small in _WORDS.items()}
    best = max(scores.values())
    winners = [code for code, score in scores.items() if score == best and best >= 2]
    if len(winners) == 1:
        return winners[0]
    return next((code for code in latin if not winners or code in winners), (winners or latin or ["en"])[0])
