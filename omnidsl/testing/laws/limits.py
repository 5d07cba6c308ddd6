"""Limits: what is declared is what is enforced, at each bound and beyond it."""

from collections.abc import Iterator

import attrs
import pytest

from omnidsl.plugins.arguments import operation_name
from omnidsl.plugins.catalogue import OperationView, ParameterView
from omnidsl.plugins.conditions import Condition, applying, as_text
from omnidsl.plugins.declarations import Service
from omnidsl.plugins.errors import ArgumentError
from omnidsl.testing.cases import Argument, Cases, Sample
from omnidsl.testing.laws.base import Law, Rehearse

_BOUNDS = ("OM206", "OM207", "OM208")
"""Findings about the bounds of one argument, and about those that depend on others."""

_BESIDE = ("OM246", "OM247")


@attrs.frozen
class Bound:
    """One limit of one argument: a value just within it and one just beyond."""

    operation: str
    argument: str
    within: str | float
    beyond: str | float
    words: str

    def __str__(self) -> str:
        return f"{self.operation}.{self.argument} {self.words}"


def bounds_of(view: OperationView, cases: Cases) -> Iterator[Bound]:
    """Yield the limits of an operation's texts and numbers; those for some subjects alone where a sample has them."""
    for one in view.parameters.values():
        if cases.samples_of(view.name, one.name) if one.of else cases.samples_of(view.name):
            yield from _bounds(view.name, one)


def _bounds(operation: str, one: ParameterView) -> Iterator[Bound]:
    if one.handle or one.many:
        return
    if one.choices and not one.open:
        yield Bound(operation, one.name, one.choices[-1], "no-such-choice", "choices")
    step = 1 if "int" in one.accepts else 0.5
    for words, bound, away in (("minimum", one.minimum, -step), ("maximum", one.maximum, step)):
        if bound is not None:
            value = int(bound) if isinstance(step, int) else bound
            yield Bound(operation, one.name, value, value + away, words)
    if one.max_length is not None and not one.choices and "text" in one.accepts:
        long = one.max_length
        yield Bound(operation, one.name, "a" * long, "a" * (long + 1), "max_length")


@attrs.frozen
class Beside:
    """One limit that depends on other arguments: a sample where it holds, and values that it takes and refuses.

    None stands for an argument that is not given.
    """

    sample: Sample
    argument: str
    within: str | float | None
    beyond: str | float | None
    words: str

    def __str__(self) -> str:
        return f"{self.sample.operation}.{self.argument} {self.words}"


def conditions_of(view: OperationView, cases: Cases) -> Iterator[Beside]:
    """Yield the limits that some sample can be brought to by setting plain arguments."""
    for one in view.limits:
        for sample in cases.samples_of(view.name)[:1]:
            wanted = {name: _met(pattern) for name, pattern in one.when.items()}
            if None in wanted.values() or wanted.keys() - view.parameters.keys():
                continue
            there = {**sample.arguments, **{name: text for name, text in wanted.items() if text}}
            found = _values(one, view)
            if found and _decides(one, view, there):
                words = f"beside {', '.join(f'{name}={text}' for name, text in one.when.items())}"
                yield Beside(attrs.evolve(sample, arguments=there), one.argument, *found, words)


def _met(pattern: str) -> str | None:
    """Return a value that a pattern fits; None where none is easily found."""
    if pattern.startswith("!") or pattern == "*" or any(one in pattern for one in "?["):
        return None
    return pattern.replace("*", "")


def _decides(one: Condition, view: OperationView, arguments: dict[str, Argument]) -> bool:
    defaults = {name: each.default for name, each in view.parameters.items() if each.default}
    known = {name: as_text(value) for name, value in {**defaults, **arguments}.items()}
    return one in applying(view.limits, {**known, one.argument: None})


def _values(
    one: Condition, view: OperationView
) -> tuple[str | float | None, str | float | None] | None:
    """Return a value that a limit takes and one that it refuses; None where nothing plain does."""
    parameter = view.parameters.get(one.argument)
    if parameter is None or parameter.handle or parameter.many:
        return None
    others = [each for each in parameter.choices if each not in one.choices]
    if one.given is False and parameter.choices:
        return None, parameter.choices[0]
    if one.choices and others:
        return one.choices[0], others[0]
    if one.max_length is not None and "text" in parameter.accepts:
        return "a" * one.max_length, "a" * (one.max_length + 1)
    if one.maximum is not None:
        return one.maximum, one.maximum + 1
    return None


class Limited(Law):
    """Laws of limits."""

    def _sample(self, bound: Bound) -> Sample:
        """Return the sample that gives the argument, else any of the operation."""
        cases = self.cases
        found = cases.samples_of(bound.operation, bound.argument)
        return (found or cases.samples_of(bound.operation))[0]

    def test_an_argument_at_its_bound_passes(self, bound: Bound, rehearse: Rehearse) -> None:
        """`omni check` and the declaration itself take a value at the limit."""
        sample = _with(self._sample(bound), bound, bound.within)
        there = rehearse(sample)
        found = [one for one in there.check() if one.code in _BOUNDS]
        assert not found, f"{bound}: refused at its bound: {found[0].message('en')}"
        _make(self.service(), bound, bound.within)

    def test_an_argument_beyond_its_bound_is_refused(
        self, bound: Bound, rehearse: Rehearse
    ) -> None:
        """`omni check` finds a value beyond the limit, and the declaration refuses it before anything is sent."""
        sample = _with(self._sample(bound), bound, bound.beyond)
        there = rehearse(sample)
        assert there.check(), f"{bound}: `omni check` takes {bound.beyond!r:.80}"
        try:
            _make(self.service(), bound, bound.beyond)
        except ArgumentError:
            return
        pytest.fail(f"{bound}: the declaration takes {bound.beyond!r:.80}")

    def test_a_limit_beside_other_arguments_is_enforced(
        self, beside: Beside, rehearse: Rehearse
    ) -> None:
        """`omni check` takes what a row of `limits` allows, and finds what it does not."""
        found = []
        for value in (beside.within, beside.beyond):
            rest = {
                name: one
                for name, one in beside.sample.arguments.items()
                if name != beside.argument
            }
            given = rest if value is None else {**rest, beside.argument: value}
            there = rehearse(attrs.evolve(beside.sample, arguments=given))
            codes = [
                one.code
                for one in there.check()
                if one.code in (*_BESIDE, *_BOUNDS) and one.values.get("name") == beside.argument
            ]
            found.append(codes)
        assert not found[0], f"{beside}: refused at its bound ({found[0][0]})"
        assert found[1], f"{beside}: `omni check` takes {beside.beyond!r:.80}"


def _with(sample: Sample, bound: Bound, value: Argument) -> Sample:
    arguments = {**sample.arguments, bound.argument: value}
    return attrs.evolve(sample, arguments=arguments)


def _make(service: Service, bound: Bound, value: object) -> None:
    """Run the validator of one argument, as binding does before a request is made."""
    classes = {operation_name(one): one for one in service.operations}
    field = {one.name: one for one in attrs.fields(classes[bound.operation])}[bound.argument]  # type: ignore[arg-type]  # operations are attrs classes
    instance = object.__new__(classes[bound.operation])
    if field.validator is not None:
        field.validator(instance, field, value)
