"""Loops that never run, or that do something twice."""

from omnidsl.checking.rules.rule import Rule
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Edit, Fix, Label
from omnidsl.language.source import Span

_LITERALS = (
    syntax.Text,
    syntax.Number,
    syntax.Truth,
    syntax.RatioLiteral,
    syntax.DurationLiteral,
)


class LoopNeverRuns(Rule):
    """A loop over an empty list, or over a range whose ends stand the wrong way round."""

    codes = ("OM513",)

    def check(self) -> None:
        """Report what is looped over."""
        for _, clause in self.survey.clauses:
            match clause.values:
                case syntax.ListLiteral(items=()):
                    self.tell("OM513", clause.values.span)
                case syntax.RangeLiteral(low=syntax.Number() as low, high=syntax.Number() as high):
                    if low.value > high.value:
                        text = self.survey.source
                        turned = f"{text[high.span]}..{text[low.span]}"
                        fix = Fix([Edit(clause.values.span, turned)], safe=False)
                        self.tell("OM513", clause.values.span, fix=fix)


class DuplicateItem(Rule):
    """A literal that stands twice in the list that a loop goes through."""

    codes = ("OM514",)

    def check(self) -> None:
        """Report the second one."""
        seen: set[int] = set()
        for _, clause in self.survey.clauses:
            node = self._list(clause.values)
            if node is not None and id(node) not in seen:
                seen.add(id(node))
                self._items(node)

    def _list(self, node: syntax.Expression) -> syntax.ListLiteral | None:
        if isinstance(node, syntax.Name):
            symbol = self.survey.facts.symbols.get(node)
            if symbol is None or symbol.module is not self.survey.module:
                return None
            if not isinstance(symbol.node, syntax.Let):
                return None
            node = symbol.node.value
        return node if isinstance(node, syntax.ListLiteral) else None

    def _items(self, node: syntax.ListLiteral) -> None:
        firsts: dict[tuple[type, str], syntax.Expression] = {}
        before = node.span.start
        for item in node.items:
            key = (type(item), _said(item))
            if key[1] and key in firsts:
                fix = Fix([Edit(Span(before, item.span.end), "")], safe=False)
                labels = [Label(firsts[key].span, "first")]
                what = self.survey.source[item.span]
                self.tell("OM514", item.span, labels=labels, fix=fix, what=what)
            firsts.setdefault(key, item)
            before = item.span.end


def _said(item: syntax.Expression) -> str:
    """Return what a literal says, however it is written; empty for what is none."""
    if isinstance(item, syntax.Text):
        return repr(item.literal) if item.literal is not None else ""
    if isinstance(item, _LITERALS):
        return repr([getattr(item, one) for one in item.fields])
    return ""
