"""Prose keeps to its columns and loses nothing."""

from hypothesis import given
from hypothesis import strategies as st

from omnidsl.reporting.terminal import columns
from omnidsl.reporting.wrapping import wrap

WORDS = st.text(alphabet="ab猫画，。`（）「 ", max_size=80)


@given(WORDS, st.integers(1, 40))
def test_nothing_is_lost_but_white_space(text: str, width: int) -> None:
    assert text.replace(" ", "") == "".join(wrap(text, width)).replace(" ", "")


@given(WORDS, st.integers(1, 40))
def test_a_line_is_too_wide_only_where_it_is_one_piece(text: str, width: int) -> None:
    wide = [line for line in wrap(text, width) if columns(line) > width]

    assert [[line] for line in wide] == [wrap(line, columns(line) - 1) for line in wide]


@given(WORDS, st.integers(8, 40))
def test_no_line_begins_with_a_closing_sign(text: str, width: int) -> None:
    joined = text.replace(" ", "").lstrip("，。）")

    assert [] == [line for line in wrap(joined, width)[1:] if line[0] in "，。）"]


def test_english_breaks_between_words_and_chinese_between_characters() -> None:
    assert ["a red cat", "sits"] == wrap("a red cat sits", 10)
    assert ["一只红色的", "猫坐着。"] == wrap("一只红色的猫坐着。", 10)
