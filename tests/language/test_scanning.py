"""Tokens without a tree are the tokens of the tree: the loops over the same tables say the same."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.language import engine
from omnidsl.language.engine import Leaf, Raw
from omnidsl.language.formatting.formatter import formatted
from omnidsl.language.lalr import Machine
from omnidsl.language.lalr_tables import END
from omnidsl.language.parser import NODES
from omnidsl.language.scanning import scan
from omnidsl.language.trial import Trial
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


@given(recipes())
def test_a_trial_takes_the_tokens_that_the_machine_takes(text: str) -> None:
    text, seen = formatted(text), list[Raw]()  # no prompt has text at the left margin
    trial = Trial(Machine(NODES, None, text, "recipe"), [NODES.tables.starts["recipe"]], 0)

    assert len(text) + 1 == trial.run(len(text) + 1, seen=seen)
    expected = [(kind, stop) for kind, _, stop in tokens(text) or () if kind != END]
    assert expected == [
        (kind, stop) for kind, _, stop in seen
    ]  # its newlines begin behind their blanks


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
