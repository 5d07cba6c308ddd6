"""Settings that are quantities: counts, numbers, amounts of money, durations."""

from typing import TypeGuard

from omnidsl._typing import TYPE_CHECKING
from omnidsl.settings.declaration import MOST_STEPS

if TYPE_CHECKING:
    from collections.abc import Callable


def is_quantity(value: object, kind: str) -> TypeGuard[str | int | float]:
    """Say whether a value has the type of a kind of quantity."""
    if isinstance(value, bool):
        return False
    if kind == "duration":
        return isinstance(value, str | int | float)
    return isinstance(value, int) or (kind != "count" and isinstance(value, float))


def out_of_bounds(kind: str, value: object) -> str | None:
    """Return what a quantity should look like; None for one that is right."""
    if kind == "duration":
        from omnidsl.settings.durations import FORM, seconds  # what few projects pay

        return _refused(seconds, value, FORM)
    if kind == "money":
        from omnidsl.settings.prices import MOST, micros  # as above

        return _refused(micros, value, f"0 … {MOST}")
    right = isinstance(value, int | float) and 0 < value <= MOST_STEPS
    return None if right else f"{1 if kind == 'count' else 0.5} … {MOST_STEPS}"


def _refused(read: "Callable[[object], object]", value: object, example: str) -> str | None:
    try:
        read(value)
    except ValueError:
        return example
    return None
