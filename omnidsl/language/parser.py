"""From text to syntax tree: one function, `parse`, that returns a tree, or findings, or both."""

from omnidsl.language import engine, syntax
from omnidsl.language.builder import TooDeep, TooLong, TreeBuilder
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.faults import explain
from omnidsl.language.source import Source, Span
from omnidsl.language.text import TextReader


def parse(source: Source) -> tuple[syntax.Recipe | None, list[Diagnostic]]:
    """Parse a recipe; the tree is None when the text does not follow the grammar."""
    findings: list[Diagnostic] = []

    def expression(within: Span) -> syntax.Expression | None:
        try:
            return builder.expression(
                engine.parse(source.text, "interpolation", within).children[0]
            )
        except engine.Unexpected as fault:
            findings.append(explain(fault, source, end="`}`"))
        except (TooDeep, TooLong) as fault:
            findings.append(_limit(fault, source))
        return None

    builder = TreeBuilder(source, TextReader(source, findings, expression))
    try:
        tree = builder.recipe(engine.parse(source.text))
    except engine.Unexpected as fault:
        return None, [explain(fault, source)]
    except (TooDeep, TooLong) as fault:
        return None, [_limit(fault, source)]
    return tree, findings


def _limit(fault: TooDeep | TooLong, source: Source) -> Diagnostic:
    if isinstance(fault, TooLong):
        return Diagnostic("OM013", fault.span, source=source, values={"digits": fault.digits})
    return Diagnostic("OM010", fault.span, source=source)
