"""Names of a pipeline that nothing uses, saves or returns: a step's purchase is wasted then."""

from omnidsl.checking.removal import removal
from omnidsl.checking.rules.rule import Rule
from omnidsl.checking.rules.survey import deliberate, walk
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Fix


class UnusedStep(Rule):
    """A binding whose name is used nowhere else in its pipeline or test."""

    codes = ("OM133", "OM510")

    def check(self) -> None:
        """Report bindings; one whose value is a step costs money."""
        for item, node in self.survey.binds:
            if deliberate(node.name.text) or self._is_used(item, node):
                continue
            code = "OM510" if self._buys(node) else "OM133"
            fix = Fix([removal(self.survey.source, node.span)], safe=code == "OM133")
            self.tell(code, node.name.span, fix=fix, name=node.name.text)

    def _is_used(self, item: syntax.Item, node: syntax.Bind) -> bool:
        """Say whether the name is used; two branches or loops may bind it, and then it is the same name."""
        return any(
            use.symbol is None or isinstance(use.symbol.node, syntax.Bind)
            for use in self.survey.within(item, node.name.text)
            if not node.span.start <= use.node.span.start < node.span.end
        )

    def _buys(self, node: syntax.Bind) -> bool:
        calls = self.survey.facts.calls
        facts = (calls.get(one) for one in walk(node.value) if isinstance(one, syntax.Expression))
        return any(one is not None and one.kind == "operation" for one in facts)
