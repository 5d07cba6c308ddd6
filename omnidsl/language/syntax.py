"""The syntax tree: what was written, and where. It knows nothing of what it means.

Plain slotted classes: a hundred frozen attrs classes would cost sixty milliseconds at every start. Every node has a
`span`; fields are set once, by the parser.
"""

from typing import ClassVar

from omnidsl.language.source import Span


class Node:
    """The base of all nodes; two nodes are equal when they say the same, wherever they stand."""

    __slots__ = ("span",)
    fields: ClassVar[tuple[str, ...]] = ()

    span: Span

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.fields)})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(
            getattr(self, name) == getattr(other, name) for name in self.fields
        )

    __hash__ = object.__hash__


class Word(Node):
    """A name as it was written: where it is defined, or a part of a path."""

    __slots__ = ("text",)
    fields = ("text",)

    def __init__(self, span: Span, text: str) -> None:
        self.span = span
        self.text = text


# Expressions


class Expression(Node):
    """The base of what has a value."""

    __slots__ = ()


class Name(Expression):
    """A use of a name."""

    __slots__ = ("text",)
    fields = ("text",)

    def __init__(self, span: Span, text: str) -> None:
        self.span = span
        self.text = text


class Piece(Node):
    """A literal run of a text: `text` is its value, escapes resolved; `exact` says that it stands so in the source."""

    __slots__ = ("exact", "text")
    fields = ("text",)

    def __init__(self, span: Span, text: str, *, exact: bool = True) -> None:
        self.span = span
        self.text = text
        self.exact = exact


class Text(Expression):
    """A string, or a line of free text: literal pieces and `${…}` expressions in order."""

    __slots__ = ("parts",)
    fields = ("parts",)

    def __init__(self, span: Span, parts: tuple[Piece | Expression, ...]) -> None:
        self.span = span
        self.parts = parts

    @property
    def literal(self) -> str | None:
        """The value, where no part of it is an expression."""
        texts = [part.text for part in self.parts if isinstance(part, Piece)]
        return "".join(texts) if len(texts) == len(self.parts) else None


class Number(Expression):
    """`1`, `0.5`, `.5`: an int where no point was written."""

    __slots__ = ("value",)
    fields = ("value",)

    def __init__(self, span: Span, value: float) -> None:
        self.span = span
        self.value = value


class Truth(Expression):
    """`true` or `false`."""

    __slots__ = ("value",)
    fields = ("value",)

    def __init__(self, span: Span, value: bool) -> None:  # noqa: FBT001  # it is the value itself
        self.span = span
        self.value = value


class RatioLiteral(Expression):
    """`16:9`."""

    __slots__ = ("height", "width")
    fields = ("width", "height")

    def __init__(self, span: Span, width: int, height: int) -> None:
        self.span = span
        self.width = width
        self.height = height


class DurationLiteral(Expression):
    """`30s`, `1.5h`: in seconds."""

    __slots__ = ("seconds",)
    fields = ("seconds",)

    def __init__(self, span: Span, seconds: float) -> None:
        self.span = span
        self.seconds = seconds


class ListLiteral(Expression):
    """`[a, b]`."""

    __slots__ = ("items",)
    fields = ("items",)

    def __init__(self, span: Span, items: tuple[Expression, ...]) -> None:
        self.span = span
        self.items = items


class RangeLiteral(Expression):
    """`1..4`, both ends included."""

    __slots__ = ("high", "low")
    fields = ("low", "high")

    def __init__(self, span: Span, low: Expression, high: Expression) -> None:
        self.span = span
        self.low = low
        self.high = high


class Member(Expression):
    """`of.name`."""

    __slots__ = ("name", "of")
    fields = ("of", "name")

    def __init__(self, span: Span, of: Expression, name: Word) -> None:
        self.span = span
        self.of = of
        self.name = name


class Index(Expression):
    """`of[index]`, counted from 1."""

    __slots__ = ("index", "of")
    fields = ("of", "index")

    def __init__(self, span: Span, of: Expression, index: Expression) -> None:
        self.span = span
        self.of = of
        self.index = index


class Argument(Node):
    """One argument of a call, with a name or by place."""

    __slots__ = ("name", "value")
    fields = ("name", "value")

    def __init__(self, span: Span, name: Word | None, value: Expression) -> None:
        self.span = span
        self.name = name
        self.value = value


class Call(Expression):
    """`function(arguments)`."""

    __slots__ = ("arguments", "function")
    fields = ("function", "arguments")

    def __init__(self, span: Span, function: Expression, arguments: tuple[Argument, ...]) -> None:
        self.span = span
        self.function = function
        self.arguments = arguments


class Unary(Expression):
    """`-x`, `+x`, `not x`."""

    __slots__ = ("operand", "operator")
    fields = ("operator", "operand")

    def __init__(self, span: Span, operator: str, operand: Expression) -> None:
        self.span = span
        self.operator = operator
        self.operand = operand


class Binary(Expression):
    """`left operator right`."""

    __slots__ = ("left", "operator", "right")
    fields = ("operator", "left", "right")

    def __init__(self, span: Span, operator: str, left: Expression, right: Expression) -> None:
        self.span = span
        self.operator = operator
        self.left = left
        self.right = right


class Target(Node):
    """What stands right of `->`: the path of an operation and its other arguments."""

    __slots__ = ("arguments", "path")
    fields = ("path", "arguments")

    def __init__(self, span: Span, path: tuple[Word, ...], arguments: tuple[Argument, ...]) -> None:
        self.span = span
        self.path = path
        self.arguments = arguments


class Flow(Expression):
    """`subject -> target`."""

    __slots__ = ("subject", "target")
    fields = ("subject", "target")

    def __init__(self, span: Span, subject: Expression, target: Target) -> None:
        self.span = span
        self.subject = subject
        self.target = target


# Types and parameters


class TypeName(Node):
    """`text`, `list[text]`, `int(1..4)`, `openai.voice`."""

    __slots__ = ("bound", "item", "path")
    fields = ("path", "item", "bound")

    def __init__(
        self, span: Span, path: tuple[Word, ...], item: "TypeName | None", bound: Expression | None
    ) -> None:
        self.span = span
        self.path = path
        self.item = item
        self.bound = bound


class Declaration(Node):
    """A parameter of a prompt, chat or pipeline: `name: type = default`."""

    __slots__ = ("default", "name", "type")
    fields = ("name", "type", "default")

    def __init__(self, span: Span, name: Word, type_: TypeName, default: Expression | None) -> None:
        self.span = span
        self.name = name
        self.type = type_
        self.default = default


# Items of a file


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
        body: tuple["Statement", ...],
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

    def __init__(self, span: Span, title: Text, body: tuple["Statement", ...]) -> None:
        self.span = span
        self.title = title
        self.body = body


# Statements


class Statement(Node):
    """The base of what stands in a pipeline or test."""

    __slots__ = ()


class Option(Node):
    """One option behind `with`."""

    __slots__ = ("name", "value")
    fields = ("name", "value")

    def __init__(self, span: Span, name: Word, value: Expression) -> None:
        self.span = span
        self.name = name
        self.value = value


class Bind(Statement):
    """`name: type = value with options`."""

    __slots__ = ("name", "options", "type", "value")
    fields = ("name", "type", "value", "options")

    def __init__(
        self,
        span: Span,
        name: Word,
        type_: TypeName | None,
        value: Expression,
        options: tuple[Option, ...],
    ) -> None:
        self.span = span
        self.name = name
        self.type = type_
        self.value = value
        self.options = options


class Save(Statement):
    """`save value as path with options`."""

    __slots__ = ("options", "path", "value")
    fields = ("value", "path", "options")

    def __init__(
        self, span: Span, value: Expression, path: Expression, options: tuple[Option, ...]
    ) -> None:
        self.span = span
        self.value = value
        self.path = path
        self.options = options


class Clause(Node):
    """`name in values max most`."""

    __slots__ = ("most", "name", "values")
    fields = ("name", "values", "most")

    def __init__(self, span: Span, name: Word, values: Expression, most: Number | None) -> None:
        self.span = span
        self.name = name
        self.values = values
        self.most = most


class For(Statement):
    """`for a in as, b in bs { … }`: every combination, the first varies slowest."""

    __slots__ = ("body", "clauses")
    fields = ("clauses", "body")

    def __init__(
        self, span: Span, clauses: tuple[Clause, ...], body: tuple[Statement, ...]
    ) -> None:
        self.span = span
        self.clauses = clauses
        self.body = body


class If(Statement):
    """`if condition { … } else { … }`; `otherwise` is empty without `else`."""

    __slots__ = ("body", "condition", "otherwise")
    fields = ("condition", "body", "otherwise")

    def __init__(
        self,
        span: Span,
        condition: Expression,
        body: tuple[Statement, ...],
        otherwise: tuple[Statement, ...],
    ) -> None:
        self.span = span
        self.condition = condition
        self.body = body
        self.otherwise = otherwise


class Expect(Statement):
    """`expect condition, "message"`."""

    __slots__ = ("condition", "message")
    fields = ("condition", "message")

    def __init__(self, span: Span, condition: Expression, message: Expression | None) -> None:
        self.span = span
        self.condition = condition
        self.message = message


class Return(Statement):
    """`return value`."""

    __slots__ = ("value",)
    fields = ("value",)

    def __init__(self, span: Span, value: Expression) -> None:
        self.span = span
        self.value = value


Item = Use | Let | Prompt | Chat | Pipeline | Test


class Recipe(Node):
    """A whole file."""

    __slots__ = ("items",)
    fields = ("items",)

    def __init__(self, span: Span, items: tuple[Item, ...]) -> None:
        self.span = span
        self.items = items
