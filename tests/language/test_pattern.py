"""Expressions that are compiled when first used: all of them can be, and they answer as compiled ones do."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import omnidsl
from omnidsl.language.pattern import _Pattern, pattern

PACKAGE = Path(omnidsl.__file__).parent
LAZY = sorted(
    ".".join(("omnidsl", *file.relative_to(PACKAGE).with_suffix("").parts))
    for file in PACKAGE.rglob("*.py")
    if " = pattern(" in file.read_text("utf-8")
)


@pytest.mark.parametrize("module", LAZY)
def test_every_expression_compiles(module: str) -> None:
    values: list[object] = [*vars(import_module(module)).values()]
    found = [one for one in values if isinstance(one, _Pattern)]

    assert [] != found
    for one in found:
        assert callable(one.fullmatch)  # raises where it cannot be compiled


@pytest.mark.parametrize(
    "method", ["finditer", "findall", "fullmatch", "match", "search", "split", "sub"]
)
def test_a_lazy_expression_has_the_methods_of_a_compiled_one(method: str) -> None:
    assert getattr(re.compile("a"), method).__name__ == getattr(pattern("a"), method).__name__


def test_flags_are_kept() -> None:
    assert pattern("a", re.IGNORECASE).match("A") is not None


def test_a_lazy_expression_has_no_other_attribute() -> None:
    with pytest.raises(AttributeError, match="scanner"):
        pattern("a").scanner  # type: ignore[attr-defined]  # noqa: B018  # that is what is tested
