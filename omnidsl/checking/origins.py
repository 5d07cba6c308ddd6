"""Where a value got its type: the second places of a mismatch."""

from omnidsl.checking.facts import Facts
from omnidsl.checking.symbols import Symbol
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Label
from omnidsl.language.source import Span


def origins(node: syntax.Expression, facts: Facts) -> list[Label]:
    """Return the place that gave a name its type: a stated type, else a value; nothing for what shows its type itself."""
    symbol = facts.symbols.get(node)
    place = _place(symbol) if symbol is not None else None
    if symbol is None or place is None or symbol.type is None:
        return []
    source = symbol.module.source if symbol.module is not None else None
    return [Label(place, "origin", source, name=symbol.name, type=symbol.type)]


def _place(symbol: Symbol) -> Span | None:
    match symbol.node:
        case syntax.Let(type=stated, value=value) | syntax.Bind(type=stated, value=value):
            return stated.span if stated is not None else value.span
        case syntax.Declaration(type=stated):
            return stated.span
        case syntax.Clause(values=values):
            return values.span
        case syntax.Prompt() | syntax.Chat():
            return symbol.span
    return None
