"""Regular expressions that are compiled when they are first used: a clean recipe needs a few of many."""

import re

_METHODS = ("finditer", "findall", "fullmatch", "match", "search", "split", "sub")


class _Pattern:
    """Takes the methods of the compiled expression over when one of them is first asked for."""

    def __init__(self, source: str, flags: int) -> None:
        self._given = (source, flags)

    def __repr__(self) -> str:
        return f"pattern({self._given[0]!r})"

    def __getattr__(self, name: str) -> object:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(*self._given)
        for one in _METHODS:
            setattr(self, one, getattr(compiled, one))
        return getattr(compiled, name)


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression: its methods, compiled when one is first called; a test compiles them all."""
    return _Pattern(source, flags)  # type: ignore[return-value]  # it has the methods, and takes the place
