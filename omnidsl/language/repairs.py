"""Small changes that would let a parse go on where it stopped, the likeliest first."""

import re
from collections.abc import Iterator

from omnidsl.language.keywords import KEYWORDS
from omnidsl.language.lalr import Machine
from omnidsl.language.lalr_tables import END, Raw
from omnidsl.language.pattern import pattern
from omnidsl.language.signs import FULL_WIDTH, SLIPS
from omnidsl.language.suggestions import nearest
from omnidsl.language.trial import Patch, Trial

INSERTED = (
    "RPAR", "RSQB", "COMMA", "_COLON", "EQUAL", "NAME", "MEMBER", "__ANON_0", "DOT", "IN", "_AS", "LPAR", "LSQB", "LBRACE",
    "RBRACE", "STRING", "KEY", "_PIPELINE", "_CHAT", "PROMPT", "_LET", "_FOR", "_IF", "_SAVE", "_RETURN", "_EXPECT",
    "_TEST", "_USE", "__ANON_1", "CMP", "_AND", "ADD", "CATEGORY", "TEXT", "CHATTEXT", "_ELSE", "_WITH",
)  # fmt: skip  # a table
"""What may have been forgotten, signs first: a forgotten word is rarer."""

CARRYING = ("LPAR", "LSQB", "__ANON_0")
"""What makes the next line part of the statement: put in at a line's end it would only hide what is missing there."""

SURE = ("named", "joined", "sign")
"""Sorts of repair of which the first that lets the line be read is what was meant."""

ITEMS = ("PROMPT", "_CHAT", "_LET", "_PIPELINE", "_TEST", "_USE")
_RATIO = pattern(r"：\d+")
_WORD = pattern(r"[^\W\d]\w*")
EQUALS = pattern(r"[ \t]*=(?!=)[ \t]*")
"""The sign between a name and a value, where it is no comparison."""

_BACK = 3
"""How many tokens before a fault may be its cause."""


class Stop:
    """Where a parse stopped: the token that does not fit, and those of its statement before it."""

    __slots__ = ("bad", "kinds", "line_end", "machine", "seen", "text", "whole")

    def __init__(self, machine: Machine, fault: Raw) -> None:
        tables, text = machine.assembly.tables, machine.text
        self.machine = machine
        self.text = text
        state = machine.states[-1]
        kind, begin, end = fault
        if kind != END:
            kind, begin, end = tables.likely(state, text, fault[1], machine.end)
        self.bad = (kind, begin, end)
        self.kinds = [one for one in INSERTED if tables.accepts(machine.states, one)]
        line = text.find("\n", begin)
        self.line_end = len(text) if line < 0 else line
        self.seen: list[Raw] = []
        states = machine.mark[0]
        self.whole = states == machine.states[: len(states)]
        """Whether the statement can be read again from its beginning."""
        if self.whole:
            Trial.statement(machine).run(begin, until=machine.last, seen=self.seen)

    def anchor(self, back: int) -> int:
        """Return where the token stands ready to be read that is `back` tokens before the fault."""
        place = len(self.seen) - back
        return self.seen[place - 1][2] if place > 0 else self.machine.mark[1]

    def word(self, token: Raw) -> str:
        """Return the text of a token."""
        return self.text[token[1] : token[2]]


def candidates(stop: Stop) -> Iterator[tuple[str, Patch]]:
    """Yield repairs of the statement, each with its sort."""
    yield from _named(stop)
    yield from _signs(stop)
    yield from _keywords(stop)
    yield from _quotes(stop)
    yield from _brackets(stop)
    yield from _colons(stop)
    yield from _single(stop)
    yield from _earlier(stop)


def _named(stop: Stop) -> Iterator[tuple[str, Patch]]:
    """Try `name=` as the `name:` that it is elsewhere, and a block whose brace stands on the next line."""
    text, (kind, begin, end) = stop.text, stop.bad
    if text[begin:end] == "=" and stop.seen and stop.seen[-1][0] == "NAME":
        _, start, close = stop.seen[-1]
        yield "named", Patch(stop.anchor(1), [("KEY", start, close), ("_COLON", begin, end)], end)
    if kind == "NAME" and "KEY" in stop.kinds and (sign := EQUALS.match(text, end)):
        colon = [("KEY", begin, end), ("_COLON", end, sign.end())]
        yield "named", Patch(stop.machine.at, colon, sign.end())
        untyped = Patch(stop.machine.at, [*colon, ("NAME", end, end)], end)
        yield "named", untyped
    if kind == "_NL" and text.startswith("{", end) and "LBRACE" in stop.kinds:
        yield "joined", Patch(stop.machine.at, (), end)


def _signs(stop: Stop) -> Iterator[tuple[str, Patch]]:
    """Try signs of other languages and of other widths, taken for the sign that was meant."""
    text, (_, begin, _), at = stop.text, stop.bad, stop.machine.at
    fixed = stop.machine.assembly.tables.fixed
    sign = next((one for one in SLIPS if text.startswith(one, begin)), "")
    plain = SLIPS.get(sign) or FULL_WIDTH.get(text[begin : begin + 1], "")
    sign = sign or text[begin : begin + 1]
    end = begin + len(sign)
    if sign == "：" and (ratio := _RATIO.match(text, begin)):
        yield "sign", Patch(at, (), ratio.end())
    elif sign == "=" and not plain and "CMP" in stop.kinds:
        yield "sign", Patch(at, [("CMP", begin, end)], end)
    elif plain == "#":
        yield "sign", Patch(at, (), stop.line_end)
    elif plain == '"':
        for close in re.finditer("[\"'”“」]", text[end : stop.line_end]):
            yield "sign", Patch(at, [("STRING", begin, end + close.end())], end + close.end())
    elif plain == " ":
        yield "sign", Patch(at, (), end)
    elif plain:
        kinds = [fixed[plain]] if plain in fixed else ["CMP", "ADD", "MUL"]
        for kind in kinds:
            yield "sign", Patch(at, [(kind, begin, end)], end)


def _keywords(stop: Stop) -> Iterator[tuple[str, Patch]]:
    """Try a misspelt keyword: the word that does not fit, or the one before it."""
    fixed, tables = stop.machine.assembly.tables.fixed, stop.machine.assembly.tables
    if _WORD.fullmatch(word := stop.word(stop.bad)):
        fitting = [one for one in KEYWORDS if tables.accepts(stop.machine.states, fixed[one])]
        for one in nearest(word, sorted(fitting)):
            yield (
                "keyword",
                Patch(stop.machine.at, [(fixed[one], *stop.bad[1:])], stop.bad[2]),
            )
    for back in (1, 2):
        if len(stop.seen) >= back and _WORD.fullmatch(word := stop.word(stop.seen[-back])):
            token = stop.seen[-back]
            for one in nearest(word, sorted(KEYWORDS - {word})):
                yield "keyword", Patch(stop.anchor(back), [(fixed[one], *token[1:])], token[2])


def _quotes(stop: Stop) -> Iterator[tuple[str, Patch]]:
    """Try a quote too few or too many."""
    text, (_, begin, _), at = stop.text, stop.bad, stop.machine.at
    if text[begin : begin + 1] == '"':
        closed = stop.bad[0] == "STRING"
        if not closed:  # it may have been meant to end at any sign, or with the line
            line = text[begin : stop.line_end].rstrip()
            ends = [begin + one.start() for one in re.finditer(r"\s*(?:[)\],{]|->|\bas\b|$)", line)]
            if not stop.machine.depth and not line.endswith("{"):
                ends.insert(0, begin + len(line))
            for end in ends[:20]:
                if end > begin:
                    yield "quote", Patch(at, [("STRING", begin, end)], end)
        for back in range(1, min(_BACK, len(stop.seen)) + 1):
            token = stop.seen[-back]
            yield (
                "quote",
                Patch(stop.anchor(back), [("STRING", token[1], begin + 1)], begin + 1),
            )
        yield "quote", Patch(at, (), begin + 1)
    for back in range(1, min(_BACK + 1, len(stop.seen)) + 1):
        token = stop.seen[-back]
        if token[0] == "STRING":
            yield "quote", Patch(stop.anchor(back), (), token[1] + 1)


def _brackets(stop: Stop) -> Iterator[tuple[str, Patch]]:
    """Try brackets of an earlier line that were never closed."""
    closers = {"LPAR": "RPAR", "LSQB": "RSQB"}
    opened: list[str] = []
    following = [*stop.seen, stop.bad][1:]
    for token, after in zip(stop.seen, following, strict=True):
        if token[0] in closers:
            opened.append(closers[token[0]])
        elif opened and token[0] in closers.values():
            opened.pop()
        if opened and "\n" in stop.text[token[2] : after[1]]:
            end = token[2]
            yield "close", Patch(end, [(one, end, end) for one in reversed(opened)], end)


def _colons(stop: Stop) -> Iterator[tuple[str, Patch]]:
    """Try a colon that was forgotten behind the name of an argument or parameter."""
    kind, begin, end = stop.bad
    if kind == "NAME" and "KEY" in stop.kinds:
        yield "colon", Patch(stop.machine.at, [("KEY", begin, end), ("_COLON", end, end)], end)
    if stop.seen and stop.seen[-1][0] == "NAME":
        _, begin, end = stop.seen[-1]
        yield "colon", Patch(stop.anchor(1), [("KEY", begin, end), ("_COLON", end, end)], end)


def _single(stop: Stop) -> Iterator[tuple[str, Patch]]:
    """Try one token too few, too many, or another one."""
    (kind, begin, end), at, here = stop.bad, stop.machine.at, stop.machine.last
    for one in stop.kinds:
        if kind != "_NL" or one not in CARRYING:
            yield "insert", Patch(at, [(one, here, here)], at)
    if kind not in (END, "_NL"):
        yield "delete", Patch(at, (), end)
        for one in stop.kinds:
            yield "replace", Patch(at, [(one, begin, end)], end)


def _earlier(stop: Stop) -> Iterator[tuple[str, Patch]]:
    """Try the same for the tokens before, and two that changed places."""
    tables = stop.machine.assembly.tables
    kind, begin, end = stop.bad
    if kind not in (END, "_NL"):
        after = tables.likely(stop.machine.states[-1], stop.text, end, stop.machine.end)
        yield "swap", Patch(stop.machine.at, [after, (kind, begin, end)], after[2])
    for back in range(1, min(_BACK, len(stop.seen)) + 1):
        token, anchor = stop.seen[-back], stop.anchor(back)
        trial = Trial.statement(stop.machine)
        trial.run(anchor, until=anchor)
        after = stop.seen[-back + 1] if back > 1 else stop.bad
        if after[0] not in (END, "_NL"):
            other = tables.token(trial.states[-1], stop.text, after[1], stop.machine.end)
            yield "swap", Patch(anchor, [other, token], after[2])
        yield "delete", Patch(anchor, (), token[2])
        for one in INSERTED:
            yield "insert", Patch(anchor, [(one, token[1], token[1])], anchor)
            if one == "RBRACE" and _WORD.fullmatch(stop.word(token)):
                continue  # a word is no misspelt brace: the block would end too early
            yield "replace", Patch(anchor, [(one, token[1], token[2])], token[2])
