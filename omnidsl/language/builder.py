"""From the engine's concrete tree to the project's own nodes."""

from omnidsl.language import syntax
from omnidsl.language.engine import Branch, Leaf
from omnidsl.language.source import Source, Span
from omnidsl.language.text import TextReader

DEEPEST = 200
"""Levels of nesting: more than anybody writes, less than Python's stack holds."""

LONGEST_NUMBER = 30
"""Digits: more than anything here counts."""

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_BINARY = {"or_": "or", "and_": "and"}


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


def _branch(child: Branch | Leaf | None) -> Branch:
    if not isinstance(child, Branch):
        raise TypeError(child)
    return child


def _leaf(child: Branch | Leaf | None) -> Leaf:
    if not isinstance(child, Leaf):
        raise TypeError(child)
    return child


def _word(child: Branch | Leaf | None) -> syntax.Word:
    leaf = _leaf(child)
    return syntax.Word(leaf.span, leaf.text)


def _stripped(leaf: Leaf, sign: str) -> syntax.Word:
    """Return a category without its colon, or a parameter without its dashes."""
    if sign == "--":
        return syntax.Word(leaf.span, leaf.text[2:])
    text = leaf.text.rstrip(":： \t")
    return syntax.Word(Span(leaf.span.start, leaf.span.start + len(text)), text)


class TreeBuilder:
    """Builds the nodes of one source."""

    def __init__(self, source: Source, texts: TextReader) -> None:
        self._source = source
        self._texts = texts
        self._depth = 0

    # Items

    def recipe(self, tree: Branch) -> syntax.Recipe:
        """Build a whole file."""
        return syntax.Recipe(
            tree.span, tuple(self._item(_branch(child)) for child in tree.children)
        )

    def _item(self, tree: Branch) -> syntax.Item:
        span, children = tree.span, tree.children
        match tree.rule:
            case "use":
                path, alias = children
                return syntax.Use(span, self._text(_leaf(path)), _word(alias) if alias else None)
            case "let":
                name, type_, value = children
                return syntax.Let(span, _word(name), self._type(type_), self.expression(value))
            case "prompt" | "raw_prompt":
                return self._prompt(tree)
            case "chat":
                name, params, *turns = children
                return syntax.Chat(
                    span, _word(name), self._params(params), tuple(self._turn(one) for one in turns)
                )
            case "pipeline":
                name, params, type_, body = children
                return syntax.Pipeline(
                    span, _word(name), self._params(params), self._type(type_), self._block(body)
                )
        title, body = children
        return syntax.Test(span, self._text(_leaf(title)), self._block(body))

    def _prompt(self, tree: Branch) -> syntax.Prompt:
        _, name, params, parent, body = tree.children
        lines = (
            [self._line(_branch(one)) for one in body.children] if isinstance(body, Branch) else []
        )
        raw = self._text(body) if isinstance(body, Leaf) else None
        return syntax.Prompt(
            tree.span,
            _word(name),
            self._params(params),
            self._parent(parent) if parent else None,
            tuple(lines),
            raw,
        )

    def _parent(self, child: Branch | Leaf) -> syntax.Parent:
        tree = _branch(child)
        path, arguments = self._path(tree.children)
        return syntax.Parent(tree.span, path, arguments)

    def _path(
        self, children: list[Branch | Leaf | None]
    ) -> tuple[tuple[syntax.Word, ...], tuple[syntax.Argument, ...]]:
        words = tuple(_word(one) for one in children if isinstance(one, Leaf))
        calls = [one for one in children if isinstance(one, Branch)]
        return words, self._arguments(calls[0] if calls else None)

    def _line(self, tree: Branch) -> syntax.PromptLine:
        category: syntax.Word | None = None
        text: syntax.Text | None = None
        parameters = []
        for child in tree.children:
            if isinstance(child, Branch):
                parameters.append(self._parameter(child))
            elif child is not None and child.kind == "CATEGORY":
                category = _stripped(child, ":")
            elif child is not None:
                text = self._texts.free(child.span)
        return syntax.PromptLine(tree.span, category, text, tuple(parameters))

    def _parameter(self, tree: Branch) -> syntax.Parameter:
        name = _leaf(tree.children[0])
        value = tree.children[1] if len(tree.children) > 1 else None
        return syntax.Parameter(
            tree.span, _stripped(name, "--"), self._texts.free(_leaf(value).span) if value else None
        )

    def _turn(self, child: Branch | Leaf | None) -> syntax.Turn:
        tree = _branch(child)
        role, text = (_leaf(one) for one in tree.children)
        said = self._text(text) if text.kind == "LONGSTRING" else self._texts.free(text.span)
        return syntax.Turn(tree.span, _stripped(role, ":"), said)

    def _params(self, child: Branch | Leaf | None) -> tuple[syntax.Declaration, ...]:
        if child is None:
            return ()
        made = []
        for one in _branch(child).children:
            if one is None:
                continue
            tree = _branch(one)
            name, type_, default = tree.children
            value = self.expression(default) if default else None
            made.append(
                syntax.Declaration(tree.span, _word(name), self._type_name(_branch(type_)), value)
            )
        return tuple(made)

    def _type(self, child: Branch | Leaf | None) -> syntax.TypeName | None:
        return None if child is None else self._type_name(_branch(child))

    def _type_name(self, tree: Branch) -> syntax.TypeName:
        self._descend(tree.span)
        *path, item, bound = tree.children
        words = tuple(_word(one) for one in path)
        made = syntax.TypeName(
            tree.span, words, self._type(item), self.expression(bound) if bound else None
        )
        self._depth -= 1
        return made

    # Statements

    def _block(self, child: Branch | Leaf | None) -> tuple[syntax.Statement, ...]:
        tree = _branch(child)
        self._descend(tree.span)
        made = tuple(self._statement(_branch(one)) for one in tree.children)
        self._depth -= 1
        return made

    def _statement(self, tree: Branch) -> syntax.Statement:
        span, children = tree.span, tree.children
        match tree.rule:
            case "bind":
                name, *type_, value, options = children
                kind = self._type(type_[0]) if type_ else None
                return syntax.Bind(
                    span, _word(name), kind, self.expression(value), self._options(options)
                )
            case "save":
                value, path, options = children
                return syntax.Save(
                    span, self.expression(value), self.expression(path), self._options(options)
                )
            case "for_":
                *clauses, body = children
                return syntax.For(
                    span, tuple(self._clause(_branch(one)) for one in clauses), self._block(body)
                )
            case "if_":
                return self._if(tree)
            case "expect":
                condition, message = children
                return syntax.Expect(
                    span, self.expression(condition), self.expression(message) if message else None
                )
        return syntax.Return(span, self.expression(children[0]))

    def _clause(self, tree: Branch) -> syntax.Clause:
        name, values, most = tree.children
        number = self.expression(most) if most else None
        kept = number if isinstance(number, syntax.Number) else None
        return syntax.Clause(tree.span, _word(name), self.expression(values), kept)

    def _if(self, tree: Branch) -> syntax.If:
        self._descend(tree.span)
        condition, body, otherwise = tree.children
        branch: tuple[syntax.Statement, ...] = ()
        if isinstance(otherwise, Branch):
            branch = (self._if(otherwise),) if otherwise.rule == "if_" else self._block(otherwise)
        made = syntax.If(tree.span, self.expression(condition), self._block(body), branch)
        self._depth -= 1
        return made

    def _options(self, child: Branch | Leaf | None) -> tuple[syntax.Option, ...]:
        if child is None:
            return ()
        trees = [_branch(one) for one in _branch(child).children]
        return tuple(
            syntax.Option(one.span, _word(one.children[0]), self.expression(one.children[1]))
            for one in trees
        )

    # Expressions

    def expression(self, child: Branch | Leaf | None) -> syntax.Expression:
        """Build an expression."""
        if isinstance(child, Leaf):
            return self._literal(child)
        tree = _branch(child)
        self._descend(tree.span)
        made = self._compound(tree)
        self._depth -= 1
        return made

    def _descend(self, span: Span) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise TooDeep(span)

    def _compound(self, tree: Branch) -> syntax.Expression:  # one line a rule reads best
        span, children = tree.span, tree.children
        match tree.rule:
            case "name":
                return syntax.Name(span, _leaf(children[0]).text)
            case "flow":
                return syntax.Flow(
                    span, self.expression(children[0]), self._target(_branch(children[1]))
                )
            case "member":
                return syntax.Member(span, self.expression(children[0]), _word(children[1]))
            case "index":
                return syntax.Index(
                    span, self.expression(children[0]), self.expression(children[1])
                )
            case "call":
                arguments = children[1] if len(children) > 1 else None
                return syntax.Call(span, self.expression(children[0]), self._arguments(arguments))
            case "list_":
                return syntax.ListLiteral(
                    span, tuple(self.expression(one) for one in children if one)
                )
            case "range_":
                return syntax.RangeLiteral(
                    span, self.expression(children[0]), self.expression(children[1])
                )
            case "negation":
                return syntax.Unary(span, "not", self.expression(children[0]))
            case "unary":
                return syntax.Unary(span, _leaf(children[0]).text, self.expression(children[1]))
            case "true" | "false":
                return syntax.Truth(span, tree.rule == "true")
            case "string" | "longstring" | "number" | "ratio" | "duration":
                return self._literal(_leaf(children[0]))
        return self._chain(tree)

    def _chain(self, tree: Branch) -> syntax.Expression:
        """Build `a + b - c` from the left; operators stand between, or the rule's name is the operator."""
        if len(tree.children) > 2 * DEEPEST:
            raise TooDeep(tree.span)
        operator, made = _BINARY.get(tree.rule, ""), self.expression(tree.children[0])
        for child in tree.children[1:]:
            if isinstance(child, Leaf):
                operator = child.text
            else:
                right = self.expression(child)
                made = syntax.Binary(made.span.to(right.span), operator, made, right)
        return made

    def _literal(self, leaf: Leaf) -> syntax.Expression:
        text, span = leaf.text, leaf.span
        match leaf.kind:
            case "NUMBER" | "RATIO" | "DURATION" if len(text) > LONGEST_NUMBER:
                raise TooLong(span, len(text))
            case "NUMBER":
                return syntax.Number(span, float(text) if "." in text else int(text))
            case "RATIO":
                width, height = text.split(":")
                return syntax.RatioLiteral(span, int(width), int(height))
            case "DURATION":
                digits = text.rstrip("msh")
                return syntax.DurationLiteral(span, float(digits) * _SECONDS[text[len(digits) :]])
        return self._text(leaf)

    def _text(self, leaf: Leaf) -> syntax.Text:
        return (
            self._texts.long(leaf.span)
            if leaf.kind == "LONGSTRING"
            else self._texts.string(leaf.span)
        )

    def _arguments(self, child: Branch | Leaf | None) -> tuple[syntax.Argument, ...]:
        if child is None:
            return ()
        made = []
        for one in _branch(child).children:
            if isinstance(one, Branch) and one.rule == "named":
                value = self.expression(one.children[1])
                made.append(syntax.Argument(one.span, _word(one.children[0]), value))
            elif one is not None:
                value = self.expression(one)
                made.append(syntax.Argument(value.span, None, value))
        return tuple(made)

    def _target(self, tree: Branch) -> syntax.Target:
        path, arguments = self._path(tree.children)
        return syntax.Target(tree.span, path, arguments)
