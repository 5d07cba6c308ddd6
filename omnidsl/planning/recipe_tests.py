"""Running a recipe's `test` blocks: offline, without a single step, and with the values that made an expectation fail."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from omnidsl.checking.evaluation import Environment, Evaluator
from omnidsl.checking.facts import CheckedRecipe
from omnidsl.checking.report import Report
from omnidsl.checking.symbols import Module
from omnidsl.checking.types import ANY
from omnidsl.checking.values import Later, Record, Value
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Diagnostic, Label
from omnidsl.planning.pipelines import PipelinePlanner
from omnidsl.planning.planner import StepPlanner
from omnidsl.planning.showing import difference, shown

if TYPE_CHECKING:
    from omnidsl.language.source import Span

MOST_ROUNDS = 10_000
"""Rounds of all loops of one test."""

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in", "contains")


class RecipeTest:
    """A `test` block of a recipe's main file."""

    __slots__ = ("module", "node")

    def __init__(self, node: syntax.Test, module: Module) -> None:
        self.node = node
        self.module = module

    @property
    def title(self) -> str:
        """What the block is called."""
        return self.node.title.literal or ""

    @property
    def line(self) -> int:
        """Where it begins, counted from 1."""
        return self.module.source.position(self.node.span.start).row


def recipe_tests(recipe: CheckedRecipe) -> list[RecipeTest]:
    """Return the tests of a recipe in their order; those of files that it uses are their own."""
    return [
        RecipeTest(one, recipe.main)
        for one in recipe.main.tree.items
        if isinstance(one, syntax.Test)
    ]


def run_test(test: RecipeTest, recipe: CheckedRecipe) -> list[Diagnostic]:
    """Run one test and return what is wrong, in the order in which it was found; nothing: it has passed."""
    report = Report()
    runner = _Runner(recipe, report, test.module)
    runner.block(test.node.body, {})
    return [one for one in report.diagnostics if one.severity == "error"]


class _Runner(Evaluator):
    """Goes through one test; a false expectation does not end it, and is told once."""

    def __init__(self, recipe: CheckedRecipe, report: Report, module: Module) -> None:
        super().__init__(recipe.facts, report, recipe.root)
        self._recipe = recipe
        self._module = module
        self._rounds = 0
        self._failed: set[syntax.Expect] = set()
        self._loops: list[tuple[Span, Value]] = []

    def planned(self, node: syntax.Call | syntax.Flow, module: Module, names: Environment) -> Value:
        """Plan a pipeline with the given parameters, and its defaults for the others."""
        fact = self.facts.calls[node]
        if fact.symbol is None:
            return Later(ANY)
        bound = {name: self.value(one, module, names) for name, one in fact.arguments.items()}
        before = len(self.report.diagnostics)
        steps = StepPlanner(self._recipe, self.report, gateway=None)
        planner = PipelinePlanner(self._recipe, steps, self.report)
        planner.run(fact.symbol, bound)
        if any(one.severity == "error" for one in self.report.diagnostics[before:]):
            return Later(ANY)
        return Record({"steps": len(steps.nodes), "saves": [one.shown for one in planner.saves]})

    def block(self, statements: Iterable[syntax.Statement], names: dict[str, Value]) -> None:
        """Run statements in order; names that they bind go into `names`."""
        for one in statements:
            match one:
                case syntax.Bind():
                    names[one.name.text] = self.value(one.value, self._module, names)
                case syntax.Expect():
                    self._expect(one, names)
                case syntax.If():
                    self._if(one, names)
                case syntax.For():
                    self._for(one, names)

    def _if(self, node: syntax.If, names: dict[str, Value]) -> None:
        condition = self.value(node.condition, self._module, names)
        if isinstance(condition, bool):
            inner = dict(names)
            self.block(node.body if condition else node.otherwise, inner)
            names.update({name: value for name, value in inner.items() if name not in names})

    def _for(self, node: syntax.For, names: dict[str, Value]) -> None:
        collected: dict[str, list[Value]] = {}
        self._clauses(node, 0, names, collected)
        names.update({name: value for name, value in collected.items() if name not in names})

    def _clauses(
        self, node: syntax.For, at: int, names: dict[str, Value], collected: dict[str, list[Value]]
    ) -> None:
        if at == len(node.clauses):
            inner = dict(names)
            self.block(node.body, inner)
            for name in (one for one in inner if one not in names):
                value = inner[name]
                collected.setdefault(name, []).extend(value if isinstance(value, list) else [value])
            return
        clause = node.clauses[at]
        items = self.listed(self.value(clause.values, self._module, names))
        most = int(clause.most.value) if clause.most is not None else None
        for item in items[:most] if isinstance(items, list) else []:
            self._rounds += 1
            if self._rounds == MOST_ROUNDS + 1:
                self.report.add("OM507", self._module.source, clause.span, most=MOST_ROUNDS)
            if self._rounds > MOST_ROUNDS:
                return
            self._loops.append((clause.name.span, item))
            self._clauses(node, at + 1, {**names, clause.name.text: item}, collected)
            self._loops.pop()

    def _expect(self, node: syntax.Expect, names: Mapping[str, Value]) -> None:
        met = self.value(node.condition, self._module, names)
        if met is True or node in self._failed:
            return
        self._failed.add(node)
        if met is not False and self.report.diagnostics:
            return  # why it has no value has been told
        source = self._module.source
        message = self.value(node.message, self._module, names) if node.message else ""
        words = message if isinstance(message, str) and message else source[node.condition.span]
        labels = [*self._sides(node.condition, names), *self._where()]
        self.report.add("OM506", source, node.condition.span, labels=labels, words=words)

    def _where(self) -> list[Label]:
        return [Label(span, "value", value=shown(item, self)) for span, item in self._loops]

    def _sides(self, node: syntax.Expression, names: Mapping[str, Value]) -> list[Label]:
        """Return the values that a condition was made of: of a comparison its sides, unless they stand there plainly."""
        match node:
            case syntax.Binary(operator="and" | "or"):
                blamed = [
                    one
                    for one in (node.left, node.right)
                    if self.value(one, self._module, names) is False
                ]
                return [label for one in blamed for label in self._sides(one, names)]
            case syntax.Unary(operator="not"):
                return self._sides(node.operand, names) or self._value(node.operand, names)
            case syntax.Binary() if node.operator in COMPARISONS:
                return self._compared(node, names)
        return []

    def _compared(self, node: syntax.Binary, names: Mapping[str, Value]) -> list[Label]:
        left, right = (self.value(one, self._module, names) for one in (node.left, node.right))
        if isinstance(left, str) and isinstance(right, str) and node.operator == "==":
            texts = difference(left, right)
        else:
            texts = shown(left, self), shown(right, self)
        return [
            Label(side.span, "value", value=text)
            for side, text in zip((node.left, node.right), texts, strict=True)
            if not _plain(side) or text.startswith('"…')
        ]

    def _value(self, node: syntax.Expression, names: Mapping[str, Value]) -> list[Label]:
        if _plain(node):
            return []
        return [Label(node.span, "value", value=shown(self.value(node, self._module, names), self))]


def _plain(node: syntax.Expression) -> bool:
    """Tell whether an expression shows its value itself."""
    match node:
        case syntax.Text():
            return node.literal is not None
        case syntax.Unary(operator="-"):
            return _plain(node.operand)
        case syntax.ListLiteral():
            return all(_plain(one) for one in node.items)
    return isinstance(
        node, syntax.Number | syntax.Truth | syntax.RatioLiteral | syntax.DurationLiteral
    )
