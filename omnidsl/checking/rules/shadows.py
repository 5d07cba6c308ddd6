"""Names of a pipeline, prompt or chat that hide a value of the file.

A prompt may be hidden: `cat = cat -> midjourney.imagine` is how people write. So may a `let` that is the default of the
parameter that hides it.
"""

from collections.abc import Iterator

from omnidsl.checking.rules.rule import Rule
from omnidsl.checking.rules.survey import deliberate, walk
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Label


class ShadowsName(Rule):
    """A parameter, step or loop's name that hides a `let` or a `use` of the file."""

    codes = ("OM134",)

    def check(self) -> None:
        """Report the name that hides."""
        told: set[tuple[int, str]] = set()
        for item, name in self._names():
            hidden = self.survey.module.scope.names.get(name.text)
            if hidden is None or not isinstance(hidden.node, syntax.Let | syntax.Use):
                continue
            if hidden.span is None or deliberate(name.text) or (id(item), name.text) in told:
                continue
            told.add((id(item), name.text))
            labels = [Label(hidden.span, "first")]
            self.tell("OM134", name.span, labels=labels, name=name.text)

    def _names(self) -> Iterator[tuple[syntax.Item, syntax.Word]]:
        for item in self.survey.module.tree.items:
            if isinstance(item, syntax.Prompt | syntax.Chat | syntax.Pipeline):
                for one in item.parameters:
                    if one.default is None or one.name.text not in _names_in(one.default):
                        yield item, one.name
        for item, clause in self.survey.clauses:
            yield item, clause.name
        for item, bind in self.survey.binds:
            yield item, bind.name


def _names_in(node: syntax.Expression) -> set[str]:
    return {one.text for one in walk(node) if isinstance(one, syntax.Name)}
