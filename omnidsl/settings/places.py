"""Where the keys of a TOML text stand: tomllib reads values and forgets places.

One pass over the lines, linear in the text. Approximate by design: a line inside a multi-line string may look like a
key, and then the first of two equal paths wins. It only decides where a diagnostic points.
"""

import re

from omnidsl.language.source import Span

_KEY = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DOTTED = rf"{_KEY}(?:[ \t]*+\.[ \t]*+{_KEY})*+"
_LINE = re.compile(rf"[ \t]*+(?:(\[\[?+)[ \t]*+({_DOTTED})|({_DOTTED})[ \t]*+=[ \t]*+(\{{)?+)")
_IN_LINE = re.compile(rf"[{{,][ \t]*+({_DOTTED})[ \t]*+=")
_PART = re.compile(_KEY)

Path = tuple[str, ...]


def key_places(text: str) -> dict[Path, Span]:
    """Return the place of every key, by its full path; a table's header and an inline table's keys count as keys."""
    places: dict[Path, Span] = {}
    table: Path = ()
    start = 0
    for line in text.split("\n"):
        if found := _LINE.match(text, start, start + len(line)):
            bracket, header, key, brace = found.groups()
            if bracket:
                table = _enter(places, (), header, found.start(2))
            else:
                path = _enter(places, table, key, found.start(3))
                if brace:
                    for inner in _IN_LINE.finditer(text, found.start(4), start + len(line)):
                        _enter(places, path, inner[1], inner.start(1))
        start += len(line) + 1
    return places


def place_of(places: dict[Path, Span], path: Path) -> Span:
    """Return where a path stands, else the nearest table that holds it, else the start of the text."""
    for length in range(len(path), 0, -1):
        if found := places.get(path[:length]):
            return found
    return Span(0, 0)


def _enter(places: dict[Path, Span], table: Path, dotted: str, start: int) -> Path:
    path = table
    for part in _PART.finditer(dotted):
        path = (*path, part[0].strip("\"'"))
        places.setdefault(path, Span(start + part.start(), start + part.end()))
    return path
