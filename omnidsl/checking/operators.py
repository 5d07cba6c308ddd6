"""What operators give for known values of checked types. The only arithmetic of the language."""

from collections.abc import Sequence

from omnidsl.checking.values import Duration, Ratio

LARGEST = 10**30
"""Numbers stay between plus and minus this: a name that doubles a name that doubles a name … must end somewhere."""

LONGEST_TEXT = 100_000
"""Characters: texts made of texts made of texts would grow without end."""

_ORDERED = ("<", "<=", ">", ">=")


class TextTooLong(OverflowError):  # named as what it tells
    """Raised for a text that would have more than `LONGEST_TEXT` characters, before it is made."""

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length


def joined(texts: Sequence[str], between: str = "") -> str:
    """Return texts put together; raises TextTooLong."""
    length = sum(map(len, texts)) + len(between) * max(0, len(texts) - 1)
    if length > LONGEST_TEXT:
        raise TextTooLong(length)
    return between.join(texts)


def compute(operator: str, left: object, right: object) -> str | int | float | bool:
    """Return `left operator right`; `/` and `%` are Python's own, `/` always gives a number with a point.

    Raises TypeError for values that checking does not let through, ZeroDivisionError, and OverflowError for a number
    beyond `LARGEST` or a text beyond `LONGEST_TEXT`.
    """
    match operator:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "and":
            return bool(left) and bool(right)
        case "or":
            return bool(left) or bool(right)
        case "in":
            return _contains(right, left)
        case "contains":
            return _contains(left, right)
    if operator in _ORDERED:
        return _ordered(operator, left, right)
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return joined([left, right])
    return bounded(_arithmetic(operator, _number(left), _number(right)))


def bounded(number: float) -> float:
    """Return a number as it is; OverflowError where it is beyond `LARGEST`."""
    if not -LARGEST <= number <= LARGEST:
        raise OverflowError(number)
    return number


def _arithmetic(operator: str, left: float, right: float) -> float:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "%":
            return left % right
    raise TypeError(operator)


def _ordered(operator: str, left: object, right: object) -> bool:
    """Compare numbers, durations by their length, and ratios by how wide they are."""
    if isinstance(left, Ratio) and isinstance(right, Ratio):
        return _compare(operator, left.width * right.height, right.width * left.height)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return _compare(operator, left.seconds, right.seconds)
    return _compare(operator, _number(left), _number(right))


def _compare(operator: str, left: float, right: float) -> bool:
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
    return left >= right


def _number(value: object) -> float:
    if isinstance(value, int | float):
        return value
    raise TypeError(value)


def _contains(whole: object, part: object) -> bool:
    if isinstance(whole, str):
        return isinstance(part, str) and part in whole
    return isinstance(whole, list) and part in whole
