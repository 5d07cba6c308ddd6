"""The shipped engine: the same trees as stock Lark on the same grammar, and tables that are not stale."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnidsl.language._prompt_tables import TABLES as PROMPT
from omnidsl.language._recipe_tables import TABLES as RECIPE
from omnidsl.language.compiler import GRAMMARS, module
from tests.language.differential import assert_same, texts
from tests.language.oracle import by_engine, by_lark, nodes_by_engine

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*.omni"))
CASES = 500
"""As many recipes and mutants; `make bench` compares twenty thousand."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_has_the_tree_that_lark_builds(path: Path) -> None:
    assert_same(path.read_text("utf-8"))
    assert "rejected" != nodes_by_engine(path.read_text("utf-8"))


@pytest.mark.parametrize("seed", range(5))
def test_recipes_and_mutants_have_the_same_tree_or_the_same_refusal(seed: int) -> None:
    for text in texts(seed, CASES // 5):
        assert_same(text)


def test_about_half_of_the_cases_are_sound() -> None:
    found = ["rejected" != nodes_by_engine(text) for text in texts(0, CASES // 5)]
    assert CASES // 20 < sum(found) < CASES // 5 * 0.9


@settings(deadline=None)
@given(st.text(alphabet="ab1 .,()[]{}\"'→->=:+*\n\t#", max_size=40))
def test_any_text_has_the_same_tree_or_the_same_refusal(text: str) -> None:
    for start in GRAMMARS["recipe"]:
        assert by_lark("recipe", start, text) == by_engine(RECIPE, start, text)


@settings(deadline=None)
@given(st.text(alphabet="ab1 .,{}\\:-—/<>htps\n", max_size=40))
def test_any_prompt_has_the_same_tree_or_the_same_refusal(text: str) -> None:
    assert by_lark("prompt", "prompt", text) == by_engine(PROMPT, "prompt", text)


@pytest.mark.parametrize("name", GRAMMARS)
def test_the_shipped_tables_are_those_of_the_grammar(name: str) -> None:
    shipped = Path(__file__).parents[2] / "omnidsl" / "language" / f"_{name}_tables.py"
    assert module(name) == shipped.read_text("utf-8"), "run `make grammar`"


def test_stale_tables_are_told() -> None:
    command = [sys.executable, "-m", "omnidsl.language.compiler", "--check"]
    assert 0 == subprocess.run(command, capture_output=True).returncode
