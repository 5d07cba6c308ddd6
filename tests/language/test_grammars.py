"""The grammars: LALR(1), and accepted by Lark in strict mode."""

import pytest
from lark import Lark

from omnidsl.language.grammars_path import grammar_folder


@pytest.mark.parametrize(
    ("name", "start"), [("recipe.lark", ["recipe", "interpolation"]), ("prompt.lark", ["prompt"])]
)
def test_lark_accepts_the_grammar_in_strict_mode(name: str, start: list[str]) -> None:
    Lark.open(str(grammar_folder() / name), parser="lalr", start=start, strict=True)


def test_strict_mode_would_have_found_a_collision() -> None:
    with pytest.raises(Exception, match="Collision"):
        Lark("start: A | B\nA: /[a-c]/\nB: /[b-d]/", parser="lalr", strict=True)
