"""The tokens of a recipe, for whoever needs no tree: the formatter reads every file, and its own result again.

The loop is that of `lalr.Machine` without values, which takes three fifths of its time; a test compares the two.
"""

from omnidsl.language._recipe_tables import TABLES
from omnidsl.language.lalr_tables import END, FIXED, Raw

_SIZES = [(rule[0], rule[1]) for rule in TABLES.rules]
_HOPS: dict[tuple[int, int, str], int] = {}


def scan(text: str) -> list[Raw] | None:  # noqa: C901  # a hot loop: a call a token would cost a third of its time
    """Return every token of a recipe in order; None where the text does not follow the grammar. Time is linear."""
    table, matches, fixed, marking = TABLES.states, TABLES._matches, TABLES.fixed, TABLES.marking  # noqa: SLF001  # the tables' other loop
    newline, ignored, opening, closing = (
        TABLES.newline,
        TABLES.ignored,
        TABLES.opening,
        TABLES.closing,
    )
    state, final = TABLES.starts["recipe"], TABLES.ends["recipe"]
    states, tokens = [state], list[Raw]()
    at, end, depth = 0, len(text), 0
    while True:
        if at >= end:
            kind, begin, stop = END, end, end
        else:
            match = matches[state]
            if match is None:
                match = matches[state] = TABLES.scanner(TABLES.shared[state])
            found = match(text, at, end)
            if found is None:
                kind = ""
            else:
                kind = found.lastgroup  # type: ignore[assignment]  # every alternative is a named group
                begin, stop = found.span(found.lastindex)  # type: ignore[arg-type]  # as above
                if kind in FIXED:
                    kind = fixed[text[begin:stop]]
                if kind == newline:
                    begin = at  # the white space before it is its own
                    if depth:
                        at = stop
                        continue
        action = table[state].get(kind)
        if action is None:
            other = TABLES.alike.get(kind, "")
            if other in table[state]:
                kind, action = other, table[state][other]
            elif kind not in ignored and kind is not END:
                kind, begin, stop = TABLES.own_token(state, text, at, end)
                action = table[state].get(kind)
            if action is None or (depth and kind == newline):
                if kind in ignored or (depth and kind == newline):
                    at = stop
                    continue
                return None
        while action < 0:
            origin, size = _SIZES[~action]
            if size == 1:
                below = states[-2]
                state = _HOPS.get((below, state, kind)) or _hop(below, state, kind)
                states[-1] = state
            else:
                if size:
                    del states[-size:]
                state = table[states[-1]][origin]
                states.append(state)
            if kind is END and state == final:
                return tokens
            action = table[state].get(kind)
            if action is None:
                return None
        states.append(action)
        state = action
        at = stop
        if kind in marking:
            if kind in opening:
                depth += 1
            elif kind in closing:
                depth -= 1
        tokens.append((kind, begin, stop))


def _hop(below: int, state: int, kind: str) -> int:
    """Return where rules of one symbol lead from a state: a name passes a dozen of them on its way to an expression."""
    table, at = TABLES.states, state
    while (action := table[at].get(kind)) is not None and action < 0:
        origin, size = _SIZES[~action]
        if size != 1:
            break
        at = table[below][origin]
    _HOPS[below, state, kind] = at
    return at
