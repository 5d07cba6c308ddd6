"""From text to syntax tree: one function, `parse`, that returns a tree, or findings, or both."""

from omnidsl.language import syntax
from omnidsl.language._recipe_tables import TABLES
from omnidsl.language.builder import TooDeep, TooLong, TreeBuilder
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.lalr import Assembly, Machine
from omnidsl.language.source import Source, Span
from omnidsl.language.text import TextReader

NODES = Assembly(TABLES, TreeBuilder.build)


def parse(source: Source) -> tuple[syntax.Recipe | None, list[Diagnostic]]:
    """Parse a recipe and tell every syntax error in it; the tree is None where nothing of it can be relied on."""
    findings: list[Diagnostic] = []

    def expression(within: Span) -> syntax.Expression | None:
        try:
            machine = Machine(NODES, builder, source.text, "interpolation", within)
            fault = machine.run(machine.end)
            if fault is None:
                return machine.values[-1]  # type: ignore[return-value]  # what the builder makes of this rule
            from omnidsl.language.faults import explain
            from omnidsl.language.lalr import unexpected

            findings.append(explain(unexpected(machine, fault), source, end="`}`"))
        except (TooDeep, TooLong) as limit:
            findings.append(_limit(limit, source))
        return None

    builder = TreeBuilder(source, TextReader(source, findings, expression))
    machine = Machine(NODES, builder, source.text, "recipe")
    try:
        if machine.run(machine.end) is None and not builder.swallowed:
            tree = machine.values[-1]
            if isinstance(tree, syntax.Recipe):
                return _hushed(tree, findings, source), findings
        return _recovered(source, builder, findings)
    except (TooDeep, TooLong) as limit:
        return None, [*_once(findings), _limit(limit, source)]


def _recovered(
    source: Source, builder: TreeBuilder, findings: list[Diagnostic]
) -> tuple[syntax.Recipe | None, list[Diagnostic]]:
    """Read a source that has errors, from its beginning."""
    from omnidsl.language.mending import Mender
    from omnidsl.language.recovery import Recovery

    recovery = Recovery(NODES, source, builder)
    made = recovery.run()
    told = [*_unexplained(recovery.findings, findings, source), *_once(findings)]
    if not isinstance(made, syntax.Recipe):
        return None, told
    tree = Mender(source, recovery.patches).recipe(made)
    return _hushed(tree, findings, source), told


def _hushed(tree: syntax.Recipe, findings: list[Diagnostic], source: Source) -> syntax.Recipe:
    """Let nothing more be said of lines whose texts could not be read."""
    for one in findings:
        if one.span is not None:
            begin = source.text.rfind("\n", 0, one.span.start) + 1
            end = source.text.find("\n", one.span.start)
            tree.quiet = (*tree.quiet, Span(begin, len(source.text) if end < 0 else end))
    return tree


def _unexplained(
    found: list[Diagnostic], texts: list[Diagnostic], source: Source
) -> list[Diagnostic]:
    """Return what is not the consequence of a fault in a text.

    An open `${` takes the brace that ends its block; a quote inside of one ends the text too early.
    """
    rows = {source.position(one.span.start).row for one in texts if one.span}
    cut = {source.position(one.span.start).row for one in texts if one.span and one.code == "OM007"}
    return [
        one
        for one in found
        if not one.span
        or (row := source.position(one.span.start).row) not in rows
        or (one.code != "OM004" and not (row in cut and one.code in ("OM001", "OM005")))
    ]


def _once(findings: list[Diagnostic]) -> list[Diagnostic]:
    """Return findings once each: what is read again is told again."""
    return list({(one.code, one.span): one for one in findings}.values())


def _limit(fault: TooDeep | TooLong, source: Source) -> Diagnostic:
    if isinstance(fault, TooLong):
        return Diagnostic("OM013", fault.span, source=source, values={"digits": fault.digits})
    return Diagnostic("OM010", fault.span, source=source)
