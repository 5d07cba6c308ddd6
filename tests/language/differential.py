"""The shipped engine beside stock Lark: the same recipes for both, and what must be equal.

`python -m tests.language.differential 20000` compares that many.
"""

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from omnidsl.language._recipe_tables import TABLES
from tests.checking.test_mutants import mutant
from tests.language.oracle import both_by_lark, by_engine, nodes_by_engine
from tests.strategies import recipe

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*.omni"))
SHORT = 20
"""Characters: a shorter recipe has too little to break."""


def texts(seed: int, number: int) -> Iterator[str]:
    """Yield recipes: by chance a generated one, a mutant of one, a mutant of an example."""
    choice = random.Random(seed)  # noqa: S311  # repeatable on purpose
    examples = [path.read_text("utf-8") for path in EXAMPLES]
    for _ in range(number):
        sort = choice.randrange(3)
        if sort == 0:
            yield recipe(choice)
        else:
            text = recipe(choice) if sort == 1 else choice.choice(examples)
            yield mutant(text, choice) if len(text) > SHORT else text


def assert_same(text: str) -> None:
    """Compare the trees of tokens and of nodes, and acceptance."""
    tokens, nodes = both_by_lark(text)
    assert tokens == by_engine(TABLES, "recipe", text)
    assert nodes == nodes_by_engine(text)


def main(number: int) -> None:
    """Compare many, and say how many were sound."""
    begin, sound = time.perf_counter(), 0
    for text in texts(number, number):
        assert_same(text)
        sound += nodes_by_engine(text) != "rejected"
    took = time.perf_counter() - begin
    print(f"{number} recipes, {sound} of them sound: equal to stock Lark ({took:.0f} s)")


if __name__ == "__main__":
    main(int(sys.argv[1]))
