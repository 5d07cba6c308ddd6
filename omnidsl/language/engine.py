"""The parsing engine: stock Lark on `grammars/recipe.lark`, behind one narrow function.

What comes out is a small concrete tree of the project's own, so that another engine on the same grammar can take its
place without anything else noticing.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from omnidsl.language.grammars_path import grammar_folder
from omnidsl.language.source import Span

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput


_WORD_END = r"\b"
_KEYWORD = re.compile(r"[a-z]+\\b")


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

    def __init__(self, rule: str, children: list["Branch | Leaf | None"], span: Span) -> None:
        self.rule = rule
        self.children = children
        self.span = span

    def __repr__(self) -> str:
        return f"Branch({self.rule}, {self.children!r})"


class Unexpected(Exception):
    """Raised at the first place where the text does not go on as the grammar says.

    `kind` is the terminal found there (`$END` at the end of the text, empty where no terminal fits); `expected` are
    terminals that would have fitted, literal ones in backquotes; `open` are the brackets still open, outermost first.
    """

    def __init__(self, span: Span, kind: str, expected: list[str], open_: list[Leaf]) -> None:
        super().__init__(kind)
        self.span = span
        self.kind = kind
        self.expected = expected
        self.open = open_


@cache
def _lark() -> "Lark":
    from lark import Lark

    return Lark.open(
        str(grammar_folder() / "recipe.lark"),
        parser="lalr",
        start=["recipe", "interpolation"],
        propagate_positions=True,
        maybe_placeholders=True,
    )


def parse(text: str, start: str = "recipe", within: Span | None = None) -> Branch:
    """Parse a text, or the part of it that `within` names, from a start rule; raises `Unexpected` at the first fault."""
    from lark import TextSlice
    from lark.exceptions import UnexpectedInput

    begin, end = (within.start, within.end) if within else (0, len(text))
    try:
        tree = _lark().parse(TextSlice(text, begin, end), start=start)
    except UnexpectedInput as error:
        raise _unexpected(error, end) from None
    return _branch(tree, Span(begin, end))


def _branch(tree: "Tree[Token]", whole: Span) -> Branch:
    """Copy Lark's tree, children first and without recursion: nesting is the caller's to limit."""
    from lark import Token

    made: dict[int, Branch] = {}
    for subtree in tree.iter_subtrees():
        children: list[Branch | Leaf | None] = []
        for child in subtree.children:
            if isinstance(child, Token):
                children.append(_leaf(child))
            else:
                children.append(made.get(id(child)))  # an absent optional part is None
        meta = subtree.meta
        span = whole if meta.empty or subtree is tree else Span(meta.start_pos, meta.end_pos)
        made[id(subtree)] = Branch(str(subtree.data), children, span)
    return made[id(tree)]


def _leaf(token: "Token") -> Leaf:
    start = token.start_pos or 0
    return Leaf(token.type, str(token), Span(start, start + len(token)))


def _unexpected(error: "UnexpectedInput", end: int) -> Unexpected:
    from lark import Token
    from lark.exceptions import UnexpectedToken

    if isinstance(error, UnexpectedToken):
        at = end if error.token.type == "$END" else error.token.start_pos or 0
        found = error.token.type
        span = Span(at, at if found == "$END" else at + len(error.token))
        parser = error.interactive_parser
        accepted: set[str] = parser.accepts() if parser else error.expected  # type: ignore[no-untyped-call]  # Lark's own
        expected = sorted(accepted)
        stack = parser.parser_state.value_stack if parser else []
    else:
        at = error.pos_in_stream or 0
        found, span, stack = "", Span(at, at + 1), []
        expected = sorted(getattr(error, "allowed", None) or ())
    opened = [
        _leaf(one)
        for one in stack
        if isinstance(one, Token) and one.type in ("LBRACE", "LPAR", "LSQB")
    ]
    return Unexpected(span, found, [_shown(one) for one in expected], opened)


def _shown(terminal: str) -> str:
    """Return a literal terminal as it is typed, in backquotes; another one by its name."""
    pattern = _lark().get_terminal(terminal).pattern if terminal != "$END" else None
    if pattern is None or (pattern.type == "re" and not _KEYWORD.fullmatch(pattern.value)):
        return terminal
    return f"`{pattern.value.removesuffix(_WORD_END)}`"
