"""What checking found out about a tree, beside it: later rooms look here instead of resolving names again."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.symbols import Module, Symbol
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.plugins.catalogue import OperationView

if TYPE_CHECKING:
    from typing import Literal

    from omnidsl.checking.runs import Run
    from omnidsl.checking.types import Type
    from omnidsl.checking.values import Value
    from omnidsl.checking.verdicts import Judged
    from omnidsl.prompts import HouseRules, Rules


class CallFact:
    """A call whose arguments are bound to parameters by name.

    `kind` says what is called: an operation (`operation`), a prompt or chat (`symbol`), a function (`function`), or
    `plan(…)` of a pipeline (`plan`).
    `subject` is the parameter that the left side of `->` goes to; `mapped` says that the left side is a list whose
    items are passed one by one.
    """

    __slots__ = ("arguments", "function", "kind", "mapped", "operation", "subject", "symbol")

    def __init__(
        self,
        kind: 'Literal["operation", "symbol", "function", "plan"]',
        arguments: dict[str, syntax.Expression],
        *,
        operation: OperationView | None = None,
        symbol: Symbol | None = None,
        function: str = "",
        subject: str = "",
        mapped: bool = False,
    ) -> None:
        self.kind = kind
        self.arguments = arguments
        self.operation = operation
        self.symbol = symbol
        self.function = function
        self.subject = subject
        self.mapped = mapped


class Facts:
    """Tables keyed by node identity, and `house`: what prompts are held to.

    `stated` holds the types that bindings ask of text answers, `lets` the values of `let`s, computed once, `prompts` what
    prompts are without arguments, `runs` and `terms` what texts are that interpolate nothing.
    """

    __slots__ = (
        "calls",
        "declared",
        "house",
        "lets",
        "parents",
        "prompts",
        "runs",
        "stated",
        "symbols",
        "terms",
        "types",
    )

    def __init__(self, house: "HouseRules") -> None:
        self.house = house
        self.symbols: dict[syntax.Expression, Symbol] = {}
        self.calls: dict[syntax.Expression, CallFact] = {}
        self.types: dict[syntax.Expression, Type] = {}
        self.lets: dict[Symbol, Value] = {}
        self.parents: dict[syntax.Prompt, CallFact] = {}
        self.runs: dict[syntax.Text, list[Run]] = {}
        self.terms: dict[syntax.Text, list[list[Run]]] = {}
        self.prompts: dict[Symbol, Judged] = {}
        self.declared: dict[syntax.Declaration, Type] = {}
        self.stated: dict[syntax.Expression, Type] = {}

    @property
    def rules(self) -> "Rules":
        """What prompts are held to, read when the first one is met."""
        return self.house.rules


class CheckedRecipe:
    """A recipe with its meaning: the main file, what it and its `use`s define, the facts, and every finding."""

    __slots__ = ("diagnostics", "facts", "main", "root")

    def __init__(
        self, main: Module, facts: Facts, diagnostics: list[Diagnostic], root: str
    ) -> None:
        self.main = main
        self.facts = facts
        self.diagnostics = diagnostics
        self.root = root

    def symbols(self, kind: str) -> dict[str, Symbol]:
        """Return the main file's definitions of one kind, in their order."""
        return {name: one for name, one in self.main.scope.names.items() if one.kind == kind}
