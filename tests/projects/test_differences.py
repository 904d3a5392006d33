"""What differs between two texts: nothing is lost, words stay whole, and no text holds the page up."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.differences import ADDED, KEPT, LEFT_OUT, REMOVED, Change, Row, between, compare, shortened, words_of

LETTERS = st.text(alphabet="ab é'-,.(שלוםָ̣)中文 \n", max_size=120)
SENTENCES = st.lists(
    st.sampled_from(["We hung sails.", "Trees beat sails.", "ארבעים ילדים באו.", "Il fait trop chaud.", ""]),
    max_size=12,
)


def text_of(rows: list[Row], side: str, other: str) -> str:
    """The text of one side as the rows tell it: paragraphs that are only on the other side are not in it."""
    there = [row for row in rows if {change.kind for change in row.changes} != {other}]
    return "\n".join("".join(change.text for change in getattr(row, side)) for row in there)


def told(rows: list[Row]) -> list[tuple[str, str]]:
    return [(change.kind, change.text) for row in rows for change in row.changes]


@given(LETTERS, LETTERS)
def test_the_difference_gives_both_texts_back(before: str, after: str) -> None:
    rows = compare(before, after)
    assert text_of(rows, "before", ADDED) == before
    assert text_of(rows, "after", REMOVED) == after


@given(SENTENCES, SENTENCES)
def test_paragraphs_that_moved_came_or_went_give_both_texts_back(old: list[str], new: list[str]) -> None:
    before, after = "\n".join(old), "\n".join(new)
    rows = compare(before, after)
    assert text_of(rows, "before", ADDED) == before
    assert text_of(rows, "after", REMOVED) == after


@given(LETTERS)
def test_words_joined_are_the_text(text: str) -> None:
    assert "".join(words_of(text)) == text


@given(LETTERS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(row.is_kept for row in compare(text, text))


@given(st.lists(st.text(max_size=3), max_size=30), st.lists(st.text(max_size=3), max_size=30))
def test_a_comparison_of_lists_gives_both_back(old: list[str], new: list[str]) -> None:
    changes = between(old, new)
    assert [change.text for change in changes if change.kind != ADDED] == old
    assert [change.text for change in changes if change.kind != REMOVED] == new


@given(LETTERS, LETTERS)
def test_shortening_keeps_the_order_and_never_hides_that_something_changed(before: str, after: str) -> None:
    whole, short = compare(before, after), shortened(compare(before, after), around=1, most=2)
    assert any(not row.is_kept for row in short) == any(not row.is_kept for row in whole)


def test_a_changed_word_stands_between_words_that_stayed() -> None:
    assert told(compare("Trees give shade at noon.", "Sails give shade at noon.")) == [
        (REMOVED, "Trees"),
        (ADDED, "Sails"),
        (KEPT, " give shade at noon."),
    ]


def test_a_comma_more_does_not_make_another_word_of_it() -> None:
    assert told(compare("Shade at noon and water", "Shade at noon, and water")) == [
        (KEPT, "Shade at noon"),
        (ADDED, ","),
        (KEPT, " and water"),
    ]


def test_two_new_words_are_one_change_although_the_space_between_is_the_same() -> None:
    changes = told(compare("We asked many people.", "We asked forty children."))
    assert changes == [(KEPT, "We asked "), (REMOVED, "many people"), (ADDED, "forty children"), (KEPT, ".")]


@pytest.mark.parametrize("word", ["l’école", "co-design", "3.14", "דו״ח", "שָׁלוֹם", "צה״ל", "مُشَارَكَة"])
def test_a_word_is_never_cut(word: str) -> None:
    assert words_of(f"({word}), {word}!") == ["(", word, "),", " ", word, "!"]


def test_hebrew_is_compared_by_words_in_its_own_order() -> None:
    assert told(compare("ארבעים ילדים באו.", "חמישים ילדים באו.")) == [
        (REMOVED, "ארבעים"),
        (ADDED, "חמישים"),
        (KEPT, " ילדים באו."),
    ]


def test_chinese_is_compared_sign_by_sign() -> None:
    assert told(compare("我们种树", "我们看树")) == [(KEPT, "我们"), (REMOVED, "种"), (ADDED, "看"), (KEPT, "树")]


def test_a_paragraph_put_between_others_leaves_them_alone() -> None:
    rows = compare("One day.\nTwo days.", "One day.\nSomething new came up.\nTwo days.")
    assert [row.is_kept for row in rows] == [True, False, True]
    assert told(rows)[1] == (ADDED, "Something new came up.")


def test_a_paragraph_that_changed_a_little_stands_beside_what_it_became() -> None:
    before = "We hung sails over the street in May.\nNobody came."
    after = "The mayor opened it.\nWe hung sails over two streets in May.\nForty children came, and stayed."
    changed = [row for row in compare(before, after) if row.before and row.after]
    assert any("over " in change.text for row in changed for change in row.before)
    assert (ADDED, "The mayor opened it.") in told(compare(before, after))


def test_long_kept_stretches_are_left_out_of_a_list() -> None:
    long = " ".join(f"word{number}" for number in range(200))
    rows = shortened(compare(f"{long} old {long}", f"{long} new {long}"))
    text = "".join(change.text for change in rows[0].changes)
    assert len(text) < 400
    assert [change.kind for change in rows[0].changes].count(LEFT_OUT) == 2


def test_kept_paragraphs_are_one_mark_in_a_list() -> None:
    rows = shortened(compare("a\nb\nc\nold words", "a\nb\nc\nnew words"))
    assert rows[0] == Row((Change(LEFT_OUT, "…"),))
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a b " * 3000, "b a " * 3000),
        (" ".join(f"w{n}" for n in range(6000)), " ".join(f"w{n}" for n in reversed(range(6000)))),
        ("\n".join("x y" for _ in range(3000)), "\n".join("y x" for _ in range(3000))),
        ("same " * 30_000, "other " * 30_000),
        ("", "new " * 30_000),
    ],
    ids=["two words", "turned round", "many paragraphs", "too long", "all new"],
)
def test_no_text_holds_the_page_up(before: str, after: str) -> None:
    begun = time.process_time()
    rows = compare(before, after)
    assert time.process_time() - begun < 4
    assert text_of(rows, "before", ADDED) == before
    assert text_of(rows, "after", REMOVED) == after
