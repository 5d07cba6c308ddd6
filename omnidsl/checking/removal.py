"""The edit that takes a statement out: with its line, where nothing else stands on it; a comment stays."""

from omnidsl.language.diagnostics import Edit
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source, Span

_REST = pattern(r"[ \t]*(\r?\n|\Z)")
_BLANKS = pattern(r"[ \t]*")


def removal(source: Source, span: Span) -> Edit:
    """Return the edit that removes what stands at a span."""
    text = source.text
    start = text.rfind("\n", 0, span.start) + 1
    rest = _REST.match(text, span.end)
    alone = text[start : span.start].strip(" \t") == ""
    if rest is None or not alone:
        gap = _BLANKS.match(text, span.end)
        return Edit(Span(span.start, gap.end() if gap and alone else span.end), "")
    if (
        not rest[1] and start
    ):  # the last line, without an end of its own, takes that of the line before
        start -= 2 if text[start - 2 : start] == "\r\n" else 1
    return Edit(Span(start, rest.end()), "")
