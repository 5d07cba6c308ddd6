"""The engine on the recipe grammar: its compiled tables, and what is read with them."""

from functools import cache

from omnidsl.language._recipe_tables import TABLES
from omnidsl.language.lalr import Assembly, Branch, Leaf, Machine, Trees, Unexpected, unexpected
from omnidsl.language.lalr import parse as parse_with
from omnidsl.language.source import Span

__all__ = ["Branch", "Leaf", "Unexpected", "parse", "read_tokens"]


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


def read_tokens(text: str) -> list[Leaf]:
    """Return every token of a recipe in order, without making a tree; raises `Unexpected` at the first fault.

    White space and comments are what stands between them.
    """
    machine = Machine(_bare_assembly(), None, text, "recipe")
    machine.tokens = []
    fault = machine.run(machine.end)
    if fault is not None:
        raise unexpected(machine, fault)
    return machine.tokens


@cache
def _bare_assembly() -> Assembly:
    return Assembly(TABLES, lambda _: _nothing)


def _nothing(*_: object) -> None:
    """Make nothing of a rule."""
