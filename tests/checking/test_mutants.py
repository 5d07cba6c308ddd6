"""Recipes broken at random: whatever is wrong with them is told, and nothing raises."""

import random
import re
from pathlib import Path

import pytest

from omnidsl.language.source import Source
from omnidsl.planning.inspection import inspect_source
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.reporting.formats.full import render_full
from omnidsl.reporting.formats.json_document import render_json
from omnidsl.settings.house import AS_SHIPPED

EXAMPLES = Path(__file__).parents[2] / "examples"
SIGNS = [
    *'(){}[]"#\\',
    '"""',
    "->",
    "${",
    "1..9",
    "::",
    "--",
    "，",
    "：",
    "“",
    "not",
    "0:0",
    "..",
    "raw(",
]
MUTANTS = 60
"""Of each seed."""


def mutant(text: str, choice: random.Random) -> str:
    """Return a text with one to four tokens deleted, doubled, swapped or replaced."""
    tokens = re.findall(r"\w+|\s+|[^\w\s]", text)
    for _ in range(choice.randint(1, 4)):
        at, other = choice.randrange(len(tokens)), choice.randrange(len(tokens))
        match choice.randrange(4):
            case 0:
                del tokens[at]
            case 1:
                tokens[at] = tokens[other]
            case 2:
                tokens.insert(at, choice.choice(SIGNS))
            case _:
                tokens[at], tokens[other] = tokens[other], tokens[at]
    return "".join(tokens)


@pytest.mark.parametrize("seed", range(6))
def test_a_broken_recipe_is_told_and_never_raises(seed: int, catalogue: Catalogue) -> None:
    choice = random.Random(seed)  # noqa: S311  # repeatable on purpose
    text = (EXAMPLES / "hero.omni").read_text("utf-8")
    for _ in range(MUTANTS):
        broken = mutant(text, choice)
        found = inspect_source(
            Source(broken, "x.omni"),
            EXAMPLES / "x.omni",
            root=EXAMPLES,
            catalogue=catalogue,
            rules=AS_SHIPPED,
        )
        found.dry_run()
        assert found.recipe is not None or found.diagnostics
        for one in found.diagnostics:
            assert one.source is not None
            assert one.span is not None
            assert 0 <= one.span.start <= one.span.end <= len(one.source.text)
        assert render_json(found.diagnostics)
        assert bool(found.diagnostics) == bool(
            render_full(found.diagnostics, colour=False, language="zh")
        )
