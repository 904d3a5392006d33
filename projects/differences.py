"""What differs between two texts, word by word, paragraph beside paragraph. Knows no HTML and no database."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

ADDED, REMOVED, KEPT, LEFT_OUT = "added", "removed", "", "left out"

# Above this many comparisons a word that occurs everywhere (“the”) is no longer tried as an anchor: the difference is
# a little coarser and still right, and a hostile text cannot hold the page up.
MOST_EXACT = 250_000
# Above this many words on one side the two are told as a whole: nobody compares such texts word by word.
MOST_WORDS = 20_000
# Paragraphs that have less of their words in common than this are two paragraphs, not one that changed.
ALIKE = 0.35
MOST_PAIRS = 900

_PIECE = re.compile(r"\s+|\S+")
# Scripts without spaces between words: each sign is a word of its own.
_SIGN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text: kept (""), "added", "removed", or "left out" (kept, and not worth showing)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph, before and after. A paragraph that is only on one side has changes of one kind."""

    changes: tuple[Change, ...]

    @property
    def before(self) -> list[Change]:
        return [change for change in self.changes if change.kind != ADDED]

    @property
    def after(self) -> list[Change]:
        return [change for change in self.changes if change.kind != REMOVED]

    @property
    def text(self) -> str:
        """All of it, for a text that is new or gone as a whole."""
        return "".join(change.text for change in self.changes)

    @property
    def is_kept(self) -> bool:
        return all(change.kind in (KEPT, LEFT_OUT) for change in self.changes)

    @property
    def is_left_out(self) -> bool:
        return bool(self.changes) and all(change.kind == LEFT_OUT for change in self.changes)


def compare(before: str, after: str) -> list[Row]:
    """Paragraph by paragraph, and within a paragraph word by word.

    Joined by line breaks, the `before` of all rows that have one give the text before, and so for after.
    """
    old, new = _paragraphs(before), _paragraphs(after)
    rows: list[Row] = []
    for kind, i, j, k, m in _opcodes(old, new):
        if kind == "equal":
            rows += [Row((Change(KEPT, text),)) for text in old[i:j]]
        else:
            rows += [_row(pair) for pair in _paired(old[i:j], new[k:m])]
    return rows


def between(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """Two lists of words, sentences or names as one list of what was kept, removed and added."""
    changes: list[Change] = []
    for kind, i, j, k, m in _opcodes(old, new):
        if kind == "equal":
            changes += [Change(KEPT, text) for text in old[i:j]]
            continue
        changes += [Change(REMOVED, text) for text in old[i:j]]
        changes += [Change(ADDED, text) for text in new[k:m]]
    return changes


def words_of(text: str) -> list[str]:
    """Words, what stands around them, and the spaces between them; joined they are the text again. A word keeps its
    vowel points, apostrophes and hyphens."""
    return [part for piece in _PIECE.findall(text) for part in _peeled(piece)]


def shortened(rows: Iterable[Row], around: int = 12, most: int = 80) -> list[Row]:
    """For a list of many changes: kept paragraphs and the middle of long kept stretches are left out, and of a long
    new or removed stretch only its beginning is shown."""
    short: list[Row] = []
    for row in rows:
        if row.is_kept:
            if not (short and short[-1].is_left_out):
                short.append(Row((Change(LEFT_OUT, "…"),)))
        else:
            last = len(row.changes) - 1
            cut = [_cut(change, around, most, place, last) for place, change in enumerate(row.changes)]
            short.append(replace(row, changes=tuple(part for parts in cut for part in parts)))
    return short


# --- paragraphs -----------------------------------------------------------------------------------------------------


def _paragraphs(text: str) -> list[str]:
    return text.split("\n") if text else []


def _row(pair: tuple[str | None, str | None]) -> Row:
    before, after = pair
    if before is None:
        return Row((Change(ADDED, after or ""),))
    if after is None:
        return Row((Change(REMOVED, before),))
    return Row(tuple(_without_crumbs(_joined(between(words_of(before), words_of(after))))) or (Change(KEPT, ""),))


def _paired(old: Sequence[str], new: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Which new paragraph an old one became, in order: those alike stand side by side, the others alone."""
    if len(old) == len(new) == 1 and old[0] and new[0]:
        return [(old[0], new[0])]
    if len(old) * len(new) > MOST_PAIRS:
        return [*((text, None) for text in old), *((None, text) for text in new)]
    best = _best_pairs(old, new)
    pairs: list[tuple[str | None, str | None]] = []
    i = k = 0
    for here, there in [*best, (len(old), len(new))]:
        pairs += [(text, None) for text in old[i:here]]
        pairs += [(None, text) for text in new[k:there]]
        if here < len(old):
            pairs.append((old[here], new[there]))
        i, k = here + 1, there + 1
    return pairs


def _best_pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs in order whose likeness adds up to the most."""
    likeness = [[_likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for k in reversed(range(len(new))):
            together = likeness[i][k] + best[i + 1][k + 1] if likeness[i][k] >= ALIKE else 0.0
            best[i][k] = max(best[i + 1][k], best[i][k + 1], together)
    pairs = []
    i = k = 0
    while i < len(old) and k < len(new):
        if likeness[i][k] >= ALIKE and best[i][k] == likeness[i][k] + best[i + 1][k + 1]:
            pairs.append((i, k))
            i, k = i + 1, k + 1
        elif best[i + 1][k] >= best[i][k + 1]:
            i += 1
        else:
            k += 1
    return pairs


def _likeness(one: str, other: str) -> float:
    """0 to 1: the share of words that both have; without words, alike is only what is the same."""
    mine, theirs = set(one.casefold().split()), set(other.casefold().split())
    if not mine and not theirs:
        return float(one == other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


# --- words ----------------------------------------------------------------------------------------------------------


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """As difflib tells them, with what is alike at both ends taken off first, which is nearly all of most texts."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    stop_old, stop_new = len(old) - end, len(new) - end
    middle = _matched(old[start:stop_old], new[start:stop_new])
    codes = [("equal", 0, start, 0, start)] if start else []
    codes += [(kind, i + start, j + start, k + start, m + start) for kind, i, j, k, m in middle]
    return codes + ([("equal", stop_old, len(old), stop_new, len(new))] if end else [])


def _matched(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    if not old and not new:
        return []
    if not old or not new or max(len(old), len(new)) > MOST_WORDS:
        return [("replace", 0, len(old), 0, len(new))]
    coarse = len(old) * len(new) > MOST_EXACT
    return list(difflib.SequenceMatcher(None, old, new, autojunk=coarse).get_opcodes())


def _peeled(piece: str) -> list[str]:
    """“(noon,” is three parts, so that a comma more does not make another word of it."""
    start, end = 0, len(piece)
    while start < end and _is_around(piece[start]):
        start += 1
    while end > start and _is_around(piece[end - 1]):
        end -= 1
    core = piece[start:end]
    inner = [core] if not _SIGN.search(core) else [part for part in re.split(f"({_SIGN.pattern})", core) if part]
    return [part for part in (piece[:start], *inner, piece[end:]) if part]


def _is_around(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS"


def _joined(changes: Iterable[Change]) -> list[Change]:
    """Neighbours of one kind as one; between two kept words, what was removed before what was added."""
    joined: list[Change] = []
    gone, come = "", ""

    def flush() -> None:
        nonlocal gone, come
        joined.extend(Change(kind, text) for kind, text in ((REMOVED, gone), (ADDED, come)) if text)
        gone = come = ""

    for change in changes:
        if change.kind == REMOVED:
            gone += change.text
        elif change.kind == ADDED:
            come += change.text
        else:
            flush()
            if joined and joined[-1].kind == KEPT:
                joined[-1] = Change(KEPT, joined[-1].text + change.text)
            else:
                joined.append(change)
    flush()
    return joined


def _without_crumbs(changes: list[Change]) -> list[Change]:
    """A space or comma that two texts share by chance between changes is no help to a reader: it belongs to both."""
    last = len(changes) - 1
    whole: list[Change] = []
    for place, change in enumerate(changes):
        if change.kind == KEPT and 0 < place < last and not any(letter.isalnum() for letter in change.text):
            whole += [Change(REMOVED, change.text), Change(ADDED, change.text)]
        else:
            whole.append(change)
    return _joined(whole)


# --- shortening -----------------------------------------------------------------------------------------------------


def _cut(change: Change, around: int, most: int, place: int, last: int) -> list[Change]:
    """A kept stretch keeps its ends next to what changed; another one its beginning."""
    words = words_of(change.text)
    if change.kind != KEPT:
        if len(words) <= 2 * most:
            return [change]
        return [Change(change.kind, "".join(words[: 2 * most])), Change(LEFT_OUT, "…")]
    head = words[: 2 * around] if place else []
    tail = words[-2 * around :] if place < last else []
    if len(words) <= len(head) + len(tail) + around:
        return [change]
    ends = [Change(KEPT, "".join(head)), Change(LEFT_OUT, "…"), Change(KEPT, "".join(tail))]
    return [end for end in ends if end.text]
