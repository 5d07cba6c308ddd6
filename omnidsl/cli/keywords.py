"""What `-k` selects: words joined with `and`, `or`, `not` and parentheses, as in pytest."""

import re
from collections.abc import Callable

Selects = Callable[[str], bool]

_TOKEN = re.compile(r'\s*(?:([()])|"([^"]*)"|([^\s()"]+))')
DEEPEST = 100


class KeywordError(ValueError):
    """Raised for an expression that does not follow the rules; `place` is the offset of the first sign that is wrong."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def keywords(expression: str) -> Selects:
    """Return what tells whether a name is selected: a word is part of the name, whatever its case.

    A word in double quotes may hold blanks and parentheses, and is never an operator. Raises KeywordError.
    """
    return _Reader(expression).whole()


class _Reader:
    def __init__(self, text: str) -> None:
        self._size = len(text.rstrip())
        self._tokens: list[tuple[str, str, int]] = []
        at = 0
        while at < self._size:
            found = _TOKEN.match(text, at, self._size)
            if found is None:
                raise KeywordError(at)
            sign, quoted, word = found.groups()
            kind = "word" if quoted is not None else sign or word
            self._tokens.append((kind, quoted if quoted is not None else word or sign, found.end()))
            at = found.end()
        self._next = 0
        self._depth = 0

    def whole(self) -> Selects:
        made = self._any()
        if self._next < len(self._tokens):
            raise KeywordError(self._place())
        return made

    def _place(self) -> int:
        return self._tokens[self._next - 1][2] if self._next else 0

    def _takes(self, kind: str) -> bool:
        found = self._next < len(self._tokens) and self._tokens[self._next][0] == kind
        self._next += found
        return found

    def _any(self) -> Selects:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return lambda name: any(one(name) for one in parts)

    def _all(self) -> Selects:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return lambda name: all(one(name) for one in parts)

    def _one(self) -> Selects:
        self._depth += 1
        if self._depth > DEEPEST:
            raise KeywordError(self._place())
        made = self._plain()
        self._depth -= 1
        return made

    def _plain(self) -> Selects:
        if self._takes("not"):
            inner = self._one()
            return lambda name: not inner(name)
        if self._takes("("):
            inner = self._any()
            if not self._takes(")"):
                raise KeywordError(self._place())
            return inner
        if self._next == len(self._tokens) or self._tokens[self._next][0] in (")", "and", "or"):
            raise KeywordError(self._place())
        word = self._tokens[self._next][1].casefold()
        self._next += 1
        return lambda name: word in name.casefold()
