"""From text to syntax tree: one function, `parse`, that returns a tree, or findings, or both."""

from omnidsl.language import syntax
from omnidsl.language._recipe_tables import TABLES
from omnidsl.language.builder import TooDeep, TooLong, TreeBuilder
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.faults import explain
from omnidsl.language.lalr import Assembly, Machine, unexpected
from omnidsl.language.source import Source, Span
from omnidsl.language.text import TextReader

NODES = Assembly(TABLES, TreeBuilder.build)


def parse(source: Source) -> tuple[syntax.Recipe | None, list[Diagnostic]]:
    """Parse a recipe; the tree is None when the text does not follow the grammar."""
    findings: list[Diagnostic] = []

    def expression(within: Span) -> syntax.Expression | None:
        try:
            machine = Machine(NODES, builder, source.text, "interpolation", within)
            fault = machine.run(machine.end)
            if fault is None:
                return machine.values[-1]  # type: ignore[return-value]  # what the builder makes of this rule
            findings.append(explain(unexpected(machine, fault), source, end="`}`"))
        except (TooDeep, TooLong) as limit:
            findings.append(_limit(limit, source))
        return None

    builder = TreeBuilder(source, TextReader(source, findings, expression))
    machine = Machine(NODES, builder, source.text, "recipe")
    try:
        fault = machine.run(machine.end)
    except (TooDeep, TooLong) as limit:
        return None, [_limit(limit, source)]
    if fault is not None:
        return None, [explain(unexpected(machine, fault), source)]
    return machine.values[-1], findings  # type: ignore[return-value]  # what the builder makes of this rule


def _limit(fault: TooDeep | TooLong, source: Source) -> Diagnostic:
    if isinstance(fault, TooLong):
        return Diagnostic("OM013", fault.span, source=source, values={"digits": fault.digits})
    return Diagnostic("OM010", fault.span, source=source)
