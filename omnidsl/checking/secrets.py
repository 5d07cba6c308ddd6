"""Keys that were pasted into a recipe: found wherever they stand, comments included, and never shown."""

import re

from omnidsl.checking.report import Report
from omnidsl.language.source import Source, Span

_KEY = re.compile(r"\bsk-(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{16,}")
_SHOWN = 5


def check_secrets(source: Source, report: Report) -> None:
    """Report what looks like a gateway's key; the excerpt that people see has it masked."""
    found = list(_KEY.finditer(source.text))
    if not found:
        return
    masked = Source(
        _KEY.sub(lambda key: key[0][:_SHOWN] + "*" * (len(key[0]) - _SHOWN), source.text),
        source.name,
        source.path,
    )
    for one in found:
        report.add("OM618", masked, Span(one.start(), one.end()))
