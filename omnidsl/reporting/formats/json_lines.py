"""`json-lines`: the objects of `json`, one a line, for programs that read as they go."""

import json
from collections.abc import Iterator, Sequence

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.reporting.formats import Look
from omnidsl.reporting.formats.json_document import item


def render(findings: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    """Yield a line for each finding."""
    for one in findings:
        yield json.dumps(item(one, look.language)) + "\n"
