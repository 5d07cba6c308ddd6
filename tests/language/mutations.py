"""Sound recipes, broken at known statements: what recovery from errors is judged by."""

import random
from collections.abc import Iterator

from omnidsl.language import engine, syntax
from omnidsl.language.lalr import Leaf
from omnidsl.language.parser import parse
from omnidsl.language.source import Source

WIDE = {
    ",": "，", "(": "（", ")": "）", "{": "｛", "}": "｝", "[": "［", "]": "］", "=": "＝", ".": "。", '"': "“",
}  # fmt: skip  # a table
CLOSING = (")", "]", "}", '"')


class Statement:
    """A statement, a line of a block, or the header of a definition: the tokens that are its own, and its rows."""

    __slots__ = ("rows", "tokens")

    def __init__(self, tokens: list[Leaf], rows: frozenset[int]) -> None:
        self.tokens = tokens
        self.rows = rows


def statements(source: Source) -> list[Statement]:
    """Return the statements of a sound recipe; what stands inside another one belongs to the inner one alone."""
    tree, findings = parse(source)
    assert tree is not None
    assert not findings
    tokens: list[Leaf] = []
    engine.parse(source.text, tokens=tokens)
    owners: dict[int, list[Leaf]] = {}
    nodes = list(_nodes(tree))
    for token in tokens:
        if token.kind == "_NL":
            continue
        inside = [
            one
            for one in nodes
            if one.span.start <= token.span.start and token.span.end <= one.span.end
        ]
        if inside:
            innermost = min(inside, key=lambda one: one.span.end - one.span.start)
            owners.setdefault(nodes.index(innermost), []).append(token)
    made = []
    for mine in owners.values():
        rows = {source.position(one.span.start).row for one in mine}
        rows |= {source.position(one.span.end).row for one in mine}
        made.append(Statement(mine, frozenset(rows)))
    return made


def _nodes(node: syntax.Node) -> Iterator[syntax.Node]:
    match node:
        case syntax.Recipe():
            children: tuple[syntax.Node, ...] = node.items
        case syntax.Prompt():
            yield node
            children = node.lines
        case syntax.Chat():
            yield node
            children = node.turns
        case syntax.Pipeline() | syntax.Test() | syntax.For():
            yield node
            children = node.body
        case syntax.If():
            yield node
            children = (*node.body, *node.otherwise)
        case _:
            yield node
            children = ()
    for one in children:
        yield from _nodes(one)


def broken(
    text: str, statement: Statement, choice: random.Random, pool: list[str]
) -> list[tuple[int, int, str]]:
    """Return the edits (start, end, content) of one change of one statement."""
    tokens = statement.tokens
    at = choice.randrange(len(tokens))
    span = tokens[at].span
    sort = choice.choice(("delete", "insert", "swap", "misspell", "unclose", "widen"))
    if sort == "delete":
        return [(span.start, span.end, "")]
    if sort == "insert":
        return [(span.start, span.start, choice.choice(pool) + " ")]
    if sort == "swap":
        if len(tokens) < 2:
            return []
        at = choice.randrange(len(tokens) - 1)
        left, right = tokens[at], tokens[at + 1]
        if left.span.end > right.span.start:
            return []
        return [
            (left.span.start, left.span.end, right.text),
            (right.span.start, right.span.end, left.text),
        ]
    if sort == "misspell":
        words = [one for one in tokens if len(one.text) > 2 and one.text.isidentifier()]
        if not words:
            return []
        word = choice.choice(words)
        letter = choice.randrange(1, len(word.text))
        return [(word.span.start + letter, word.span.start + letter + 1, "")]
    signs = CLOSING if sort == "unclose" else tuple(WIDE)
    places = [
        one.span.start + offset
        for one in tokens
        if one.kind not in ("TEXT", "CHATTEXT", "PVALUE", "LONGSTRING")
        for offset in (range(len(one.text)) if one.kind != "STRING" else (0, len(one.text) - 1))
        if one.text[offset] in signs
    ]
    if sort == "unclose":
        places = [
            one
            for one in places
            if text[one] != '"' or any(one == each.span.end - 1 for each in tokens)
        ]
    if not places:
        return []
    place = choice.choice(places)
    return [(place, place + 1, "" if sort == "unclose" else WIDE[text[place]])]


def applied(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, content in sorted(edits, reverse=True):
        text = text[:start] + content + text[end:]
    return text
