"""A fused lexer and LALR(1) loop over the tables that Lark compiled from a grammar.

The parser's state decides which terminals may match next, so a word is a keyword only where one may stand. The tables
ship as modules (`_recipe_tables.py`, `_prompt_tables.py`): Lark itself is not imported.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from omnidsl.language.source import Span

Match = Callable[[str, int, int], re.Match[str] | None]
Rule = tuple[str, int, str, bool, tuple[tuple[int, bool, int], ...], int]
"""A rule: the symbol it reduces to, how many symbols it takes, the name of its branch, whether a single child stands for
it, which symbols become children (place, whether their children are taken instead, absent ones before), absent ones
behind."""

END = "$END"


class Leaf:
    """A token: its terminal's name, its text, its place."""

    __slots__ = ("kind", "span", "text")

    def __init__(self, kind: str, text: str, span: Span) -> None:
        self.kind = kind
        self.text = text
        self.span = span

    def __repr__(self) -> str:
        return f"Leaf({self.kind}, {self.text!r})"


class Branch:
    """A reduced rule: its name and its children in order; an absent optional part is None."""

    __slots__ = ("children", "rule", "span")

    def __init__(self, rule: str, children: list["Node"], span: Span) -> None:
        self.rule = rule
        self.children = children
        self.span = span

    def __repr__(self) -> str:
        return f"Branch({self.rule}, {self.children!r})"


Node = Branch | Leaf | None


class Unexpected(Exception):
    """Raised at the first place where the text does not go on as the grammar says.

    `kind` is the terminal found there (`$END` at the end of the text, empty where no terminal fits); `expected` are
    terminals that would have fitted, literal ones in backquotes; `open` are the brackets still open, outermost first;
    `before` is the token in front of the fault.
    """

    def __init__(
        self, span: Span, kind: str, expected: list[str], open_: list[Leaf], before: Leaf | None
    ) -> None:
        super().__init__(kind)
        self.span = span
        self.kind = kind
        self.expected = expected
        self.open = open_
        self.before = before


class Tables:
    """One compiled grammar; see `omnidsl.language.compiler` for how each part is made."""

    __slots__ = (
        "_matches",
        "closing",
        "ends",
        "ignored",
        "newline",
        "opening",
        "rules",
        "scanner_of",
        "scanners",
        "shown",
        "starts",
        "states",
        "whole",
    )

    def __init__(
        self,
        *,
        rules: Sequence[Rule],
        states: Sequence[Mapping[str, int]],
        starts: Mapping[str, int],
        ends: Mapping[str, int],
        scanners: Sequence[str],
        scanner_of: Sequence[int],
        whole: str,
        ignored: Sequence[str],
        newline: str,
        opening: Sequence[str],
        closing: Sequence[str],
        shown: Mapping[str, str],
    ) -> None:
        self.rules = rules
        self.states = states
        self.starts = starts
        self.ends = ends
        self.scanners = scanners
        self.scanner_of = scanner_of
        self.whole = whole
        self.ignored = frozenset(ignored)
        self.newline = newline
        self.opening = frozenset(opening)
        self.closing = frozenset(closing)
        self.shown = shown
        self._matches: list[Match | None] = [None] * len(scanners)

    def match(self, state: int) -> Match:
        """Return the lexer of a state, compiled when first asked: a recipe needs a few of a hundred."""
        which = self.scanner_of[state]
        found = self._matches[which]
        if found is None:
            found = self._matches[which] = re.compile(self.scanners[which]).match
        return found

    def accepts(self, stack: Sequence[int], kind: str) -> bool:
        """Tell whether a token may come after a stack of states, going through the reductions that it causes."""
        stack = list(stack)
        while True:
            action = self.states[stack[-1]].get(kind)
            if action is None:
                return False
            if action >= 0:
                return True
            origin, size, *_ = self.rules[~action]
            if size:
                del stack[-size:]
            stack.append(self.states[stack[-1]][origin])
            if kind == END and stack[-1] in self.ends.values():
                return True


def parse(
    tables: Tables,
    text: str,
    start: str,
    within: Span | None = None,
    tokens: list[Leaf] | None = None,
) -> Branch:
    """Parse a text, or the part of it that `within` names, from a start rule.

    `tokens` is filled with every token in order, those too that the tree leaves out; white space and comments are what
    stands between them. Raises Unexpected at the first fault. Time is linear, and nesting takes no stack.
    """
    at, end = (within.start, within.end) if within else (0, len(text))
    state, stop = tables.starts[start], tables.ends[start]
    states, values, extents = [state], list[Node](), list[tuple[int, int] | None]()
    table, ignored = tables.states, tables.ignored
    newline, opening, closing = tables.newline, tables.opening, tables.closing
    brackets = 0
    while True:
        while True:
            if at >= end:
                kind, begin = END, end
                break
            found = tables.match(state)(text, at, end)
            if found is None or found.lastgroup is None:
                raise _unexpected(tables, text, states, values, at, end)
            kind, begin, at = found.lastgroup, at, found.end()
            if kind not in ignored and not (brackets and kind == newline):
                break
        while True:
            action = table[state].get(kind)
            if action is None:
                raise _unexpected(tables, text, states, values, begin, end)
            if action >= 0:
                states.append(action)
                state = action
                if kind in opening:
                    brackets += 1
                elif kind in closing:
                    brackets -= 1
                leaf = Leaf(kind, text[begin:at], Span(begin, at))
                values.append(leaf)
                if tokens is not None:
                    tokens.append(leaf)
                extents.append((begin, at))
                break
            state = _reduce(tables, tables.rules[~action], states, values, extents, begin)
            if state == stop and kind == END:
                whole = values[-1]
                if not isinstance(whole, Branch):
                    raise TypeError(whole)
                return whole


def _reduce(
    tables: Tables,
    rule: Rule,
    states: list[int],
    values: list[Node],
    extents: list[tuple[int, int] | None],
    here: int,
) -> int:
    """Replace what a rule takes by its branch, and return the state that follows."""
    origin, size, name, single, include, absent = rule
    children: list[Node] = []
    extent: tuple[int, int] | None = None
    if size:
        taken, places = values[-size:], [one for one in extents[-size:] if one is not None]
        del values[-size:], extents[-size:], states[-size:]
        for place, inline, before in include:
            if before:
                children += [None] * before
            child = taken[place]
            if not inline:
                children.append(child)
            elif isinstance(child, Branch):
                if children:
                    children += child.children
                else:  # a list that grows by one is not copied each time
                    children = child.children
        if places:
            extent = (places[0][0], places[-1][1])
    if absent:
        children += [None] * absent
    if single and len(children) == 1:
        values.append(children[0])
    else:
        values.append(Branch(name, children, Span(*(extent or (here, here)))))
    extents.append(extent)
    state = tables.states[states[-1]][origin]
    states.append(state)
    return state


def _unexpected(
    tables: Tables, text: str, states: Sequence[int], values: Sequence[Node], at: int, end: int
) -> Unexpected:
    """Look at what stands there with the lexer of all terminals, and at what might have stood there."""
    kind, behind = END, at
    if at < end:
        found = re.compile(tables.whole).match(text, at, end)
        kind, behind = (found.lastgroup or "", found.end()) if found else ("", at + 1)
    state = states[-1]
    expected = sorted(
        one for one in tables.states[state] if one in tables.shown and tables.accepts(states, one)
    )
    opened = [
        one for one in values if isinstance(one, Leaf) and one.kind in ("LBRACE", "LPAR", "LSQB")
    ]
    before = values[-1] if values and isinstance(values[-1], Leaf) else None
    shown = [tables.shown[one] for one in expected]
    return Unexpected(Span(at, behind), kind, shown, opened, before)
