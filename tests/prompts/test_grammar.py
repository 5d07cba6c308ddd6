"""The grammar: without conflicts, total over balanced text, and blind to nothing."""

import logging
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree, logger

from omnidsl.language.grammars_path import grammar_folder
from omnidsl.prompts._engine import Piece, pieces
from omnidsl.prompts.expansion import Template


def test_the_grammar_is_lalr_without_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger.name):
        Lark.open(str(grammar_folder() / "prompt.lark"), parser="lalr", start="prompt", debug=True)

    assert [] == [one.getMessage() for one in caplog.records if "onflict" in one.getMessage()]


def test_a_conflict_would_be_seen(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger.name):
        Lark("start: start start | A\nA: /a/", parser="lalr", debug=True)

    assert [] != [one for one in caplog.records if "onflict" in one.getMessage()]


@given(st.text(' \n\u3000ab猫{},\\:-—"2.<>/', max_size=30))
def test_every_text_with_mended_braces_is_a_prompt(text: str) -> None:
    template = Template(text)

    covered = {at for _, start, end, _ in template.pieces for at in range(start, end)}
    assert [] == [
        at
        for at, character in enumerate(template.text)
        if at not in covered and not character.isspace()
    ]


@given(st.text(" ab{},\\:-—", max_size=30))
def test_pieces_are_in_order_and_do_not_overlap(text: str) -> None:
    found = pieces(Template(text).text)

    assert all(before[2] <= after[1] for before, after in pairwise(found))


FRAGMENTS = (
    "a", "猫", "harbour", " ", "\n", "\u3000", ",", "--ar", " --v 6.1", "--", " -- ", "-", "—ar", "——v", "- -q", "－", " －－q 2", "::", "::2",
    "::-.5", "::2d", ":", "6.1", "16:9", "https://x.org/a.png", "<http://y.cn>", "HTTP://Z", "http:", "<", "\\", "\x00", "\x1f", "_",
    "Cyberpunk,", " a cat in the rain", "{", "}", "{a, b}", "{, --tile}", "--{v 5, niji}", "{https://a.b/c, https://d}", "\\{", "\\}", "\\,",
)  # fmt: skip  # words of one language
texts = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join),
    st.text(' \nab猫h{},\\:-—－"2.<>/', max_size=30),
)


@cache
def stock() -> Lark:
    """Return Lark itself on the grammar: the oracle."""
    return Lark.open(
        str(grammar_folder() / "prompt.lark"),
        parser="lalr",
        start="prompt",
        propagate_positions=True,
    )


def grammatical(node: Token | Tree[Token]) -> Piece:
    if isinstance(node, Token):
        return node.type, node.start_pos or 0, node.end_pos or 0, ()
    opening, *inner, closing = (grammatical(child) for child in node.children)
    return "GROUP", opening[1], closing[2], tuple(one for one in inner if one[0] != "CHOICE")


@settings(max_examples=2000)
@given(texts)
def test_the_scanners_find_what_lark_finds(text: str) -> None:
    mended = Template(text).text

    expected = [grammatical(child) for child in stock().parse(mended).children]

    assert expected == pieces(mended)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a --v 6", ["WORD", "PARAM", "WORD"]),
        ("a--v 6", ["WORD", "PARAM", "WORD"]),
        ("https://x.com/a--b.png a", ["URL", "WORD"]),
        ("a::2 b", ["WORD", "WEIGHT", "WORD"]),
        ("a::2d", ["WORD", "WEIGHT", "WORD"]),
        ("—ar - -ar -- ar", ["DASHED", "DASHED", "DASHED"]),
        ("a{b, {c}}d", ["WORD", "GROUP", "WORD"]),
        (r"\{a\}", ["WORD"]),
        ("<https://x.com>", ["URL"]),
    ],
)
def test_a_text_has_its_pieces(text: str, expected: list[str]) -> None:
    assert expected == [kind for kind, *_ in pieces(text)]


def test_a_group_has_its_commas_and_groups() -> None:
    [(kind, start, end, inner)] = pieces("{a, {b, c}, d}")

    assert ("GROUP", 0, 14) == (kind, start, end)
    assert [("COMMA", 2, 3), ("GROUP", 4, 10), ("COMMA", 10, 11)] == [one[:3] for one in inner]
