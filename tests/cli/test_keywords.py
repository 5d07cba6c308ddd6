"""`-k`: words, `and`, `or`, `not`, parentheses; anything else is refused at its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.cli.keywords import DEEPEST, KeywordError, keywords

WORDS = ["cat", "dog", "fur"]


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ("cat", ["a cat", "CAT and dog"]),
        ("not cat", ["dog"]),
        ("cat and dog", ["CAT and dog"]),
        ("cat or dog", ["a cat", "dog", "CAT and dog"]),
        ("not (cat or dog)", []),
        ("not not dog", ["dog", "CAT and dog"]),
        ("not cat and dog", ["dog"]),
        ('"cat and"', ["CAT and dog"]),
        ("猫", []),
    ],
)
def test_an_expression_selects_names(expression: str, selected: list[str]) -> None:
    names = ["a cat", "dog", "CAT and dog"]
    assert selected == [one for one in names if keywords(expression)(one)]


@pytest.mark.parametrize(
    ("expression", "place"),
    [("", 0), ("and", 0), ("cat and", 7), ("cat dog", 3), ("(cat", 4), ("cat )", 3), ("not", 3)],
)
def test_an_expression_that_is_none_is_refused_at_its_place(expression: str, place: int) -> None:
    with pytest.raises(KeywordError) as refused:
        keywords(expression)
    assert place == refused.value.place


def test_deep_nesting_is_refused() -> None:
    for text in ("(" * 5000 + "a" + ")" * 5000, "not " * 5000 + "a"):
        with pytest.raises(KeywordError):
            keywords(text)
    assert keywords("(" * (DEEPEST - 1) + "a" + ")" * (DEEPEST - 1))("a")


def expressions() -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(WORDS),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
            inner.map(lambda one: f"not ({one})"),
            inner.map(lambda one: f"({one})"),
        ),
        max_leaves=8,
    )


@given(expressions(), st.sets(st.sampled_from(WORDS)))
def test_precedence_is_pythons(expression: str, held: set[str]) -> None:
    names = {word: word in held for word in WORDS}
    expected = eval(expression, {}, names)  # noqa: S307  # drawn by the strategy above
    assert expected == keywords(expression)(" ".join(held))
