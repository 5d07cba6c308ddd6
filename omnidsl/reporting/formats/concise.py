"""`concise`: one line a finding, `path:row:column: CODE [*] message`; `[*]` says that `--fix` mends it."""

from collections.abc import Iterator, Sequence

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.reporting.formats import Look
from omnidsl.reporting.formats.escaping import file_name, for_a_log
from omnidsl.reporting.terminal import printable

_BOLD, _CODES = "1", {"error": "1;31", "warning": "1;33", "info": "1;36"}


def render(findings: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    """Yield a line for each finding."""

    def paint(style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if look.colour else text

    for one in findings:
        place = paint(_BOLD, _place(one))
        mark = "[*] " if one.fix is not None and one.fix.safe else ""
        message = printable(one.message(look.language))
        code = paint(_CODES[one.severity], one.code)
        yield for_a_log(f"{place}{code} {mark}{message}\n")


def _place(finding: Diagnostic) -> str:
    if finding.source is None:
        return ""
    name = file_name(finding.source.name)
    if finding.span is None:
        return f"{name}: "
    at = finding.source.position(finding.span.start)
    return f"{name}:{at.row}:{at.column}: "
