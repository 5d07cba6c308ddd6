"""Comparisons whose answer is known without asking."""

from omnidsl.checking.rules.rule import Rule
from omnidsl.checking.rules.survey import walk
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Edit, Fix
from omnidsl.language.suggestions import nearest

_COMPARING = frozenset("== != < <= > >= in contains and or".split())


class SelfComparison(Rule):
    """Something compared with itself; two calls that look the same are two purchases, and may differ."""

    codes = ("OM515",)

    def check(self) -> None:
        """Report comparisons."""
        for node in self.survey.binaries:
            if node.operator not in _COMPARING or node.left != node.right:
                continue
            below = list(walk(node.left))
            named = any(isinstance(one, syntax.Name) for one in below)
            if named and not any(isinstance(one, syntax.Call | syntax.Flow) for one in below):
                self.tell("OM515", node.span, what=self.survey.source[node.left.span])


class NeverEqual(Rule):
    """A choice compared with a text that is none of its values."""

    codes = ("OM517",)

    def check(self) -> None:
        """Report the text."""
        for node in self.survey.binaries:
            if node.operator in ("==", "!="):
                self._sides(node.left, node.right)
                self._sides(node.right, node.left)

    def _sides(self, choice: syntax.Expression, text: syntax.Expression) -> None:
        type_ = self.survey.facts.types.get(choice)
        said = text.literal if isinstance(text, syntax.Text) else None
        if type_ is None or not type_.choices or said is None or said in type_.choices:
            return
        close = nearest(said, type_.choices)
        fix = Fix([Edit(text.span, f'"{close[0]}"')], safe=False) if len(close) == 1 else None
        listed = ", ".join(f"`{one}`" for one in type_.choices)
        self.tell("OM517", text.span, suggestions=close, fix=fix, value=said, choices=listed)
