"""Text on a terminal: harmless, measured, coloured only where it is wanted."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.reporting.terminal import columns, pad, printable, wants_colour


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain 猫 👨‍👩‍👧 ❤️ a\u0301\u3000\xa0", "plain 猫 👨‍👩‍👧 ❤️ a\u0301\u3000\xa0"),
        ("\x1b[2J\t\n\r\0", "␛[2J␉␊␍␀"),
        ("\x7f\x9b", "␡\\u{9b}"),
        ("\u202eabc\u2066", "\\u{202e}abc\\u{2066}"),
        ("\u2028\udcff", "\\u{2028}\\u{dcff}"),
    ],
)
def test_what_is_hidden_becomes_visible_and_nothing_else_changes(text: str, expected: str) -> None:
    assert expected == printable(text)


@given(st.text())
def test_making_text_printable_twice_changes_nothing(text: str) -> None:
    assert printable(text) == printable(printable(text))


@given(st.text())
def test_printable_text_holds_no_control_and_can_be_written_as_utf8(text: str) -> None:
    shown = printable(text)

    assert not any(one < " " or "\x7f" <= one <= "\x9f" for one in shown)
    assert shown == shown.encode("utf-8").decode("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("abc", 3), ("可爱的猫", 8), ("e\u0301", 1), ("👨‍👩‍👧", 2), ("ﾊﾝ", 2)],
)
def test_columns_are_those_of_a_terminal(text: str, expected: int) -> None:
    assert expected == columns(text)


def test_padding_counts_columns() -> None:
    assert pad("猫", 4) == "猫  "


def test_text_wider_than_the_padding_stays_whole() -> None:
    assert pad("abcdef", 3) == "abcdef"


@pytest.mark.parametrize(
    ("environment", "choice", "terminal", "expected"),
    [
        ({}, "auto", True, True),
        ({}, "auto", False, False),
        ({"NO_COLOR": "1"}, "auto", True, False),
        ({"NO_COLOR": ""}, "auto", True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, "auto", True, False),
        ({"FORCE_COLOR": "1"}, "auto", False, True),
        ({"FORCE_COLOR": "0"}, "auto", False, False),
        ({"TERM": "dumb"}, "auto", True, False),
        ({"NO_COLOR": "1"}, "always", False, True),
        ({"FORCE_COLOR": "1"}, "never", True, False),
    ],
)
def test_who_says_whether_there_is_colour(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    choice: str,
    terminal: bool,
    expected: bool,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert expected == wants_colour(Terminal() if terminal else io.StringIO(), choice)
