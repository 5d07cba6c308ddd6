"""Texts that are too long for one request, split: nothing is lost, nothing is too long, nothing is cut that must not be."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.checking.pieces import in_pieces
from omnidsl.language import syntax
from omnidsl.language.parser import parse
from omnidsl.language.source import Source


def literal(written: str) -> tuple[syntax.Text, Source]:
    """Return the text of a literal as it stands in a recipe."""
    source = Source(f"let x = {written}\n", "recipe.omni")
    tree, findings = parse(source)
    assert tree is not None
    assert [] == findings
    (binding,) = tree.items
    assert isinstance(binding, syntax.Let)
    assert isinstance(binding.value, syntax.Text)
    return binding.value, source


def split(written: str, most: int, **known: str) -> list[str] | None:
    """Return the pieces of a literal; `known` are values of names in it."""

    def value(node: syntax.Expression) -> object:
        return known.get(node.text) if isinstance(node, syntax.Name) else None

    node, source = literal(written)
    return in_pieces(node, source, most, value)


def said(written: str, **known: str) -> str:
    """Return what a literal says."""
    node, _ = literal(written)
    return "".join(
        one.text
        if isinstance(one, syntax.Piece)
        else known[one.text]
        if isinstance(one, syntax.Name)
        else ""
        for one in node.parts
    )


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(
    ("written", "most", "expected"),
    [
        ('"One. Two. Three."', 12, ['"One. Two."', '"Three."']),
        ('"One! Two? Three…"', 6, ['"One!"', '"Two?"', '"Three…"']),
        ("\"'One.' 'Two.'\"", 8, ["\"'One.'\"", "\"'Two.'\""]),
        ('"早上好。渡轮来了！走吧。"', 6, ['"早上好。"', '"渡轮来了！"', '"走吧。"']),
        ('"她说：“早上好。”然后走了。"', 9, ['"她说：“早上好。”"', '"然后走了。"']),
        ('"3.14 is pi. So it is."', 14, ['"3.14 is pi."', '"So it is."']),
        ('"one, two, three"', 10, ['"one, two,"', '"three"']),
        ('"一、二、三四"', 4, ['"一、二、"', '"三四"']),
        ('"one two three"', 8, ['"one two"', '"three"']),
        ('"oneoneone"', 4, ['"oneo"', '"neon"', '"e"']),
        (r'"one.\ntwo."', 5, ['"one."', '"two."']),
        (r'"a \"b\". c\\d."', 7, [r'"a \"b\"."', r'"c\\d."']),
        ('"""\n    one.\n    two.\n"""', 5, ['"one."', '"two."']),
        (r'"a. \${b}."', 5, ['"a."', r'"\${b}."']),
    ],
)
def test_a_text_is_cut_at_the_best_place_there_is(
    written: str, most: int, expected: list[str]
) -> None:
    assert expected == split(written, most)


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (12, ['"Hello"', '"${name}, bye."']),
        (10, ['"Hello"', '"${name},"', '"bye."']),
        (5, None),
    ],
)
def test_what_fills_a_text_is_counted_and_never_cut(most: int, expected: list[str] | None) -> None:
    assert expected == split('"Hello ${name}, bye."', most, name="Dr. Fo")


def test_what_is_not_known_yet_stays_whole() -> None:
    assert ['"One."', '"${name} two."'] == split('"One. ${name} two."', 8)


def test_what_is_not_known_yet_has_room_in_its_piece() -> None:
    pieces = split('"' + "All is well. " * 60 + "${name}" + " All is well." * 60 + '"', 800)

    assert pieces is not None
    (piece,) = [one for one in pieces if "${name}" in one]
    assert len(piece) - len('"${name}"') <= 800 - 50


SIGNS = st.sampled_from(
    [*"abc .,!?;:…\n\t\"\\$${}()'", "。", "，", "！", "“", "”", "汉", "字", "𠀀"]
)


def written(text: str) -> str:
    signs = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "$": "\\$"}
    return '"' + "".join(signs.get(one, one) for one in text) + '"'


@given(
    parts=st.lists(st.lists(SIGNS, max_size=30).map("".join), min_size=1, max_size=4),
    fill=st.text("xy. ", min_size=1, max_size=6),
    most=st.integers(6, 40),
)
def test_pieces_say_the_same_and_none_is_too_long(parts: list[str], fill: str, most: int) -> None:
    text = '"' + "${fill}".join(written(one)[1:-1] for one in parts) + '"'

    pieces = split(text, most, fill=fill)

    assert pieces is not None
    told = [said(one, fill=fill) for one in pieces]
    assert all(0 < len(one) <= most for one in told)
    assert squeezed(said(text, fill=fill)) == squeezed("".join(told))
