"""`--no x` is `x::-.5` to Midjourney, so that it counts where the weights of a multi-prompt are summed."""

import pytest

from omnidsl.prompts import parse


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a::.5 b::.5 --no c --v 6.1", []),
        ("a::.6 --no c --v 6.1", []),
        ("a --no b --v 6.1", []),
        ("a::.5 --no b --v 6.1", ["OM405"]),
        ("a:: b::-.5 --no c, d --v 6.1", ["OM405"]),
        ("a:: b::-.5 --v 6.1", []),
    ],
)
def test_an_exclusion_counts_among_the_weights(prompt: str, expected: list[str]) -> None:
    assert expected == [one.code for one in parse(prompt).diagnostics]
