"""The statements of a pipeline."""

from collections.abc import Callable

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.constants import constant
from omnidsl.checking.expressions import Expressions
from omnidsl.checking.paths import path_fault
from omnidsl.checking.symbols import Definition, Scope, Symbol
from omnidsl.checking.type_names import TypeReader
from omnidsl.checking.types import ANY, BOOL, INT, MEDIA, TEXT, Type, list_of
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Edit, Fix, Label
from omnidsl.language.source import Span
from omnidsl.language.suggestions import nearest

if TYPE_CHECKING:
    from omnidsl.checking.symbols import Kind

SAVED = MEDIA | {"text", "json"}
"""What can become a file."""

_OPTIONS: dict[str, str] = {
    "timeout": "duration",
    "retries": "int",
    "repurchase": "int",
    "take": "int",
    "cache": "bool",
    "on_ambiguous": "text",
}
_ON_AMBIGUOUS = ("hold", "resubmit", "fail")
_STATED = frozenset("int number bool json".split())
"""What a binding may ask a text answer to be."""


class Statements:
    """Checks statements of one pipeline; names go into scopes, one for each block.

    `result` is what the pipeline says that it returns, `promised` the place where it does.
    """

    def __init__(
        self,
        expressions: Expressions,
        types: TypeReader,
        declare: Callable[[Symbol, Scope], None],
        result: Type | None,
        *promised: Label,
    ) -> None:
        self._in = expressions
        self._types = types
        self._declare = declare
        self._result = result
        self._promised = promised

    def block(
        self, statements: tuple[syntax.Statement, ...], scope: Scope, *, top: bool = False
    ) -> None:
        """Check statements in order."""
        for one in statements:
            self._statement(one, scope, top=top)

    def _statement(self, node: syntax.Statement, scope: Scope, *, top: bool) -> None:
        match node:
            case syntax.Bind():
                self._bind(node, scope)
            case syntax.Save():
                self._save(node, scope)
            case syntax.For():
                self._for(node, scope)
            case syntax.If():
                self._if(node, scope)
            case syntax.Expect():
                self._in.want(self._in.infer(node.condition, scope), BOOL, node.condition)
                if node.message is not None:
                    self._in.want(self._in.infer(node.message, scope), TEXT, node.message)
            case syntax.Return():
                self._return(node, scope, top=top)

    def _define(
        self, name: syntax.Word, node: Definition, kind: "Kind", type_: Type | None, scope: Scope
    ) -> Symbol:
        symbol = Symbol(
            kind, name.text, module=self._in.module, node=node, span=name.span, type_=type_
        )
        self.declare(symbol, scope)
        return symbol

    def declare(self, symbol: Symbol, scope: Scope) -> None:
        """Bind a name; one that an enclosing block of the pipeline has bound is bound twice."""
        outer = scope.outer
        while outer is not None and outer is not self._in.module.scope:
            first = outer.names.get(symbol.name)
            if first is not None and first is not symbol and first.span is not None:
                labels = [Label(first.span, "first")]
                self._in.fault("OM102", symbol.span or first.span, name=symbol.name, labels=labels)
                return
            outer = outer.outer
        self._declare(symbol, scope)

    def _bind(self, node: syntax.Bind, scope: Scope) -> None:
        steps = len(self._in.steps)
        symbol = Symbol(
            "step", node.name.text, module=self._in.module, node=node, span=node.name.span
        )
        inner = Scope(scope)
        if scope.find(node.name.text) is None:
            inner.names[node.name.text] = symbol
        given = self._in.infer(node.value, inner)
        if node.type is not None:
            given = self._stated(node.type, given, node.value)
        symbol.type = given
        self.declare(symbol, scope)
        self._options(node.options, steps, given)

    def _stated(self, node: syntax.TypeName, given: Type, value: syntax.Expression) -> Type:
        stated = self._types.read(node)
        if given.fits(stated):
            return Type(
                stated.name, item=stated.item, choices=stated.choices, low=stated.low, high=stated.high,
                service=given.service, later=given.later,
            )  # fmt: skip  # one line a thought
        asked = stated.item if stated.name == "list" and stated.item is not None else stated
        if (
            given.name == "text"
            and given.later
            and (asked.name in _STATED or (asked is not stated and asked.name == "text"))
            and value in self._in.facts.calls
        ):
            self._in.facts.stated[value] = stated
            return stated.made_by("")
        self._in.mismatch(value, stated, given, Label(node.span, "asked"))
        return stated

    def _save(self, node: syntax.Save, scope: Scope) -> None:
        steps = len(self._in.steps)
        given = self._in.infer(node.value, scope)
        item = given.item or ANY if given.name == "list" else given
        if item.name != "any" and item.name not in SAVED:
            self._in.fault("OM225", node.value.span, given=given)
        elif given.unbounded and item.name not in MEDIA:
            self._in.fault("OM216", node.value.span)
        inner = Scope(scope)
        if given.name in ("list", "any"):
            inner.names["index"] = Symbol("index", "index", type_=INT)
        elif self._numbers(node.path) and scope.find("index") is None:
            self._in.fault("OM120", node.path.span, given=given)
            return
        self._in.want(self._in.infer(node.path, inner), TEXT, node.path)
        written = node.path.literal if isinstance(node.path, syntax.Text) else None
        fault = path_fault(written) if written is not None else None
        if fault is not None:
            self._in.fault(fault.code, node.path.span, **fault.values)
        used = any(one.kind == "index" for one in self._names(node.path))
        if given.name == "list" and not used:
            self._in.fault("OM610", node.path.span, given=given, fix=_numbered(node.path))
        self._options(node.options, steps, given)

    @staticmethod
    def _numbers(node: syntax.Expression) -> bool:
        parts = node.parts if isinstance(node, syntax.Text) else ()
        return any(isinstance(one, syntax.Name) and one.text == "index" for one in parts)

    def _names(self, node: syntax.Expression) -> list[Symbol]:
        parts = node.parts if isinstance(node, syntax.Text) else (node,)
        found = (
            self._in.facts.symbols.get(one) for one in parts if isinstance(one, syntax.Expression)
        )
        return [one for one in found if one is not None]

    def _for(self, node: syntax.For, scope: Scope) -> None:
        inner = Scope(scope)
        for clause in node.clauses:
            given = self._in.infer(clause.values, inner)
            if given.name not in ("list", "any"):
                given = self._in.mismatch(clause.values, "list", given)
            elif clause.most is not None:
                self._bound(clause.most)
            elif given.unbounded:
                given = self._in.fault("OM216", clause.values.span)
            item = given.item or ANY
            self._define(clause.name, clause, "loop", item.when(later=given.later), inner)
        body = Scope(inner)
        self.block(node.body, body)
        for name, symbol in body.names.items():
            if symbol.type is not None and isinstance(symbol.node, syntax.Bind):
                type_ = symbol.type if symbol.type.name == "list" else list_of(symbol.type)
                self._define(
                    symbol.node.name, symbol.node, "step", type_, scope
                ) if name not in scope.names else None

    def _bound(self, node: syntax.Number) -> None:
        """Report a bound that no loop can have."""
        if not isinstance(node.value, int) or node.value < 1:
            self._in.fault("OM207", node.span, name="max", bounds="1 …", value=str(node.value))

    def _if(self, node: syntax.If, scope: Scope) -> None:
        given = self._in.infer(node.condition, scope)
        self._in.want(given, BOOL, node.condition)
        then, other = Scope(scope), Scope(scope)
        self.block(node.body, then)
        self.block(node.otherwise, other)
        bound = (*other.names.values(), *then.names.values())
        scope.aside = {**scope.aside, **{one.name: one for one in bound}}
        for name, symbol in then.names.items():
            twin = other.names.get(name)
            if (
                twin is None
                or symbol.type is None
                or twin.type is None
                or not isinstance(symbol.node, syntax.Bind)
            ):
                continue
            if symbol.type.fits(twin.type) or twin.type.fits(symbol.type):
                wider = twin.type if symbol.type.fits(twin.type) else symbol.type
                later = given.later or symbol.type.later or twin.type.later
                merged = wider.when(later=later)
                merged.unbounded = symbol.type.unbounded or twin.type.unbounded
                self._define(symbol.node.name, symbol.node, "step", merged, scope)

    def _return(self, node: syntax.Return, scope: Scope, *, top: bool) -> None:
        given = self._in.infer(node.value, scope)
        if not top:
            self._in.fault("OM218", node.span)
        if self._result is not None:
            self._in.want(given, self._result, node.value, *self._promised)

    def _options(self, options: tuple[syntax.Option, ...], steps: int, given: Type) -> None:
        if options and len(self._in.steps) == steps and given.name != "any":
            self._in.fault("OM215", options[0].span)
        seen: dict[str, Span] = {}
        for one in options:
            name = one.name.text
            if name in seen:
                self._in.fault(
                    "OM205", one.name.span, name=name, labels=[Label(seen[name], "first")]
                )
            seen[name] = one.name.span
            if name not in _OPTIONS:
                self._in.fault(
                    "OM214", one.name.span, name=name, suggestions=nearest(name, _OPTIONS)
                )
                continue
            given = self._in.infer(one.value, Scope())
            if self._in.want(given, Type(_OPTIONS[name]), one.value):
                self._option_value(name, one.value)

    def _option_value(self, name: str, node: syntax.Expression) -> None:
        value = constant(node, Scope())
        if name == "on_ambiguous" and isinstance(value, str) and value not in _ON_AMBIGUOUS:
            listed = ", ".join(f"`{one}`" for one in _ON_AMBIGUOUS)
            close = nearest(value, _ON_AMBIGUOUS)
            self._in.fault(
                "OM206", node.span, name=name, value=value, choices=listed, suggestions=close
            )
        least = 1 if name == "take" else 0
        if isinstance(value, int) and not isinstance(value, bool) and value < least:
            self._in.fault("OM207", node.span, name=name, bounds=f"≥ {least}", value=str(value))


def _numbered(path: syntax.Expression) -> Fix | None:
    """Return the fix that puts `${index}` before a path's extension."""
    if not isinstance(path, syntax.Text) or not path.parts:
        return None
    last = path.parts[-1]
    if not isinstance(last, syntax.Piece) or not last.exact:
        return None
    dot = last.text.rfind(".")
    at = last.span.start + dot if dot > last.text.rfind("/") else last.span.end
    return Fix([Edit(Span(at, at), "-${index}")], safe=False)
