"""The engine on the recipe grammar: its compiled tables, and what is read with them."""

from functools import cache

from omnidsl.language._recipe_tables import TABLES
from omnidsl.language.lalr import Assembly, Branch, Leaf, Trees, Unexpected
from omnidsl.language.lalr import parse as parse_with
from omnidsl.language.lalr_tables import Raw
from omnidsl.language.scanning import scan
from omnidsl.language.source import Span

__all__ = ["Branch", "Leaf", "Raw", "Unexpected", "parse", "read_tokens"]


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


def read_tokens(text: str) -> list[Raw]:
    """Return every token of a recipe in order, as its kind and place; raises `Unexpected` at the first fault.

    White space and comments are what stands between them.
    """
    tokens = scan(text)
    if tokens is None:
        tokens = [(one.kind, one.span.start, one.span.end) for one in _leaves(text)]
    return tokens


def _leaves(text: str) -> list[Leaf]:
    leaves: list[Leaf] = []
    parse(text, tokens=leaves)
    return leaves
