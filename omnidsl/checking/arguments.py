"""The arguments of a call: which one goes to which parameter, and whether it fits."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.constants import constant
from omnidsl.checking.limits import violation
from omnidsl.checking.origins import origins
from omnidsl.checking.symbols import Scope
from omnidsl.checking.types import ANY, Type
from omnidsl.language import syntax
from omnidsl.language.catalogue import OwnWords, quoted
from omnidsl.language.diagnostics import Edit, Fix, Label
from omnidsl.language.source import Span
from omnidsl.language.suggestions import nearest
from omnidsl.plugins.catalogue import ParameterView

if TYPE_CHECKING:
    from omnidsl.checking.expressions import Expressions


class Slot:
    """A parameter to be filled, whatever it belongs to; `declared` is its place where that is a recipe."""

    __slots__ = ("declared", "name", "parameter", "required", "type")

    def __init__(
        self,
        name: str,
        type_: Type | None,
        *,
        required: bool,
        parameter: ParameterView | None = None,
        declared: Label | None = None,
    ) -> None:
        self.declared = declared
        self.name = name
        self.type = type_
        self.required = required
        self.parameter = parameter

    def accepts(self, given: Type) -> bool:
        """Tell whether a value of this type fits."""
        if self.parameter is None:
            return self.type is None or given.fits(self.type)
        if self.parameter.many and (given.name == "list" or not self.parameter.single):
            return given.name == "any" or (
                given.name == "list" and (given.item or ANY).fits_any(self.parameter.accepts)
            )
        return given.fits_any(self.parameter.accepts)

    def needed_beside(self, subject: str) -> bool:
        """Tell whether it must be given, where the call is about something of this type."""
        needed = self.parameter is not None and self.parameter.needed
        return self.required or (
            needed and self.parameter is not None and self.parameter.of == subject
        )

    def wanted(self) -> str | OwnWords:
        """Return the type's name for a message."""
        if self.parameter is None:
            return str(self.type)
        return OwnWords(self.parameter.type_text(), self.parameter.type_text(" 或 "))


class Arguments:
    """Binds the arguments of one module's calls."""

    def __init__(self, expressions: "Expressions") -> None:
        self._in = expressions

    def bind(
        self,
        callee: str,
        slots: list[Slot],
        arguments: tuple[syntax.Argument, ...],
        scope: Scope,
        span: Span,
        about: str = "",
    ) -> tuple[dict[str, syntax.Expression], dict[str, Type]]:
        """Bind arguments to parameters, by name or in order, and report what does not fit or is missing.

        `about` is the type of the subject, where it stands before an arrow and not among the arguments.
        """
        bound: dict[str, syntax.Expression] = {}
        given: dict[str, Type] = {}
        by_name = {one.name: one for one in slots}
        meant: set[str] = set()
        for argument in arguments:
            slot = self._slot(callee, argument, by_name, bound, meant)
            if slot is None:
                self._in.infer(argument.value, scope)
                continue
            given[slot.name] = self._argument(callee, slot, argument.value, scope)
            bound[slot.name] = argument.value
        kind = about or _subject_kind(slots, given)
        strayed = self._fit_subject(callee, kind, slots, bound)
        missing = [
            one.name
            for one in slots
            if (one.required if strayed else one.needed_beside(kind))
            and one.name not in bound
            and one.name not in meant
        ]
        if missing:
            self._in.fault(
                "OM202", span, callee=callee, names=", ".join(f"`{one}`" for one in missing)
            )
        return bound, given

    def _fit_subject(
        self, callee: str, kind: str, slots: list[Slot], bound: dict[str, syntax.Expression]
    ) -> bool:
        """Report arguments that are for another type of subject; return whether there are any.

        Whoever takes one for another is told so, and not what else is missing.
        """
        strayed = False
        for one in slots:
            of = one.parameter.of if one.parameter is not None else ""
            if of and kind and kind != of and one.name in bound:
                span = bound[one.name].span
                self._in.fault("OM243", span, callee=callee, name=one.name, wanted=of, given=kind)
                strayed = True
        return strayed

    def _slot(
        self,
        callee: str,
        argument: syntax.Argument,
        by_name: dict[str, Slot],
        bound: dict[str, syntax.Expression],
        meant: set[str],
    ) -> Slot | None:
        """Return the parameter that an argument is for; one that a misspelt name stands for goes into `meant`."""
        if argument.name is None:
            slot = next((one for one in by_name.values() if one.name not in bound), None)
            if slot is None:
                self._in.fault("OM204", argument.span, callee=callee, most=len(by_name))
            return slot
        name = argument.name.text
        if name in bound:
            self._in.fault(
                "OM205", argument.name.span, name=name, labels=[Label(bound[name].span, "first")]
            )
            return None
        if name not in by_name:
            close = nearest(name, (one for one in by_name if one not in bound))
            meant.update(close[:1])
            fix = Fix([Edit(argument.name.span, close[0])], safe=False) if close else None
            self._in.fault(
                "OM203",
                argument.name.span,
                callee=callee,
                name=name,
                known=quoted(by_name),
                suggestions=close,
                fix=fix,
            )
        return by_name.get(name)

    def _argument(self, callee: str, slot: Slot, value: syntax.Expression, scope: Scope) -> Type:
        choices = (
            slot.parameter.choices if slot.parameter else slot.type.choices if slot.type else ()
        )
        if choices and isinstance(value, syntax.Name) and scope.find(value.text) is None:
            if value.text not in choices and not (slot.parameter and slot.parameter.open):
                return self._not_a_choice(slot.name, value.text, choices, value.span)
            fix = Fix([Edit(value.span, f'"{value.text}"')], safe=True)
            return self._in.fault("OM213", value.span, word=value.text, fix=fix)
        given = self._in.infer(value, scope)
        self.fit(callee, slot, value, given, scope)
        return given

    def fit(
        self, callee: str, slot: Slot, value: syntax.Expression, given: Type, scope: Scope
    ) -> None:
        """Report a value that a parameter does not take, by its type or by what is known of it."""
        maps = (
            slot.parameter is not None
            and slot.parameter.subject
            and given.name == "list"
            and not slot.parameter.many
        )
        item = (given.item or ANY) if maps else given
        if not slot.accepts(item):
            self._in.fault(
                "OM221",
                value.span,
                callee=callee,
                name=slot.name,
                wanted=slot.wanted(),
                given=given,
                labels=[
                    *([slot.declared] if slot.declared is not None else []),
                    *origins(value, self._in.facts),
                ],
            )
            return
        if slot.parameter is None:
            if slot.type is not None and slot.type.choices and not given.later:
                known = constant(value, scope)
                if isinstance(known, str) and known not in slot.type.choices:
                    self._not_a_choice(slot.name, known, slot.type.choices, value.span)
            return
        if slot.parameter.handle and item.name != "any" and not _has_task(callee, given, item):
            self._in.fault("OM222", value.span, callee=callee, name=slot.name)
            return
        if slot.parameter.splits:
            from omnidsl.checking.long_texts import too_long  # what few recipes pay

            too_long(slot.parameter, value, scope, self._in)
            return
        known = constant(value, scope)
        if known is not None:
            self.limits(slot.parameter, known, value.span)

    def limits(self, parameter: ParameterView, value: object, span: Span) -> None:
        """Report a known value that the declaration forbids."""
        broken = violation(parameter, value)
        if broken is not None:
            self._in.fault(broken.code, span, suggestions=broken.suggestions, **broken.values)

    def _not_a_choice(self, name: str, value: str, choices: tuple[str, ...], span: Span) -> Type:
        listed = ", ".join(f"`{one}`" for one in choices)
        return self._in.fault(
            "OM206",
            span,
            name=name,
            value=value,
            choices=listed,
            suggestions=nearest(value, choices),
        )


def _subject_kind(slots: list[Slot], given: dict[str, Type]) -> str:
    """Return the type of what a call is about; empty where it is not known, or not what the operation takes."""
    subject = next((one for one in slots if one.parameter and one.parameter.subject), None)
    found = given.get(subject.name) if subject is not None else None
    if subject is None or found is None:
        return ""
    item = found.item if found.name == "list" and found.item is not None else found
    return item.name if item.name != "any" and subject.accepts(item) else ""


def _has_task(callee: str, given: Type, item: Type) -> bool:
    """Tell whether a value may be a finished task that the callee knows.

    An operation knows those of its own service, what belongs to none (`pick`) any; so may a value of unknown origin be.
    """
    service, _, operation = callee.partition(".")
    maker = item.service or given.service
    if item.part:
        return False
    return given.later and (not operation or maker in ("", service))
