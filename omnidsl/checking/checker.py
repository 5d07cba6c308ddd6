"""Checking a recipe: `check` goes through every definition of a file and of what it uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from omnidsl.checking.arguments import Slot
from omnidsl.checking.evaluation import Evaluator
from omnidsl.checking.expressions import OUTSIDE, Expressions
from omnidsl.checking.facts import CallFact, CheckedRecipe, Facts
from omnidsl.checking.loader import Loader
from omnidsl.checking.origins import origins
from omnidsl.checking.prompts import PromptChecker
from omnidsl.checking.report import Report
from omnidsl.checking.statements import Statements
from omnidsl.checking.symbols import Module, Scope, Symbol
from omnidsl.checking.type_names import TypeReader
from omnidsl.checking.types import ANY, MESSAGES, Type
from omnidsl.language import syntax
from omnidsl.language.boundary import real_path
from omnidsl.language.catalogue import Words
from omnidsl.language.diagnostics import Label
from omnidsl.language.keywords import KEYWORDS
from omnidsl.language.line_names import ROLES, role_name
from omnidsl.language.source import Source, Span
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.prompts import HouseRules


def check(
    source: Source, path: Path | None, *, root: Path, catalogue: Catalogue, rules: HouseRules
) -> tuple[CheckedRecipe | None, Report]:
    """Check a recipe below the project folder `root`; None when it does not even parse."""
    report = Report()
    services = Scope()
    for name, service in catalogue.services.items():
        services.names[name] = Symbol("service", name, service=service)
    home = real_path(root)
    loader = Loader(home, services, report)
    main = loader.load(source, path)
    if main is None:
        return None, report
    checker = Checker(catalogue, loader, report, home, rules)
    checker.module(main)
    report.hush(loader.modules)
    return CheckedRecipe(main, checker.facts, report.diagnostics, home), report


class Checker:
    """Checks modules; definitions are looked at when first used, so their order in the file does not matter."""

    def __init__(
        self, catalogue: Catalogue, loader: Loader, report: Report, root: str, rules: HouseRules
    ) -> None:
        self.facts = Facts(rules)
        self._catalogue = catalogue
        self._loader = loader
        self._report = report
        self._evaluator = Evaluator(self.facts, report, root)
        self._expressions: dict[Module, Expressions] = {}
        self._types: dict[Module, TypeReader] = {}
        self._slots: dict[Symbol, list[Slot]] = {}
        self._open: list[Symbol] = []
        self._generations: dict[Symbol, int] = {}
        self._done: set[Module] = set()

    def module(self, module: Module) -> None:
        """Check every definition of a module, and of the modules that it uses."""
        if module in self._done:
            return
        self._done.add(module)
        for symbol in list(module.scope.names.values()):
            if symbol.kind == "module":
                if symbol.target is not None:
                    self.module(symbol.target)
            elif symbol.span is not None:
                with self._no_deeper(module, symbol.span):
                    if symbol.kind == "pipeline":
                        self._pipeline(symbol, module)
                    elif symbol.type is None:
                        self._define(symbol, module.source, symbol.span)
        for item in module.tree.items:
            if isinstance(item, syntax.Test):
                with self._no_deeper(module, item.title.span):
                    self._test(item, module)

    @contextmanager
    def _no_deeper(self, module: Module, place: Span) -> Iterator[None]:
        """Tell of a definition that nests deeper, together with all that it needs, than Python's stack holds."""
        try:
            yield
        except RecursionError:
            self._report.add("OM010", module.source, place)
            for one in self._open:
                one.type = one.type or ANY
            self._open.clear()

    def _in(self, module: Module) -> Expressions:
        if module not in self._expressions:
            self._expressions[module] = Expressions(
                module, self.facts, self._report, self._catalogue, self._define, self.slots
            )
        return self._expressions[module]

    def _type_reader(self, module: Module) -> TypeReader:
        if module not in self._types:
            self._types[module] = TypeReader(module, self._catalogue, self._report)
        return self._types[module]

    def _define(self, symbol: Symbol, source: Source, span: Span) -> Type:
        """Infer the type of a file's own symbol; a definition that needs itself is a cycle."""
        if symbol in self._open:
            chain = " → ".join(
                one.name for one in [*self._open[self._open.index(symbol) :], symbol]
            )
            self._report.add("OM106", source, span, name=symbol.name, chain=chain)
            return ANY
        module = symbol.module
        if module is None:
            return ANY
        if len(self._open) >= LONGEST_CHAIN:
            self._report.add("OM119", source, span, most=LONGEST_CHAIN)
            symbol.type = ANY
            return ANY
        self._open.append(symbol)
        with self._in(module).refusing(OUTSIDE):
            self._infer(symbol, module, source, span)
        self._open.pop()
        if symbol.vague:
            symbol.type = ANY
        return symbol.type or ANY

    def _infer(self, symbol: Symbol, module: Module, source: Source, span: Span) -> None:
        node = symbol.node
        match node:
            case syntax.Let():
                symbol.type = self._let(node, module)
                # Now, while the values that it needs are at hand: there is no long way down later.
                self._evaluator.symbol(symbol)
            case syntax.Prompt():
                symbol.type = PromptChecker(self._in(module), self._evaluator, self._parent).check(
                    symbol, node, self._parameters(node.parameters, module)
                )
            case syntax.Chat():
                symbol.type = self._chat(node, module)
            case syntax.Pipeline():
                self._report.add(
                    "OM224", source, span, name=symbol.name, kind=Words("kind-pipeline")
                )
                symbol.type = ANY

    def _let(self, node: syntax.Let, module: Module) -> Type:
        expressions = self._in(module)
        given = expressions.infer(node.value, module.scope)
        if node.type is None:
            return given
        wanted = self._type_reader(module).read(node.type)
        if expressions.want(given, wanted, node.value, Label(node.type.span, "asked")):
            self._within(wanted, node.value, module, node.name.text)
        return wanted

    def slots(self, symbol: Symbol) -> list[Slot]:
        """Return the parameters of a prompt or chat in order: its own, then those that it inherits."""
        if symbol in self._slots:
            return self._slots[symbol]
        node, module = symbol.node, symbol.module
        if not isinstance(node, syntax.Prompt | syntax.Chat) or module is None:
            return []
        self._slots[symbol] = []
        reader = self._type_reader(module)
        slots = {
            one.name.text: Slot(
                one.name.text,
                reader.read(one.type),
                required=one.default is None,
                declared=Label(one.type.span, "declared", module.source),
            )
            for one in node.parameters
        }
        parent = self.facts.parents.get(node) if isinstance(node, syntax.Prompt) else None
        if parent is not None and parent.symbol is not None:
            for one in self.slots(parent.symbol):
                if one.name not in parent.arguments:
                    slots.setdefault(one.name, one)
        self._slots[symbol] = list(slots.values())
        return self._slots[symbol]

    def _parent(self, symbol: Symbol, node: syntax.Prompt, scope: Scope) -> None:
        """Find what a prompt inherits from and bind what it passes on."""
        if node.parent is None or symbol.module is None:
            return
        expressions = self._in(symbol.module)
        if node.raw is not None:
            expressions.fault("OM118", node.parent.span, name=symbol.name)
            return
        first, *rest = node.parent.path
        named = symbol.module.scope.find(first.text)
        if named is not None and named.kind in _NO_VALUES and not rest:
            expressions.fault("OM115", node.parent.span, name=named.name)
            return
        written: syntax.Expression = syntax.Name(first.span, first.text)
        for word in rest:
            written = syntax.Member(Span(first.span.start, word.span.end), written, word)
        expressions.parents.add(written)
        given = expressions.infer(written, symbol.module.scope)
        parent = self.facts.symbols.get(written)
        if parent is None and given.name != "any":  # a part of a prompt, say
            name = ".".join(word.text for word in node.parent.path)
            expressions.fault("OM115", node.parent.span, name=name)
        if parent is None or parent in self._open or parent.vague:
            symbol.unsure = True
            tree = symbol.module.tree
            tree.veiled = (*tree.veiled, node.span)  # its names may be the unknown parent's
            return
        if parent.kind != "prompt" or not isinstance(parent.node, syntax.Prompt):
            expressions.fault("OM115", node.parent.span, name=parent.name)
            return
        if parent.node.raw is not None:
            expressions.fault("OM116", node.parent.span, name=parent.name)
            return
        if parent.node.parent is not None and parent.node not in self.facts.parents:
            return  # the parent's own parent is wrong, and that has been said
        generation = self._generations.get(parent, 0) + 1
        if generation > LONGEST_CHAIN:
            expressions.fault("OM119", node.parent.span, most=LONGEST_CHAIN)
            return
        self._generations[symbol] = generation
        slots = [
            Slot(one.name, one.type, required=False, declared=one.declared)
            for one in self.slots(parent)
        ]
        bound, _ = expressions.calls.arguments.bind(
            parent.name, slots, node.parent.arguments, scope, node.parent.span
        )
        self.facts.parents[node] = CallFact("symbol", bound, symbol=parent)

    def _parameters(self, declarations: tuple[syntax.Declaration, ...], module: Module) -> Scope:
        """Return the scope that a definition's parameters make; defaults are checked against their types."""
        scope = Scope(module.scope)
        expressions, reader = self._in(module), self._type_reader(module)
        for one in declarations:
            type_ = self.facts.declared[one] = reader.read(one.type)
            if module.tree.touched(one.span):
                type_ = self.facts.declared[one] = ANY
            if one.default is not None:
                given = expressions.infer(one.default, module.scope)
                if expressions.want(given, type_, one.default, Label(one.type.span, "asked")):
                    self._within(type_, one.default, module, one.name.text)
            if one.name.text in KEYWORDS:
                expressions.fault("OM003", one.name.span, word=one.name.text)
            symbol = Symbol(
                "parameter", one.name.text, module=module, node=one, span=one.name.span, type_=type_
            )
            self._loader.declare(symbol, scope, module.source)
        return scope

    def _within(self, type_: Type, node: syntax.Expression, module: Module, name: str) -> None:
        """Check a stated value against the choices or bounds that its type states."""
        value = node.literal if isinstance(node, syntax.Text) else getattr(node, "value", None)
        expressions = self._in(module)
        if type_.choices and isinstance(value, str) and value not in type_.choices:
            from omnidsl.language.suggestions import nearest

            listed = ", ".join(f"`{one}`" for one in type_.choices)
            expressions.fault(
                "OM206",
                node.span,
                name=name,
                value=value,
                choices=listed,
                suggestions=nearest(value, type_.choices),
            )
        low, high = type_.low, type_.high
        if (
            low is None
            or high is None
            or not isinstance(value, int | float)
            or low <= value <= high
        ):
            return
        bounds = f"{low:g}..{high:g}"
        expressions.fault("OM207", node.span, name=name, bounds=bounds, value=f"{value:g}")

    def _chat(self, node: syntax.Chat, module: Module) -> Type:
        scope = self._parameters(node.parameters, module)
        expressions = self._in(module)
        for turn in node.turns:
            if role_name(turn.role.text) is None:
                from omnidsl.language.suggestions import nearest

                expressions.fault(
                    "OM117",
                    turn.role.span,
                    name=turn.role.text,
                    suggestions=nearest(turn.role.text, ROLES),
                )
            for part in turn.text.parts:
                if isinstance(part, syntax.Expression):
                    given = expressions.infer(part, scope)
                    if not given.fits_any(IN_CHAT):
                        labels = origins(part, self.facts)
                        expressions.fault("OM223", part.span, given=given, labels=labels)
        if not any(role_name(turn.role.text) in (None, "user") for turn in node.turns):
            expressions.fault("OM124", node.name.span, name=node.name.text)
        return MESSAGES

    def _pipeline(self, symbol: Symbol, module: Module) -> None:
        node = symbol.node
        if not isinstance(node, syntax.Pipeline):
            return
        reader = self._type_reader(module)
        scope = self._parameters(node.parameters, module)
        result = reader.read(node.result) if node.result is not None else None

        def declare(one: Symbol, into: Scope) -> None:
            self._loader.declare(one, into, module.source)

        body = Scope(scope)
        with self._in(module).refusing(""):
            promised = [Label(node.result.span, "asked")] if node.result is not None else []
            statements = Statements(self._in(module), reader, declare, result, *promised)
            statements.block(node.body, body, top=True)
        returns = [one for one in node.body if isinstance(one, syntax.Return)]
        if node.result is not None and not returns and not symbol.vague:
            self._report.add(
                "OM229", module.source, node.result.span, name=symbol.name, wanted=result
            )
        for one in returns[1:]:
            labels = [Label(returns[0].span, "first")]
            self._report.add("OM230", module.source, one.span, labels=labels)

    def _test(self, node: syntax.Test, module: Module) -> None:
        from omnidsl.checking.recipe_tests import TestStatements, check_test

        def declare(one: Symbol, into: Scope) -> None:
            self._loader.declare(one, into, module.source)

        expressions = self._in(module)
        statements = TestStatements(expressions, self._type_reader(module), declare, None)
        check_test(node, statements, expressions)


LONGEST_CHAIN = 100
"""Definitions that need one another in a row: more than anybody writes, less than Python's stack holds."""

_NO_VALUES = ("pipeline", "module", "service")
IN_CHAT = ("text", "int", "number", "bool", "ratio", "duration", "image", "grid")
"""What `${…}` may put into a turn of a conversation."""
