"""Reading a recipe takes time in proportion to its length, whatever somebody pastes and wherever it stands."""

from collections.abc import Callable

import pytest

from omnidsl.language.parser import parse
from omnidsl.language.source import Source
from tests.timing import growth

SIZE = 50_000
"""Characters of the larger text."""

TWICE_TWICE = 2.5**2
"""Twice the text may take two and a half times the time: four times the text, in which less noise shows, its square."""

PIECES = {
    "spaces": " ", "tabs": "\t", "ideographic spaces": "\u3000", "open braces": "{", "closed braces": "}", "empty groups": "{}",
    "groups": "{a, b} ", "braces that lead on": "{{}", "spaced braces": "{ ", "dashes": "-", "spaced dashes": "- ", "parameters": "--ar ",
    "arrows": "-> ", "quotes": '"', "texts": '"a" ', "long quotes": '"""', "backslashes": "\\", "hashes": "#", "comments": "} # ",
    "open brackets": "[", "closed brackets": "]", "lists": "[1], ", "open parentheses": "(", "calls": "f(x) ", "colons": "::", "words": "cat ",
    "interpolations": "${a} ", "open interpolations": "${", "digits": "9", "dots": ".", "minus signs": "-1 ", "nots": "not ",
    "full-width commas": "，", "full-width colons": "：", "full-width quotes": "“", "lines": "\n", "windows lines": "\r\n",
    "blocks": "}\n{\n", "keywords": "if for in let ", "else": "} else { ", "nulls": "\0", "marks": "\ufeff",
}  # fmt: skip  # a table

PLACES = {
    "a file": "%s",
    "a line of a prompt": "prompt p {\n    x %s\n}\n",
    "lines of a prompt": "prompt p {\n    x\n%s\n}\n",
    "a text": 'let a = "%s"\n',
    "a long text": 'let a = """%s"""\n',
    "an expression": "let a = %s\n",
    "a pipeline": "pipeline p {\n    a = 1\n    %s\n}\n",
    "a chat": "chat c {\n    user: %s\n}\n",
}


def filled(place: str, piece: str) -> Callable[[int], str]:
    return lambda size: place.replace("%s", piece * (size // len(piece)))


def read(text: str) -> None:
    tree, findings = parse(Source(text))
    assert tree is not None or findings


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_four_times_the_recipe_takes_about_four_times_the_time(piece: str, place: str) -> None:
    assert growth(read, filled(place, piece), SIZE // 4, SIZE, below=TWICE_TWICE) < TWICE_TWICE


def test_growth_beyond_linear_would_be_seen() -> None:
    def quadratic(text: str) -> int:
        return sum(text.count("x", at) for at in range(0, len(text), 4))

    assert (
        growth(quadratic, lambda size: "x" * size, SIZE // 8, SIZE // 2, below=TWICE_TWICE)
        > TWICE_TWICE
    )
