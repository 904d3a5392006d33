from itertools import combinations, pairwise

import pytest

from tests.look.colours import COLOUR_BLIND, apart, contrast, seen, tokens

GROUPS = ("people", "safety", "housing", "economy", "environment", "mobility", "democracy")
GROUNDS = ("paper", "surface", "sunken")
TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft", "ink-faint", "accent", "accent-strong", "danger")
        for ground in GROUNDS
    ),
    *(("ink", f"{group}-tint") for group in GROUPS),
    ("ink", "accent-tint"),
    ("accent", "accent-tint"),
    ("accent-strong", "accent-tint"),
    ("ink-soft", "accent-tint"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("ink", "signal-tint"),
    ("ink-soft", "signal-tint"),
    ("signal", "signal-tint"),
    ("on-signal", "signal-mark"),
    ("ink", "danger-tint"),
    ("danger", "danger-tint"),
    ("on-danger", "danger"),
    ("ink", "sea"),
    ("ink", "land"),
    ("ink-soft", "land"),
    ("ink-faint", "heat-0"),
    ("ink", "heat-1"),
    ("ink", "heat-2"),
    ("on-accent", "heat-5"),
]
MARKS = [
    *(("rule-strong", ground) for ground in ("paper", "surface")),
    *(("phase-ink", ground) for ground in GROUNDS),
    *((group, f"{group}-tint") for group in GROUPS),
    ("signal-mark", "paper"),
    ("accent", "land"),
    ("accent", "sea"),
    ("phase-4", "phase-1"),
]


def test_the_tokens_are_found() -> None:
    assert len(tokens("light")) > 45
    assert tokens("light").keys() == tokens("dark").keys()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read(scheme: str) -> None:
    colours = tokens(scheme)
    contrasts = {(ink, ground): contrast(colours[ink], colours[ground]) for ink, ground in TEXT}

    assert {pair: ratio for pair, ratio in contrasts.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_and_edges_can_be_seen(scheme: str) -> None:
    colours = tokens(scheme)
    contrasts = {(mark, ground): contrast(colours[mark], colours[ground]) for mark, ground in MARKS}

    # The mark of what waits always stands beside its word.
    assert {pair: c for pair, c in contrasts.items() if c < (2.6 if pair[0] == "signal-mark" else 3)} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("blindness", COLOUR_BLIND)
def test_topic_groups_stay_apart_for_colour_blind_eyes(blindness: str, scheme: str) -> None:
    marks = {group: seen(tokens(scheme)[group], blindness) for group in GROUPS}
    distances = {(one, other): apart(marks[one], marks[other]) for one, other in combinations(GROUPS, 2)}

    # Beside the colour each group has an icon; 2 is just noticeable side by side.
    assert {pair: far for pair, far in distances.items() if far < 7} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_four_phases_are_steps_of_one_hue(scheme: str) -> None:
    colours = tokens(scheme)
    steps = [contrast(colours[f"phase-{n}"], colours["paper"]) for n in range(1, 5)]

    assert steps == sorted(steps)
    assert all(later / earlier > 1.25 for earlier, later in pairwise(steps))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_warm_signal_is_like_nothing_else(scheme: str) -> None:
    colours = tokens(scheme)
    others = ["accent", "danger", "phase-ink", "phase-3", *GROUPS]

    for blindness in COLOUR_BLIND:
        signal = seen(colours["signal-mark"], blindness)
        assert min(apart(signal, seen(colours[name], blindness)) for name in others) >= 6
