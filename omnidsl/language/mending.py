"""A tree that was read through patches, made harmless: what cannot be relied on says nothing of its own."""

import re

from omnidsl.language import syntax
from omnidsl.language.keywords import KEYWORDS
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source, Span
from omnidsl.language.trial import Patch

_WORD = pattern(r"[^\W\d]\w*")
_DEFINED = pattern(r"\s*(?:(?:let|prompt|chat|pipeline)\s+)?([^\W\d]\w*)\s*[=:({]")
"""A line that still says what it defines."""


_BOUND = pattern(r"[^\W\d]\w*(?=[ \t]*[=:])")


class Mender:
    """Goes through one tree; `patches` are where it was read otherwise than it stands."""

    def __init__(self, source: Source, patches: list[Patch]) -> None:
        self._text = source.text
        self._places = [one.at for one in patches]
        self.quiet = tuple(self._lines(one) for one in patches)
        texts = [source[one] for one in self.quiet]
        self.vague = frozenset(word for text in texts for word in _names(text))
        self._nameless = [
            one for one, text in zip(self.quiet, texts, strict=True) if self._loses_a_name(text)
        ]
        self._veiled: list[Span] = []

    def recipe(self, tree: syntax.Recipe) -> syntax.Recipe:
        """Return the tree with every patched part neutral."""
        made = syntax.Recipe(tree.span, tuple(self._item(one) for one in tree.items))
        made.quiet, made.vague = self.quiet, self.vague
        made.nameless = tuple(self._around(tree, one) for one in self._nameless)
        made.veiled = tuple(self._veiled)
        return made

    def _lines(self, patch: Patch) -> Span:
        """Return the lines of a patch, whole: of one that stands at a line's beginning, those that it passes over."""
        text = self._text
        start = text.rfind("\n", 0, patch.at) + 1
        end = text.find("\n", max(patch.at, patch.resume))
        return Span(start, len(text) if end < 0 else end)

    def _touched(self, node: syntax.Node) -> bool:
        return any(node.span.start <= one <= node.span.end for one in self._places)

    def _loses_a_name(self, text: str) -> bool:
        """Tell whether a line seems to define something whose name is lost, or stands nowhere else."""
        first = _WORD.search(text)
        if first and first[0] in ("save", "return", "expect", "for", "if", "else", "test", "use"):
            return False
        defined = _DEFINED.match(text)
        if defined is None or defined[1] in KEYWORDS:
            return True
        return len(re.findall(rf"\b{defined[1]}\b", self._text)) == 1

    @staticmethod
    def _around(tree: syntax.Recipe, place: Span) -> Span:
        """Return the definition in whose inside a place lies, or the whole file."""
        for one in tree.items:
            if one.span.start < place.start and place.end < one.span.end:
                return one.span
        return tree.span

    def _header(self, node: syntax.Node) -> bool:
        """Tell whether the line with which a definition or block begins is patched."""
        end = self._text.find("\n", node.span.start)
        end = len(self._text) if end < 0 else end
        return any(node.span.start <= one <= end for one in self._places)

    def _item(self, item: syntax.Item) -> syntax.Item:
        if isinstance(item, syntax.Broken) or not self._touched(item):
            return item
        if self._header(item):
            self._veiled.append(item.span)
        match item:
            case syntax.Let() if item.name.text:
                return syntax.Let(item.span, item.name, None, syntax.Missing(item.span))
            case syntax.Pipeline():
                item.body = self._block(item.body)
                return item
            case syntax.Test():
                item.body = self._block(item.body)
                return item
            case syntax.Prompt() | syntax.Chat():
                return item
        return self._broken(item)

    def _block(self, statements: tuple[syntax.Statement, ...]) -> tuple[syntax.Statement, ...]:
        return tuple(self._statement(one) for one in statements)

    def _statement(self, node: syntax.Statement) -> syntax.Statement:
        if not self._touched(node):
            return node
        if isinstance(node, syntax.Broken) and (bound := _BOUND.match(self._text, node.span.start)):
            name = syntax.Word(Span(bound.start(), bound.end()), bound[0])
            return syntax.Bind(node.span, name, None, syntax.Missing(node.span), ())
        match node:
            case syntax.Bind() if node.name.text:
                return syntax.Bind(node.span, node.name, None, syntax.Missing(node.span), ())
            case syntax.For():
                if self._header(node):
                    self._veiled.append(node.span)
                if not any(self._touched(one) for one in node.body):
                    node.clauses = tuple(
                        syntax.Clause(one.span, one.name, syntax.Missing(one.span), None)
                        for one in node.clauses
                    )
                node.body = self._block(node.body)
                return node
            case syntax.If():
                if not any(self._touched(one) for one in (*node.body, *node.otherwise)):
                    node.condition = syntax.Missing(node.condition.span)
                node.body, node.otherwise = self._block(node.body), self._block(node.otherwise)
                return node
        return self._broken(node)

    def _broken(self, node: syntax.Node) -> syntax.Broken:
        words = _WORD.findall(self._text[node.span.start : node.span.end])
        return syntax.Broken(node.span, frozenset(words))


def _names(text: str) -> list[str]:
    """Return the names that a line may have been meant to define: those at its beginning, of a loop all."""
    words = _WORD.findall(text)
    names = [one for one in words if one not in KEYWORDS]
    return names if words[:1] == ["for"] else names[:2]
