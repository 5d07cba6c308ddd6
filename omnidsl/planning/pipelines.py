"""Statements in order: bindings, loops, branches, files to save, what is returned."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from omnidsl.checking.facts import CheckedRecipe
from omnidsl.checking.paths import claims, path_fault, path_text, taken
from omnidsl.checking.report import Report
from omnidsl.checking.symbols import Module, Symbol
from omnidsl.checking.types import Type
from omnidsl.checking.values import Duration, Instance, Joined, Later, Value, text_of
from omnidsl.language import syntax
from omnidsl.language.catalogue import quoted
from omnidsl.language.diagnostics import Diagnostic, Label
from omnidsl.planning.bindings import bind
from omnidsl.planning.plan import Options, Plan, Save
from omnidsl.planning.planner import MOST_STEPS, StepPlanner
from omnidsl.planning.values import Ref
from omnidsl.planning.values import Value as PlanValue
from omnidsl.plugins.catalogue import Catalogue

if TYPE_CHECKING:
    from omnidsl.language.source import Span
    from omnidsl.plugins.media import JSON

PROMPTS = "prompts"
"""The name of the pipeline that a file of prompts alone stands for."""


def pipeline_names(recipe: CheckedRecipe) -> list[str]:
    """Return what can be run: the pipelines, or `prompts` where a file has prompts only."""
    names = list(recipe.symbols("pipeline"))
    return names or ([PROMPTS] if recipe.symbols("prompt") else [])


def make_plan(
    recipe: CheckedRecipe,
    pipeline: str,
    given: Mapping[str, object],
    report: Report,
    *,
    gateway: str,
    catalogue: Catalogue,
    rules: str = "omniai",
    dry: bool = False,
) -> Plan | None:
    """Plan a pipeline with its parameters bound; None when `report` has an error.

    `dry` plans with what defaults there are, to find faults only.
    """
    steps = StepPlanner(recipe, report, gateway=None if dry else gateway, rules=rules)
    planner = PipelinePlanner(recipe, steps, report)
    if pipeline == PROMPTS and pipeline not in recipe.symbols("pipeline"):
        for name in given:
            report.add(
                "OM203", None, None, callee=recipe.main.source.name, name=name, known=quoted(())
            )
        returns = planner.prompts(catalogue)
        bindings: dict[str, Value] = {}
    else:
        symbol = recipe.symbols("pipeline")[pipeline]
        bindings = {} if dry else bind(symbol, _parameter_types(symbol, recipe), given, report)
        if not dry and any(one.severity == "error" for one in report.diagnostics):
            return None
        returns = planner.run(symbol, bindings)
    if any(one.severity == "error" for one in report.diagnostics):
        return None
    name = recipe.main.source.name
    kept = {key: _as_json(value) for key, value in planner.bindings.items()}
    return Plan(name, pipeline, gateway, kept, tuple(steps.nodes), tuple(planner.saves), returns)


def _parameter_types(symbol: Symbol, recipe: CheckedRecipe) -> dict[str, Type]:
    node = symbol.node
    if not isinstance(node, syntax.Pipeline):
        raise TypeError(symbol)
    return {one.name.text: recipe.facts.declared[one] for one in node.parameters}


def _as_json(value: Value) -> "JSON":
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    return value if isinstance(value, bool | int | float | str) else text_of(value)


class PipelinePlanner:
    """Goes through one pipeline's statements."""

    def __init__(self, recipe: CheckedRecipe, steps: StepPlanner, report: Report) -> None:
        self.saves: list[Save] = []
        self.bindings: dict[str, Value] = {}
        self._recipe = recipe
        self._steps = steps
        self._report = report
        self._returns: PlanValue = None
        self._paths: dict[str, tuple[Module, Span]] = {}
        self._loops = 0
        self._rounds_made = 0
        self._full = False

    def run(self, symbol: Symbol, bound: Mapping[str, Value]) -> PlanValue:
        """Plan a pipeline; parameters that are not bound take their defaults."""
        node, module = symbol.node, symbol.module
        if not isinstance(node, syntax.Pipeline) or module is None:
            raise TypeError(symbol)
        names = dict(bound)
        for one in node.parameters:
            name = one.name.text
            if name not in names and one.default is not None:
                names[name] = self._steps.value(one.default, module, {})
            elif name not in names:
                names[name] = Later(self._recipe.facts.declared[one])
        self.bindings = dict(names)
        self._block(node.body, module, names)
        return self._returns

    def prompts(self, catalogue: Catalogue) -> PlanValue:
        """Plan a file without pipelines: every prompt is imagined and saved under its name."""
        operation = catalogue.find("midjourney.imagine")
        for name, symbol in self._recipe.symbols("prompt").items():
            node, module = symbol.node, symbol.module
            if operation is None or module is None or not isinstance(node, syntax.Prompt):
                continue
            missing = [one.name.text for one in node.parameters if one.default is None]
            if missing:
                listed = ", ".join(f"`{one}`" for one in missing)
                self._report.add("OM202", module.source, node.name.span, callee=name, names=listed)
                continue
            jobs = self._steps.imagine(name, Instance(symbol, {}), operation, node, module)
            for number, ref in enumerate(jobs, 1):
                path = f"{name}.png" if len(jobs) == 1 else f"{name}-{number}.png"
                self.saves.append(Save(ref, path, module.source.position(node.span.start).row))
        return None

    def _block(
        self, statements: tuple[syntax.Statement, ...], module: Module, names: dict[str, Value]
    ) -> None:
        for one in statements:
            self._statement(one, module, names)

    def _statement(self, node: syntax.Statement, module: Module, names: dict[str, Value]) -> None:
        many = self._loops > 0
        match node:
            case syntax.Bind():
                self._steps.begin(
                    node.name.text,
                    node.value,
                    _options(node.options, self._steps, module),
                    many=many,
                )
                names[node.name.text] = self._steps.value(node.value, module, names)
            case syntax.Save():
                self._save(node, module, names)
            case syntax.For():
                self._for(node, module, names)
            case syntax.If():
                self._if(node, module, names)
            case syntax.Expect():
                self._expect(node, module, names)
            case syntax.Return():
                self._steps.begin("return", node.value, Options(), many=many)
                value = self._steps.value(node.value, module, names)
                if not isinstance(value, Instance):
                    self._returns = self._steps.plan_value(value)

    def _for(self, node: syntax.For, module: Module, names: dict[str, Value]) -> None:
        """Unroll a loop: the first clause varies slowest; a name bound inside is a list outside."""
        collected: dict[str, list[Value]] = {}
        if self._rounds(node, module, names) > MOST_STEPS:
            self._too_many(node.clauses[0], module)
            return
        self._loops += 1
        self._clauses(node, 0, module, names, collected)
        self._loops -= 1
        for name, values in collected.items():
            if name not in names:
                names[name] = values

    def _rounds(self, node: syntax.For, module: Module, names: dict[str, Value]) -> int:
        """Return how often a loop goes round, as far as its lists are known before it begins."""
        rounds = 1
        for clause in node.clauses:
            items = self._steps.listed(self._steps.value(clause.values, module, names))
            rounds *= len(items) if isinstance(items, list) else 1
        return rounds

    def _clauses(
        self,
        node: syntax.For,
        at: int,
        module: Module,
        names: dict[str, Value],
        collected: dict[str, list[Value]],
    ) -> None:
        if at == len(node.clauses):
            self._rounds_made += 1
            inner = dict(names)
            self._block(node.body, module, inner)
            for name in (one for one in inner if one not in names):
                value = inner[name]
                collected.setdefault(name, []).extend(value if isinstance(value, list) else [value])
            return
        clause = node.clauses[at]
        items = self._steps.listed(self._steps.value(clause.values, module, names))
        if isinstance(items, Later):
            items = [Later(items.type.item or Type("any"))]
        for item in items if isinstance(items, list) else []:
            if max(len(self._steps.nodes), len(self.saves), self._rounds_made) >= MOST_STEPS:
                self._too_many(clause, module)
                return
            self._clauses(node, at + 1, module, {**names, clause.name.text: item}, collected)

    def _too_many(self, clause: syntax.Clause, module: Module) -> None:
        """Say once that the plan is full: the loops around the one that filled it end, too."""
        if not self._full:
            self._report.add("OM501", module.source, clause.span, most=MOST_STEPS)
        self._full = True

    def _if(self, node: syntax.If, module: Module, names: dict[str, Value]) -> None:
        condition = self._steps.value(node.condition, module, names)
        taken = []
        if condition is not False:
            taken.append(node.body)
        if condition is not True:
            taken.append(node.otherwise)
        for body in taken:
            inner = dict(names)
            self._block(body, module, inner)
            names.update({name: value for name, value in inner.items() if name not in names})

    def _expect(self, node: syntax.Expect, module: Module, names: dict[str, Value]) -> None:
        if self._steps.value(node.condition, module, names) is False:
            message = (
                self._steps.value(node.message, module, names) if node.message is not None else ""
            )
            words = (
                message
                if isinstance(message, str) and message
                else module.source[node.condition.span]
            )
            self._report.add("OM503", module.source, node.condition.span, words=words)

    def _save(self, node: syntax.Save, module: Module, names: dict[str, Value]) -> None:
        self._steps.begin(
            "save", node.value, _options(node.options, self._steps, module), many=self._loops > 0
        )
        value = self._steps.value(node.value, module, names)
        for number, one in enumerate(value if isinstance(value, list) else [value], 1):
            path = self._path(
                node.path, module, {**names, "index": number} if isinstance(value, list) else names
            )
            kind = one.type.name if isinstance(one, Later) else "text"
            if path is None or not self._accept(path, kind, node, module):
                continue
            saved = self._steps.plan_value(one)
            if isinstance(saved, Ref | str):
                self.saves.append(Save(saved, path, module.source.position(node.span.start).row))

    def _path(
        self, node: syntax.Expression, module: Module, names: Mapping[str, Value]
    ) -> str | None:
        """Return a file's name, or None where a part of it is not bound yet."""
        if not isinstance(node, syntax.Text):
            value = self._steps.value(node, module, names)
            return value if isinstance(value, str) else None
        parts = []
        for one in node.parts:
            if isinstance(one, syntax.Piece):
                parts.append(one.text)
            elif isinstance(one, syntax.Expression):
                value = self._steps.value(one, module, names)
                if isinstance(value, Later | Joined):
                    return None
                parts.append(path_text(value))
        return "".join(parts)

    def _accept(self, path: str, kind: str, node: syntax.Save, module: Module) -> bool:
        fault = path_fault(path)
        if fault is not None:
            span, source = node.path.span, module.source
            self._report.take(Diagnostic(fault.code, span, source=source, values=fault.values))
            return False
        first = next((self._paths[one] for one in claims(path, kind) if one in self._paths), None)
        if first is not None:
            labels = (
                [Label(first[1], "first", first[0].source)] if first[1] != node.path.span else []
            )
            self._report.add("OM609", module.source, node.path.span, labels=labels, path=path)
            return False
        self._paths.update(dict.fromkeys(taken(path, kind), (module, node.path.span)))
        return True


def _options(options: tuple[syntax.Option, ...], steps: StepPlanner, module: Module) -> Options:
    values: dict[str, object] = {}
    for one in options:
        value = steps.value(one.value, module, {})
        values[one.name.text] = value.seconds if isinstance(value, Duration) else value
    return Options(**values)  # type: ignore[arg-type]  # checking has seen names and types
