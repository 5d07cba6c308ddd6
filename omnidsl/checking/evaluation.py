"""The value of an expression that has passed checking.

What a step will give stays `Later`. Checking uses this to look at prompts with their defaults, planning to make plans.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from omnidsl.checking.deferred import parted, pending
from omnidsl.checking.facts import Facts
from omnidsl.checking.functions import FUNCTIONS, drawn
from omnidsl.checking.operators import LONGEST_TEXT, TextTooLong, bounded, compute, joined
from omnidsl.checking.parts import Reading, part_value, read_prompt
from omnidsl.checking.project_files import ProjectFiles
from omnidsl.checking.report import Report
from omnidsl.checking.symbols import Module, Symbol
from omnidsl.checking.types import ANY, Type
from omnidsl.checking.values import (
    Computed,
    Duration,
    Instance,
    Joined,
    Later,
    Parts,
    ProjectFile,
    Ratio,
    Raw,
    Record,
    Value,
    text_of,
)
from omnidsl.language import syntax
from omnidsl.language.source import Span

LONGEST = 10_000
"""Items in a range; a plan is capped far below."""

DEEPEST_PROMPTS = 20
"""Prompts that show parts of prompts that show parts of prompts …"""

MOST_NESTED = 1000
"""Prompts that are read for the sake of others: with arguments, each level may double them."""

Environment = Mapping[str, Value]


class Evaluator:
    """Evaluates expressions of any module.

    `root` is the project's folder, its links followed, below which files may lie. `functions` calls those of plugins,
    where that may be, and raises PluginError.
    """

    def __init__(self, facts: Facts, report: Report, root: str) -> None:
        self.facts = facts
        self.report = report
        self.root = Path(root)
        self._files = ProjectFiles(self.root, report)
        self._open: list[Symbol] = []
        self._nested = 0
        self._read: dict[Symbol, Reading | None] = {}
        self.functions: Callable[[str, Mapping[str, Value]], Value] | None = None

    def value(
        self, node: syntax.Expression, module: Module, names: Environment
    ) -> Value:  # one line a node reads best
        """Return the value of an expression of `module`, where `names` are the local ones."""
        match node:
            case syntax.Name():
                return self._name(node, names)
            case syntax.Text():
                return self.text(node, module, names)
            case syntax.Number() | syntax.Truth():
                return node.value
            case syntax.RatioLiteral():
                return Ratio(node.width, node.height)
            case syntax.DurationLiteral():
                return Duration(node.seconds)
            case syntax.ListLiteral():
                return [self.value(one, module, names) for one in node.items]
            case syntax.RangeLiteral():
                return self._range(node, module, names)
            case syntax.Member():
                return self._member(node, module, names)
            case syntax.Index():
                return self._index(node, module, names)
            case syntax.Unary():
                return self._unary(node, module, names)
            case syntax.Binary():
                return self._binary(node, module, names)
            case syntax.Missing():
                return Later(ANY)
            case syntax.Call() | syntax.Flow():
                return self.call(node, module, names)
        raise TypeError(node)

    def text(self, node: syntax.Text, module: Module, names: Environment) -> Value:
        """Return a text; parts that come later keep it open."""
        parts: list[str | Later] = []
        for part in node.parts:
            value = part.text if isinstance(part, syntax.Piece) else self.value(part, module, names)
            if isinstance(value, Joined):
                parts.extend(value.parts)
            else:
                parts.append(value if isinstance(value, Later) else text_of(value))
        length = sum(len(part) if isinstance(part, str) else 1 for part in parts)
        if length > LONGEST_TEXT:
            self._too_long(node, module, length)
            return Later(ANY)
        if all(isinstance(part, str) for part in parts):
            return "".join(part for part in parts if isinstance(part, str))
        return Joined(parts)

    def call(self, node: syntax.Call | syntax.Flow, module: Module, names: Environment) -> Value:
        """Return what a call gives: a prompt or chat with its arguments, or a function's value."""
        fact = self.facts.calls.get(node)
        if fact is None:
            return self._unknown(node)
        if fact.kind == "symbol" and fact.symbol is not None:
            return Instance(
                fact.symbol,
                {key: self.value(one, module, names) for key, one in fact.arguments.items()},
            )
        if fact.kind == "function":
            arguments = {key: self.value(one, module, names) for key, one in fact.arguments.items()}
            return self._function(fact.function, node, arguments, module)
        if fact.kind == "plan":
            return self.planned(node, module, names)
        return self.operation(node, module, names)

    def planned(
        self,
        node: syntax.Call | syntax.Flow,
        module: Module,  # noqa: ARG002  # tests override this and use it
        names: Environment,  # noqa: ARG002  # as above
    ) -> Value:
        """Return what `plan(…)` tells: nothing is known of it here."""
        return self._unknown(node)

    def operation(
        self,
        node: syntax.Call | syntax.Flow,
        module: Module,  # noqa: ARG002  # planning overrides this and uses it
        names: Environment,  # noqa: ARG002  # as above
    ) -> Value:
        """Return what a step gives: nothing is known of it here but its type."""
        return self._unknown(node)

    def _function(
        self, name: str, node: syntax.Expression, arguments: dict[str, Value], module: Module
    ) -> Value:
        if "." in name:
            return self._of_plugin(name, node, arguments, module)
        if _waits(name, arguments):
            named = (arguments.get(one) for one, _ in FUNCTIONS[name].parameters)
            return self._later(node, name, *(one for one in named if one is not None))
        match name:
            case "file":
                return self.file(str(arguments.get("path", "")), node.span, module)
            case "lines":
                read = self._files.lines(str(arguments.get("path", "")), node.span, module)
                return [*read] if read is not None else self._unknown(node)
            case "raw":
                return Raw(arguments.get("text", ""))
        items = self.listed(arguments.get("list", []))
        if not isinstance(items, list):
            return self._unknown(node)
        match name:
            case "len":
                return len(items)
            case "join":
                texts = [text_of(one) for one in items]
                between = text_of(arguments.get("sep", ""))
                return self._computed(node, node.span, module, lambda: joined(texts, between))
        return self._drawn(name, node, items, arguments, module)

    def _of_plugin(
        self, name: str, node: syntax.Expression, arguments: dict[str, Value], module: Module
    ) -> Value:
        """Return what a plugin's function gives where plans are made; a check runs no plugin, and does not know it."""
        if self.functions is None or any(pending(one) for one in arguments.values()):
            return self._unknown(node)
        from omnidsl.plugins.brought import FunctionFailed  # what no check pays

        try:
            return self.functions(name, arguments)
        except FunctionFailed as error:
            plugin, problem = error.plugin, error.problem
            source = module.source
            self.report.add("OM921", source, node.span, name=name, plugin=plugin, problem=problem)
            return self._unknown(node)

    def _drawn(
        self,
        name: str,
        node: syntax.Expression,
        items: list[Value],
        arguments: Mapping[str, Value],
        module: Module,
    ) -> Value:
        """Return what `choose` or `sample` draws; more than there is cannot be drawn."""
        count, seed = arguments.get("k", 1), arguments.get("seed")
        if not isinstance(count, int) or not isinstance(seed, int):
            return self._unknown(node)
        if not 0 <= count <= len(items):
            self.report.add("OM231", module.source, node.span, count=count, length=len(items))
            return self._unknown(node)
        found = drawn(items, count, seed)
        return found if name == "sample" else found[0]

    def file(self, written: str, place: Span, module: Module) -> Value:
        """Return a file of the project, or report that it is missing or outside."""
        path = self._files.find(written, place, module)
        return ProjectFile(str(path)) if path is not None else Later(Type("image"))

    def _range(self, node: syntax.RangeLiteral, module: Module, names: Environment) -> Value:
        low, high = self.value(node.low, module, names), self.value(node.high, module, names)
        if not isinstance(low, int) or not isinstance(high, int):
            return self._unknown(node)
        if high - low >= LONGEST:
            self.report.add(
                "OM208", module.source, node.span, name="range", most=LONGEST, length=high - low + 1
            )
            return []
        return list(range(low, high + 1))

    def _name(self, node: syntax.Name, names: Environment) -> Value:
        if node.text in names:
            return names[node.text]
        symbol = self.facts.symbols.get(node)
        return self.symbol(symbol) if symbol is not None else self._unknown(node)

    def _later(self, node: syntax.Expression, operation: str, *arguments: Value) -> Computed:
        """Return what stands for a value that can be computed once results are there."""
        return Computed(self.facts.types.get(node, ANY), operation, list(arguments))

    def _unknown(self, node: syntax.Expression) -> Later:
        """Return what stands for a value that is not known: one that a step gives, or one behind a fault."""
        return Later(self.facts.types.get(node, ANY))

    def symbol(self, symbol: Symbol) -> Value:
        """Return the value of a file's own name: a `let` (computed once), or a prompt or chat without arguments."""
        if isinstance(symbol.node, syntax.Let) and symbol.module is not None:
            lets = self.facts.lets
            if symbol not in lets:
                lets[symbol] = Later(ANY)  # what a definition in a circle gets of itself
                lets[symbol] = self.value(symbol.node.value, symbol.module, {})
            return lets[symbol]
        if symbol.kind in ("prompt", "chat"):
            return Instance(symbol, {})
        return Later(symbol.type or ANY)

    def _member(self, node: syntax.Member, module: Module, names: Environment) -> Value:
        if node in self.facts.symbols:
            return self.symbol(self.facts.symbols[node])
        of = self.value(node.of, module, names)
        if isinstance(of, Computed):
            return of if of.type.name == "text" else self._later(node, "part", of, node.name.text)
        if isinstance(of, Later):
            known = of.type.member(node.name.text)
            if known is None:
                return self._unknown(node)
            own = of.type.name == "text" and node.name.text not in of.type.parts
            part = of.part if own else node.name.text
            return Later(known.when(later=True), of.node, part)
        return self._part(of, node, module)

    def _part(self, of: Value, node: syntax.Member, module: Module) -> Value:
        """Return a part of a prompt, or of each prompt of a list."""
        if self.facts.types.get(node, ANY).name == "any":
            return self._unknown(node)
        if isinstance(of, Record):
            return of.parts.get(node.name.text, self._unknown(node))
        of = self.listed(of)
        if isinstance(of, list):
            return [self._part(one, node, module) for one in of]
        if isinstance(of, Instance):
            reading = self.reading(of)
            if reading is None or not reading.jobs:
                return self._unknown(node)
            of = Parts("prompt", reading.jobs[0], self._shown(reading.pictures))
        if not isinstance(of, Parts):
            return self._unknown(node)
        found = part_value(of, node.name.text, self.facts.rules)
        if found is None:
            self.report.add("OM235", module.source, node.name.span, name=node.name.text)
            return self._unknown(node)
        return found

    def reading(self, prompt: Instance, *, partly: bool = False) -> Reading | None:
        """Read a prompt as `read_prompt` does: one without arguments once, and no endless nests of prompts in prompts."""
        symbol = prompt.symbol
        plain = not (prompt.arguments or prompt.job or partly)
        if plain and symbol in self._read:
            return self._read[symbol]
        if symbol in self._open:
            return None  # a circle, which has been told
        self._nested += bool(self._open)
        if len(self._open) >= DEEPEST_PROMPTS or self._nested > MOST_NESTED:
            source = symbol.module.source if symbol.module is not None else None
            self.report.add("OM119", source, symbol.span, most=DEEPEST_PROMPTS)
            return None
        self._open.append(symbol)
        try:
            found = read_prompt(prompt, self, partly=partly)
        except RecursionError:
            if len(self._open) > 1:
                raise
            source = symbol.module.source if symbol.module is not None else None
            self.report.add("OM010", source, symbol.span)
            found = None
        finally:
            self._open.pop()
        if plain:
            self._read[symbol] = found
        return found

    def _shown(self, paths: list[str]) -> list[str]:
        return [Path(one).relative_to(self.root).as_posix() for one in paths]

    def listed(self, value: Value) -> Value:
        """Return the jobs of a prompt that makes several as a list of prompts, and any other value as it is."""
        if not isinstance(value, Instance) or value.job is not None:
            return value
        if value.symbol.type is None or value.symbol.type.name != "list":
            return value
        reading = self.reading(value, partly=True)
        if reading is None:
            return self._missing(value)
        return [
            Instance(value.symbol, value.arguments, job) for job in range(1, len(reading.jobs) + 1)
        ]

    @staticmethod
    def _missing(prompt: Instance) -> Later:
        return Later(prompt.symbol.type or ANY)

    def compared(self, value: Value) -> object:
        """Return what a value is compared by: of prompts what they mean, whatever the order of their parameters."""
        value = self.listed(value)
        if isinstance(value, list):
            items = [self.compared(one) for one in value]
            return next((one for one in items if isinstance(one, Later)), items)
        if not isinstance(value, Instance):
            return value
        if value.symbol.kind != "prompt":
            return (value.symbol, sorted(value.arguments.items()))
        reading = self.reading(value)
        if reading is None or not reading.jobs:
            return self._missing(value)
        return (reading.jobs[0].meaning, tuple(reading.pictures))

    def _index(self, node: syntax.Index, module: Module, names: Environment) -> Value:
        of = self.listed(self.value(node.of, module, names))
        index = self.value(node.index, module, names)
        if isinstance(index, Later) or isinstance(of, Later) or not _counted(of):
            return self._later(node, "index", of, index)
        if not isinstance(of, list) or not isinstance(index, int):
            return self._unknown(node)
        if not 1 <= index <= len(of):
            bounds = f"1..{len(of)}"
            self.report.add(
                "OM207",
                module.source,
                node.index.span,
                name="index",
                bounds=bounds,
                value=str(index),
            )
            return self._unknown(node)
        return of[index - 1]

    def _unary(self, node: syntax.Unary, module: Module, names: Environment) -> Value:
        operand = self.value(node.operand, module, names)
        if isinstance(operand, bool):
            return not operand
        if isinstance(operand, int | float):
            sign = -1 if node.operator == "-" else 1
            return self._computed(node, node.span, module, lambda: bounded(sign * operand))
        if isinstance(operand, Later):
            return self._later(node, node.operator, operand)
        return self._unknown(node)

    def _binary(self, node: syntax.Binary, module: Module, names: Environment) -> Value:
        left = self.value(node.left, module, names)
        right = self.value(node.right, module, names)
        if node.operator in ("and", "or"):
            for known, other in ((left, right), (right, left)):
                if isinstance(known, bool):
                    return known if known is (node.operator == "or") else other
        if pending(left) or pending(right):
            return self._later(node, node.operator, left, right)
        one, two = self.compared(left), self.compared(right)
        if isinstance(one, Later) or isinstance(two, Later):
            return self._unknown(node)
        return self._computed(
            node, node.right.span, module, lambda: compute(node.operator, one, two)
        )

    def _too_long(self, node: syntax.Expression, module: Module, length: int) -> None:
        self.report.add(
            "OM208", module.source, node.span, name="text", most=LONGEST_TEXT, length=length
        )

    def _computed(
        self, node: syntax.Expression, blamed: Span, module: Module, result: Callable[[], Value]
    ) -> Value:
        """Return a result, or report why there is none; `blamed` is the place of a divisor."""
        try:
            return result()
        except TypeError:  # behind a fault that has been told
            return self._unknown(node)
        except ZeroDivisionError:
            self.report.add("OM232", module.source, blamed)
        except TextTooLong as error:
            self._too_long(node, module, error.length)
        except OverflowError:
            self.report.add("OM233", module.source, node.span)
        return self._unknown(node)


def _counted(value: Value) -> bool:
    """Tell whether a value is a list whose length is known, whatever its items will be."""
    return isinstance(value, list) and all(parted(one) is None for one in value)


def _waits(function: str, arguments: Mapping[str, Value]) -> bool:
    """Tell whether a function has to wait for results: what only counts or draws items need not know them."""
    known = {
        name: one
        for name, one in arguments.items()
        if not (function in ("len", "choose", "sample") and name == "list" and _counted(one))
    }
    return any(pending(one) for one in known.values())
