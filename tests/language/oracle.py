"""Stock Lark on the same grammars: what the shipped engine is compared with."""

from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from omnidsl.language import syntax
from omnidsl.language.brackets import Brackets
from omnidsl.language.builder import TooDeep, TooLong, TreeBuilder
from omnidsl.language.compiler import GRAMMARS, WITH_LINES
from omnidsl.language.grammars_path import grammar_folder
from omnidsl.language.lalr import Assembly, Branch, Leaf, Machine, Node, Trees, Unexpected, parse
from omnidsl.language.lalr_tables import Tables
from omnidsl.language.parser import NODES
from omnidsl.language.source import Source
from omnidsl.language.text import TextReader

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


def both_by_lark(text: str) -> tuple[Shape, Shape]:
    """Return stock Lark's tree of a recipe, and the recipe that the builder makes of it, with all places."""
    try:
        tree = lark("recipe").parse(text, start="recipe")
    except UnexpectedInput:
        return "rejected", "rejected"
    try:
        return _lark_shape(tree), _described(_built(tree, _builder(text)))
    except (TooDeep, TooLong) as limit:
        return _lark_shape(tree), type(limit).__name__


def nodes_by_engine(text: str) -> Shape:
    """Return the recipe that the shipped loop builds as it reads, with all places, or `rejected`."""
    machine = Machine(NODES, _builder(text), text, "recipe")
    try:
        fault = machine.run(machine.end)
    except (TooDeep, TooLong) as limit:
        return type(limit).__name__
    return "rejected" if fault is not None else _described(machine.values[-1])


def _builder(text: str) -> TreeBuilder:
    return TreeBuilder(Source(text), TextReader(Source(text), [], lambda _: None))


def _built(node: "Tree[Token] | Token | None", builder: TreeBuilder) -> object:
    if isinstance(node, Token):
        return (node.type, node.start_pos, node.end_pos)
    if node is None:
        return None
    children = [_built(one, builder) for one in node.children]
    begin, end = (0, 0) if node.meta.empty else (node.meta.start_pos, node.meta.end_pos)
    return TreeBuilder.build(str(node.data))(builder, children, begin, end)


def _described(value: object) -> Shape:
    if isinstance(value, syntax.Node):
        place = (value.span.start, value.span.end) if value.span.end > value.span.start else ()
        fields = tuple(_described(getattr(value, name)) for name in value.fields)
        return (type(value).__name__, place, fields)
    if isinstance(value, tuple):
        return tuple(_described(one) for one in value)
    return repr(value)
