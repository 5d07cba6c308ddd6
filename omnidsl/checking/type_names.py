"""Types as recipes write them."""

from omnidsl.checking.constants import constant
from omnidsl.checking.report import Report
from omnidsl.checking.symbols import Module, Scope
from omnidsl.checking.types import ANY, BASIC, Type, list_of
from omnidsl.language import syntax
from omnidsl.language.source import Span
from omnidsl.language.suggestions import nearest
from omnidsl.plugins.catalogue import Catalogue


class TypeReader:
    """Resolves the type names of one module; an operation's choices are types too (`openai.voice`)."""

    def __init__(self, module: Module, catalogue: Catalogue, report: Report) -> None:
        self._module = module
        self._catalogue = catalogue
        self._report = report

    def read(self, node: syntax.TypeName) -> Type:
        """Return the type, or report why there is none."""
        words = [one.text for one in node.path]
        name = words[0]
        if len(words) == 2:
            return self._choices(node, name, words[1])
        if name == "list" and len(words) == 1:
            return (
                list_of(self.read(node.item))
                if node.item
                else self._unknown(node, "list", ["list[text]"])
            )
        if len(words) > 1 or name not in BASIC:
            return self._unknown(node, ".".join(words), nearest(name, [*BASIC, "list[text]"]))
        if node.item is not None:
            return self._unknown(node, f"{name}[…]", ["list[text]"])
        return self._bounded(node, name) if node.bound is not None else Type(name)

    def _unknown(self, node: syntax.TypeName, name: str, suggestions: list[str]) -> Type:
        self._report.add(
            "OM107", self._module.source, node.span, name=name, suggestions=suggestions
        )
        return ANY

    def _bounded(self, node: syntax.TypeName, name: str) -> Type:
        bound = node.bound
        if name in ("int", "number") and isinstance(bound, syntax.RangeLiteral):
            low, high = constant(bound.low, Scope()), constant(bound.high, Scope())
            if isinstance(low, int | float) and isinstance(high, int | float) and low <= high:
                return Type(name, low=low, high=high)
        span = bound.span if bound is not None else Span(node.span.start, node.span.end)
        self._report.add("OM114", self._module.source, span, name=name)
        return ANY

    def _choices(self, node: syntax.TypeName, service: str, parameter: str) -> Type:
        view = self._catalogue.services.get(service)
        if view is None:
            return self._unknown(
                node, f"{service}.{parameter}", nearest(service, self._catalogue.services)
            )
        choosing = [
            one
            for operation in view.operations.values()
            for one in operation.parameters.values()
            if one.choices
        ]
        meant = [one for one in choosing if one.name == parameter]
        if not meant:
            names = dict.fromkeys(one.name for one in choosing)
            close = [f"{service}.{one}" for one in nearest(parameter, names)]
            return self._unknown(node, f"{service}.{parameter}", close)
        if any(one.open for one in meant):
            return Type("text", choices=())
        # Operations may have arguments of one name and other choices: what none of them takes is a slip.
        return Type("text", choices=tuple(dict.fromkeys(c for one in meant for c in one.choices)))
