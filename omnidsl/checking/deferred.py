"""Values that come later: whether one does, and conditions on them."""

from omnidsl.checking.types import ANY, BOOL
from omnidsl.checking.values import Computed, Joined, Later, Value


def pending(value: Value) -> bool:
    """Tell whether a value, or a part of it, comes later."""
    todo: list[Value] = [value]
    seen: set[int] = set()
    while todo:
        one = todo.pop()
        if isinstance(one, Later | Joined):
            return True
        if isinstance(one, list) and id(one) not in seen:  # lists of the same list, again and again
            seen.add(id(one))
            todo.extend(one)
    return False


def optional(condition: Value | None, value: Value) -> Value:
    """Return a value that is there only where a condition holds; None: always."""
    if condition is None:
        return value
    inner = parted(value)
    if inner is not None:
        condition, value = both(condition, inner[0]), inner[1]
    type_ = value.type if isinstance(value, Later) else ANY
    return Computed(type_, "if", [condition, value])


def parted(value: Value) -> tuple[Value, Value] | None:
    """Return the condition and the value of an optional one, or None for any other."""
    if isinstance(value, Computed) and value.operation == "if" and len(value.arguments) == 2:
        return value.arguments[0], value.arguments[1]
    return None


def split(value: Value) -> tuple[Value | None, Value]:
    """Return the condition under which a value is there (None: always), and the value."""
    found = parted(value)
    return found if found is not None else (None, value)


def both(left: Value | None, right: Value) -> Value:
    """Return the condition that holds where both do."""
    return right if left is None else Computed(BOOL, "and", [left, right])


def negated(condition: Value) -> Value:
    """Return the condition that holds where this one does not."""
    return Computed(BOOL, "not", [condition])
