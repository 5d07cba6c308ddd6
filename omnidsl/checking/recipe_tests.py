"""`test` blocks: the statements that may stand in one, and what `plan(…)` asks. Nothing in a test is ever paid."""

from collections.abc import Iterable

from omnidsl.checking.arguments import Slot
from omnidsl.checking.expressions import Expressions
from omnidsl.checking.facts import CallFact
from omnidsl.checking.statements import Statements
from omnidsl.checking.symbols import Scope, Symbol
from omnidsl.checking.types import ANY, Type
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Label
from omnidsl.language.suggestions import nearest

IN_TEST = "OM238"
"""The code of a step in a test."""

PLAN = Type("plan")


class TestStatements(Statements):
    """Checks the statements of a test: bindings, branches, loops over known values, expectations."""

    __test__ = False  # pytest takes a class of this name for a test of its own

    def _statement(self, node: syntax.Statement, scope: Scope, *, top: bool) -> None:
        if isinstance(node, syntax.Save | syntax.Return):
            word = "save" if isinstance(node, syntax.Save) else "return"
            self._in.fault("OM237", node.span, word=word)
        else:
            super()._statement(node, scope, top=top)


def check_test(node: syntax.Test, statements: TestStatements, expressions: Expressions) -> None:
    """Check one test of a module."""
    if node.title.literal is None:
        expressions.fault("OM241", node.title.span)
    with expressions.refusing(IN_TEST):
        statements.block(node.body, Scope(expressions.module.scope), top=True)
    if not any(_expects(node.body)) and not expressions.module.tree.touched(node.span):
        expressions.fault("OM242", node.title.span)


def _expects(statements: Iterable[syntax.Statement]) -> Iterable[bool]:
    for one in statements:
        if isinstance(one, syntax.Expect):
            yield True
        elif isinstance(one, syntax.For):
            yield from _expects(one.body)
        elif isinstance(one, syntax.If):
            yield from _expects(one.body)
            yield from _expects(one.otherwise)


def plan_call(node: syntax.Call, expressions: Expressions, scope: Scope) -> Type:
    """Check `plan(pipeline, parameter: value …)`."""
    if expressions.refusal != IN_TEST:
        return expressions.fault("OM239", node.function.span)
    first, rest = (node.arguments[0], node.arguments[1:]) if node.arguments else (None, ())
    symbol = _pipeline(first, node, expressions, scope)
    if symbol is None or not isinstance(symbol.node, syntax.Pipeline):
        for one in rest:
            expressions.infer(one.value, scope)
        return ANY
    source = symbol.module.source if symbol.module is not None else None
    slots = [
        Slot(
            one.name.text,
            expressions.facts.declared.get(one, ANY),
            required=one.default is None,
            declared=Label(one.type.span, "declared", source),
        )
        for one in symbol.node.parameters
    ]
    bound, _ = expressions.calls.arguments.bind(symbol.name, slots, rest, scope, node.span)
    expressions.facts.calls[node] = CallFact("plan", bound, symbol=symbol)
    return PLAN


def _pipeline(
    argument: syntax.Argument | None, node: syntax.Call, expressions: Expressions, scope: Scope
) -> Symbol | None:
    """Return the pipeline that the first argument names, or report that it names none."""
    if argument is None:
        expressions.fault("OM202", node.span, callee="plan", names="`pipeline`")
        return None
    symbol = _named(argument.value, scope) if argument.name is None else None
    if symbol is not None and symbol.kind == "pipeline":
        return symbol
    names = [name for name, one in expressions.module.scope.names.items() if one.kind == "pipeline"]
    written = argument.value.text if isinstance(argument.value, syntax.Name) else ""
    if expressions.module.tree.may_define(written, argument.span, near=False):
        return None
    close = nearest(written, names) or names[:1]
    expressions.fault("OM240", argument.span, suggestions=close)
    return None


def _named(node: syntax.Expression, scope: Scope) -> Symbol | None:
    if isinstance(node, syntax.Name):
        return scope.find(node.text)
    if isinstance(node, syntax.Member) and isinstance(node.of, syntax.Name):
        file = scope.find(node.of.text)
        target = file.target if file is not None else None
        return target.scope.names.get(node.name.text) if target is not None else None
    return None
