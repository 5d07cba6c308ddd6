"""Stock Lark on the same grammars: what the shipped engine is compared with."""

from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from omnidsl.language.brackets import Brackets
from omnidsl.language.compiler import GRAMMARS, WITH_LINES
from omnidsl.language.grammars_path import grammar_folder
from omnidsl.language.lalr import Assembly, Branch, Leaf, Node, Tables, Trees, Unexpected, parse

Shape = tuple[object, ...] | str | None


@cache
def lark(name: str) -> Lark:
    return Lark.open(
        str(grammar_folder() / f"{name}.lark"),
        parser="lalr",
        start=list(GRAMMARS[name]),
        propagate_positions=True,
        maybe_placeholders=True,
        postlex=Brackets() if name in WITH_LINES else None,
    )


def by_lark(name: str, start: str, text: str) -> Shape:
    """Return the tree that stock Lark builds, or `rejected`."""
    try:
        return _lark_shape(lark(name).parse(text, start=start))
    except UnexpectedInput:
        return "rejected"


def by_engine(tables: Tables, start: str, text: str) -> Shape:
    """Return the tree that the shipped engine builds, or `rejected`."""
    try:
        return _shape(parse(Assembly(tables, Trees.branch), text, start))
    except Unexpected:
        return "rejected"


def _lark_shape(node: "Tree[Token] | Token | None") -> Shape:
    if isinstance(node, Token):
        return (node.type, str(node), node.start_pos)
    if node is None:
        return None
    place = () if node.meta.empty else (node.meta.start_pos, node.meta.end_pos)
    return (str(node.data), place, tuple(_lark_shape(child) for child in node.children))


def _shape(node: Node) -> Shape:
    if isinstance(node, Leaf):
        return (node.kind, node.text, node.span.start)
    if not isinstance(node, Branch):
        return None
    place = (node.span.start, node.span.end) if node.span.end > node.span.start else ()
    return (node.rule, place, tuple(_shape(child) for child in node.children))
