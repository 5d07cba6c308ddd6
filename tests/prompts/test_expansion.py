"""Permutations against an expander that is too simple to be wrong."""

import itertools
import json
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.prompts import expand, parse
from omnidsl.prompts.expansion import Template

words = st.text("ab 猫-:", min_size=1, max_size=4)
trees = st.recursive(
    st.lists(words, min_size=1, max_size=2),
    lambda inner: st.lists(
        st.one_of(words, st.lists(inner, min_size=1, max_size=3).map(tuple)), min_size=1, max_size=3
    ),
    max_leaves=8,
)


def printed(tree: object) -> str:
    """A list is a run, a tuple is a group."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, tuple):
        return "{" + ",".join(printed(one) for one in tree) + "}"
    assert isinstance(tree, list)
    return "".join(printed(one) for one in tree)


def expansions(tree: object) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    if isinstance(tree, tuple):
        return [text for one in tree for text in expansions(one)]
    assert isinstance(tree, list)
    return ["".join(parts) for parts in itertools.product(*(expansions(one) for one in tree))]


def squeezed(texts: list[str]) -> list[str]:
    """White space at the ends of alternatives vanishes; what is left of it has examples below."""
    return ["".join(text.split()) for text in texts]


@given(trees)
def test_expansion_is_the_product_of_the_alternatives_in_order(tree: object) -> None:
    most = 200
    expected = expansions(tree)

    made = expand(printed(tree), most)

    assert squeezed(expected)[:most] == squeezed(made)
    assert len(expected) == Template(printed(tree)).count


@given(trees)
def test_an_expansion_stands_for_itself(tree: object) -> None:
    for job in expand(printed(tree)):
        assert [job] == expand(job)


@given(st.text("{},\\ a-:é", max_size=40))
def test_expansion_takes_any_text(text: str) -> None:
    assert 1 <= len(expand(text)) <= 40


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a, b}", ["a", "b"]),
        ("{  a  ,  b  }", ["a", "b"]),
        ("x{a,b}y", ["xay", "xby"]),
        ("{a,b}{1,2}", ["a1", "a2", "b1", "b2"]),
        ("{a {b, c}, d}", ["a b", "a c", "d"]),
        ("{a, {b, {c, d}}}", ["a", "b", "c", "d"]),
        ("x {, --tile}", ["x ", "x --tile"]),
        ("--{v 5, niji}", ["--v 5", "--niji"]),
        ("--ar {1:1, 2:1}", ["--ar 1:1", "--ar 2:1"]),
        (r"{a \, b, c}", ["a, b", "c"]),
        (r"{a\,b\,c}", ["a,b,c"]),
        (r"\{a, b\}", [r"\{a, b\}"]),
        (r"{\{, \}}", [r"\{", r"\}"]),
        (r"a \, b", [r"a \, b"]),
        ("{https://a/b.png, https://c/d.png} cat", ["https://a/b.png cat", "https://c/d.png cat"]),
        ("", [""]),
    ],
)
def test_groups_expand(text: str, expected: list[str]) -> None:
    assert expected == expand(text)


def test_expansion_stops_at_the_cap() -> None:
    assert ["a" * 100, "a" * 99 + "b", "a" * 98 + "ba"] == expand("{a,b}" * 100, 3)


def test_a_prompt_of_astronomic_size_is_refused_and_not_made() -> None:
    read = parse("{a,b}" * 100)

    assert (40, 2**100, ["OM411"]) == (
        len(read.jobs),
        read.permutations,
        [one.code for one in read.diagnostics],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a,b}" * 30, "1073741824"),
        ("{a,b}" * 100, ">10^30"),
        ("{0,1,2,3,4,5,6,7,8,9}" * 20, ">10^19"),
        ("{a,b}" * 6 + " --repeat 3", ">64"),
    ],
)
def test_a_number_of_jobs_is_exact_or_said_to_be_exceeded(text: str, expected: str) -> None:
    [found] = [one for one in parse(text).diagnostics if one.code == "OM411"]

    assert f"this prompt makes {expected} jobs; the most is 40" == found.message("en")


@given(st.lists(st.integers(2, 9), min_size=1, max_size=60))
def test_the_number_of_jobs_is_the_product_of_the_alternatives(sizes: list[int]) -> None:
    text = "".join("{" + ",".join("abcdefghi"[:size]) + "}" for size in sizes)

    assert prod(sizes) == parse(text, max_jobs=1).as_json()["permutations"]


def test_a_number_that_no_program_reads_is_left_out() -> None:
    shown = parse("{a,b}" * 14000, max_jobs=1).as_json()

    assert shown["permutations"] is None
    assert json.loads(json.dumps(shown)) == shown


def test_repeats_count_as_jobs() -> None:
    read = parse("{a, b} cat --repeat 21")

    assert ["this prompt makes 42 jobs; the most is 40"] == [
        one.message("en") for one in read.diagnostics
    ]


def test_the_cap_is_an_argument() -> None:
    assert ["OM411"] == [one.code for one in parse("a {b, c} d", max_jobs=1).diagnostics]


def test_a_place_in_a_job_is_a_place_in_the_prompt() -> None:
    text = "a {red, blue} cat --ar {1:1, 16x9}"

    [found] = parse(text).diagnostics

    assert found.span is not None
    assert "16x9" == text[found.span.start : found.span.end]
