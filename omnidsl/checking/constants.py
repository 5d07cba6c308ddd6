"""Values that are known while checking: literals, and the file's own `let`s made of them."""

from omnidsl.checking.symbols import Scope
from omnidsl.language import syntax

DEEPEST = 20
"""How far `let`s are followed; cycles are reported elsewhere."""


def constant(
    node: syntax.Expression, scope: Scope, depth: int = 0
) -> str | int | float | bool | list[object] | None:
    """Return a value where it is plain to see, else None; planning computes all others."""
    match node:
        case syntax.Text():
            return node.literal
        case syntax.Number() | syntax.Truth():
            return node.value
        case syntax.Unary(operator="-"):
            inner = constant(node.operand, scope, depth)
            return -inner if isinstance(inner, int | float) else None
        case syntax.ListLiteral():
            return [constant(one, scope, depth) for one in node.items]
        case syntax.Name():
            symbol = scope.find(node.text)
            if depth < DEEPEST and symbol and symbol.module and isinstance(symbol.node, syntax.Let):
                return constant(symbol.node.value, symbol.module.scope, depth + 1)
    return None
