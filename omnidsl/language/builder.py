"""From tokens to the project's own nodes: one method for each rule of the grammar, called as the rule is reduced.

Children come as the grammar orders them: nodes, `(kind, start, end)` tokens, None for an absent part. The differential
test holds that order; types of children are the grammar's promise.
"""

from collections.abc import Sequence

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language import syntax
from omnidsl.language.lalr import Build
from omnidsl.language.lalr_tables import Raw
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source, Span
from omnidsl.language.text import TextReader

DEEPEST = 200
"""Levels of nesting: more than anybody writes, less than Python's stack holds."""

LONGEST_NUMBER = 30
"""Digits: more than anything here counts."""

_WORD = pattern(r"[^\W\d]\w*")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}

if TYPE_CHECKING:
    from typing import Any, TypeVar

    N = TypeVar("N", bound=syntax.Node)

Children = list[
    "Any"
]  # any node, token or None: the grammar's rule says which, and the oracle holds it
Statements = tuple[syntax.Statement, ...]


class TooDeep(Exception):
    """Raised when expressions or blocks nest deeper than `DEEPEST`."""

    def __init__(self, span: Span) -> None:
        super().__init__(span)
        self.span = span


class TooLong(Exception):
    """Raised for a number with more digits than `LONGEST_NUMBER`."""

    def __init__(self, span: Span, digits: int) -> None:
        super().__init__(span)
        self.span = span
        self.digits = digits


class TreeBuilder:
    """Builds the nodes of one source."""

    __slots__ = ("_text", "_texts", "swallowed")

    def __init__(self, source: Source, texts: TextReader) -> None:
        self._text = source.text
        self._texts = texts
        self.swallowed: list[int] = []
        """Where lines of prompts begin that look like the next definition, at the left margin."""

    @classmethod
    def build(cls, rule: str) -> Build:
        """Return the method that builds a rule's node."""
        build: Build = getattr(cls, RENAMED.get(rule, rule), cls.nothing)
        return build

    def nothing(self, children: Children, begin: int, end: int) -> None:
        """Build a rule whose children are taken by the rule above it."""

    def broken(self, begin: int, end: int) -> syntax.Broken:
        """Build what stands for a part that cannot be read."""
        return syntax.Broken(Span(begin, end), frozenset(_WORD.findall(self._text[begin:end])))

    def _line(
        self,
        begin: int,
        end: int,
        category: syntax.Word | None,
        text: syntax.Text | None,
        parameters: Sequence[syntax.Parameter],
    ) -> syntax.PromptLine:
        if self._text[begin - 1] == "\n":
            from omnidsl.language.trial import is_definition

            if is_definition(self._text, begin):
                self.swallowed.append(begin)
        return syntax.PromptLine(Span(begin, end), category, text, tuple(parameters))

    def _word(self, token: Raw) -> syntax.Word:
        _, begin, end = token
        return syntax.Word(Span(begin, end), self._text[begin:end])

    def _label(self, token: Raw) -> syntax.Word:
        """Return a category or role without its colon."""
        _, begin, end = token
        text = self._text[begin:end].rstrip(":： \t")
        return syntax.Word(Span(begin, begin + len(text)), text)

    # Items

    def recipe(self, children: Children, begin: int, end: int) -> syntax.Recipe:
        """Build a whole file."""
        return syntax.Recipe(Span(begin, end), tuple(children))

    def use(self, children: Children, begin: int, end: int) -> syntax.Use:
        """Build `use "path" as name`."""
        path, alias = children
        return syntax.Use(Span(begin, end), self._texts.string(path), alias and self._word(alias))

    def let(self, children: Children, begin: int, end: int) -> syntax.Let:
        """Build `let name: type = value`."""
        name, type_, value = children
        return syntax.Let(Span(begin, end), self._word(name), type_, value)

    def prompt(self, children: Children, begin: int, end: int) -> syntax.Prompt:
        """Build a prompt with a block."""
        _, name, params, parent, lines = children
        return syntax.Prompt(Span(begin, end), self._word(name), params or (), parent, lines, None)

    def raw_prompt(self, children: Children, begin: int, end: int) -> syntax.Prompt:
        """Build a pasted prompt."""
        _, name, params, parent, text = children
        return syntax.Prompt(
            Span(begin, end), self._word(name), params or (), parent, (), self._string(text)
        )

    def prompt_body(
        self, children: Children, begin: int, end: int
    ) -> tuple[syntax.PromptLine, ...]:
        """Build the lines of a prompt; a broken one is left out."""
        return tuple(one for one in children if isinstance(one, syntax.PromptLine))

    def parent(self, children: Children, begin: int, end: int) -> syntax.Parent:
        """Build what a prompt inherits from."""
        path, arguments = self._path(children)
        return syntax.Parent(Span(begin, end), path, arguments)

    def _path(
        self, children: Children
    ) -> tuple[tuple[syntax.Word, ...], tuple[syntax.Argument, ...]]:
        arguments: tuple[syntax.Argument, ...] = ()
        words = []
        for one in children:
            if isinstance(one, tuple):
                words.append(self._word(one))
            elif one is not None:
                arguments = tuple(one)
        return tuple(words), arguments

    def field(self, children: Children, begin: int, end: int) -> syntax.PromptLine:
        """Build `category: text --parameters`."""
        category = self._label(children[0])
        if len(children) > 1 and isinstance(children[1], tuple):
            text, parameters = self._texts.free(children[1]), children[2:]
        else:
            text, parameters = None, [one for one in children[1:] if one is not None]
        return self._line(begin, end, category, text, parameters)

    def text_line(self, children: Children, begin: int, end: int) -> syntax.PromptLine:
        """Build a line of free text, with parameters perhaps."""
        text, *parameters = children
        return self._line(begin, end, None, self._texts.free(text), parameters)

    def parameter_line(self, children: Children, begin: int, end: int) -> syntax.PromptLine:
        """Build a line of parameters."""
        return self._line(begin, end, None, None, children)

    def parameter(self, children: Children, begin: int, end: int) -> syntax.Parameter:
        """Build `--name value`."""
        _, at, stop = children[0]
        name = syntax.Word(Span(at, stop), self._text[at + 2 : stop])
        value = children[1] if len(children) > 1 else None
        return syntax.Parameter(Span(begin, end), name, value and self._texts.free(value))

    def chat(self, children: Children, begin: int, end: int) -> syntax.Chat:
        """Build a chat block."""
        name, params, *turns = children
        said = tuple(one for one in turns if isinstance(one, syntax.Turn))
        return syntax.Chat(Span(begin, end), self._word(name), params or (), said)

    def message(self, children: Children, begin: int, end: int) -> syntax.Turn:
        """Build a line of a chat."""
        role, text = children
        said = self._texts.long(text) if text[0] == "LONGSTRING" else self._texts.free(text)
        return syntax.Turn(Span(begin, end), self._label(role), said)

    def pipeline(self, children: Children, begin: int, end: int) -> syntax.Pipeline:
        """Build a pipeline."""
        name, params, type_, body = children
        return syntax.Pipeline(Span(begin, end), self._word(name), params or (), type_, body)

    def test(self, children: Children, begin: int, end: int) -> syntax.Test:
        """Build a test."""
        title, body = children
        return syntax.Test(Span(begin, end), self._texts.string(title), body)

    def params(self, children: Children, begin: int, end: int) -> tuple[syntax.Declaration, ...]:
        """Build the parameters of a definition."""
        return tuple(one for one in children if one is not None)

    def declaration(self, children: Children, begin: int, end: int) -> syntax.Declaration:
        """Build `name: type = default`."""
        name, type_, default = children
        return syntax.Declaration(Span(begin, end), self._word(name), type_, default)

    def type(self, children: Children, begin: int, end: int) -> syntax.TypeName:
        """Build a type."""
        *path, item, bound = children
        made = syntax.TypeName(
            Span(begin, end), tuple(self._word(one) for one in path), item, bound
        )
        return _nested(made, item, bound)

    # Statements

    def block(self, children: Children, begin: int, end: int) -> Statements:
        """Build the statements of a block."""
        return tuple(children)

    def bind(self, children: Children, begin: int, end: int) -> syntax.Bind:
        """Build `name: type = value with options`."""
        name, *type_, value, options = children
        kind = type_[0] if type_ else None
        made = syntax.Bind(Span(begin, end), self._word(name), kind, value, options or ())
        return _nested(made, value)

    def save(self, children: Children, begin: int, end: int) -> syntax.Save:
        """Build `save value as path with options`."""
        value, path, options = children
        return _nested(syntax.Save(Span(begin, end), value, path, options or ()), value, path)

    def for_(self, children: Children, begin: int, end: int) -> syntax.For:
        """Build a loop."""
        *clauses, body = children
        made = syntax.For(Span(begin, end), tuple(clauses), body)
        return _nested(made, *(one.values for one in clauses), *body)

    def clause(self, children: Children, begin: int, end: int) -> syntax.Clause:
        """Build `name in values max most`."""
        name, _, values, most = children
        number = most and self._number(most)
        return syntax.Clause(Span(begin, end), self._word(name), values, number)

    def if_(self, children: Children, begin: int, end: int) -> syntax.If:
        """Build a branch."""
        condition, body, otherwise = children
        rest = (otherwise,) if isinstance(otherwise, syntax.If) else otherwise or ()
        return _nested(syntax.If(Span(begin, end), condition, body, rest), condition, *body, *rest)

    def expect(self, children: Children, begin: int, end: int) -> syntax.Expect:
        """Build `expect condition, message`."""
        condition, message = children
        return _nested(syntax.Expect(Span(begin, end), condition, message), condition, message)

    def return_(self, children: Children, begin: int, end: int) -> syntax.Return:
        """Build `return value`."""
        return _nested(syntax.Return(Span(begin, end), children[0]), children[0])

    def with_(self, children: Children, begin: int, end: int) -> tuple[syntax.Option, ...]:
        """Build the options of a statement."""
        return tuple(children)

    def option(self, children: Children, begin: int, end: int) -> syntax.Option:
        """Build one option."""
        name, value = children
        return syntax.Option(Span(begin, end), self._word(name), value)

    # Expressions

    def interpolation(self, children: Children, begin: int, end: int) -> syntax.Expression:
        """Build what stands inside `${…}`."""
        value: syntax.Expression = children[0]
        return value

    def name(self, children: Children, begin: int, end: int) -> syntax.Name:
        """Build a name."""
        return syntax.Name(Span(begin, end), self._text[begin:end])

    def flow(self, children: Children, begin: int, end: int) -> syntax.Flow:
        """Build `subject -> target`."""
        subject, target = children
        return _nested(
            syntax.Flow(Span(begin, end), subject, target),
            subject,
            *(one.value for one in target.arguments),
        )

    def target(self, children: Children, begin: int, end: int) -> syntax.Target:
        """Build what stands right of `->`."""
        path, arguments = self._path(children)
        return syntax.Target(Span(begin, end), path, arguments)

    def member(self, children: Children, begin: int, end: int) -> syntax.Member:
        """Build `of.name`."""
        of, name = children
        return _nested(syntax.Member(Span(begin, end), of, self._word(name)), of)

    def index(self, children: Children, begin: int, end: int) -> syntax.Index:
        """Build `of[index]`."""
        of, index = children
        return _nested(syntax.Index(Span(begin, end), of, index), of, index)

    def call(self, children: Children, begin: int, end: int) -> syntax.Call:
        """Build `function(arguments)`."""
        arguments = children[1] if len(children) > 1 and children[1] is not None else ()
        made = syntax.Call(Span(begin, end), children[0], tuple(arguments))
        return _nested(made, children[0], *(one.value for one in arguments))

    def args(self, children: Children, begin: int, end: int) -> list[syntax.Argument]:
        """Build the arguments of a call; a list, as tokens are tuples."""
        return [
            one if isinstance(one, syntax.Argument) else syntax.Argument(one.span, None, one)
            for one in children
            if one is not None
        ]

    def named(self, children: Children, begin: int, end: int) -> syntax.Argument:
        """Build `name: value`."""
        name, value = children
        return syntax.Argument(Span(begin, end), self._word(name), value)

    def list_(self, children: Children, begin: int, end: int) -> syntax.ListLiteral:
        """Build `[a, b]`."""
        items = [one for one in children if one is not None]
        return _nested(syntax.ListLiteral(Span(begin, end), tuple(items)), *items)

    def range_(self, children: Children, begin: int, end: int) -> syntax.RangeLiteral:
        """Build `low..high`."""
        low, high = children
        return _nested(syntax.RangeLiteral(Span(begin, end), low, high), low, high)

    def negation(self, children: Children, begin: int, end: int) -> syntax.Unary:
        """Build `not x`."""
        return _nested(syntax.Unary(Span(begin, end), "not", children[0]), children[0])

    def unary(self, children: Children, begin: int, end: int) -> syntax.Unary:
        """Build `-x`."""
        (_, at, stop), operand = children
        return _nested(syntax.Unary(Span(begin, end), self._text[at:stop], operand), operand)

    def or_(self, children: Children, begin: int, end: int) -> syntax.Expression:
        """Build `a or b or c`."""
        return self._from_the_left(children, "or")

    def and_(self, children: Children, begin: int, end: int) -> syntax.Expression:
        """Build `a and b and c`."""
        return self._from_the_left(children, "and")

    def binary(self, children: Children, begin: int, end: int) -> syntax.Expression:
        """Build `a + b - c`, or a comparison."""
        return self._from_the_left(children, "")

    def _from_the_left(self, children: Children, operator: str) -> syntax.Expression:
        made: syntax.Expression = children[0]
        for child in children[1:]:
            if isinstance(child, tuple):
                _, at, stop = child
                operator = self._text[at:stop]
            else:
                made = _nested(
                    syntax.Binary(made.span.to(child.span), operator, made, child), made, child
                )
        return made

    def string(self, children: Children, begin: int, end: int) -> syntax.Text:
        """Build `"…"`."""
        return self._texts.string(children[0])

    def longstring(self, children: Children, begin: int, end: int) -> syntax.Text:
        '''Build `"""…"""`.'''
        return self._texts.long(children[0])

    def _string(self, token: Raw) -> syntax.Text:
        return self._texts.long(token) if token[0] == "LONGSTRING" else self._texts.string(token)

    def number(self, children: Children, begin: int, end: int) -> syntax.Number:
        """Build a number."""
        return self._number(children[0])

    def _number(self, token: Raw) -> syntax.Number:
        text, span = self._digits(token)
        return syntax.Number(span, float(text) if "." in text else int(text))

    def ratio(self, children: Children, begin: int, end: int) -> syntax.RatioLiteral:
        """Build `16:9`."""
        text, span = self._digits(children[0])
        width, height = text.split(":")
        return syntax.RatioLiteral(span, int(width), int(height))

    def duration(self, children: Children, begin: int, end: int) -> syntax.DurationLiteral:
        """Build `30s`."""
        text, span = self._digits(children[0])
        digits = text.rstrip("msh")
        return syntax.DurationLiteral(span, float(digits) * _SECONDS[text[len(digits) :]])

    def _digits(self, token: Raw) -> tuple[str, Span]:
        _, begin, end = token
        if end - begin > LONGEST_NUMBER:
            raise TooLong(Span(begin, end), end - begin)
        return self._text[begin:end], Span(begin, end)

    def true(self, children: Children, begin: int, end: int) -> syntax.Truth:
        """Build `true`."""
        return syntax.Truth(Span(begin, end), True)  # noqa: FBT003  # it is the value itself

    def false(self, children: Children, begin: int, end: int) -> syntax.Truth:
        """Build `false`."""
        return syntax.Truth(Span(begin, end), False)  # noqa: FBT003  # it is the value itself


def _nested(made: "N", *parts: syntax.Node | None) -> "N":
    """Note how deep a node's parts nest; raises TooDeep where Python's own stack would soon be at its end."""
    depth = 1
    for one in parts:
        if one is not None:
            below = _inside(one) if isinstance(one, syntax.Text) else one.depth
            if below >= depth:
                depth = below + 1
    if depth > DEEPEST:
        raise TooDeep(made.span)
    made.depth = depth
    return made


def _inside(text: syntax.Text) -> int:
    return max((one.depth for one in text.parts), default=0) + 1


RENAMED = {"sum": "binary", "product": "binary", "comparison": "binary"}
"""Rules that are built alike."""
