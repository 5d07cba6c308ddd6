"""Lists of prompts: one a line, or one column of a table, each with the place of every character in its file."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from omnidsl.language.diagnostics import Diagnostic, Edit, Fix, Label
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source, Span

_COMMENT = pattern(r"[ \t]*#(?:[ \t]|\Z)")
"""As in a recipe: `#` and white space. `#ff8800` and `#1` begin a prompt."""


class Entry:
    """One prompt of a list: its `text`, and `[start, end)`, what it takes up in its file.

    `quotes` are the places in `text` of the quotation marks that a table doubles; None where the field has none around it.
    A field that must not hold one of `special` without quotation marks gets them when it is written.
    """

    __slots__ = ("_quotes", "_special", "end", "start", "text")

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        *,
        quotes: Sequence[int] | None = None,
        special: str = "",
    ) -> None:
        self.text = text
        self.start = start
        self.end = end
        self._quotes = quotes
        self._special = special

    def __repr__(self) -> str:
        return f"Entry({self.text!r}, {self.start}, {self.end})"

    def offset(self, at: int) -> int:
        """Return where a character of the prompt stands in the file."""
        if self._quotes is None:
            return self.start + at
        return self.start + 1 + at + bisect_left(self._quotes, at)

    def span(self, span: Span) -> Span:
        """Return where a stretch of the prompt stands in the file."""
        return Span(self.offset(span.start), self.offset(span.end))

    def written(self, text: str) -> str:
        """Return another prompt as it stands in the file in place of this one."""
        if self._quotes is None and not any(sign in text for sign in self._special):
            return text
        doubled = text.replace('"', '""')
        return f'"{doubled}"'

    def told(self, finding: Diagnostic, source: Source) -> Diagnostic:
        """Return a finding about the prompt as one about the file that it stands in."""
        span = finding.span or Span(0, len(self.text))
        return Diagnostic(
            finding.code,
            self.span(span),
            source=source,
            values=finding.values,
            labels=[
                Label(self.span(one.span), one.note, None, **one.values) for one in finding.labels
            ],
            suggestions=finding.suggestions,
            fix=finding.fix and self._mended(finding.fix),
        )

    def _mended(self, fix: Fix) -> Fix:
        contents = [edit.content for edit in fix.edits]
        if not any(sign in content for sign in self._special for content in contents):
            return Fix([Edit(self.span(one.span), one.content) for one in fix.edits], safe=fix.safe)
        text, at = "", 0  # the field is written anew, since what comes in needs quotation marks
        for one in sorted(fix.edits, key=lambda one: one.span):
            text += self.text[at : one.span.start] + one.content
            at = one.span.end
        text += self.text[at:]
        return Fix([Edit(Span(self.start, self.end), self.written(text))], safe=fix.safe)


def lines(source: Source) -> Iterator[Entry]:
    """Yield the prompts of a plain list: every line but empty ones and comments."""
    start, text = 0, source.text
    while start < len(text):
        newline = text.find("\n", start)
        stop = len(text) if newline < 0 else newline
        line = text[start:stop].removesuffix("\r")
        if line.strip() and not is_comment(line):
            yield Entry(line, start, start + len(line))
        start = stop + 1


def is_comment(line: str) -> bool:
    """Say whether a line of a plain list is a comment."""
    return _COMMENT.match(line) is not None
