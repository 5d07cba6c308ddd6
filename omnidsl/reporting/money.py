"""Amounts of money as people read them; they come as whole micros."""

from omnidsl.settings.prices import MICROS

_CENT = MICROS // 100


def amount(micros: int) -> str:
    """Return an amount with two decimals, a small one with two digits that matter: `1.25`, `0.00042`."""
    if micros >= _CENT or micros == 0:
        return f"{(micros + _CENT // 2) // _CENT / 100:.2f}"
    decimals = 8 - len(str(micros))
    return f"{micros / MICROS:.{min(decimals, 6)}f}".rstrip("0")


def span(low: int, high: int) -> str:
    """Return a range as `0.03–0.10`; one that has no width as a single amount."""
    first, last = amount(low), amount(high)
    return first if first == last else f"{first}–{last}"
