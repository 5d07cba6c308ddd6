"""One compiled grammar as data: its rules, its states, the scanners of its terminals, and what they say of a token.

Prompts are read with the scanners alone; the loop that runs over all of it is `lalr.Machine`.
"""

import re
from collections.abc import Callable, Mapping, Sequence

Match = Callable[[str, int, int], re.Match[str] | None]
Rule = tuple[str, int, str, bool, tuple[tuple[int, bool, int], ...], int]
"""A rule: the symbol it reduces to, how many symbols it takes, the name of its branch, whether a single child stands for
it, which symbols become children (place, whether their children are taken instead, absent ones before), absent ones
behind."""

END = "$END"
FIXED = ("SIGN", "WORD_")
"""The groups of a scanner that hold all terminals of one fixed text; the text says which."""

BLOCKS = ("LBRACE", "RBRACE")
LINES = ("statement", "prompt_line", "message", "item")
"""The symbols of what begins on a line of its own."""

Raw = tuple[str, int, int]
"""A token as it lies on the stack: its terminal's name, where it starts and ends."""


class Tables:
    """One compiled grammar; see `omnidsl.language.compiler` for how each part is made."""

    __slots__ = (
        "_compiled",
        "_matches",
        "alike",
        "blank",
        "closing",
        "ends",
        "fixed",
        "ignored",
        "kept",
        "marking",
        "newline",
        "opening",
        "own",
        "rules",
        "scanners",
        "shared",
        "shown",
        "starting",
        "starts",
        "states",
        "symbols",
        "whole",
    )

    def __init__(
        self,
        *,
        rules: Sequence[Rule],
        states: Sequence[Mapping[str, int]],
        symbols: Sequence[str],
        starts: Mapping[str, int],
        ends: Mapping[str, int],
        scanners: Sequence[str],
        shared: Sequence[int],
        own: Sequence[int],
        whole: int,
        blank: str,
        fixed: Mapping[str, str],
        alike: Mapping[str, str],
        kept: Sequence[str],
        ignored: Sequence[str],
        newline: str,
        opening: Sequence[str],
        closing: Sequence[str],
        shown: Mapping[str, str],
    ) -> None:
        self.rules = rules
        self.states = states
        self.symbols = symbols
        self.starts = starts
        self.ends = ends
        self.scanners = scanners
        self.shared = shared
        self.own = own
        self.whole = whole
        self.blank = blank
        self.fixed = fixed
        self.alike = alike
        self.kept = frozenset(kept)
        self.ignored = frozenset(ignored)
        self.newline = newline
        self.opening = frozenset(opening)
        self.closing = frozenset(closing)
        self.shown = shown
        self.marking = frozenset((*opening, *closing, newline, *BLOCKS))
        self.starting = frozenset(
            number for number, row in enumerate(states) if any(one in row for one in LINES)
        )
        self._compiled: list[Match | None] = [None] * len(scanners)
        self._matches: list[Match | None] = [None] * len(states)

    def scanner(self, which: int) -> Match:
        """Return a scanner, compiled when first asked: a recipe needs a few of them."""
        found = self._compiled[which]
        if found is None:
            found = self._compiled[which] = re.compile(self.scanners[which]).match
        return found

    def token(self, state: int, text: str, at: int, end: int) -> Raw:
        """Return the token that stands behind white space for a state; without a kind where none fits."""
        if at >= end:
            return END, end, end
        token = self._token(self.shared[state], text, at, end)
        if token[0] in self.states[state] or token[0] in self.ignored or token[0] == self.newline:
            return token
        other = self.alike.get(token[0], "")
        if other in self.states[state]:
            return other, *token[1:]
        return self.own_token(state, text, at, end)

    def likely(self, state: int, text: str, at: int, end: int) -> Raw:
        """Return the token that stands there by the look of it, if it fits or not."""
        kind, begin, stop = self._token(self.shared[state], text, at, end)
        if not kind:
            return self.any_token(text, at, end)
        return self.fixed.get(text[begin:stop], kind), begin, stop

    def own_token(self, state: int, text: str, at: int, end: int) -> Raw:
        """Return the token that a state's own scanner finds; without a kind where there is none."""
        return self._token(self.own[state], text, at, end)

    def any_token(self, text: str, at: int, end: int) -> Raw:
        """Return the token that the scanner of all terminals finds; without a kind where there is none."""
        return self._token(self.whole, text, at, end)

    def _token(self, which: int, text: str, at: int, end: int) -> Raw:
        found = self.scanner(which)(text, at, end)
        if found is None:
            begin = re.compile(self.blank).match(text, at, end).end()  # type: ignore[union-attr]  # it matches nothing too
            return (END, end, end) if begin == end else ("", begin, begin + 1)
        begin, stop = found.span(found.lastindex or 0)
        kind = found.lastgroup or ""
        return (self.fixed[text[begin:stop]] if kind in FIXED else kind, begin, stop)

    def accepts(self, stack: Sequence[int], kind: str) -> bool:
        """Tell whether a token may come after a stack of states, going through the reductions that it causes."""
        return self.after(list(stack), kind)

    def after(self, stack: list[int], kind: str) -> bool:
        """Change a stack of states as a token changes it; False where the token may not come."""
        while True:
            action = self.states[stack[-1]].get(kind)
            if action is None:
                return False
            if action >= 0:
                stack.append(action)
                return True
            origin, size, *_ = self.rules[~action]
            if size:
                del stack[-size:]
            stack.append(self.states[stack[-1]][origin])
            if kind == END and stack[-1] in self.ends.values():
                return True
