"""What has a value."""

from omnidsl.language.source import Span
from omnidsl.language.syntax.nodes import Node, Word


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


class Missing(Expression):
    """A value that cannot be read."""

    __slots__ = ()

    def __init__(self, span: Span) -> None:
        self.span = span


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

    __slots__ = ("depth", "items")
    fields = ("items",)

    def __init__(self, span: Span, items: tuple[Expression, ...]) -> None:
        self.span = span
        self.items = items


class RangeLiteral(Expression):
    """`1..4`, both ends included."""

    __slots__ = ("depth", "high", "low")
    fields = ("low", "high")

    def __init__(self, span: Span, low: Expression, high: Expression) -> None:
        self.span = span
        self.low = low
        self.high = high


class Member(Expression):
    """`of.name`."""

    __slots__ = ("depth", "name", "of")
    fields = ("of", "name")

    def __init__(self, span: Span, of: Expression, name: Word) -> None:
        self.span = span
        self.of = of
        self.name = name


class Index(Expression):
    """`of[index]`, counted from 1."""

    __slots__ = ("depth", "index", "of")
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

    __slots__ = ("arguments", "depth", "function")
    fields = ("function", "arguments")

    def __init__(self, span: Span, function: Expression, arguments: tuple[Argument, ...]) -> None:
        self.span = span
        self.function = function
        self.arguments = arguments


class Unary(Expression):
    """`-x`, `+x`, `not x`."""

    __slots__ = ("depth", "operand", "operator")
    fields = ("operator", "operand")

    def __init__(self, span: Span, operator: str, operand: Expression) -> None:
        self.span = span
        self.operator = operator
        self.operand = operand


class Binary(Expression):
    """`left operator right`."""

    __slots__ = ("depth", "left", "operator", "right")
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

    __slots__ = ("depth", "subject", "target")
    fields = ("subject", "target")

    def __init__(self, span: Span, subject: Expression, target: Target) -> None:
        self.span = span
        self.subject = subject
        self.target = target
