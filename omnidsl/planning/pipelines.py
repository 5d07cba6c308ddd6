"""Statements in order: bindings, loops, branches, files to save, what is returned."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.deferred import both, negated, optional, parted, split
from omnidsl.checking.facts import CheckedRecipe
from omnidsl.checking.report import Report
from omnidsl.checking.symbols import Module, Symbol
from omnidsl.checking.types import ANY, BOOL, Type
from omnidsl.checking.values import (
    Computed,
    Duration,
    Instance,
    Later,
    ProjectFile,
    Value,
    text_of,
)
from omnidsl.language import syntax
from omnidsl.language.catalogue import quoted
from omnidsl.planning.bindings import bind
from omnidsl.planning.files import Branch, FilePlanner
from omnidsl.planning.inputs import PlanSizeError
from omnidsl.planning.plan import Loop, Options, Plan, PlanNode, Save
from omnidsl.planning.planner import StepPlanner
from omnidsl.planning.values import Value as PlanValue
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.settings.declaration import MOST_STEPS

if TYPE_CHECKING:
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
    own: Mapping[str, str] | None = None,
    catalogue: Catalogue,
    most_steps: int = MOST_STEPS,
    dry: bool = False,
) -> Plan | None:
    """Plan a pipeline with its parameters bound; None when `report` has an error.

    `dry` plans with what defaults there are, to find faults only.
    """
    steps = StepPlanner(
        recipe, report, gateway=None if dry else gateway, own=own, most_steps=most_steps
    )
    if not dry and catalogue.brought.functions:
        from omnidsl.plugins.calling import Functions

        steps.functions = Functions(catalogue)
        # What was looked at without their values is looked at again.
        recipe.facts.lets.clear()
        recipe.facts.prompts.clear()
    planner = PipelinePlanner(recipe, steps, report)
    if pipeline == PROMPTS and pipeline not in recipe.symbols("pipeline"):
        for name in given:
            report.add(
                "OM203", None, None, callee=recipe.main.source.name, name=name, known=quoted(())
            )
        returns = planner.prompts(catalogue, dry=dry)
        bindings: dict[str, Value] = {}
    else:
        symbol = recipe.symbols("pipeline")[pipeline]
        types = _parameter_types(symbol, recipe)
        bindings = {} if dry else bind(symbol, types, given, report, root=steps.root)
        if not dry and any(one.severity == "error" for one in report.diagnostics):
            return None
        returns = planner.run(symbol, bindings)
    if any(one.severity == "error" for one in report.diagnostics):
        return None
    name = recipe.main.source.name
    kept = {key: _as_json(value, recipe.root) for key, value in planner.bindings.items()}
    common, single = _gateways(steps.nodes, gateway, own or {})
    return Plan(
        name,
        pipeline,
        common,
        kept,
        tuple(steps.nodes),
        tuple(planner.saves),
        returns,
        tuple(planner.loops),
        recipe.facts.house.of_today(),
        single,
    )


def _gateways(
    nodes: list[PlanNode], common: str, own: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return the gateway of a plan, and those of its services that have one of their own.

    The plan's is the common one where any step goes there, else that of its first step.
    """
    services = dict.fromkeys(one.operation.partition(".")[0] for one in nodes if one.served)
    single = {name: own[name] for name in services if name in own}
    if single and len(single) == len(services):
        common = next(iter(single.values()))
    return common, single


def _parameter_types(symbol: Symbol, recipe: CheckedRecipe) -> dict[str, Type]:
    node = symbol.node
    if not isinstance(node, syntax.Pipeline):
        raise TypeError(symbol)
    return {one.name.text: recipe.facts.declared[one] for one in node.parameters}


def _as_json(value: Value, root: str) -> "JSON":
    if isinstance(value, list):
        return [_as_json(one, root) for one in value]
    if isinstance(value, ProjectFile):
        path, folder = Path(value.path), Path(root).resolve()
        return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()
    return value if isinstance(value, bool | int | float | str) else text_of(value)


class PipelinePlanner:
    """Goes through one pipeline's statements."""

    def __init__(self, recipe: CheckedRecipe, steps: StepPlanner, report: Report) -> None:
        self.loops: list[Loop] = []
        self.bindings: dict[str, Value] = {}
        self._recipe = recipe
        self._steps = steps
        self._report = report
        self._returns: PlanValue = None
        self._files = FilePlanner(steps, report)
        self._branch: Branch = {}
        self._ifs = 0
        self._full = False
        self._loops = 0
        self._rounds_made = 0

    @property
    def saves(self) -> list[Save]:
        """The files to save."""
        return self._files.saves

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

    def prompts(self, catalogue: Catalogue, *, dry: bool) -> PlanValue:
        """Plan a file without pipelines: every prompt is imagined and saved under its name.

        `dry` leaves out what only running such a file would need: its prompts may be there for other files.
        """
        operation = catalogue.find("midjourney.imagine")
        for name, symbol in self._recipe.symbols("prompt").items():
            node, module = symbol.node, symbol.module
            if operation is None or module is None or not isinstance(node, syntax.Prompt):
                continue
            missing = [one.name.text for one in node.parameters if one.default is None]
            if missing and not dry:
                listed = ", ".join(f"`{one}`" for one in missing)
                self._report.add("OM202", module.source, node.name.span, callee=name, names=listed)
            if missing:
                continue
            jobs = self._steps.imagine(name, Instance(symbol, {}), operation, node, module)
            for number, ref in enumerate(jobs, 1):
                path = f"{name}.png" if len(jobs) == 1 else f"{name}-{number}.png"
                if dry or self._files.accept(path, "image", node.name.span, module):
                    self.saves.append(Save(ref, path, module.source.position(node.span.start).row))
        return None

    def _block(
        self, statements: tuple[syntax.Statement, ...], module: Module, names: dict[str, Value]
    ) -> None:
        for one in statements:
            self._statement(one, module, names)

    def _statement(self, node: syntax.Statement, module: Module, names: dict[str, Value]) -> None:
        if self._full:
            return
        try:
            self._plan(node, module, names)
        except PlanSizeError:
            self._full = True
            self._report.add("OM521", module.source, node.span)

    def _plan(self, node: syntax.Statement, module: Module, names: dict[str, Value]) -> None:
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
                self._begin("return", node.value)
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

    def _begin(self, name: str, value: syntax.Expression) -> None:
        """Begin what is no statement with options of its own: its steps are called after `name`."""
        self._steps.begin(name, value, Options(), many=self._loops > 0)

    def _rounds(self, node: syntax.For, module: Module, names: dict[str, Value]) -> int:
        """Return how often a loop goes round, as far as its lists are known before it begins."""
        rounds = 1
        for clause in node.clauses:
            if self._steps.buys(clause.values):
                continue  # looked at once, when its turn comes
            items = self._steps.listed(self._steps.value(clause.values, module, names))
            most = clause.most.value if clause.most is not None else MOST_STEPS
            rounds *= int(min(len(items), most)) if isinstance(items, list) else _most(clause)
        return rounds

    def _clauses(
        self,
        node: syntax.For,
        at: int,
        module: Module,
        names: dict[str, Value],
        collected: dict[str, list[Value]],
        given: Value | None = None,
    ) -> None:
        """Go round with one clause after the other; `given` is the condition of this round in its loop."""
        if at == len(node.clauses):
            self._rounds_made += 1
            inner = dict(names)
            self._block(node.body, module, inner)
            for name in (one for one in inner if one not in names):
                value = inner[name]
                values = value if isinstance(value, list) else [value]
                collected.setdefault(name, []).extend(optional(given, one) for one in values)
            return
        clause = node.clauses[at]
        self._begin(clause.name.text, clause.values)
        items = self._steps.listed(self._steps.value(clause.values, module, names))
        for condition, item in self._items(items, clause, module):
            if max(len(self.saves), self._rounds_made) >= MOST_STEPS:
                self._too_many(clause, module)
            if self._full:
                return
            whole = both(given, condition) if condition is not None else given
            with self._steps.under(condition):
                inner = {**names, clause.name.text: item}
                self._clauses(node, at + 1, module, inner, collected, whole)
            if self._steps.full:
                self._too_many(clause, module)

    def _items(
        self, items: Value, clause: syntax.Clause, module: Module
    ) -> Iterator[tuple[Value | None, Value]]:
        """Yield the items of a list, each with the condition under which it is there."""
        most = clause.most.value if clause.most is not None else None
        if isinstance(items, list) and most is not None and len(items) > most:
            if any(parted(one) is not None for one in items):
                yield from self._rounds_of(items, clause, module)
                return
            self._report.add(
                "OM520", module.source, clause.values.span, count=len(items), most=most
            )
            items = items[: int(most)]
        if isinstance(items, list):
            yield from (split(one) for one in items)
        elif isinstance(items, Later) and most is None:
            yield None, Later(items.type.item or Type("any"))  # a parameter that nobody has bound
        elif isinstance(items, Later):
            yield from self._rounds_of(items, clause, module)

    def _rounds_of(
        self, items: Value, clause: syntax.Clause, module: Module
    ) -> Iterator[tuple[Value, Value]]:
        """Yield as many rounds as a list that comes later may have at most."""
        most = _most(clause)
        line = module.source.position(clause.span.start).row
        values = self._steps.plan_value(items)
        self.loops.append(Loop(values, most, line, self._steps.when))
        type_ = items.type.item if isinstance(items, Later) else None
        for number in range(1, most + 1):
            item = Computed(type_ or Type("any"), "index", [items, number])
            yield Computed(BOOL, "reaches", [items, number]), item

    def _too_many(self, clause: syntax.Clause, module: Module) -> None:
        """Say once that the plan is full: the loops around the one that filled it end, too."""
        if not self._full:
            most = self._steps.most_steps if self._steps.full else MOST_STEPS
            self._report.add("OM501", module.source, clause.span, most=most)
        self._full = True

    def _if(self, node: syntax.If, module: Module, names: dict[str, Value]) -> None:
        self._begin("if", node.condition)
        condition = self._steps.value(node.condition, module, names)
        if isinstance(condition, bool):
            inner = dict(names)
            self._block(node.body if condition else node.otherwise, module, inner)
            names.update(inner)
            return
        self._ifs += 1
        number, outer = self._ifs, self._branch
        self._branch = {**outer, number: True}
        then = self._taken(node.body, condition, module, names)
        self._branch = {**outer, number: False}
        other = self._taken(node.otherwise, negated(condition), module, names)
        self._branch = outer
        for name in (one for one in then if one in other and one not in names):
            here, there = self._steps.listed(then[name]), self._steps.listed(other[name])
            names[name] = _merged(condition, here, there)

    def _taken(
        self,
        statements: tuple[syntax.Statement, ...],
        condition: Value,
        module: Module,
        names: dict[str, Value],
    ) -> dict[str, Value]:
        """Plan one branch of an `if` on results, and return the names that are bound at its end."""
        inner = dict(names)
        with self._steps.under(condition):
            self._block(statements, module, inner)
        return inner

    def _expect(self, node: syntax.Expect, module: Module, names: dict[str, Value]) -> None:
        self._begin("expect", node.condition)
        condition = self._steps.value(node.condition, module, names)
        if condition is True:
            return
        message = self._steps.value(node.message, module, names) if node.message is not None else ""
        words = message or module.source[node.condition.span]
        if condition is False and self._steps.when is None and isinstance(words, str):
            self._report.add("OM503", module.source, node.condition.span, words=words)
        else:
            self._steps.expect(condition, words, node, module, many=self._loops > 0)

    def _save(self, node: syntax.Save, module: Module, names: dict[str, Value]) -> None:
        self._steps.begin(
            "save", node.value, _options(node.options, self._steps, module), many=self._loops > 0
        )
        self._files.save(node, module, names, self._branch)


def _most(clause: syntax.Clause) -> int:
    return int(clause.most.value) if clause.most is not None else 1


def _merged(condition: Value, then: Value, other: Value) -> Value:
    """Return what a name stands for behind an `if` on results: lists join, each item with its condition."""
    if isinstance(then, list) and isinstance(other, list):
        return [
            *(optional(condition, one) for one in then),
            *(optional(negated(condition), one) for one in other),
        ]
    known = next((one.type for one in (then, other) if isinstance(one, Later)), ANY)
    return Computed(known.when(later=True), "if", [condition, then, other])


def _options(options: tuple[syntax.Option, ...], steps: StepPlanner, module: Module) -> Options:
    values: dict[str, object] = {}
    for one in options:
        value = steps.value(one.value, module, {})
        values[one.name.text] = value.seconds if isinstance(value, Duration) else value
    return Options(**values)  # type: ignore[arg-type]  # checking has seen names and types
