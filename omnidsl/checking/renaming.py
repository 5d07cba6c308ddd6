"""The fix of a misspelt name: where one known name is near, it stands in its place."""

from omnidsl.language.diagnostics import Diagnostic, Edit, Fix
from omnidsl.language.source import Span

_NOT_IN_QUOTES = frozenset('"\\$\n')


def rename(finding: Diagnostic) -> Fix | None:
    """Return the fix that writes the only suggestion where the finding's name stands, else None.

    It is unsafe: the nearest name need not be the one that was meant.
    """
    source, span = finding.source, finding.span
    if source is None or span is None or len(finding.suggestions) != 1:
        return None
    (name,) = finding.suggestions
    written = source[span]
    if written.startswith("-") != name.startswith("-"):
        return None
    for value in finding.values.values():
        if value in (written, f"`{written}`"):
            return Fix([Edit(span, name)], safe=False)
        if written == f'"{value}"' and not _NOT_IN_QUOTES & set(name):
            return Fix([Edit(Span(span.start + 1, span.end - 1), name)], safe=False)
    return None
