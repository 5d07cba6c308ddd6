"""Names that nothing uses."""

from omnidsl.checking.removal import removal
from omnidsl.checking.rules.rule import Rule
from omnidsl.checking.rules.survey import deliberate
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Fix


class UnusedUse(Rule):
    """A `use` of a file from which nothing is taken: other files cannot reach through it."""

    codes = ("OM130",)

    def check(self) -> None:
        """Report uses of files."""
        for symbol in self.survey.module.scope.names.values():
            node = symbol.node
            if not isinstance(node, syntax.Use) or deliberate(symbol.name):
                continue
            if not self.survey.means(symbol.name, symbol):
                fix = Fix([removal(self.survey.source, node.span)], safe=True)
                self.tell("OM130", symbol.span or node.span, fix=fix, name=symbol.name)


class UnusedLet(Rule):
    """A `let` that nothing uses, in a file with a pipeline: a file without one is there for others to use."""

    codes = ("OM131",)

    def check(self) -> None:
        """Report lets."""
        if not any(isinstance(one, syntax.Pipeline) for one in self.survey.module.tree.items):
            return
        for symbol in self.survey.module.scope.names.values():
            node = symbol.node
            if not isinstance(node, syntax.Let) or deliberate(symbol.name):
                continue
            if not self.survey.means(symbol.name, symbol):
                fix = Fix([removal(self.survey.source, node.span)], safe=False)
                self.tell("OM131", node.name.span, fix=fix, name=symbol.name)


class UnusedParameter(Rule):
    """A parameter that its prompt, chat or pipeline does not use; prompts that inherit may use it for their parent."""

    codes = ("OM132",)

    def check(self) -> None:
        """Report parameters."""
        inherited = {
            use.node.text
            for uses in self.survey.uses.values()
            for use in uses
            if isinstance(use.node, syntax.Name)
            and isinstance(use.item, syntax.Prompt)
            and use.item.parent is not None
        }
        for item in self.survey.module.tree.items:
            if not isinstance(item, syntax.Prompt | syntax.Chat | syntax.Pipeline):
                continue
            known = inherited if isinstance(item, syntax.Prompt) else frozenset[str]()
            for one in item.parameters:
                name = one.name.text
                if not deliberate(name) and name not in known and not self._is_used(item, one):
                    self.tell("OM132", one.name.span, name=name, owner=item.name.text)

    def _is_used(self, item: syntax.Item, one: syntax.Declaration) -> bool:
        return any(
            use.symbol is None or use.symbol.node is one
            for use in self.survey.within(item, one.name.text)
        )
