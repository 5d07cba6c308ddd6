"""Texts that are too long for one request and make sense in pieces: found, and split where they stand."""

import re

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.constants import constant
from omnidsl.checking.symbols import Module, Scope
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Edit, Fix
from omnidsl.language.source import Source
from omnidsl.plugins.catalogue import ParameterView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omnidsl.checking.expressions import Expressions


_DEFINED_AND_USED = 2
"""How often the name of a `let` stands in a file that uses it once."""


def too_long(
    parameter: ParameterView, value: syntax.Expression, scope: Scope, within: "Expressions"
) -> None:
    """Report texts that are too long for a parameter, with the fix that splits them."""
    most = parameter.max_length
    if most is None:
        return
    is_list = isinstance(value, syntax.ListLiteral)
    for one in value.items if isinstance(value, syntax.ListLiteral) else (value,):
        length = max(_lengths(one, scope), default=0)
        if length > most:
            written = one if is_list else _where_written(one, scope, within.module)
            fix = _split(written, most, scope, within.module.source, listed=is_list)
            told = {"name": parameter.name, "most": most, "length": length}
            within.fault("OM248", one.span, fix=fix, **told)


def _where_written(node: syntax.Expression, scope: Scope, module: Module) -> syntax.Expression:
    """Return the text itself where the name of a `let` stands for it that nothing else in the file asks for."""
    if not isinstance(node, syntax.Name):
        return node
    symbol = scope.find(node.text)
    if symbol is None or symbol.module is not module or not isinstance(symbol.node, syntax.Let):
        return node
    if symbol.node.type is not None:
        return node
    # The name in a text or a comment counts too: then there is no fix, where there could have been one.
    uses = len(re.findall(rf"\b{re.escape(node.text)}\b", module.source.text))
    return symbol.node.value if uses == _DEFINED_AND_USED else node


def _lengths(node: syntax.Expression, scope: Scope) -> "Iterator[int]":
    """Yield how long a text, or each of a list of texts, is at least: what is not known yet counts for nothing."""
    if isinstance(node, syntax.Text):
        yield sum(
            len(part.text if isinstance(part, syntax.Piece) else _known(part, scope))
            for part in node.parts
        )
        return
    known = constant(node, scope)
    for one in known if isinstance(known, list) else [known]:
        yield len(one) if isinstance(one, str) else 0


def _known(node: syntax.Expression, scope: Scope) -> str:
    found = constant(node, scope)
    return found if isinstance(found, str) else ""


def _filling(node: syntax.Expression, scope: Scope, room: int) -> object:
    """Return what fills a text, or None where that is not known.

    A parameter may be filled with anything: its default counts where it needs more room than the unknown is left.
    """
    symbol = scope.find(node.text) if isinstance(node, syntax.Name) else None
    if symbol is None or not isinstance(symbol.node, syntax.Declaration):
        return constant(node, scope)
    default = symbol.node.default
    text = constant(default, scope) if default is not None else None
    return text if isinstance(text, str) and len(text) > room else None


def _split(
    text: syntax.Expression, most: int, scope: Scope, source: Source, *, listed: bool
) -> Fix | None:
    """Return the fix that puts the pieces of a written text where it stands.

    In a list they are more of the same; elsewhere one result becomes several, which is for a person to decide.
    """
    if not isinstance(text, syntax.Text):
        return None
    from omnidsl.checking.pieces import in_pieces, room  # what few recipes pay

    pieces = in_pieces(text, source, most, lambda one: _filling(one, scope, room(most)))
    if pieces is None:
        return None
    start = source.text[source.text.rfind("\n", 0, text.span.start) + 1 : text.span.start]
    indent = start[: len(start) - len(start.lstrip(" \t"))]
    if listed:
        content = f",\n{indent}".join(pieces)
    else:
        content = "[\n" + "".join(f"{indent}    {one},\n" for one in pieces) + f"{indent}]"
    return Fix([Edit(text.span, content)], safe=listed)
