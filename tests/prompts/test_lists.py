"""Plain lists of prompts: what is one, and where its characters stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.language.source import Source
from omnidsl.prompts.lists import lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n \n\t\r\n", []),
        ("a\nb", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("# a\n#\n#\tb\n  # c\n", []),
        ("#1 fan\n#ff8800 cat\n##\n", ["#1 fan", "#ff8800 cat", "##"]),
        ("a # b\n", ["a # b"]),
        ("a\u2028b\x0bc\n", ["a\u2028b\x0bc"]),
    ],
)
def test_every_line_is_a_prompt_but_comments_and_empty_ones(text: str, expected: list[str]) -> None:
    assert expected == [one.text for one in lines(Source(text))]


@given(st.text(st.sampled_from("a猫# \t\r\n\u2028")))
def test_a_prompt_stands_where_it_says(text: str) -> None:
    found = list(lines(Source(text)))

    assert [one.text for one in found] == [text[one.start : one.end] for one in found]
