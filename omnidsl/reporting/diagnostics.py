"""Diagnostics for people (`full`) and for programs (`json`), in the reader's language.

The form of `full` is that of the well-known compilers: code and message, place, the line with a mark under it, ways
out. That of `json` is the one that CI tools share: columns from 1, ends exclusive, offsets in characters from 0.
"""

from collections.abc import Iterable

from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic, Edit, Fix
from omnidsl.language.source import Source, Span
from omnidsl.reporting.snippets import Mark, Row, draw
from omnidsl.reporting.terminal import printable, wants_colour

__all__ = ["FORMAT_VERSION", "in_order", "render_full", "render_json", "summary", "wants_colour"]

FORMAT_VERSION = "1.0"
"""Of the JSON form; the second number grows when something is added, the first when anything else changes."""

LONGEST = 400
"""Characters of a message or a fix that `full` shows: a name of a megabyte is no message."""

SEVERITIES = ("error", "warning", "info")

_STYLES = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "gutter": "1;34",
    "message": "1",
    "help": "1;32",
}


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort by file, place, code; what is about no file comes first."""

    def key(one: Diagnostic) -> tuple[str, int, int, str]:
        span = one.span or Span(0, 0)
        return (one.source.name if one.source else "", span.start, span.end, one.code)

    return sorted(diagnostics, key=key)


def render_full(
    diagnostics: Iterable[Diagnostic],
    *,
    colour: bool,
    width: int = 100,
    language: str | None = None,
) -> str:
    """Return every finding with its source lines, one empty line between two; empty for none.

    `width` is the most columns that a source line takes; longer ones are cut around the place.
    """
    drawing = _Drawing(colour=colour, width=width, language=language)
    return "\n".join(drawing.one(diagnostic) for diagnostic in in_order(diagnostics))


def summary(diagnostics: Iterable[Diagnostic], language: str | None = None) -> str:
    """Return one sentence that counts, in the manner of `Found 2 errors, 1 warning.`."""
    severities = [one.severity for one in diagnostics]
    counts = [
        _count(severity, severities.count(severity), language)
        for severity in SEVERITIES
        if severity in severities
    ]
    if not counts:
        return phrase("found-nothing", language)
    return phrase("found", language).format(counts=phrase("counts-comma", language).join(counts))


def render_json(diagnostics: Iterable[Diagnostic], *, language: str | None = None) -> str:
    """Return one JSON document: `format_version` and `diagnostics`. All ASCII, so that no terminal can be steered."""
    import json

    items = [_as_json(one, language) for one in in_order(diagnostics)]
    return json.dumps({"format_version": FORMAT_VERSION, "diagnostics": items}, indent=2)


class _Drawing:
    """How `full` is drawn: coloured or not, how wide, in which language."""

    __slots__ = ("_colour", "_language", "_width")

    def __init__(self, *, colour: bool, width: int, language: str | None) -> None:
        self._colour = colour
        self._width = max(width, 20)
        self._language = language

    def one(self, diagnostic: Diagnostic) -> str:
        severity = diagnostic.severity
        head = self._paint(severity, f"{phrase(severity, self._language)}[{diagnostic.code}]")
        message = _short(diagnostic.message(self._language))
        lines = [f"{head} {diagnostic.name}: {self._paint('message', message)}"]
        blocks = [(marks[0], draw(marks, self._width)) for marks in self._marks(diagnostic)]
        numbers = [row.number for _, rows in blocks for row in rows if row.number]
        margin = " " * len(str(max(numbers, default=0)))
        if diagnostic.source is not None and diagnostic.span is None:
            lines.append(
                f"{margin}{self._paint('gutter', '-->')} {printable(diagnostic.source.name)}"
            )
        for block, (mark, rows) in enumerate(blocks):
            lines.append(self._place(mark, margin, "-->" if block == 0 else ":::"))
            lines.append(self._paint("gutter", f"{margin} |"))
            lines += [self._row(row, margin, severity) for row in rows]
        lines += self._ways_out(diagnostic, margin, after_code=bool(blocks))
        return "\n".join(lines) + "\n"

    def _marks(self, diagnostic: Diagnostic) -> list[list[Mark]]:
        """Group the places by source, the primary's first; in each the primary place comes first."""
        groups: dict[int, list[Mark]] = {}
        source = diagnostic.source
        if source is not None and diagnostic.span is not None:
            groups[id(source)] = [
                Mark(source, diagnostic.span, "^", _short(diagnostic.label(self._language)))
            ]
        for label in diagnostic.labels:
            if (elsewhere := label.source or source) is not None:
                words = _short(diagnostic.note(label, self._language))
                groups.setdefault(id(elsewhere), []).append(Mark(elsewhere, label.span, "-", words))
        return list(groups.values())

    def _place(self, mark: Mark, margin: str, arrow: str) -> str:
        at = mark.position
        return f"{margin}{self._paint('gutter', arrow)} {printable(mark.source.name)}:{at.row}:{at.column}"

    def _row(self, row: Row, margin: str, severity: str) -> str:
        if row.kind == "gap":
            return self._paint("gutter", "...")
        number = str(row.number or "").rjust(len(margin))
        gutter = self._paint("gutter", f"{number} |")
        text = (
            row.text
            if row.kind == "code"
            else self._paint(severity if row.kind == "^" else "gutter", row.text)
        )
        return f"{gutter} {text}" if row.text else gutter

    def _ways_out(self, diagnostic: Diagnostic, margin: str, *, after_code: bool) -> list[str]:
        ways = [("help", way) for way in diagnostic.help(self._language)]
        if fix := diagnostic.fix:
            what = _short(_fix_text(fix, diagnostic.source, self._language))
            ways.append(
                (
                    "fix",
                    phrase("fix-safe" if fix.safe else "fix-unsafe", self._language).format(
                        what=what
                    ),
                )
            )
        bar = [self._paint("gutter", f"{margin} |")] if after_code and ways else []
        equals = self._paint("gutter", f"{margin} =")
        return bar + [
            f"{equals} {self._paint('help', phrase(kind, self._language))}: {_short(way)}"
            for kind, way in ways
        ]

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._colour and text else text


def _count(severity: str, count: int, language: str | None) -> str:
    return phrase(f"{severity}-{'one' if count == 1 else 'many'}", language).format(count=count)


def _short(text: str) -> str:
    return printable(text if len(text) <= LONGEST else text[:LONGEST] + "…")


def _fix_text(fix: Fix, source: Source | None, language: str | None) -> str:
    return phrase("counts-comma", language).join(
        _edit_text(one, source, language) for one in fix.edits
    )


def _edit_text(edit: Edit, source: Source | None, language: str | None) -> str:
    if not edit.content:
        old = source[edit.span] if source else ""
        return phrase("fix-remove", language).format(old=old)
    kind = "fix-insert" if edit.span.start == edit.span.end else "fix-replace"
    return phrase(kind, language).format(new=edit.content)


def _as_json(diagnostic: Diagnostic, language: str | None) -> dict[str, object]:
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
            "message": _fix_text(fix, source, language),
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
