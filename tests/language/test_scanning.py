"""Tokens without a tree are the tokens of the tree: two loops over the same tables say the same."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.language import engine
from omnidsl.language.engine import Leaf, Raw
from omnidsl.language.scanning import scan
from tests.checking.test_mutants import mutant
from tests.strategies import recipes

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*.omni"))
MUTANTS = 250


def tokens(text: str) -> list[Raw] | None:
    leaves: list[Leaf] = []
    try:
        engine.parse(text, tokens=leaves)
    except engine.Unexpected:
        return None
    return [(one.kind, one.span.start, one.span.end) for one in leaves]


@given(recipes())
def test_a_recipe_has_the_same_tokens_with_a_tree_and_without(text: str) -> None:
    assert tokens(text) == scan(text)


@pytest.mark.parametrize("seed", range(2))
def test_a_mutant_has_the_same_tokens_with_a_tree_and_without(seed: int) -> None:
    choice = random.Random(seed)  # noqa: S311  # repeatable on purpose
    texts = [path.read_text("utf-8") for path in EXAMPLES]
    for _ in range(MUTANTS):
        text = mutant(choice.choice(texts), choice)
        assert tokens(text) == scan(text)


@pytest.mark.parametrize(
    "text", ["", "\n", " ", "# c", 'use "a"', "let a = 1", "let a", "prompt a {", "\0"]
)
def test_a_short_text_has_the_same_tokens_with_a_tree_and_without(text: str) -> None:
    assert tokens(text) == scan(text)


@given(st.text(alphabet="ab1 .,()[]{}\"'->=:+*\n\t#", max_size=40))
def test_any_text_has_the_same_tokens_with_a_tree_and_without(text: str) -> None:
    assert tokens(text) == scan(text)


def test_a_fault_is_raised_as_the_tree_raises_it() -> None:
    with pytest.raises(engine.Unexpected) as by_tree:
        engine.parse("let = 1\n")
    with pytest.raises(engine.Unexpected) as by_tokens:
        engine.read_tokens("let = 1\n")
    assert by_tree.value.span == by_tokens.value.span
