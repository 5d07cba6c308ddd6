"""The engine on the recipe grammar: its compiled tables, and one function."""

from functools import cache

from omnidsl.language._recipe_tables import TABLES
from omnidsl.language.lalr import Assembly, Branch, Leaf, Trees, Unexpected
from omnidsl.language.lalr import parse as parse_with
from omnidsl.language.source import Span

__all__ = ["Branch", "Leaf", "Unexpected", "parse"]


def parse(
    text: str,
    start: str = "recipe",
    within: Span | None = None,
    tokens: list[Leaf] | None = None,
) -> Branch:
    """Parse a text, or the part of it that `within` names, from a start rule; raises `Unexpected` at the first fault.

    `tokens` is filled with every token in order; white space and comments are what stands between them.
    """
    return parse_with(_assembly(), text, start, within, tokens)


@cache
def _assembly() -> Assembly:
    return Assembly(TABLES, Trees.branch)
