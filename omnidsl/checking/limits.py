"""Known values against their declaration: choices, bounds, lengths, sizes, and what does not go together."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.values import Later, ProjectFile
from omnidsl.language.catalogue import OwnWords
from omnidsl.language.suggestions import nearest
from omnidsl.plugins.catalogue import OperationView, ParameterView

if TYPE_CHECKING:
    from omnidsl.plugins.conditions import Condition

MEGABYTE = 1 << 20


class Violation:
    """What a value breaks: the code, the values of its message, did-you-means."""

    __slots__ = ("code", "suggestions", "values")

    def __init__(
        self, code: str, values: dict[str, object], suggestions: list[str] | None = None
    ) -> None:
        self.code = code
        self.values = values
        self.suggestions = suggestions or []


def violation(parameter: ParameterView, value: object) -> Violation | None:
    """Return what a value breaks of the parameter's declaration, or None."""
    name = parameter.name
    if isinstance(value, list):
        if parameter.splits:
            each = (violation(parameter, one) for one in value)
            return next((one for one in each if one is not None), None)
        return _of_list(parameter, value)
    if isinstance(value, ProjectFile):
        return _of_file(parameter, value)
    if isinstance(value, str):
        if parameter.choices and not parameter.open and value not in parameter.choices:
            listed = ", ".join(f"`{one}`" for one in parameter.choices)
            close = nearest(value, parameter.choices)
            return Violation("OM206", {"name": name, "value": value, "choices": listed}, close)
        if parameter.max_length is not None and len(value) > parameter.max_length:
            code = "OM248" if parameter.splits else "OM208"
            values: dict[str, object] = {"name": name, "most": parameter.max_length}
            return Violation(code, {**values, "length": len(value)})
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = parameter.minimum, parameter.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            return Violation(
                "OM207", {"name": name, "bounds": bounds_text(low, high), "value": f"{value:g}"}
            )
    return None


def _of_list(parameter: ParameterView, items: list[object]) -> Violation | None:
    name, length = parameter.name, len(items)
    if parameter.max_items is not None and length > parameter.max_items:
        return Violation("OM208", {"name": name, "most": parameter.max_items, "length": length})
    if parameter.min_items is not None and length < parameter.min_items:
        bounds = bounds_text(parameter.min_items, parameter.max_items)
        return Violation("OM207", {"name": f"len({name})", "bounds": bounds, "value": length})
    files = (one for one in items if isinstance(one, ProjectFile))
    return next((found for one in files if (found := _of_file(parameter, one))), None)


def _of_file(parameter: ParameterView, file: ProjectFile) -> Violation | None:
    if parameter.max_bytes is None:
        return None
    path = Path(file.path)
    size = path.stat().st_size
    if size <= parameter.max_bytes:
        return None
    most, amount = f"{parameter.max_bytes / MEGABYTE:g}", f"{size / MEGABYTE:.2f}"
    return Violation("OM612", {"path": path.name, "size": amount, "most": most})


Conflict = tuple["Condition", Violation]


def conflicts(operation: OperationView, values: Mapping[str, object]) -> Iterator[Conflict]:
    """Yield what known arguments break of the limits that depend on other arguments.

    `values` has every argument that is given; what is not known yet is None, or a value that comes later.
    """
    if not operation.limits:
        return
    from omnidsl.plugins.conditions import applying, as_text

    defaults = {
        name: one.default for name, one in operation.parameters.items() if one.default is not None
    }
    given = {**defaults, **values}
    known = {name: as_text(value) for name, value in given.items() if value != ""}
    for one in applying(operation.limits, known):
        name, value, beside = one.argument, given.get(one.argument), one.beside(known)
        callee, why = operation.full_name, OwnWords(one.help, one.zh)
        if one.given is False and name in values:
            told = {"callee": callee, "name": name, "beside": beside, "because": why}
            yield one, Violation("OM246", told)
        elif one.given is True and name not in given:
            told = {"callee": callee, "names": f"`{name}`", "because": why}
            yield one, Violation("OM202", told)
        elif not isinstance(value, Later | None) and not one.permits(value):
            if violation(operation.parameters[name], value) is not None:
                continue  # reported already
            shown = (
                f"{len(value)}" if one.max_length is not None and isinstance(value, str) else value
            )
            told = {"name": name, "value": shown, "allowed": one.allowed(), "beside": beside}
            close = nearest(value, one.choices) if isinstance(value, str) else []
            yield one, _alone(one, told) or Violation("OM247", {**told, "because": why}, close)


def _alone(limit: "Condition", told: dict[str, object]) -> Violation | None:
    """Return what is broken of a limit that looks at its own argument only: nothing stands beside it."""
    if set(limit.when) != {limit.argument}:
        return None
    values = {"name": told["name"], "value": told["value"]}
    why = OwnWords(limit.help, limit.zh)
    if limit.choices:
        return Violation("OM206", {**values, "choices": told["allowed"], "because": why})
    return Violation("OM207", {**values, "bounds": told["allowed"], "because": why})


def bounds_text(low: float | None, high: float | None) -> str:
    """Return bounds as people write them: `1..4`, `≥ 1`, `≤ 2`."""
    if low is not None and high is not None:
        return f"{low:g}..{high:g}"
    return f"≥ {low:g}" if low is not None else f"≤ {high:g}"
