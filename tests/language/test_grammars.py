"""The grammars: LALR(1), accepted by Lark in strict mode, and linear in time."""

import time

import pytest
from lark import Lark

from omnidsl.language.grammars_path import grammar_folder
from omnidsl.language.parser import parse
from omnidsl.language.source import Source


@pytest.mark.parametrize(
    ("name", "start"), [("recipe.lark", ["recipe", "interpolation"]), ("prompt.lark", ["prompt"])]
)
def test_lark_accepts_the_grammar_in_strict_mode(name: str, start: list[str]) -> None:
    Lark.open(str(grammar_folder() / name), parser="lalr", start=start, strict=True)


def test_strict_mode_would_have_found_a_collision() -> None:
    with pytest.raises(Exception, match="Collision"):
        Lark("start: A | B\nA: /[a-c]/\nB: /[b-d]/", parser="lalr", strict=True)


FAMILIES = {
    "spaces": "a" + " " * 3, "open": "{", "close": "}", "groups": "{}", "nested": "{{}", "open-spaced": "{ ", "dashes": "- ",
    "double": "--", "quotes": '"', "escapes": "\\", "comments": "} # ", "colons": "::", "interpolations": "${a} ", "words": "cat ",
}  # fmt: skip  # a table


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_time_is_linear_in_a_line_of_text(family: str) -> None:
    def took(size: int) -> float:
        text = "prompt p {\n    x " + family * (size // len(family)) + "\n}\n"
        times = []
        for _ in range(3):
            begin = time.thread_time()
            parse(Source(text))
            times.append(time.thread_time() - begin)
        return min(times)

    took(2_000)
    tries = ((took(10_000), took(40_000)) for _ in range(3))
    # Four times the text; quadratic time would be sixteen times. Below 20 ms noise decides.
    assert any(large < max(10 * small, 0.02) for small, large in tries)
