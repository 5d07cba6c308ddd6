"""Amounts of money as people read them; they come as whole micros."""

from omnidsl.settings.prices import MICROS

_CENT = MICROS // 100


def amount(micros: int) -> str:
    """Return an amount with two decimals, a small one with two digits that matter: `1.25`, `0.00042`."""
    return _written(micros, _decimals(micros))


def span(low: int, high: int) -> str:
    """Return a range as `0.03–0.10`, its ends as exact as the upper one; one without width as a single amount."""
    decimals = _decimals(high)
    first, last = _written(low, decimals), _written(high, decimals)
    if first == last:
        return last
    return f"{first if first.strip('0.') else '0'}–{last}"


def _decimals(micros: int) -> int:
    return 2 if micros >= _CENT or micros == 0 else min(8 - len(str(micros)), 6)


def _written(micros: int, decimals: int) -> str:
    unit = 10 ** (6 - decimals)
    whole, rest = divmod((micros + unit // 2) // unit, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}"
