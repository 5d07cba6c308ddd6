"""`full`: findings for people, in the form of the well-known compilers.

Code and message, place, the line with a mark under it, ways out; in the reader's language.
"""

from collections.abc import Iterable, Iterator, Sequence

from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.reporting.diagnostics import fix_words, in_order
from omnidsl.reporting.formats import Look
from omnidsl.reporting.formats.escaping import for_a_log
from omnidsl.reporting.snippets import Mark, Row, draw
from omnidsl.reporting.terminal import printable

LONGEST = 400
"""Characters of a message or a fix that `full` shows: a name of a megabyte is no message."""

_STYLES = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "gutter": "1;34",
    "message": "1",
    "help": "1;32",
}


def render(findings: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    """Yield each finding with its source lines, one empty line between two."""
    drawing = _Drawing(colour=look.colour, width=look.width, language=look.language)
    for number, one in enumerate(findings):
        yield ("\n" if number else "") + for_a_log(drawing.one(one))


def render_full(
    findings: Iterable[Diagnostic],
    *,
    colour: bool,
    width: int = 100,
    language: str | None = None,
) -> str:
    """Return the whole report as one text, in order; empty for no findings.

    `width` is the most columns that a source line takes; longer ones are cut around the place.
    """
    look = Look(colour=colour, width=width, language=language)
    return "".join(render(in_order(findings), look))


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
        if (fix := diagnostic.fix) and not _said(diagnostic):
            what = _short(fix_words(fix, diagnostic.source, self._language))
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


def _said(diagnostic: Diagnostic) -> bool:
    """Say whether the fix is what `did you mean …?` has said already."""
    fix = diagnostic.fix
    return fix is not None and diagnostic.suggestions == tuple(one.content for one in fix.edits)


def _short(text: str) -> str:
    return printable(text if len(text) <= LONGEST else text[:LONGEST] + "…")
