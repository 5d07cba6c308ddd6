"""Comments that suppress findings: `# omni: ignore[OM421]` on the line, or on the line above.

A comment is what no token covers. In a file that does not parse, the tokens end at the first fault; behind it a `#` begins
a comment where no quote of its line is open.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.removal import removal
from omnidsl.language import engine
from omnidsl.language.diagnostics import Diagnostic, Edit, Fix
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source, Span
from omnidsl.settings.selection import always

if TYPE_CHECKING:
    from typing import Protocol

    class Outline(Protocol):
        """What tells, in some kind of text, where comments may stand."""

        def leave_open(self, at: int) -> bool:
            """Say whether a `#` there begins a comment; asked of rising places."""
            ...

        def rows(self, at: int) -> Iterator[int]:
            """Yield the rows on which a comment speaks of a finding at a place."""
            ...


_DIRECTIVE = pattern(r"#[ \t]+omni[ \t]*[:：][ \t]*(\w*)", re.IGNORECASE)
_REST = pattern(r"[^\n\r]*")
_LIST = pattern(r"[ \t]*\[([^\]\n\r]*)\][ \t]*")
_ENTRY = pattern(r"[^\s,，、]+")
_WORDS = frozenset("ignore ignored ignores ignor igonre ignroe noqa disable suppress skip".split())
"""What people write who want a finding gone; another word behind `# omni:` is prose."""


def apply(
    found: list[Diagnostic], source: Source, outline: "Callable[[Source], Outline] | None" = None
) -> list[Diagnostic]:
    """Return findings without those that comments suppress, and with what is wrong with the comments of `source`.

    `found` is everything that was found in a recipe, in its files. What a comment suppresses is not missed while there are
    errors: what comes after them was not looked for. `outline` knows the kind of text (default: recipes).
    """
    own = _Comments(source, outline)
    if not own and not found:
        return found
    comments = {_name(source): own}
    kept = []
    for one in found:
        if one.source is not None:
            name = _name(one.source)
            if name not in comments:
                comments[name] = _Comments(one.source)
            if not always(one.code) and comments[name].suppress(one):
                continue
        kept.append(one)
    complete = all(one.severity != "error" for one in found)
    return sorted([*kept, *own.faults(complete=complete)], key=_place) if own else kept


class _Comment:
    """One comment: its codes with their places, what follows them, the codes that it suppressed."""

    __slots__ = ("entries", "inner", "reason", "span", "used")

    def __init__(self, span: Span, inner: Span, entries: list[Span], reason: str) -> None:
        self.span = span
        self.inner = inner
        self.entries = entries
        self.reason = reason
        self.used: set[str] = set()


class _Comments:
    """The comments of one file."""

    def __init__(
        self, source: Source, outline: "Callable[[Source], Outline] | None" = None
    ) -> None:
        self._source = source
        self._comments: list[_Comment] = []
        self._malformed: list[Span] = []
        self._by_row: dict[int, list[_Comment]] = {}
        self._rows_below: dict[int, int] = {}
        if _DIRECTIVE.search(source.text) is not None:
            self._tokens = (outline or _Tokens)(source)
            self._read()

    def __bool__(self) -> bool:
        return bool(self._comments or self._malformed)

    def suppress(self, finding: Diagnostic) -> bool:
        """Say whether a comment speaks of a finding."""
        if finding.span is None or not self._by_row:
            return False
        for row in self._tokens.rows(finding.span.start):
            for one in self._by_row.get(row, ()):
                if any(self._source[entry] == finding.code for entry in one.entries):
                    one.used.add(finding.code)
                    return True
        return False

    def faults(self, *, complete: bool) -> Iterator[Diagnostic]:
        """Yield what is wrong with the comments; `complete` says that all that there is to find was looked for."""
        for span in self._malformed:
            yield Diagnostic("OM911", span, source=self._source)
        for one in self._comments:
            unknown = [entry for entry in one.entries if not _is_code(self._source[entry])]
            yield from map(self._unknown, unknown)
            if complete and (unused := self._unused(one, unknown)):
                yield self._unused_finding(one, unused)

    def _unused(self, one: _Comment, unknown: list[Span]) -> list[Span]:
        told: set[str] = set()
        unused = []
        for entry in one.entries:
            code = self._source[entry]
            if entry not in unknown and (code not in one.used or code in told):
                unused.append(entry)
            told.add(code)
        return unused

    def _unused_finding(self, one: _Comment, unused: list[Span]) -> Diagnostic:
        source = self._source
        left = [source[entry] for entry in one.entries if entry not in unused]
        if left:
            edit = Edit(one.inner, ", ".join(left))
        elif one.reason:
            start = source.text.index("#", one.span.start)
            edit = Edit(Span(start, one.span.end), f"# {one.reason}")
        else:
            edit = removal(source, one.span)
        return Diagnostic(
            "OM910",
            unused[0].to(unused[-1]),
            source=source,
            values={"codes": ", ".join(f"`{source[entry]}`" for entry in unused)},
            fix=Fix([edit], safe=True),
        )

    def _unknown(self, entry: Span) -> Diagnostic:
        from omnidsl.language.catalogue import codes
        from omnidsl.language.catalogue import entry as row
        from omnidsl.language.suggestions import nearest

        written = self._source[entry]
        names = {row(code).name: code for code in codes()}
        close = [names[written]] if written in names else nearest(written, codes())
        fix = Fix([Edit(entry, close[0])], safe=False) if len(close) == 1 else None
        values = {"code": written}
        return Diagnostic(
            "OM912", entry, source=self._source, values=values, suggestions=close, fix=fix
        )

    def _read(self) -> None:
        text, at = self._source.text, 0
        while (found := _DIRECTIVE.search(text, at)) is not None:
            at = found.end()
            if found[1].lower() in _WORDS and self._tokens.leave_open(found.start()):
                rest = _REST.match(text, at)
                at = rest.end() if rest else at
                self._comment(found, at)

    def _comment(self, found: re.Match[str], end: int) -> None:
        text, start = self._source.text, found.start()
        list_ = _LIST.match(text, found.end()) if found[1].lower() == "ignore" else None
        inner = Span(list_.start(1), list_.end(1)) if list_ else Span(start, start)
        entries = [
            Span(one.start(), one.end()) for one in _ENTRY.finditer(text, inner.start, inner.end)
        ]
        if list_ is None or not entries:
            self._malformed.append(Span(start, end))
            return
        alone = self._is_alone(start)
        before = start
        while not alone and before and text[before - 1] in " \t":
            before -= 1
        one = _Comment(Span(before, end), inner, entries, text[list_.end() : end].strip())
        self._comments.append(one)
        own = self._source.position(start).row
        for row in (own, self._row_below(own)) if alone else (own,):
            self._by_row.setdefault(row, []).append(one)

    def _is_alone(self, at: int) -> bool:
        text = self._source.text
        return not text[text.rfind("\n", 0, at) + 1 : at].strip(" \t\ufeff")

    def _row_below(self, row: int) -> int:
        """Return the row that a comment alone on its line speaks of: the first one below that is no comment."""
        source, below, passed = self._source, row + 1, [row]
        last = source.position(len(source.text)).row
        while below <= last and source.line(below).lstrip(" \t").startswith("# "):
            if below in self._rows_below:
                below = self._rows_below[below]
                break
            passed.append(below)
            below += 1
        self._rows_below.update(dict.fromkeys(passed, below))
        return below


class _Tokens:
    """Where the tokens of a text stand; only those that may hold a `#` matter."""

    def __init__(self, source: Source) -> None:
        self._source = source
        text = source.text
        leaves: list[engine.Leaf] = []
        try:
            engine.parse(text, tokens=leaves)
            self._end = len(text)
        except engine.Unexpected:
            self._end = leaves[-1].span.end if leaves else 0
        self._spans = [one.span for one in leaves if one.kind != "_NL"]
        self._starts = [one.start for one in self._spans]
        self._counted, self._long_quotes, self._quotes = self._end, 0, 0

    def leave_open(self, at: int) -> bool:
        """Say whether a place is inside no token, so that a `#` there begins a comment; asked of rising places."""
        if at < self._end:
            return self._around(at) is None
        passed = self._source.text[self._counted : at]
        self._counted = at
        self._long_quotes += passed.count('"""')
        _, newline, line = passed.rpartition("\n")
        self._quotes = 0 if newline else self._quotes
        self._quotes += line.count('"') - line.count('\\"')
        return self._long_quotes % 2 == 0 and self._quotes % 2 == 0

    def rows(self, at: int) -> Iterator[int]:
        """Yield the row of a place, and the first and last one of the text over several lines that it is in."""
        source = self._source
        yield source.position(at).row
        found = self._around(at)
        if found is not None and source.text.find("\n", found.start, found.end) >= 0:
            yield source.position(found.start).row
            yield source.position(found.end).row

    def _around(self, at: int) -> Span | None:
        before = bisect_right(self._starts, at) - 1
        found = self._spans[before] if before >= 0 else None
        return found if found is not None and at < found.end else None


def _name(source: Source) -> str:
    return source.path or source.name


def _is_code(text: str) -> bool:
    from omnidsl.language.catalogue import codes

    return text in codes()


def _place(one: Diagnostic) -> tuple[str, int, int, str]:
    span = one.span or Span(0, 0)
    return (one.source.name if one.source else "", span.start, span.end, one.code)
