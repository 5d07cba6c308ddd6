"""`json`: one document with every finding, in the form that CI tools share.

Columns count characters from 1, ends are exclusive, offsets count characters from 0. All ASCII, so that no terminal
can be steered.
"""

import json
from collections.abc import Iterable, Iterator, Sequence

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source, Span
from omnidsl.reporting.diagnostics import fix_words, in_order
from omnidsl.reporting.formats import Look

FORMAT_VERSION = "1.0"
"""The second number grows when something is added, the first when anything else changes."""


def render(findings: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    """Yield the document: `format_version` and `diagnostics`, even where there are none."""
    yield f'{{\n  "format_version": "{FORMAT_VERSION}",\n  "diagnostics": ['
    for number, one in enumerate(findings):
        text = json.dumps(item(one, look.language), indent=2).replace("\n", "\n    ")
        yield ("," if number else "") + "\n    " + text
    yield "\n  ]\n}\n" if findings else "]\n}\n"


def render_json(findings: Iterable[Diagnostic], *, language: str | None = None) -> str:
    """Return the whole document as one text, in order."""
    return "".join(render(in_order(findings), Look(language=language)))


def item(diagnostic: Diagnostic, language: str | None) -> dict[str, object]:
    """Return a finding as one JSON object."""
    source, fix = diagnostic.source, diagnostic.fix
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message(language),
        "label": diagnostic.label(language),
        **_place(source, diagnostic.span),
        "labels": [
            {"message": diagnostic.note(one, language), **_place(one.source or source, one.span)}
            for one in diagnostic.labels
        ],
        "help": diagnostic.help(language),
        "url": None,
        "fix": fix
        and {
            "applicability": "safe" if fix.safe else "unsafe",
            "message": fix_words(fix, source, language),
            "edits": [{"content": one.content, **_extent(source, one.span)} for one in fix.edits],
        },
    }


def _place(source: Source | None, span: Span | None) -> dict[str, object]:
    return {"filename": source and source.name, **_extent(source, span)}


def _extent(source: Source | None, span: Span | None) -> dict[str, object]:
    if source is None or span is None:
        return {"location": None, "end_location": None}
    return {"location": _location(source, span.start), "end_location": _location(source, span.end)}


def _location(source: Source, offset: int) -> dict[str, int]:
    at = source.position(offset)
    return {"row": at.row, "column": at.column, "offset": offset}
