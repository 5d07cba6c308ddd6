"""The form of prices: what an operation costs, as settings and plugins write it. Money is whole micros.

A price is a number (each job), a pair (from, to), or a table: `each`, or `input` and `output` for a million tokens.
"""

from decimal import Decimal, InvalidOperation

from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    Row = dict[str, int | list[int]]

MICROS = 1_000_000
"""Micros of one unit of a currency."""

MOST = 1_000_000
"""The highest amount, in units of a currency: beyond it somebody slipped."""

FORM = "0.05, [0.03, 0.08], { input = 2.5, output = 10 }"
PAIRS = ("each", "picture")
COUNTS = ("most_output",)
RATES = ("input", "output")


def micros(value: object) -> int:
    """Return an amount (a number, or a text such as `0.05`) in micros; ValueError for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("an amount is a number")  # noqa: TRY004  # one error for every wrong form
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("an amount is a number") from None
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise ValueError(f"an amount is 0 to {MOST}")
    return int((amount * MICROS).to_integral_value())


def read_price(value: object) -> "Row":
    """Return a price in micros by part; ValueError says what is wrong with it.

    `each` is a pair; `input` and `output` are for a million tokens; `picture` is a pair of tokens, `most_output` a number.
    """
    if not isinstance(value, dict):
        return {"each": _pair(value)}
    row: Row = {}
    for name, part in value.items():
        if name == "each":
            row[name] = _pair(part)
        elif name in RATES:
            row[name] = micros(part)
        elif name in COUNTS:
            row[name] = _count(part)
        elif name == "picture":
            low, high = part if isinstance(part, list) and len(part) == 2 else (part, part)
            row[name] = [_count(low), _count(high)]
        else:
            raise ValueError(f"a price has no `{name}`")
    if "each" not in row and not set(RATES) <= set(row):
        raise ValueError("a price needs `each`, or `input` and `output`")
    return row


def read_selector(text: str) -> "tuple[str, Mapping[str, str]]":
    """Return what `service.operation argument=value …` names; ValueError for another form."""
    operation, *conditions = text.split()
    service, dot, name = operation.partition(".")
    when = dict(one.partition("=")[::2] for one in conditions)
    if not (dot and service.isidentifier() and name.isidentifier()):
        raise ValueError("a price is for `service.operation`")
    if not all(name.isidentifier() and value for name, value in when.items()):
        raise ValueError("a condition is `argument=value`")
    return operation, when


def _pair(value: object) -> list[int]:
    if not isinstance(value, list):
        return [micros(value)] * 2
    if len(value) != 2:
        raise ValueError("a range has two ends")
    low, high = micros(value[0]), micros(value[1])
    if low > high:
        raise ValueError("a range begins with its lower end")
    return [low, high]


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10**9:
        raise ValueError("a number of tokens is a whole number")
    return value
