"""A fused lexer and LALR(1) loop over the tables that Lark compiled from a grammar.

The parser's state decides which terminals may match next, so a word is a keyword only where one may stand. The tables
ship as modules (`_recipe_tables.py`, `_prompt_tables.py`): Lark itself is not imported.
"""

from collections.abc import Callable, Sequence

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.lalr_tables import END, FIXED, Raw, Rule, Tables
from omnidsl.language.source import Span

if TYPE_CHECKING:
    from typing import Any

BRACKETS = ("LBRACE", "LPAR", "LSQB")
CLOSING = ("RBRACE", "RPAR", "RSQB")


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
Build = Callable[["Any", "list[Any]", int, int], object]
"""Makes a value: of a maker (as `Trees`), a rule's children (values, raw tokens, None for absent ones), its extent."""


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


class Step:
    """A rule as the loop uses it: `unit` passes one value on, `inline` hands its children to the rule above.

    `leaf` makes a value of the one symbol that it takes; `include` is None where all symbols become children.
    """

    __slots__ = (
        "absent", "build", "include", "inline", "leaf", "origin", "single", "size", "unit",
    )  # fmt: skip  # one line reads better

    def __init__(self, rule: Rule, build: Build) -> None:
        self.origin, self.size, _, self.single, include, self.absent = rule
        self.build = build
        self.inline = self.origin.startswith("_")
        everything = tuple((place, False, 0) for place in range(self.size))
        alone = self.size == 1 and include == everything and not self.absent
        self.unit = self.single and alone
        self.leaf = alone and not self.single and not self.inline
        self.include = None if include == everything else include


class Assembly:
    """How the values of one grammar are made: a step for each rule, and what the loop has learnt of unit rules."""

    __slots__ = ("hops", "steps", "tables")

    def __init__(self, tables: Tables, build: Callable[[str], Build]) -> None:
        """Take a function that names the maker of a rule's values, which gets the maker's own state first."""
        self.tables = tables
        self.steps = [Step(rule, build(rule[2])) for rule in tables.rules]
        self.hops: dict[tuple[int, int, str], int] = {}

    def hop(self, below: int, state: int, kind: str) -> int:
        """Return where unit rules lead from a state: a name passes a dozen of them on its way to an expression."""
        table, at = self.tables.states, state
        while (action := table[at].get(kind)) is not None and action < 0:
            step = self.steps[~action]
            if not step.unit:
                break
            at = table[below][step.origin]
        self.hops[below, state, kind] = at
        return at


class Machine:
    """A parse under way: it can be stopped at a place, looked at, changed, and go on.

    `states` and `values` are the stack, `begins` where each of its symbols begins, `at` how far the text is read,
    `last` where the last token ended, `depth` how many `( [` are open. `mark` is the last place where a statement
    could begin: the states of the stack, and the place in the text. `braces` are those of all blocks so far.
    """

    __slots__ = (
        "assembly", "at", "begins", "braces", "depth", "end", "last", "maker", "mark", "states", "stop", "text", "tokens", "values",
    )  # fmt: skip  # one line reads better

    def __init__(
        self, assembly: Assembly, maker: object, text: str, start: str, within: Span | None = None
    ) -> None:
        self.assembly = assembly
        self.maker = maker
        self.text = text
        self.at, self.end = (within.start, within.end) if within else (0, len(text))
        self.last = self.at
        self.stop = assembly.tables.ends[start]
        self.states = [assembly.tables.starts[start]]
        self.values: list[object] = []
        self.begins: list[int] = []
        self.depth = 0
        self.braces: list[tuple[str, int]] = []
        self.mark = (self.states[:], self.at)
        self.tokens: list[Leaf] | None = None

    def restore(self) -> None:
        """Go back to the last place where a statement could begin."""
        states, self.at = self.mark
        size = len(states) - 1
        self.states[:] = states
        del self.values[size:], self.begins[size:]
        self.last, self.depth = self.at, 0

    def push(self, symbol: str, value: object, begin: int, end: int) -> None:
        """Put the value of a rule onto the stack, as if `[begin, end)` had been reduced to it."""
        self.states.append(self.assembly.tables.states[self.states[-1]][symbol])
        self.values.append(value)
        self.begins.append(begin)
        self.at = self.last = end

    def run(self, until: int, pending: Sequence[Raw] = ()) -> Raw | None:  # noqa: C901  # the hot loop: a call a token would cost a third of its time
        """Go on to a place, or to the end of the text; return the token that does not fit, or None.

        Tokens that are `pending` are taken at that place, before what stands there. A token without a kind is a character that begins none. Time is linear, and nesting takes no stack.
        """
        assembly, tables, maker = self.assembly, self.assembly.tables, self.maker
        table, steps, hops = tables.states, assembly.steps, assembly.hops
        matches, fixed, kept, newline = tables._matches, tables.fixed, tables.kept, tables.newline  # noqa: SLF001  # its own loop
        opening, closing, marking = tables.opening, tables.closing, tables.marking
        starting, alike = tables.starting, tables.alike
        ignored, text, end = tables.ignored, self.text, self.end
        states, values, begins = self.states, self.values, self.begins
        at, last, depth, tokens = self.at, self.last, self.depth, self.tokens
        state = states[-1]
        fault: Raw | None = None
        waiting = list(reversed(pending))
        while True:
            if at >= until:
                if waiting:
                    kind, begin, stop = waiting.pop()
                elif until < end:
                    break
                else:
                    kind, begin, stop = END, end, end
            else:
                match = matches[state]
                if match is None:
                    match = matches[state] = tables.scanner(tables.shared[state])
                found = match(text, at, end)
                if found is not None:
                    kind = found.lastgroup  # type: ignore[assignment]  # every alternative is a named group
                    begin, stop = found.span(found.lastindex)  # type: ignore[arg-type]  # as above
                    if kind in FIXED:
                        kind = fixed[text[begin:stop]]
                    if kind == newline:
                        begin = at  # the white space before it is its own
                        if depth:
                            at = stop
                            continue
                else:
                    kind = ""
            action = table[state].get(kind)
            if action is None:
                other = alike.get(kind, "")
                if other in table[state]:
                    kind, action = other, table[state][other]
                elif kind not in ignored and kind is not END:
                    kind, begin, stop = tables.own_token(state, text, at, end)
                    action = table[state].get(kind)
                if action is None or (kind == newline and depth):
                    if kind in ignored or (kind == newline and depth):
                        at = stop
                        continue
                    fault = (kind, begin, stop)
                    break
            while action < 0:
                step = steps[~action]
                if step.unit:
                    below = states[-2]
                    state = hops.get((below, state, kind)) or assembly.hop(below, state, kind)
                    states[-1] = state
                elif step.leaf:
                    values[-1] = step.build(maker, [values[-1]], begins[-1], last)
                    states[-1] = state = table[states[-2]][step.origin]
                    if kind is END and state == self.stop:
                        self.at = self.last = end
                        return None
                else:
                    size = step.size
                    children: list[object]
                    if size:
                        first = begins[-size]
                        if step.include is None:
                            children = values[-size:]
                        else:
                            taken = values[-size:]
                            children = []
                            for place, inline, before in step.include:
                                if before:
                                    children += [None] * before
                                child = taken[place]
                                if not inline:
                                    children.append(child)
                                elif children:
                                    children += child  # type: ignore[arg-type]  # an inline rule's value is a list
                                else:  # a list that grows by one is not copied each time
                                    children = child  # type: ignore[assignment]  # as above
                        del states[-size:], values[-size:], begins[-size:]
                        behind = last
                    else:
                        first, behind, children = begin, begin, []
                    if step.absent:
                        children += [None] * step.absent
                    if step.inline:
                        values.append(children)
                    elif step.single and len(children) == 1:
                        values.append(children[0])
                    else:
                        values.append(step.build(maker, children, first, behind))
                    begins.append(first)
                    state = table[states[-1]][step.origin]
                    states.append(state)
                    if kind is END and state == self.stop:
                        self.at = self.last = end
                        return None
                action = table[state].get(kind)
                if action is None:
                    fault = (kind, begin, stop)
                    break
            if action is None:
                break
            states.append(action)
            state = action
            begins.append(begin)
            values.append((kind, begin, stop) if kind in kept else None)
            at = last = stop
            if kind in marking:
                if kind in opening:
                    depth += 1
                elif kind in closing:
                    depth -= 1
                elif kind != newline:
                    self.mark = (states[:], at)
                    self.braces.append((kind, begin))
                elif state in starting:
                    self.mark = (states[:], at)
            if tokens is not None:
                tokens.append(Leaf(kind, text[begin:stop], Span(begin, stop)))
        self.at, self.last, self.depth = at, last, depth
        return fault


class Trees:
    """Makes branches and leaves of what a grammar's rules take."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @staticmethod
    def branch(rule: str) -> Build:
        """Return the maker of a rule's branches."""

        def build(self: "Trees", children: list[object], begin: int, end: int) -> Branch:
            return Branch(rule, [self.leaf(one) for one in children], Span(begin, end))

        return build

    def leaf(self, value: object) -> Node:
        """Return a token as a leaf, anything else as it is."""
        if not isinstance(value, tuple):
            return value  # type: ignore[return-value]  # a branch or None: nothing else was made
        kind, begin, end = value
        return Leaf(kind, self.text[begin:end], Span(begin, end))


def parse(
    assembly: Assembly,
    text: str,
    start: str,
    within: Span | None = None,
    tokens: list[Leaf] | None = None,
) -> Branch:
    """Parse a text, or the part of it that `within` names, from a start rule, to a tree of branches.

    `tokens` is filled with every token in order, those too that the tree leaves out; white space and comments are what
    stands between them. Raises Unexpected at the first fault.
    """
    machine = Machine(assembly, Trees(text), text, start, within)
    machine.tokens = tokens
    fault = machine.run(machine.end)
    if fault is not None:
        raise unexpected(machine, fault)
    whole = machine.values[-1]
    if not isinstance(whole, Branch):
        raise TypeError(whole)
    return whole


def unexpected(machine: Machine, fault: Raw) -> Unexpected:
    """Describe what stands where a machine stopped, and what might have stood there."""
    tables, text, states = machine.assembly.tables, machine.text, machine.states
    kind, begin, end = fault
    if kind != END:
        kind, begin, end = tables.any_token(text, begin, machine.end)
    expected = sorted(
        one
        for one in tables.states[states[-1]]
        if one in tables.shown and tables.accepts(states, one)
    )
    opened: list[Leaf] = []
    for symbol, at in zip(map(tables.symbols.__getitem__, states[1:]), machine.begins, strict=True):
        if symbol in BRACKETS:
            opened.append(Leaf(symbol, text[at : at + 1], Span(at, at + 1)))
        elif symbol in CLOSING and opened:
            opened.pop()
    opened = [one for one in opened if one.text in ("{", "(", "[")]  # not one that a repair put in
    before = None
    if len(states) > 1 and (symbol := tables.symbols[states[-1]]) in tables.shown:
        place = Span(machine.begins[-1], machine.last)
        before = Leaf(symbol, text[place.start : place.end], place)
    shown = [tables.shown[one] for one in expected]
    return Unexpected(Span(begin, end), kind, shown, opened, before)
