"""`gitlab`: a Code Quality report, which GitLab shows in merge requests."""

import json
from collections.abc import Iterator, Sequence

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.reporting.formats import Look
from omnidsl.reporting.formats.repository import Fingerprints, Repository

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(findings: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    """Yield one JSON array; what is about no file stands at the first line of the folder, since a path is required."""
    repository = Repository.here()
    fingerprints = Fingerprints(repository)
    yield "["
    for number, one in enumerate(findings):
        issue = {
            "description": f"{one.code} {one.message(look.language)}",
            "check_name": one.name,
            "fingerprint": fingerprints.of(one),
            "severity": _SEVERITIES[one.severity],
            "location": {
                "path": repository.path(one.source) if one.source is not None else ".",
                "positions": _positions(one),
            },
        }
        yield ("," if number else "") + "\n  " + json.dumps(issue)
    yield "\n]\n" if findings else "]\n"


def _positions(finding: Diagnostic) -> dict[str, dict[str, int]]:
    if finding.source is None or finding.span is None:
        start = end = {"line": 1, "column": 1}
    else:
        start = _position(finding.source, finding.span.start)
        end = _position(finding.source, finding.span.end)
    return {"begin": start, "end": end}


def _position(source: Source, offset: int) -> dict[str, int]:
    at = source.position(offset)
    return {"line": at.row, "column": at.column}
