"""`junit`: XML that CI services read as a test report: a suite for each file, a failed case for each finding."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.reporting.formats import Look
from omnidsl.reporting.terminal import printable

_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold even as a reference."""


def render(findings: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    """Yield the document; no findings are one case that passed, since empty reports are taken for failures."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    count = len(findings)
    yield f'<testsuites name="omni" tests="{max(1, count)}" failures="{count}" errors="0">\n'
    if not findings:
        yield '  <testsuite name="omni" tests="1" failures="0" errors="0">\n'
        yield '    <testcase name="omni check" classname="omni"/>\n  </testsuite>\n'
    for name, group in groupby(findings, lambda one: one.source.name if one.source else "omni"):
        cases = list(group)
        size = f'tests="{len(cases)}" failures="{len(cases)}" errors="0"'
        yield f'  <testsuite name="{_escaped(name)}" {size}>\n'
        for one in cases:
            yield _case(one, name, look.language)
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


def _case(finding: Diagnostic, name: str, language: str | None) -> str:
    title, lines, place = f"{finding.code} {finding.name}", "", name
    if finding.source is not None and finding.span is not None:
        at = finding.source.position(finding.span.start)
        title, place = f"{title} {at.row}:{at.column}", f"{name}:{at.row}:{at.column}"
        lines = f' line="{at.row}" column="{at.column}"'
    message = finding.message(language)
    text = "\n".join([f"{place}: {message}", *finding.help(language)])
    return (
        f'    <testcase name="{_escaped(title)}" classname="{_escaped(name)}"{lines}>\n'
        f'      <failure type="{finding.severity}" message="{_escaped(message)}">{_escaped(text, lines=True)}</failure>\n'
        "    </testcase>\n"
    )


def _escaped(text: str, *, lines: bool = False) -> str:
    parts = text.split("\n") if lines else [text]
    harmless = "\n".join(_NO_CHARACTER.sub("\ufffd", printable(part)) for part in parts)
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        harmless = harmless.replace(sign, name)
    return harmless
