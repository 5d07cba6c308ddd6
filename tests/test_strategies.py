"""The recipes that other tests draw by chance: they follow the grammar, and nothing of the grammar is left out."""

from random import Random

from hypothesis import given

from omnidsl.language import engine
from omnidsl.language._recipe_tables import TABLES
from tests.strategies import recipe, recipes

ONLY_IN_EXTRACTS = {"interpolation"}
"""Start rules of texts within a recipe."""


@given(recipes())
def test_a_recipe_by_chance_follows_the_grammar(text: str) -> None:
    assert "recipe" == engine.parse(text).rule


def test_recipes_by_chance_hold_every_terminal() -> None:
    tokens: list[engine.Leaf] = []
    for seed in range(300):
        engine.parse(recipe(Random(seed)), tokens=tokens)  # noqa: S311  # repeatable on purpose
    every = {kind for state in TABLES.states for kind, action in state.items() if kind.isupper()}
    assert set() == every - {one.kind for one in tokens} - {"$END"}


def test_the_same_seed_gives_the_same_recipe() -> None:
    assert recipe(Random(7)) == recipe(Random(7))  # noqa: S311  # repeatable on purpose
