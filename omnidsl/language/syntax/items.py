"""What stands in a file: `use`, `let`, prompts, chats, pipelines, tests."""

from omnidsl.language.source import Span
from omnidsl.language.syntax.expressions import Argument, Expression, Text
from omnidsl.language.syntax.nodes import Node, Word
from omnidsl.language.syntax.statements import Broken, Declaration, Statement, TypeName


class Use(Node):
    """`use "brand.omni" as brand`."""

    __slots__ = ("alias", "path")
    fields = ("path", "alias")

    def __init__(self, span: Span, path: Text, alias: Word | None) -> None:
        self.span = span
        self.path = path
        self.alias = alias


class Let(Node):
    """`let name: type = value`."""

    __slots__ = ("name", "type", "value")
    fields = ("name", "type", "value")

    def __init__(self, span: Span, name: Word, type_: TypeName | None, value: Expression) -> None:
        self.span = span
        self.name = name
        self.type = type_
        self.value = value


class Parameter(Node):
    """A Midjourney parameter in a prompt block: `--ar 4:3`; `name` is without the dashes, as written."""

    __slots__ = ("name", "value")
    fields = ("name", "value")

    def __init__(self, span: Span, name: Word, value: Text | None) -> None:
        self.span = span
        self.name = name
        self.value = value


class PromptLine(Node):
    """One line of a prompt block: a category or None, its text or None, and parameters."""

    __slots__ = ("category", "parameters", "text")
    fields = ("category", "text", "parameters")

    def __init__(
        self,
        span: Span,
        category: Word | None,
        text: Text | None,
        parameters: tuple[Parameter, ...],
    ) -> None:
        self.span = span
        self.category = category
        self.text = text
        self.parameters = parameters


class Parent(Node):
    """What a prompt inherits from, and the arguments it passes on."""

    __slots__ = ("arguments", "path")
    fields = ("path", "arguments")

    def __init__(self, span: Span, path: tuple[Word, ...], arguments: tuple[Argument, ...]) -> None:
        self.span = span
        self.path = path
        self.arguments = arguments


class Prompt(Node):
    """A prompt: its lines, or `raw`, a whole pasted prompt."""

    __slots__ = ("lines", "name", "parameters", "parent", "raw")
    fields = ("name", "parameters", "parent", "lines", "raw")

    def __init__(
        self,
        span: Span,
        name: Word,
        parameters: tuple[Declaration, ...],
        parent: Parent | None,
        lines: tuple[PromptLine, ...],
        raw: Text | None,
    ) -> None:
        self.span = span
        self.name = name
        self.parameters = parameters
        self.parent = parent
        self.lines = lines
        self.raw = raw


class Turn(Node):
    """One line of a chat block."""

    __slots__ = ("role", "text")
    fields = ("role", "text")

    def __init__(self, span: Span, role: Word, text: Text) -> None:
        self.span = span
        self.role = role
        self.text = text


class Chat(Node):
    """A conversation with parameters."""

    __slots__ = ("name", "parameters", "turns")
    fields = ("name", "parameters", "turns")

    def __init__(
        self, span: Span, name: Word, parameters: tuple[Declaration, ...], turns: tuple[Turn, ...]
    ) -> None:
        self.span = span
        self.name = name
        self.parameters = parameters
        self.turns = turns


class Pipeline(Node):
    """A pipeline: parameters, the type it returns or None, statements."""

    __slots__ = ("body", "name", "parameters", "result")
    fields = ("name", "parameters", "result", "body")

    def __init__(
        self,
        span: Span,
        name: Word,
        parameters: tuple[Declaration, ...],
        result: TypeName | None,
        body: tuple[Statement, ...],
    ) -> None:
        self.span = span
        self.name = name
        self.parameters = parameters
        self.result = result
        self.body = body


class Test(Node):
    """`test "title" { … }`."""

    __slots__ = ("body", "title")
    fields = ("title", "body")

    def __init__(self, span: Span, title: Text, body: tuple[Statement, ...]) -> None:
        self.span = span
        self.title = title
        self.body = body


Item = Use | Let | Prompt | Chat | Pipeline | Test | Broken


class Recipe(Node):
    """A whole file.

    Where it has syntax errors, `quiet` are the places of which nothing more is to be said, `vague` the names that may be
    defined there, `veiled` the blocks whose headers may define more, and `nameless` those in which a definition has lost its
    name.
    """

    __slots__ = ("items", "nameless", "quiet", "vague", "veiled")
    fields = ("items",)

    def __init__(self, span: Span, items: tuple[Item, ...]) -> None:
        self.span = span
        self.items = items
        self.quiet: tuple[Span, ...] = ()
        self.vague: frozenset[str] = frozenset()
        self.veiled: tuple[Span, ...] = ()
        self.nameless: tuple[Span, ...] = ()

    def may_define(self, name: str, place: Span, *, near: bool) -> bool:
        """Tell whether a name that nothing defines may be defined where the file could not be read.

        `near` says that it resembles a known one, and so is likelier a slip of its own.
        """
        if near:
            return name in self.vague
        places = (*self.veiled, *self.nameless)
        inside = any(one.start <= place.start and place.end <= one.end for one in places)
        return inside or name in self.vague

    def touched(self, place: Span | None) -> bool:
        """Tell whether a syntax error lies in a place, so that nothing can be concluded from it."""
        return place is not None and any(
            one.start <= place.end and place.start <= one.end for one in self.quiet
        )
