"""Formatting takes time in proportion to a file's length, and so does what it writes."""

from collections.abc import Callable

import pytest

from omnidsl.language.formatting import formatted
from tests.timing import growth

SIZE = 40_000
"""Characters of the larger text."""

SHAPES = {
    "calls of calls": ("let a = f", "(x)", "\n"),
    "calls with two arguments": ("let a = f", "(x, y)", "\n"),
    "indexes": ("let a = f", "[1]", "\n"),
    "members": ("let a = f", ".x", "\n"),
    "a list": ("let a = [", "1, ", "]\n"),
    "a list of lists": ("let a = [", "[1, 2, 3], ", "]\n"),
    "a list of calls with comments": ("let a = [", "f(x, # c\n y),", "]\n"),
    "sums": ("let a = 1", " + x(1)", "\n"),
    "sums in brackets": ("let a = (1", " + x(1)", ")\n"),
    "conditions": ("let a = (b", " or c(1) and d", ")\n"),
    "signs": ("let a = ", "- ", "1\n"),
    "steps": ("pipeline a {\n    b = c", " -> d(1, 2)", "\n}\n"),
    "commented steps": ("pipeline a {\n    b = c", " # c\n -> # d\n d", "\n}\n"),
    "statements": ("pipeline a {\n", "b = c -> d(1)  # c\n", "}\n"),
    "branches": ("pipeline a {\nif b {}", "else if c { d = 1 }", "\n}\n"),
    "items": ("", "let a=1\n", ""),
    "blocks": ("", "prompt a { b }\n", ""),
    "comments": ("", "# c\n\n", ""),
    "trailing comments": ("", "let a = 1 # c\n", ""),
    "categories": ("prompt a {\n", "style: a，b\nphotography: c\n", "}\n"),
    "one long category": ("prompt a {\n", "style: a\n" * 3 + "x" * 900 + ": b\n", "}\n"),
    "terms": ("prompt a {\nstyle: a", "，b", "\n}\n"),
    "values among terms": ("prompt a {\nstyle: a", "，${b}", "\n}\n"),
    "braces among terms": ("prompt a {\nstyle: a", "，{b，c}", "\n}\n"),
    "parameters": ("prompt a {\n", "--ar 1:1 ", "\n}\n"),
    "messages": ("chat a {\n", "user: b\n", "}\n"),
    "texts": ("let a = [", '"""x\ny""", ', "]\n"),
    "declarations": ("prompt a(", "b: list[int(1..4)] = [1], ", ") { c }\n"),
}


def shaped(head: str, piece: str, tail: str) -> Callable[[int], str]:
    return lambda size: head + piece * (size // len(piece)) + tail


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_twice_the_recipe_takes_about_twice_the_time(shape: tuple[str, str, str]) -> None:
    assert growth(formatted, shaped(*shape), SIZE // 4, SIZE, below=2.5**2) < 2.5**2


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_what_is_written_grows_with_what_was_read(shape: tuple[str, str, str]) -> None:
    small, large = (shaped(*shape)(size) for size in (SIZE // 4, SIZE // 2))
    assert formatted(large) == formatted(formatted(large))
    assert len(formatted(large)) < 2.5 * len(formatted(small))


def test_brackets_in_brackets_are_not_written_again_for_each_level() -> None:
    def nested(size: int) -> str:
        return "let a = " + "[" * 190 + "1, " * (size // 3) + "]" * 190 + "\n"

    assert growth(formatted, nested, SIZE // 4, SIZE, below=2.5**2) < 2.5**2
