"""Blocks by the look of a text: where one was meant to end, judged by braces and indents."""

import re
from collections.abc import Iterator, Sequence

from omnidsl.language.lalr_tables import Raw
from omnidsl.language.pattern import pattern
from omnidsl.language.suggestions import nearest

_LINE = pattern(r"^([ \t]*)(\S[^\n]*)$", re.MULTILINE)
_HEADERS = {
    "pipeline": ("_PIPELINE", "NAME", "LBRACE"),
    "chat": ("_CHAT", "NAME", "LBRACE"),
    "prompt": ("PROMPT", "NAME", "LBRACE"),
    "test": ("_TEST", "STRING", "LBRACE"),
    "for": ("_FOR", "NAME", "IN", "NAME", "LBRACE"),
    "if": ("_IF", "NAME", "LBRACE"),
    "else": ("_ELSE", "LBRACE"),
}
_OPENING = pattern(r"\{[ \t]*(?:#(?:[ \t].*)?)?$")
_WORD = pattern(r"[^\W\d]\w*")


def line_start(text: str, at: int) -> int:
    """Return where the code before a place ends: the place itself where only white space stands before it on its line."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return at if not before.strip() else at - (len(before) - len(before.rstrip()))


def indent_at(text: str, at: int) -> int:
    """Return the indent of the line that holds a place; a tab counts as four."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)]
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())


def at_margin(text: str, at: int, opener: int) -> bool:
    """Tell whether a place begins its line, no deeper than the line of a brace."""
    return line_start(text, at) == at and indent_at(text, at) <= indent_at(text, opener)


def header(text: str, start: int, line_end: int) -> Iterator[tuple[Sequence[Raw], int]]:
    """Yield plain headers that may stand for a line that opens a block, the likeliest first, and where its block begins."""
    line = text[start:line_end]
    first = _WORD.match(line)
    known = [one for one in _WORD.findall(line) if one in _HEADERS][:1]
    if not known and first:
        known = nearest(first[0], _HEADERS)
    opening = _OPENING.search(line)
    if opening is not None:
        brace = start + opening.start()
    elif known and _deeper(text, start, line_end):
        brace = line_end
    else:
        return
    resume = brace + (opening is not None)
    words = [start + one.start() for one in _WORD.finditer(text[start:brace])]
    at = words[1] if len(words) > 1 else brace
    name = _WORD.match(text, at)
    end = name.end() if name else at
    for one in known or _HEADERS:
        kinds = _HEADERS[one]
        tokens = [(kind, at, end) if kind == "NAME" else (kind, at, at) for kind in kinds[:-1]]
        yield [*tokens, ("LBRACE", brace, resume)], resume


def _deeper(text: str, start: int, line_end: int) -> bool:
    """Tell whether the next line stands deeper than the one at `start`."""
    following = _LINE.search(text, line_end + 1)
    return following is not None and len(following[1].expandtabs(4)) > indent_at(text, start)


def skip_to(text: str, start: int, at: int) -> int:
    """Return the end of the line with which a broken statement ends: the next one stands no deeper.

    Lines that stand deeper, and a closing brace that stands as deep, belong to it.
    """
    own = indent_at(text, start)
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    opened = _OPENING.search(text[start:end]) is not None
    if not opened and not _goes_on(text[start:end]):
        return max(start + len(text[start:end].rstrip(" \t\r")), at)
    for line in _LINE.finditer(text, min(end + 1, len(text))):
        indent = len(line[1].expandtabs(4))
        if line[2].startswith("#"):
            continue
        if indent > own or (opened and indent == own and line[2].startswith("}")):
            end = line.end()
            opened = indent > own or _OPENING.search(line[2]) is not None
            continue
        break
    return max(start + len(text[start:end].rstrip(" \t\r")), at)


def _goes_on(line: str) -> bool:
    """Tell whether brackets are left open in a line, by their number alone."""
    return sum(map(line.count, "([")) > sum(map(line.count, ")]"))


class Braces:
    """The braces of all blocks that were read, in order."""

    def __init__(self, braces: Sequence[tuple[str, int]], text: str) -> None:
        self._braces = braces
        self._text = text

    def open_at(self, place: int) -> int | None:
        """Return the innermost brace that is open at a place."""
        opened: list[int] = []
        for kind, at in self._braces:
            if at >= place:
                break
            if kind == "LBRACE":
                opened.append(at)
            elif opened:
                opened.pop()
        return opened[-1] if opened else None

    def unclosed(self) -> int | None:
        """Return the brace that was never closed: a closing one that stands less deep closed it in place of another."""
        opened: list[int] = []
        for kind, at in self._braces:
            if kind == "LBRACE":
                opened.append(at)
            elif opened:
                alone = line_start(self._text, at) == at and self._text[at : at + 1] == "}"
                if alone and indent_at(self._text, at) < indent_at(self._text, opened[-1]):
                    return opened[-1]
                opened.pop()
        return opened[-1] if opened else None

    def end_of(self, opener: int, limit: int) -> int:
        """Return where the block of a brace was meant to end: before the first line that stands no deeper."""
        own = indent_at(self._text, opener)
        begin = self._text.find("\n", opener)
        if begin < 0:
            return limit
        for line in _LINE.finditer(self._text, begin + 1):
            if line.start() >= limit:
                break
            if len(line[1].expandtabs(4)) <= own and not line[2].startswith("#"):
                return line.start(2)
        return limit

    def stray(self) -> int | None:
        """Return the last closing brace, if it does not stand where its block's line begins."""
        if not self._braces or self._braces[-1][0] != "RBRACE":
            return None
        opened: list[int] = []
        for kind, at in self._braces:
            if kind == "LBRACE":
                opened.append(at)
            elif opened:
                opener = opened.pop()
        at = self._braces[-1][1]
        if "\n" not in self._text[opener:at]:
            return None
        alone = line_start(self._text, at) == at
        return None if alone and indent_at(self._text, at) == indent_at(self._text, opener) else at
