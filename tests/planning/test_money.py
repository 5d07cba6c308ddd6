"""Amounts as people read them."""

import pytest

from omnidsl.planning.money import amount, span


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (0, "0.00"),
        (1_250_000, "1.25"),
        (400, "0.00040"),
        (10_000, "0.01"),
        (1, "0.000001"),
        (9_837, "0.0098"),
        (12_345_678_000, "12345.68"),
        (14_999, "0.01"),
        (15_000, "0.02"),
    ],
)
def test_an_amount_has_two_decimals_and_a_small_one_more(micros: int, shown: str) -> None:
    assert shown == amount(micros)


def test_a_range_without_width_is_one_amount() -> None:
    shown = [span(30_000, 100_000), span(30_000, 31_000), span(1, 9_837), span(900, 210_000)]
    assert ["0.03–0.10", "0.03", "0–0.0098", "0–0.21"] == shown
