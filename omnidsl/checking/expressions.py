"""The types of expressions, and what their names stand for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from omnidsl.checking.arguments import Slot
from omnidsl.checking.calls import CallChecker
from omnidsl.checking.facts import Facts
from omnidsl.checking.origins import origins
from omnidsl.checking.parts import WITH_PARTS, near_parts, part_type
from omnidsl.checking.report import Report
from omnidsl.checking.symbols import Module, Scope, Symbol
from omnidsl.checking.types import (
    ANY,
    BOOL,
    DURATION,
    IN_TEXT,
    INT,
    NUMBER,
    RATIO,
    TEXT,
    Type,
    list_of,
)
from omnidsl.language import syntax
from omnidsl.language.catalogue import Words
from omnidsl.language.diagnostics import Label
from omnidsl.language.source import Source, Span
from omnidsl.language.suggestions import nearest
from omnidsl.plugins.catalogue import Catalogue

OUTSIDE = "OM226"
"""The code of a step outside any pipeline."""

_PLAIN: dict[type[syntax.Expression], Type] = {
    syntax.Truth: BOOL,
    syntax.DurationLiteral: DURATION,
    syntax.Missing: ANY,
}
"""Types of what needs no looking at."""

_COMPARABLE = frozenset("int number".split())
_ORDERING = ("<", "<=", ">", ">=")
_ORDERED = frozenset("duration ratio".split())
"""What has an order beside numbers."""


class Expressions:
    """Infers types in one module.

    `define` gives the type of a file's own symbol when first asked, `slots` the parameters of a prompt or chat.
    `steps` are the calls found so far that cost money, `parents` the names that prompts inherit from; `refusal` is the
    code that a step gets where none may stand, and empty in a pipeline.
    """

    def __init__(
        self,
        module: Module,
        facts: Facts,
        report: Report,
        catalogue: Catalogue,
        define: Callable[[Symbol, Source, Span], Type],
        slots: Callable[[Symbol], list[Slot]],
    ) -> None:
        self.module = module
        self.facts = facts
        self.report = report
        self.catalogue = catalogue
        self.slots = slots
        self.steps: list[syntax.Expression] = []
        self.parents: set[syntax.Expression] = set()
        self.refusal = OUTSIDE
        self._define = define
        self.calls = CallChecker(self)

    @contextmanager
    def refusing(self, code: str) -> Iterator[None]:
        """Let a step get this code; empty where steps may stand."""
        before, self.refusal = self.refusal, code
        try:
            yield
        finally:
            self.refusal = before

    def define(self, symbol: Symbol, span: Span) -> Type:
        """Return the type of a file's own symbol, used at `span`."""
        return (
            symbol.type
            if symbol.type is not None
            else self._define(symbol, self.module.source, span)
        )

    def fault(self, code: str, span: Span, **more: object) -> Type:
        """Report a finding in this module and return the type that fits everywhere."""
        self.report.add(code, self.module.source, span, **more)  # type: ignore[arg-type]  # values, labels and suggestions pass through
        return ANY

    def infer(self, node: syntax.Expression, scope: Scope) -> Type:
        """Return the type of an expression and keep it with the facts."""
        type_ = self._infer(node, scope)
        self.facts.types[node] = type_
        return type_

    def _infer(self, node: syntax.Expression, scope: Scope) -> Type:  # one line a node reads best
        if type(node) in _PLAIN:
            return _PLAIN[type(node)]
        match node:
            case syntax.Text():
                return self.text(node, scope)
            case syntax.Number():
                return INT if isinstance(node.value, int) else NUMBER
            case syntax.RatioLiteral():
                return (
                    RATIO
                    if node.width and node.height
                    else self.fault("OM207", node.span, **_ZERO_RATIO)
                )
            case syntax.Name():
                return self._name(node, scope)
            case syntax.ListLiteral():
                return self._list(node, scope)
            case syntax.RangeLiteral():
                low, high = self.infer(node.low, scope), self.infer(node.high, scope)
                self.want(low, INT, node.low)
                self.want(high, INT, node.high)
                return list_of(INT.when(later=low.later or high.later))
            case syntax.Member():
                return self._member(node, scope)
            case syntax.Index():
                return self._index(node, scope)
            case syntax.Unary():
                return self._unary(node, scope)
            case syntax.Binary():
                return self._binary(node, scope)
            case syntax.Call():
                return self.calls.call(node, scope)
            case syntax.Flow():
                return self.calls.flow(node, scope)
        raise TypeError(node)

    def want(self, given: Type, wanted: Type, node: syntax.Expression, *because: Label) -> bool:
        """Report a value of the wrong type; `because` are places that ask for the right one."""
        if given.fits(wanted):
            return True
        self.mismatch(node, wanted, given, *because)
        return False

    def mismatch(
        self, node: syntax.Expression, wanted: Type | str, given: Type, *because: Label
    ) -> Type:
        """Report that a value has the wrong type, with the places that both types come from."""
        labels = [*because, *origins(node, self.facts)]
        return self.fault("OM201", node.span, wanted=wanted, given=given, labels=labels)

    def text(self, node: syntax.Text, scope: Scope, allowed: frozenset[str] = IN_TEXT) -> Type:
        """Check what a text interpolates; it comes later where one of its parts does."""
        later = False
        for part in node.parts:
            if isinstance(part, syntax.Expression):
                given = self.infer(part, scope)
                if given.fits_any(allowed):
                    later = later or given.later
                else:
                    labels = origins(part, self.facts)
                    self.fault("OM223", part.span, given=given, labels=labels)
        return TEXT.when(later=later)

    def _name(self, node: syntax.Name, scope: Scope) -> Type:
        symbol = scope.find(node.text)
        if symbol is None:
            return self.unknown(node.text, node.span, scope)
        self.facts.symbols[node] = symbol
        if symbol.kind in ("module", "service"):
            return self.fault("OM224", node.span, name=node.text, kind=Words(f"kind-{symbol.kind}"))
        if symbol.kind in ("prompt", "chat") and node not in self.parents:
            self._complete(symbol, node.span)
        if symbol.type is None and symbol.kind == "step":
            labels = [Label(symbol.span, "first")] if symbol.span else []
            return self.fault("OM121", node.span, name=node.text, labels=labels)
        return self.define(symbol, node.span)

    def _complete(self, symbol: Symbol, span: Span) -> None:
        """Report a prompt or chat that is used without the arguments that it must have."""
        self.define(symbol, span)
        if symbol.vague:
            return
        missing = [one.name for one in self.slots(symbol) if one.required]
        if missing:
            names = ", ".join(f"`{one}`" for one in missing)
            self.fault("OM202", span, callee=symbol.name, names=names)

    def unknown(self, name: str, span: Span, scope: Scope) -> Type:
        """Report a name that nothing defines, unless it may stand where the file could not be read."""
        close = nearest(name, scope.visible())
        if self.module.tree.may_define(name, span, near=bool(close)):
            return ANY
        aside = scope.left_aside(name)
        if aside is not None and aside.span:
            return self.fault("OM101", span, name=name, labels=[Label(aside.span, "branch")])
        return self.fault("OM101", span, name=name, suggestions=close)

    def _list(self, node: syntax.ListLiteral, scope: Scope) -> Type:
        item: Type | None = None
        later = False
        for one in node.items:
            given = self.infer(one, scope)
            later = later or given.later
            if item is None or item.name == "any" or item.fits(given):
                item = given
            elif not given.fits(item):
                first = node.items[0]
                labels = [Label(first.span, "first")]
                self.mismatch(one, item, given, *labels)
        return list_of((item or ANY).when(later=later))

    def _member(self, node: syntax.Member, scope: Scope) -> Type:
        if isinstance(node.of, syntax.Name):
            root = scope.find(node.of.text)
            if root is not None and root.kind == "module":
                return self._module_member(node, root)
        of = self.infer(node.of, scope)
        item = of.item if of.name == "list" and of.item is not None else of
        if "any" in (of.name, item.name):
            return ANY
        if item.name in WITH_PARTS:
            return self._part(node, of, item)
        found = of.member(node.name.text)
        if found is None:
            return self.fault(
                "OM112",
                node.name.span,
                name=node.name.text,
                type=of,
                suggestions=nearest(node.name.text, of.members()),
            )
        return found

    def _part(self, node: syntax.Member, of: Type, item: Type) -> Type:
        """Type a prompt's part; of a list of prompts it is a list."""
        type_ = part_type(item, node.name.text, self.facts.rules)
        if type_ is None:
            return self.fault(
                "OM112",
                node.name.span,
                name=node.name.text,
                type=item,
                suggestions=near_parts(item, node.name.text, self.facts.rules),
            )
        if of.later:
            return self.fault("OM234", node.span)
        return list_of(type_) if of.name == "list" else type_

    def _module_member(self, node: syntax.Member, root: Symbol) -> Type:
        if root.target is None:
            return ANY
        symbol = root.target.scope.names.get(node.name.text)
        if symbol is None or symbol.kind == "module":
            names = [name for name, one in root.target.scope.names.items() if one.kind != "module"]
            return self.fault(
                "OM113",
                node.name.span,
                name=node.name.text,
                file=root.target.source.name,
                suggestions=nearest(node.name.text, names),
            )
        self.facts.symbols[node] = symbol
        if symbol.kind in ("prompt", "chat") and node not in self.parents:
            self._complete(symbol, node.span)
        return self.define(symbol, node.span)

    def _index(self, node: syntax.Index, scope: Scope) -> Type:
        of, index = self.infer(node.of, scope), self.infer(node.index, scope)
        self.want(index, INT, node.index)
        if of.name != "list":
            return of if of.name == "any" else self.mismatch(node.of, "list", of)
        item = of.item or ANY
        return item.when(later=item.later or of.later or index.later)

    def _unary(self, node: syntax.Unary, scope: Scope) -> Type:
        given = self.infer(node.operand, scope)
        wanted = BOOL if node.operator == "not" else NUMBER
        if not self.want(given, wanted, node.operand):
            return ANY
        return _computed(given, given)

    def _binary(self, node: syntax.Binary, scope: Scope) -> Type:
        left, right = self.infer(node.left, scope), self.infer(node.right, scope)
        if "any" in (left.name, right.name):
            return ANY
        operator = node.operator
        if operator in ("and", "or"):
            self.want(left, BOOL, node.left)
            self.want(right, BOOL, node.right)
            return _computed(BOOL, left, right)
        if operator in ("in", "contains"):
            self._holds(node)
            return _computed(BOOL, left, right)
        if operator in ("==", "!="):
            if not left.fits(right) and not right.fits(left):
                because = [Label(node.left.span, "first"), *origins(node.left, self.facts)]
                return self.mismatch(node.right, left, right, *because)
            return _computed(BOOL, left, right)
        if operator == "+" and left.name == right.name == "text":
            return _computed(TEXT, left, right)
        if operator in _ORDERING and left.name == right.name and left.name in _ORDERED:
            return _computed(BOOL, left, right)
        for side, given in ((node.left, left), (node.right, right)):
            if given.name not in _COMPARABLE:
                return self.mismatch(side, "number", given)
        if operator in _ORDERING:
            return _computed(BOOL, left, right)
        result = INT if left.name == right.name == "int" and operator != "/" else NUMBER
        return _computed(result, left, right)

    def _holds(self, node: syntax.Binary) -> None:
        """Check what is in what: a text in a text, an item in a list."""
        sides = (node.right, node.left) if node.operator == "in" else (node.left, node.right)
        whole, part = (self.facts.types[one] for one in sides)
        if whole.name == "text":
            self.want(part, TEXT, sides[1])
        elif whole.name != "list":
            self.mismatch(sides[0], "text or list", whole)
        elif whole.item is not None and not part.fits(whole.item) and not whole.item.fits(part):
            self.mismatch(sides[1], whole.item, part, Label(sides[0].span, "first"))


def _computed(type_: Type, *operands: Type) -> Type:
    """Return the type of what is computed: it comes later where an operand does."""
    plain = type_ if type_.low is None else Type(type_.name)  # `-n` is not where `n` was
    return plain.when(later=any(one.later for one in operands))


_ZERO_RATIO = {"name": "ratio", "bounds": "1:1 …", "value": "0"}
