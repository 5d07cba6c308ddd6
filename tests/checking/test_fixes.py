"""Applying fixes: none overlaps another, none makes things worse, and what is left has nothing to mend."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.checking.fixes import Find, apply, mend
from omnidsl.language.diagnostics import Diagnostic, Edit, Fix
from omnidsl.language.source import Source, Span

Change = tuple[int, int, str]


def finding(*changes: Change, safe: bool = True, source: Source | None = None) -> Diagnostic:
    edits = [Edit(Span(start, end), content) for start, end, content in changes]
    return Diagnostic("OM101", edits[0].span, source=source, values={"name": "x"}, fix=Fix(edits, safe=safe))  # fmt: skip  # one call


def rule(
    pattern: str, content: str | Callable[[str], str], *, code: str = "OM108", safe: bool = True
) -> Find:
    """Return what finds every match of an expression, with the fix to put something else in its place."""

    def find(source: Source) -> list[Diagnostic]:
        found = []
        for match in re.finditer(pattern, source.text):
            instead = content(match[0]) if callable(content) else content
            span = Span(*match.span())
            fix = Fix([Edit(span, instead)], safe=safe)
            found.append(Diagnostic(code, span, source=source, values={"name": "x"}, fix=fix))
        return found

    return find


def both(*rules: Find) -> Find:
    return lambda source: [one for find in rules for one in find(source)]


@pytest.mark.parametrize(
    ("changes", "expected", "applied"),
    [
        ([], "abcdef", 0),
        ([[(0, 1, "X")], [(5, 6, "Y")]], "XbcdeY", 2),
        ([[(0, 3, "X")], [(2, 4, "Y")]], "Xdef", 1),
        ([[(2, 4, "Y")], [(0, 3, "X")]], "Xdef", 1),
        ([[(0, 2, "X")], [(2, 4, "Y")]], "XYef", 2),
        ([[(2, 2, "X")], [(2, 4, "Y")]], "abXcdef", 1),
        ([[(1, 2, "X")], [(2, 2, "Y")]], "aXcdef", 1),
        ([[(0, 1, "X"), (5, 6, "Y")], [(2, 3, "Z")]], "XbcdeY", 1),
        ([[(0, 1, "X"), (5, 6, "Y")], [(0, 1, "X"), (5, 6, "Y")]], "XbcdeY", 2),
        ([[(0, 3, "X"), (2, 4, "Y")]], "abcdef", 0),
    ],
)
def test_fixes_that_overlap_are_left_for_later(
    changes: list[list[Change]], expected: str, applied: int
) -> None:
    text, taken, _ = apply("abcdef", [finding(*each) for each in changes])

    assert (expected, applied) == (text, len(taken))


@st.composite
def edits(draw: st.DrawFn) -> list[Change]:
    places = sorted(draw(st.lists(st.integers(0, 30), min_size=2, max_size=6)))
    return [
        (start, end, draw(st.text("xyz", max_size=3)))
        for start, end in zip(places[::2], places[1::2], strict=False)
    ]


@given(st.lists(edits(), max_size=8))
def test_every_character_is_touched_by_one_fix_at_most(changes: list[list[Change]]) -> None:
    before = "".join(chr(0x4E00 + at) for at in range(30))

    text, taken, done = apply(before, [finding(*each) for each in changes])

    kept = [one for at, one in enumerate(before) if not any(e.span.start <= at < e.span.end for e in done)]  # fmt: skip  # one expression
    assert kept == [one for one in text if one not in "xyz"]
    assert len(text) == len(kept) + sum(len(one.content) for one in done)
    assert bool(taken) == bool(changes)


def test_what_two_fixes_disagree_about_is_settled_in_two_passes() -> None:
    mended = mend(Source("abc"), both(rule("ab", "x"), rule("bc", "y")))

    assert ("xc", 1) == (mended.source.text, len(mended.fixed))


def test_what_a_fix_reveals_is_mended_too() -> None:
    assert "d" == mend(Source("a"), both(rule("a", "b"), rule("b", "c"), rule("c", "d"))).source.text  # fmt: skip  # one comparison


def test_unsafe_fixes_are_applied_only_when_asked_for() -> None:
    find = both(rule("a", "b"), rule("x", "y", safe=False))

    assert "bx" == mend(Source("ax"), find).source.text
    assert "by" == mend(Source("ax"), find, unsafe=True).source.text


def test_findings_about_other_texts_are_left_alone() -> None:
    other = Source("a")
    find = rule("a", "b")

    mended = mend(Source("a"), lambda _: find(other))

    assert ("a", []) == (mended.source.text, mended.fixed)


def test_a_fix_that_makes_a_syntax_error_is_abandoned_and_the_others_are_not() -> None:
    broken = rule("!", "!", code="OM001")
    find = both(rule("a", "!"), rule("x", "y"), broken)

    mended = mend(Source("a x"), find)

    assert ("a y", 1, 1) == (mended.source.text, len(mended.fixed), len(mended.abandoned))


def test_fixes_that_go_wrong_only_together_are_applied_one_at_a_time() -> None:
    find = both(rule("a", "!"), rule("x", "?"), rule(r"! \?", "", code="OM001", safe=False))

    mended = mend(Source("a x"), find)

    assert ("! x", 1) == (mended.source.text, len(mended.abandoned))


@pytest.mark.parametrize("content", ["a", "aa", "ba"])
def test_a_fix_that_leaves_its_finding_where_it_was_ends(content: str) -> None:
    mended = mend(Source("x a"), rule("a|ba", content))

    assert len(mended.source.text) < 200


def test_a_fix_that_inserts_for_ever_is_abandoned() -> None:
    def find(source: Source) -> list[Diagnostic]:
        return [finding((1, 1, "-"), source=source)]

    mended = mend(Source("ab"), find)

    assert ("ab", [], 1) == (mended.source.text, mended.fixed, len(mended.abandoned))


@pytest.mark.parametrize(
    ("text", "expected"), [("a\r\nx\r\n", "1\r\n2\r\nx\r\n"), ("a\nx\n", "1\n2\nx\n")]
)
def test_line_ends_of_a_fix_are_those_of_the_text(text: str, expected: str) -> None:
    assert expected == mend(Source(text), rule("a", "1\n2")).source.text


def test_thousands_of_fixes_take_one_pass() -> None:
    looked = []

    def find(source: Source) -> list[Diagnostic]:
        looked.append(source)
        return rule("a", "b")(source)

    mended = mend(Source("a " * 20_000), find)

    assert (20_000, 2) == (len(mended.fixed), len(looked))
