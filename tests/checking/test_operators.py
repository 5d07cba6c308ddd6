"""Operators: the stated precedence, Python's own numbers, and a finding instead of every exception."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from omnidsl.checking.operators import LARGEST
from omnidsl.checking.values import Value
from omnidsl.language.source import Source
from omnidsl.planning.inspection import Inspection, inspect_source
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.settings.house import AS_SHIPPED
from tests.checking.conftest import Inspect

NUMBERS = st.one_of(
    st.integers(0, 99).map(str), st.decimals(0, 99, places=2).map(lambda one: f"{one:f}")
)


@st.composite
def arithmetic(draw: st.DrawFn, depth: int = 3) -> str:
    """Draw arithmetic as it is written, with and without parentheses."""
    if depth == 0 or draw(st.booleans()):
        return draw(NUMBERS)
    shape = draw(st.sampled_from(["binary", "unary", "group"]))
    inner = arithmetic(depth - 1)
    if shape == "unary":
        return f"-{draw(NUMBERS)}" if draw(st.booleans()) else f"-({draw(inner)})"
    if shape == "group":
        return f"({draw(inner)})"
    return f"{draw(inner)} {draw(st.sampled_from('+-*/%'))} {draw(inner)}"


@st.composite
def truths(draw: st.DrawFn, depth: int = 3) -> str:
    """Draw conditions as they are written."""
    if depth == 0 or draw(st.booleans()):
        sides = draw(arithmetic(1)), draw(arithmetic(1))
        return f"{sides[0]} {draw(st.sampled_from(['<', '<=', '>', '>=', '==', '!=']))} {sides[1]}"
    shape = draw(st.sampled_from(["and", "or", "not", "group"]))
    inner = truths(depth - 1)
    if shape == "not":
        return f"not {draw(inner)}"
    if shape == "group":
        return f"({draw(inner)})"
    return f"{draw(inner)} {shape} {draw(inner)}"


def checked(text: str, catalogue: Catalogue) -> Inspection:
    return inspect_source(
        Source(text, "x.omni"), None, root=Path(), catalogue=catalogue, rules=AS_SHIPPED
    )


def value(text: str, catalogue: Catalogue) -> Value:
    found = checked(f"let x = {text}", catalogue)
    assert [] == found.diagnostics
    assert found.recipe is not None
    return next(iter(found.recipe.facts.lets.values()))


FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@FIXTURE
@given(arithmetic())
def test_arithmetic_is_pythons(catalogue: Catalogue, text: str) -> None:
    try:
        expected = eval(text)  # noqa: S307  # drawn by the strategy above
    except ZeroDivisionError:
        reject()
    assume(abs(expected) <= LARGEST)
    assert expected == value(text, catalogue)


@FIXTURE
@given(truths())
def test_conditions_are_pythons(catalogue: Catalogue, text: str) -> None:
    try:
        expected = eval(text)  # noqa: S307  # drawn by the strategy above
    except ZeroDivisionError:
        reject()
    # Without short cuts a division by zero behind `or` is told, so that only sound ones are compared.
    found = checked(f"let x = {text}", catalogue)
    assume(not found.diagnostics)
    assert found.recipe is not None
    assert [expected] == list(found.recipe.facts.lets.values())


@FIXTURE
@given(arithmetic(), arithmetic())
def test_a_range_binds_looser_than_arithmetic(catalogue: Catalogue, low: str, high: str) -> None:
    try:
        first, last = eval(low), eval(high)  # noqa: S307  # drawn by the strategy above
    except ZeroDivisionError:
        reject()
    assume(isinstance(first, int) and isinstance(last, int) and last - first < 1000)
    assert list(range(first, last + 1)) == value(f"{low}..{high}", catalogue)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 in 1..3", True),
        ("1 + 1 in 1..3", True),
        ("not 4 in 1..3", True),
        ("1..2 + 1 == [1, 2, 3]", True),
        ("true or false and false", True),
        ("not false and false", False),
        ("-2 % 3", 1),
        ('"ab" + "c" == "abc"', True),
        ('"abc" contains "b" and "b" in "abc"', True),
        ('["a"] contains "a"', True),
        ("16:9 == 16:9", True),
        ("2:1 == 4:2", False),
        ("16:9 > 4:3", True),
        ("2:1 <= 4:2 and 2:1 >= 4:2", True),
        ("90s == 1.5m", True),
        ("59m < 1h", True),
        ("1 == 1.0", True),
    ],
)
def test_operators_mean_what_the_page_says(
    catalogue: Catalogue, text: str, expected: Value
) -> None:
    assert expected == value(text, catalogue)


@pytest.mark.parametrize("operator", ["<", "+", "-"])
def test_what_has_no_order_and_no_sum_is_a_mismatch(inspect: Inspect, operator: str) -> None:
    codes = [one.code for one in inspect(f'let x = "a" {operator} 1').diagnostics]
    assert ["OM201"] == codes


def test_names_that_square_names_end_in_a_finding(inspect: Inspect) -> None:
    chain = "".join(f"let n{at + 1} = n{at} * n{at}\n" for at in range(60))
    assert {"OM233"} == {one.code for one in inspect(f"let n0 = 9\n{chain}").diagnostics}


def test_a_number_too_large_is_told_once_where_it_grows(inspect: Inspect) -> None:
    chain = "".join(f"let n{at + 1} = n{at} * n{at}\n" for at in range(60))
    assert 1 == len(inspect(f"let n0 = 9\n{chain}").diagnostics)
