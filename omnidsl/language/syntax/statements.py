"""What stands in a pipeline or test, and the types and parameters that definitions declare."""

from omnidsl.language.source import Span
from omnidsl.language.syntax.expressions import Expression, Number
from omnidsl.language.syntax.nodes import Node, Word


class TypeName(Node):
    """`text`, `list[text]`, `int(1..4)`, `openai.voice`."""

    __slots__ = ("bound", "depth", "item", "path")
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


class Statement(Node):
    """The base of what stands in a pipeline or test."""

    __slots__ = ()


class Broken(Statement):
    """What cannot be read, anywhere in a file; `words` are the names that stand in it."""

    __slots__ = ("words",)
    fields = ("words",)

    def __init__(self, span: Span, words: frozenset[str]) -> None:
        self.span = span
        self.words = words


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

    __slots__ = ("depth", "name", "options", "type", "value")
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

    __slots__ = ("depth", "options", "path", "value")
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

    __slots__ = ("body", "clauses", "depth")
    fields = ("clauses", "body")

    def __init__(
        self, span: Span, clauses: tuple[Clause, ...], body: tuple[Statement, ...]
    ) -> None:
        self.span = span
        self.clauses = clauses
        self.body = body


class If(Statement):
    """`if condition { … } else { … }`; `otherwise` is empty without `else`."""

    __slots__ = ("body", "condition", "depth", "otherwise")
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

    __slots__ = ("condition", "depth", "message")
    fields = ("condition", "message")

    def __init__(self, span: Span, condition: Expression, message: Expression | None) -> None:
        self.span = span
        self.condition = condition
        self.message = message


class Return(Statement):
    """`return value`."""

    __slots__ = ("depth", "value")
    fields = ("value",)

    def __init__(self, span: Span, value: Expression) -> None:
        self.span = span
        self.value = value
