"""What is computed with values, at check time and once results are there: one meaning for both.

Operations are the operators (`-` and `+` with one argument or two), `not`, the functions of results, and three
that no recipe writes: `index` (a list, a place counted from 1), `reaches` (a list, a length that it must have) and `part`
(a result, the name of one of its parts), which only a run can answer.
"""

from collections.abc import Sequence

from omnidsl.checking.functions import drawn
from omnidsl.checking.operators import bounded, compute, joined
from omnidsl.checking.values import Raw, Value, text_of


class OutOfRange(ValueError):  # named as what it tells
    """Raised for an index that a list does not have; `bounds` is what it has."""

    def __init__(self, index: int, length: int) -> None:
        self.index = index
        self.bounds = f"1..{length}"
        super().__init__(f"{index} is not in {self.bounds}")


def apply(operation: str, arguments: Sequence[Value]) -> Value:
    """Return what an operation gives for known values.

    Raises TypeError for values that checking does not let through, OutOfRange, ZeroDivisionError and OverflowError.
    """
    match operation, arguments:
        case "not", [bool(operand)]:
            return not operand
        case (("-" | "+"), [int(operand) | float(operand)]):
            return bounded(-operand if operation == "-" else operand)
        case "len", [list(items)]:
            return len(items)
        case "reaches", [list(items), int(length)]:
            return len(items) >= length
        case "index", [list(items), int(place)]:
            if not 1 <= place <= len(items):
                raise OutOfRange(place, len(items))
            return items[place - 1]
        case "join", [list(items), between]:
            return joined([text_of(one) for one in items], text_of(between))
        case "raw", [str(text)]:
            return Raw(text)
        case "choose", [list(items), int(seed)]:
            return _drawn(items, 1, seed)[0]
        case "sample", [list(items), int(count), int(seed)]:
            return _drawn(items, count, seed)
        case _, [left, right]:
            return compute(operation, left, right)
    raise TypeError(operation)


def _drawn(items: list[Value], count: int, seed: int) -> list[Value]:
    if not 0 <= count <= len(items):
        raise OutOfRange(count, len(items))
    return drawn(items, count, seed)
