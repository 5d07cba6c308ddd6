"""Tables for people fit their window, lose no sign, and break lines where a reader may."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from omnidsl.reporting.tables import table

cells = st.text(st.sampled_from("ab -，。：光冷猫，0🍜"), max_size=40)


def test_a_table_with_room_stands_on_one_line_a_row() -> None:
    rows = [("冷光", "", "cold"), ("a", "", "")]

    expected = [" 词     also", " ───────────", " 冷光   cold", " a"]
    assert expected == table(("词", "short", "also"), rows, 80)


def test_a_line_does_not_begin_with_a_closing_sign() -> None:
    lines = table(("部分", "含义"), [("a", "初始噪声的种子：种子和提示词相同")], 19)

    expected = [" 部分   含义", " ─────────────────", " a      初始噪声的", "        种子：种子", "        和提示词相", "        同"]  # fmt: skip
    assert expected == lines


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=4), st.integers(18, 60))
def test_a_table_fits_and_loses_no_sign(rows: list[tuple[str, str, str]], width: int) -> None:
    lines = table(("a", "b", "c"), rows, width)

    shown = Counter("".join(lines[2:]).replace(" ", ""))
    assert Counter("".join("".join(row) for row in rows).replace(" ", "")) == shown
    assert width >= max(wcswidth(line) for line in [*lines, ""])


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=4), st.integers(18, 60))
def test_no_line_ends_in_blanks(rows: list[tuple[str, str]], width: int) -> None:
    lines = table(("a", "b"), rows, width)

    assert [line.rstrip() for line in lines] == lines
