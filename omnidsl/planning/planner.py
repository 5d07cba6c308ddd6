"""Making a plan: a pipeline is gone through once with its parameters bound; every operation on the way becomes steps."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from omnidsl.checking.deferred import both, negated, optional, split
from omnidsl.checking.evaluation import Environment, Evaluator
from omnidsl.checking.facts import CallFact, CheckedRecipe
from omnidsl.checking.limits import Violation, conflicts, violation
from omnidsl.checking.pictures import check_pictures
from omnidsl.checking.rendering import Renderer
from omnidsl.checking.report import Report
from omnidsl.checking.symbols import Module
from omnidsl.checking.types import ANY, Type, parse_type
from omnidsl.checking.values import Computed, Instance, Later, Value
from omnidsl.checking.verdicts import judge_prompt
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Span
from omnidsl.planning.inputs import Inputs
from omnidsl.planning.plan import EXPECT, Options, PlanNode
from omnidsl.planning.takes import Takes
from omnidsl.planning.values import Computed as PlanComputed
from omnidsl.planning.values import PromptInput, Ref, refs
from omnidsl.planning.values import Value as PlanValue
from omnidsl.plugins.catalogue import OperationView
from omnidsl.prompts import Job
from omnidsl.settings.declaration import MOST_STEPS

Item = tuple[Value | None, PlanValue]
"""One item of a list that is mapped, and the condition under which it is there."""


class StepPlanner(Evaluator):
    """Evaluates a pipeline's expressions; operations become plan nodes in `nodes`.

    `full` says that there would be more than `most_steps`. `own` are the gateways of single services. Without a gateway (None) they have no keys: whoever only looks for faults does not pay for hashing.
    """

    def __init__(
        self,
        recipe: CheckedRecipe,
        report: Report,
        *,
        gateway: str | None,
        own: Mapping[str, str] | None = None,
        most_steps: int = MOST_STEPS,
    ) -> None:
        super().__init__(recipe.facts, report, recipe.root)
        self.nodes: list[PlanNode] = []
        self.most_steps = most_steps
        self.full = False
        self._gateway = gateway
        self._own = own or {}
        self._renderer = Renderer(self)
        self._inputs = Inputs(self.root, self._renderer)
        self._takes = Takes()
        self._keys: dict[str, str] = {}
        self._names: Counter[str] = Counter()
        self._statement = StatementSteps("", 0, Options(), many=False)
        self._conditions: list[tuple[Value, PlanValue]] = []
        self._guards: dict[str, tuple[str, ...]] = {}

    @property
    def when(self) -> PlanValue:
        """The condition of what is being planned; None where it is certain."""
        return self._conditions[-1][1] if self._conditions else None

    @contextmanager
    def under(self, condition: Value | None) -> Iterator[None]:
        """Plan what happens only where a condition holds; None: always."""
        if condition is None:
            yield
            return
        outer = self._conditions[-1][0] if self._conditions else None
        whole = both(outer, condition)
        self._conditions.append((whole, self._inputs.value(whole)))
        try:
            yield
        finally:
            self._conditions.pop()

    def guards(self, *values: PlanValue) -> tuple[str, ...]:
        """Return the expectations that stand before whatever depends on these values."""
        if not self._guards:
            return ()
        needed = (ref.node for value in values for ref in refs(value))
        return tuple(dict.fromkeys(one for name in needed for one in self._guards.get(name, ())))

    def expect(
        self, condition: Value, message: Value, node: syntax.Expect, module: Module, *, many: bool
    ) -> None:
        """Plan a look at results: what depends on them and stands behind it waits for it."""
        tested = self._inputs.value(condition)
        arguments = {"condition": tested, "message": self._inputs.value(message)}
        node_id = self._unique(EXPECT, many=many)
        line = module.source.position(node.span.start).row
        after = self.guards(self.when, *arguments.values())
        touched = {ref.node for ref in refs(tested)}
        for one in self.nodes:
            if not touched.isdisjoint(one.needs):
                touched.add(one.id)
        for name in touched:
            self._guards[name] = (*self._guards.get(name, ()), node_id)
        self._add(
            PlanNode(
                node_id, EXPECT, arguments, "", 1, "bool", line=line, when=self.when, after=after
            ),
            module,
            node,
        )

    def begin(self, name: str, value: syntax.Expression, options: Options, *, many: bool) -> None:
        """Begin a statement: its steps are called after `name`; `many` says that it stands in a loop."""
        self._statement = StatementSteps(name, self._count(value), options, many=many)

    def buys(self, value: syntax.Expression) -> bool:
        """Tell whether an expression has operations in it."""
        return self._count(value) > 0

    def plan_value(self, value: Value) -> PlanValue:
        """Return a value as it stands in a plan."""
        return self._inputs.value(value)

    def _count(self, node: syntax.Expression) -> int:
        """Count the operations in an expression: the last one carries the statement's plain name."""
        fact = self.facts.calls.get(node)
        own = 1 if fact is not None and fact.kind == "operation" else 0
        inner = list(fact.arguments.values()) if fact is not None else []
        match node:
            case syntax.Text():
                inner = [one for one in node.parts if isinstance(one, syntax.Expression)]
            case syntax.ListLiteral():
                inner = list(node.items)
            case syntax.Member():
                inner = [node.of]
            case syntax.Index():
                inner = [node.of, node.index]
            case syntax.Unary():
                inner = [node.operand]
            case syntax.Binary():
                inner = [node.left, node.right]
        return own + sum(self._count(one) for one in inner)

    def operation(
        self, node: syntax.Call | syntax.Flow, module: Module, names: Environment
    ) -> Value:
        """Plan an operation: one step, or one for each item where its subject is a list or a prompt of several jobs."""
        fact = self.facts.calls[node]
        operation = fact.operation
        if operation is None:
            raise TypeError(fact)
        values = {name: self.value(one, module, names) for name, one in fact.arguments.items()}
        base = self._statement.next(operation.name)
        self._check_limits(node, operation, fact, values, module)
        arguments = {
            name: self._argument(value) for name, value in values.items() if name != fact.subject
        }
        for name, parameter in operation.parameters.items():
            if name not in values and parameter.default is not None:
                arguments[name] = parameter.default
        if fact.subject not in values:
            return self._result(
                self._node(node, module, operation, arguments, base, many=False), operation
            )
        items, several = self._subject(values[fact.subject], fact)
        if len(items) > 1 and not several:
            place = fact.arguments[fact.subject].span
            self.report.add("OM236", module.source, place, count=len(items))
            return Later(ANY)
        made: list[Value] = []
        for condition, item in items:
            with self.under(condition):
                filled = {fact.subject: item, **arguments}
                step = self._node(node, module, operation, filled, base, many=several)
            made.append(optional(condition, self._result(step, operation)))
        return made if several else made[0] if made else Later(ANY)

    def _result(self, node_id: str, operation: OperationView) -> Later:
        made = parse_type(operation.result).made_by(operation.service, operation.parts)
        return Later(made, node_id)

    def _argument(self, value: Value) -> PlanValue:
        if isinstance(value, Instance) and value.symbol.kind == "prompt":
            jobs = self.jobs(value)
            return jobs[0] if jobs else None
        if isinstance(value, Computed) and value.operation == "if":
            condition, *choices = value.arguments
            with self._inputs.inside():
                made = [self._argument(one) for one in choices]
                return PlanComputed("if", (self._inputs.value(condition), *made))
        return self._inputs.value(value)

    def _subject(self, value: Value, fact: CallFact) -> tuple[list[Item], bool]:
        """Return what goes left of `->`, item by item, each with its condition, and whether that is a list."""
        if isinstance(value, Instance) and value.symbol.kind == "prompt":
            jobs = self.jobs(value)
            return [(None, one) for one in jobs], fact.mapped
        if isinstance(value, Computed) and value.operation == "if" and fact.mapped:
            condition, *choices = value.arguments
            branches = zip((condition, negated(condition)), choices, strict=False)
            with self._inputs.inside():
                return [
                    (both(branch, inner) if inner is not None else branch, item)
                    for branch, choice in branches
                    for inner, item in self._subject(choice, fact)[0]
                ], True
        if fact.mapped and isinstance(value, list):
            items: list[Item] = []
            for one in value:
                given, item = split(one)
                nested = CallFact("operation", {}, mapped=isinstance(item, list))
                for inner, each in self._subject(item, nested)[0]:
                    items.append((both(given, inner) if inner is not None else given, each))
            return items, True
        return [(None, self._argument(value))], fact.mapped

    def jobs(self, prompt: Instance) -> list[PromptInput]:
        """Render a prompt and return its jobs, `--repeat` unrolled; what is wrong with it is reported."""
        judged = judge_prompt(prompt, self)
        rendered, findings = judged.rendered, judged.findings
        for one in findings:
            self.report.take(one)
        check_pictures(rendered.pictures, rendered.addresses, self.report)
        if any(one.severity == "error" for one in findings):
            return []
        made = []
        for job in judged.parsed.jobs:
            made += [self._inputs.job(_sent(job), rendered)] * job.repeat
        return made if prompt.job is None else made[prompt.job - 1 : prompt.job]

    def imagine(
        self,
        name: str,
        prompt: Instance,
        operation: OperationView,
        node: syntax.Prompt,
        module: Module,
    ) -> list[Ref]:
        """Plan every job of a prompt that stands in a file without pipelines."""
        defaults = {
            key: one.default for key, one in operation.parameters.items() if one.default is not None
        }
        jobs = self.jobs(prompt)
        refs = []
        for job in jobs:
            arguments: dict[str, PlanValue] = {"prompt": job, **defaults}
            refs.append(
                Ref(self._node(node, module, operation, arguments, name, many=len(jobs) > 1))
            )
        return refs

    def _check_limits(
        self,
        node: syntax.Expression,
        operation: OperationView,
        fact: CallFact,
        values: Mapping[str, Value],
        module: Module,
    ) -> None:
        for name, value in values.items():
            broken = violation(operation.parameters[name], value)
            if broken is not None:
                self._tell(broken, fact.arguments[name].span, module)
        for limit, broken in conflicts(operation, values):
            place = fact.arguments.get(limit.argument, node)
            self._tell(broken, place.span, module)

    def _tell(self, broken: Violation, place: Span, module: Module) -> None:
        self.report.take(
            Diagnostic(
                broken.code,
                place,
                source=module.source,
                values=broken.values,
                suggestions=broken.suggestions,
            )
        )

    def _node(
        self,
        node: syntax.Node,
        module: Module,
        operation: OperationView,
        arguments: dict[str, PlanValue],
        base: str,
        *,
        many: bool,
    ) -> str:
        """Add a step and return its id."""
        stated: Type | None = (
            self.facts.stated.get(node) if isinstance(node, syntax.Expression) else None
        )
        expects = str(stated) if stated is not None else ""
        options = self._statement.options
        node_id = self._unique(base, many=many or self._statement.many)
        key, take = self._identify(node_id, operation, arguments, expects)
        line = module.source.position(node.span.start).row
        after = self.guards(self.when, *arguments.values())
        if after:
            self._guards[node_id] = after
        self._add(
            PlanNode(
                node_id,
                operation.full_name,
                arguments,
                key,
                take,
                str(stated.name) if stated is not None else operation.result,
                expects,
                options,
                line,
                self.when,
                after,
            ),
            module,
            node,
        )
        return node_id

    def _add(self, step: PlanNode, module: Module, node: syntax.Node) -> None:
        """Add a step, or say that the plan is full; inside a loop the loop is blamed for that."""
        if len(self.nodes) < self.most_steps:
            self.nodes.append(step)
        elif not self.full:
            self.full = True
            if not self._statement.many:
                self.report.add("OM501", module.source, node.span, most=self.most_steps)

    def _identify(
        self,
        node_id: str,
        operation: OperationView,
        arguments: Mapping[str, PlanValue],
        expects: str,
    ) -> tuple[str, int]:
        """Return a step's key and take."""
        if self._gateway is None:
            return "", 1
        from omnidsl.planning.keys import canonical_arguments, content_key, step_key

        content = content_key(
            self._own.get(operation.service, self._gateway),
            operation.full_name,
            canonical_arguments(arguments, expects, self._keys),
        )
        take = self._takes.take(content, self._statement.options.take or 1)
        self._keys[node_id] = step_key(content, take)
        return self._keys[node_id], take

    def _unique(self, base: str, *, many: bool) -> str:
        """Name a step: `hero`, or `hero[1]`, `hero[2]` … where one binding makes several."""
        self._names[base] += 1
        number = self._names[base]
        return f"{base}[{number}]" if many or number > 1 else base


def _sent(job: Job) -> str:
    """Return a job as it is sent: `--repeat` became takes of our own."""
    text = job.canonical
    for one in job.settings:
        if one.parameter is not None and one.parameter.name == "repeat":
            before, _, behind = text.rpartition(f" {one.text}")
            text = before + behind
    return text


class StatementSteps:
    """The steps of one statement: how many there will be, how many there were, what `with` says."""

    def __init__(self, name: str, count: int, options: Options, *, many: bool) -> None:
        self.options = options
        self.many = many
        self._name = name
        self._count = count
        self._made = 0

    def next(self, operation: str) -> str:
        """Return the name of the next step: the last one is called as the statement, those before have a number."""
        self._made += 1
        name = self._name or operation
        return name if self._made == self._count else f"{name}.{self._made}"
