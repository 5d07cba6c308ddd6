"""What `drop:` takes out of what a prompt inherits: categories, `text`, `image`, and parameters with their dashes."""

from collections.abc import Iterator

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.fields import Fields
from omnidsl.checking.runs import COMMAS
from omnidsl.language import syntax
from omnidsl.language.line_names import line_name
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Span
from omnidsl.prompts import ParameterTable, Vocabulary

if TYPE_CHECKING:
    from omnidsl.checking.expressions import Expressions

_PARTS = pattern(f"[^{COMMAS}]+")


class Dropped:
    """One name behind `drop:` and its place: a category's own name, `text`, `image`, a parameter with its dashes.

    A name that nothing has stands as it is written, in lower case.
    """

    __slots__ = ("name", "span")

    def __init__(self, name: str, span: Span) -> None:
        self.name = name
        self.span = span


def dropped(node: syntax.Prompt, vocabulary: Vocabulary) -> Iterator[Dropped]:
    """Yield what a prompt's `drop:` lines name."""
    for line in node.lines:
        if line.category is None or line_name(line.category.text) != "drop":
            continue
        for piece in line.text.parts if line.text is not None else ():
            if isinstance(piece, syntax.Piece):
                yield from _listed(piece, vocabulary)
        for one in line.parameters:
            span = Span(one.name.span.start, one.name.span.end)
            yield Dropped(f"--{one.name.text.casefold()}", span)


def _listed(piece: syntax.Piece, vocabulary: Vocabulary) -> Iterator[Dropped]:
    for part in _PARTS.finditer(piece.text):
        written = part[0].strip()
        if written:
            start = piece.span.start + part.start() + part[0].index(written)
            yield Dropped(_own_name(written, vocabulary), Span(start, start + len(written)))


def _own_name(written: str, vocabulary: Vocabulary) -> str:
    category = vocabulary.category(written)
    return category.name if category is not None else line_name(written)


def check_drops(node: syntax.Prompt, inherited: Fields | None, expressions: "Expressions") -> None:
    """Report what is no plain name, what nothing is called, and what the parents have not got (None: not known)."""
    for line in node.lines:
        if line.category is None or line_name(line.category.text) != "drop":
            continue
        parts = line.text.parts if line.text is not None else ()
        for part in parts:
            if not isinstance(part, syntax.Piece):
                expressions.fault("OM123", part.span)
        if not parts and not line.parameters:
            expressions.fault("OM123", line.category.span)
    rules = expressions.facts.rules
    for one in dropped(node, rules.vocabulary):
        known = (
            _parameter(one, expressions) if one.name.startswith("--") else _part(one, expressions)
        )
        if known and inherited is not None and not has(inherited, one.name, rules.parameters):
            expressions.fault("OM122", one.span, name=one.name)


def _part(one: Dropped, expressions: "Expressions") -> bool:
    vocabulary = expressions.facts.rules.vocabulary
    if one.name in ("text", "image") or vocabulary.category(one.name) is not None:
        return True
    close = vocabulary.nearest_category(one.name)
    expressions.fault("OM422", one.span, name=one.name, suggestions=close)
    return False


def _parameter(one: Dropped, expressions: "Expressions") -> bool:
    table, name = expressions.facts.rules.parameters, one.name.removeprefix("--")
    if table.find(name) is not None:
        return True
    close = [f"--{each}" for each in table.nearest(name)]
    expressions.fault("OM301", one.span, name=name, suggestions=close)
    return False


def has(fields: Fields, name: str, table: ParameterTable) -> bool:
    """Tell whether there is something of that name."""
    if name.startswith("--"):
        row = table.find(name)
        slots = {one.parameter.slot for one in fields.settings if one.parameter is not None}
        return row is not None and row.slot in slots
    match name:
        case "text":
            return bool(fields.texts)
        case "image":
            return bool(fields.urls or fields.pictures)
    return name in fields.categories
