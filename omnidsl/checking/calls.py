"""Calls: what is called, and what it gives."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.arguments import Arguments, Slot
from omnidsl.checking.asking import PICK
from omnidsl.checking.constants import constant
from omnidsl.checking.facts import CallFact
from omnidsl.checking.functions import FUNCTIONS, Function, functions_of, medium, of_plugin
from omnidsl.checking.limits import conflicts
from omnidsl.checking.symbols import Scope, Symbol
from omnidsl.checking.types import ANY, IN_TEXT, MEDIA, Type, list_of, parse_type
from omnidsl.language import syntax
from omnidsl.language.catalogue import quoted
from omnidsl.language.source import Span
from omnidsl.language.suggestions import nearest
from omnidsl.plugins.catalogue import OperationView, ParameterView, ServiceView
from omnidsl.settings.declaration import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omnidsl.checking.expressions import Expressions


def _given(given: "Mapping[str, Type]", parameter: ParameterView) -> str:
    return given[parameter.name].name if parameter.name in given else ""


class CallChecker:
    """Checks the calls of one module; `arguments` binds what they are given."""

    def __init__(self, expressions: "Expressions") -> None:
        self._in = expressions
        self.arguments = Arguments(expressions)

    def call(self, node: syntax.Call, scope: Scope) -> Type:
        """Check `f(…)`: a prompt, chat, function, or an operation with its service."""
        function = node.function
        if isinstance(function, syntax.Name):
            symbol = scope.find(function.text)
            if symbol is None and function.text == "plan":
                from omnidsl.checking.recipe_tests import plan_call

                return plan_call(node, self._in, scope)
            if symbol is None and function.text in FUNCTIONS:
                return self._function(FUNCTIONS[function.text], node, scope)
            if symbol is None:
                return self._unknown_call(function.text, function.span, scope, node.arguments)
            self._in.facts.symbols[function] = symbol
            return self._symbol_call(symbol, node, scope)
        if isinstance(function, syntax.Member) and isinstance(function.of, syntax.Name):
            root = scope.find(function.of.text)
            if root is None or root.kind == "service":
                view = self._in.catalogue.brought.functions.get(
                    f"{function.of.text}.{function.name.text}"
                )
                if view is not None:
                    return self._function(of_plugin(view), node, scope)
            if root is not None and root.kind == "service" and root.service is not None:
                operation = self.operation(root.service, function.name)
                if operation is None:
                    return self._loose(node.arguments, scope)
                self._served(operation, function.span)
                return self._operation(node, operation, node.arguments, None, scope)
            if root is not None and root.kind == "module":
                given = self._in.infer(function, scope)
                symbol = self._in.facts.symbols.get(function)
                return self._symbol_call(symbol, node, scope) if symbol is not None else given
            if root is None:
                self._unknown_function(function, function.of.text, scope)
                return self._loose(node.arguments, scope)
        self._in.infer(function, scope)
        self._in.fault("OM209", function.span)
        return self._loose(node.arguments, scope)

    def _symbol_call(self, symbol: Symbol, node: syntax.Call, scope: Scope) -> Type:
        definition = symbol.node
        if not isinstance(definition, syntax.Prompt | syntax.Chat):
            self._in.fault("OM209", node.function.span)
            return self._loose(node.arguments, scope)
        type_ = self._in.define(symbol, node.function.span)
        if symbol.vague:
            return self._loose(node.arguments, scope)
        slots = self._in.slots(symbol)
        bound, given = self.arguments.bind(symbol.name, slots, node.arguments, scope, node.span)
        self._in.facts.calls[node] = CallFact("symbol", bound, symbol=symbol)
        return type_.when(later=any(one.later for one in given.values()))

    def _function(self, function: Function, node: syntax.Call, scope: Scope) -> Type:
        if function.name == PICK.name:
            return self._operation(node, PICK, node.arguments, None, scope)
        slots = [Slot(name, type_, required=True) for name, type_ in function.parameters]
        bound, given = self.arguments.bind(function.name, slots, node.arguments, scope, node.span)
        self._in.facts.calls[node] = CallFact("function", bound, function=function.name)
        items = given.get("list", ANY).item
        if function.name == "join" and items is not None and not items.fits_any(IN_TEXT):
            return self._in.fault("OM223", bound["list"].span, given=given["list"])
        later = any(one.later for one in given.values())
        if later and "." in function.name:
            return self._in.fault("OM252", node.span, callee=function.name)
        if later and function.name in ("file", "lines"):
            return self._in.fault("OM245", node.span, callee=function.name)
        if function.name == "file" and "path" in bound:
            path = constant(bound["path"], scope)
            return Type(medium(path)) if isinstance(path, str) else Type("image")
        return function.gives(given).when(later=later)

    def _unknown_call(
        self, name: str, span: Span, scope: Scope, arguments: tuple[syntax.Argument, ...]
    ) -> Type:
        homes = [one.full_name for one in self._in.catalogue.operations() if one.name == name]
        if homes:
            self._in.fault("OM211", span, name=name, suggestions=homes)
        elif close := nearest(name, FUNCTIONS):
            self._in.fault("OM101", span, name=name, suggestions=close)
        else:
            self._in.unknown(name, span, scope)
        return self._loose(arguments, scope)

    def _loose(self, arguments: tuple[syntax.Argument, ...], scope: Scope) -> Type:
        """Look at the arguments of a call that is wrong itself: their own faults count too."""
        for argument in arguments:
            self._in.infer(argument.value, scope)
        return ANY

    # x -> operation(…)

    def flow(self, node: syntax.Flow, scope: Scope) -> Type:
        """Check `subject -> operation(…)`."""
        given = self._in.infer(node.subject, scope)
        operation = self._target(node.target, given, scope)
        if operation is None:
            return self._loose(node.target.arguments, scope)
        path = node.target.path
        self._served(operation, Span(path[0].span.start, path[-1].span.end))
        return self._operation(node, operation, node.target.arguments, (node.subject, given), scope)

    def _target(self, target: syntax.Target, given: Type, scope: Scope) -> OperationView | None:
        first, *rest = target.path
        if len(rest) == 1:
            root = scope.find(first.text)
            if root is not None and root.kind == "service" and root.service is not None:
                return self.operation(root.service, rest[0])
            if root is None:
                self.unknown_service(first.text, first.span, scope)
            else:
                self._in.fault("OM210", target.span, name=".".join(one.text for one in target.path))
            return None
        if rest:
            self._in.fault("OM210", target.span, name=".".join(one.text for one in target.path))
            return None
        if given.service:
            return self.operation(self._in.catalogue.services[given.service], first)
        if given.name == "any":
            return None
        homes = [one.full_name for one in self._in.catalogue.operations() if one.name == first.text]
        known = homes or nearest(first.text, [one.name for one in self._in.catalogue.operations()])
        self._in.fault(
            "OM211" if homes else "OM210", first.span, name=first.text, suggestions=known
        )
        return None

    def operation(self, service: ServiceView, name: syntax.Word) -> OperationView | None:
        """Return a service's operation, or report that it has none of that name."""
        found = service.operations.get(name.text)
        if found is None:
            self._in.fault(
                "OM111",
                name.span,
                service=service.name,
                name=name.text,
                suggestions=nearest(name.text, service.operations),
            )
        return found

    def _unknown_function(self, function: syntax.Member, space: str, scope: Scope) -> None:
        """Report a function that no plugin has, or a service that there is not."""
        beside = functions_of(space, self._in.catalogue.brought.functions)
        if not beside:
            self.unknown_service(space, function.of.span, scope)
            return
        name = function.name.text
        near = nearest(name, beside)
        self._in.fault("OM251", function.name.span, space=space, name=name, suggestions=near)

    def unknown_service(self, name: str, span: Span, scope: Scope) -> None:
        """Report a service that no installed plugin brings, and what might."""
        close = nearest(name, [*self._in.catalogue.services, *scope.visible()])
        if close:  # a package named after a slip would be an invitation to squatters
            self._in.fault("OM110", span, name=name, suggestions=close)
        else:
            package = f"omnidsl-{name.lower().replace('_', '-')}"
            self._in.fault("OM109", span, name=name, package=package)

    def _served(self, operation: OperationView, span: Span) -> None:
        """Report an operation that the project's gateway does not serve."""
        kind = self._in.catalogue.kind_of(operation.service)
        if kind and kind in operation.not_served_by:
            kinds = quoted(one for one in KINDS if one not in operation.not_served_by)
            values = {"operation": operation.full_name, "kind": kind, "kinds": kinds}
            self._in.fault("OM250", span, **values)

    def _operation(
        self,
        node: syntax.Expression,
        operation: OperationView,
        arguments: tuple[syntax.Argument, ...],
        subject: tuple[syntax.Expression, Type] | None,
        scope: Scope,
    ) -> Type:
        if self._in.refusal:
            self._in.fault(self._in.refusal, node.span)
            return self._loose(arguments, scope)
        self._in.steps.append(node)
        slots = [
            Slot(one.name, None, required=one.required, parameter=one)
            for one in operation.parameters.values()
        ]
        mapped, about = False, ""
        taken: dict[str, syntax.Expression] = {}
        if subject is not None:
            into = operation.subject
            if into is None:
                self._in.fault("OM212", subject[0].span, operation=operation.full_name)
                return self._loose(arguments, scope)
            slot = next(one for one in slots if one.name == into.name)
            slots.remove(slot)
            mapped = subject[1].name == "list" and not into.many
            item = (subject[1].item or ANY) if mapped else subject[1]
            if mapped and subject[1].unbounded and item.name not in MEDIA:
                self._in.fault("OM216", subject[0].span)
                return self._loose(arguments, scope)
            self.arguments.fit(operation.full_name, slot, subject[0], item, scope)
            about = item.name if item.name != "any" and slot.accepts(item) else ""
            taken[into.name] = subject[0]
        bound, given = self.arguments.bind(
            operation.full_name, slots, arguments, scope, node.span, about
        )
        into = operation.subject
        if subject is None and into is not None and into.name in given and not into.many:
            mapped = given[into.name].name == "list"
        self._conflicts(node, operation, {**taken, **bound}, scope)
        self._in.facts.calls[node] = CallFact(
            "operation",
            {**taken, **bound},
            operation=operation,
            subject=into.name if into else "",
            mapped=mapped,
        )
        result = parse_type(operation.result).made_by(operation.service, operation.parts)
        if into is not None and "any" in (subject[1].name if subject else "", _given(given, into)):
            return ANY  # a list would have given a list
        if not mapped:
            return result
        return result if result.name == "list" else list_of(result)

    def _conflicts(
        self,
        node: syntax.Expression,
        operation: OperationView,
        bound: "Mapping[str, syntax.Expression]",
        scope: Scope,
    ) -> None:
        """Report arguments that do not go together; `bound` are all that are given."""
        values = {name: constant(one, scope) for name, one in bound.items()}
        for limit, broken in conflicts(operation, values):
            place = bound[limit.argument].span if limit.argument in bound else node.span
            self._in.fault(broken.code, place, suggestions=broken.suggestions, **broken.values)
