"""A known value against its declaration: choices, bounds, lengths."""

from omnidsl.language.suggestions import nearest
from omnidsl.plugins.catalogue import ParameterView


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
    if (
        isinstance(value, list)
        and parameter.max_items is not None
        and len(value) > parameter.max_items
    ):
        return Violation("OM208", {"name": name, "most": parameter.max_items, "length": len(value)})
    if isinstance(value, str):
        if parameter.choices and not parameter.open and value not in parameter.choices:
            listed = ", ".join(f"`{one}`" for one in parameter.choices)
            close = nearest(value, parameter.choices)
            return Violation("OM206", {"name": name, "value": value, "choices": listed}, close)
        if parameter.max_length is not None and len(value) > parameter.max_length:
            return Violation(
                "OM208", {"name": name, "most": parameter.max_length, "length": len(value)}
            )
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = parameter.minimum, parameter.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            return Violation(
                "OM207", {"name": name, "bounds": bounds_text(low, high), "value": f"{value:g}"}
            )
    return None


def bounds_text(low: float | None, high: float | None) -> str:
    """Return bounds as people write them: `1..4`, `≥ 1`, `≤ 2`."""
    if low is not None and high is not None:
        return f"{low:g}..{high:g}"
    return f"≥ {low:g}" if low is not None else f"≤ {high:g}"
