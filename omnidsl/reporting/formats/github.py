"""`github`: workflow commands, which a runner of GitHub Actions shows beside the lines of a pull request.

It shows about ten of a kind a step, so that errors come first.
"""

from collections.abc import Iterator, Sequence

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.reporting.formats import Look
from omnidsl.reporting.formats.escaping import data, property_value
from omnidsl.reporting.formats.repository import Repository
from omnidsl.reporting.terminal import printable

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(findings: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    """Yield a command for each finding, errors first."""
    repository = Repository.here()
    severities = list(_COMMANDS)
    for one in sorted(findings, key=lambda one: severities.index(one.severity)):
        properties = {"title": f"omni ({one.code})", **_place(one, repository)}
        written = ",".join(f"{name}={property_value(text)}" for name, text in properties.items())
        lines = [one.message(look.language), *one.help(look.language)]
        message = "\n".join(printable(line) for line in lines)
        yield f"::{_COMMANDS[one.severity]} {written}::{data(message)}\n"


def _place(finding: Diagnostic, repository: Repository) -> dict[str, str]:
    source, span = finding.source, finding.span
    if source is None:
        return {}
    # A line end is escaped below; whatever else could steer a terminal is no name that a runner would find.
    name = "\n".join(printable(part) for part in repository.path(source).split("\n"))
    if span is None:
        return {"file": name}
    start, end = source.position(span.start), source.position(span.end)
    place = {"file": name, "line": str(start.row)}
    if start.row != end.row:  # columns over several lines would be refused
        return {**place, "endLine": str(end.row)}
    return {
        **place,
        "col": str(start.column),
        "endLine": str(end.row),
        "endColumn": str(end.column),
    }
