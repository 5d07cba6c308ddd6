r"""Permutations against an expander written from Midjourney's own description, on strings, knowing nothing of ours.

Groups are expanded on the raw prompt, leftmost slowest; they nest; `,` parts alternatives; in a group `\,` is a comma and
the white space before it vanishes; white space around an alternative vanishes; an alternative may be empty.
"""

import re
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from omnidsl.prompts import expand, parse


def naive(prompt: str) -> list[str]:
    """Return every job of a prompt with balanced braces, by recursion over its first group."""
    opening = re.search(r"(?<!\\)\{", prompt)
    if opening is None:
        return [prompt]
    head, deep, start, at = prompt[: opening.start()], 1, opening.end(), opening.end()
    alternatives = []
    while deep:
        sign = prompt[at]
        if sign == "\\":
            at += 1
        elif sign == "{":
            deep += 1
        elif sign == "}":
            deep -= 1
        if deep == 0 or (deep == 1 and sign == ","):
            alternatives.append(prompt[start:at])
            start = at + 1
        at += 1
    return [
        head + re.sub(r"\s*\\,", ",", chosen) + rest
        for alternative in alternatives
        for chosen in naive(alternative.strip())
        for rest in naive(prompt[at:])
    ]


PLAIN = [
    "a cat", "可爱的猫", " in ", "red", "::2 ", "::", "--", "v 6", "ar", "--ar 16:9", "--tile", "--p d7lggfi", "1:1", "-.5",
    "https://x.com/a-b.png", " <https://s.mj.run/x>", '"sign"', "——ar 2:3", "，", "：", "100", r"\{", r"\}", " ", "🦊", "|",
]  # fmt: skip
outside = st.sampled_from([*PLAIN, "a, b"])
inside = st.sampled_from([*PLAIN, r"pastel \, yellow", r"\,", ""])
"""What stands in a group: a comma there is escaped."""


def grouped(within: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    blank = st.sampled_from(["", " ", "  "])
    alternative = st.builds(lambda a, text, b: a + text + b, blank, within, blank)
    return st.lists(alternative, min_size=2, max_size=3).map(
        lambda all_: "{" + ",".join(all_) + "}"
    )


run = st.recursive(
    inside,
    lambda deeper: st.lists(st.one_of(inside, grouped(deeper)), min_size=1, max_size=3).map(
        "".join
    ),
    max_leaves=6,
)
templates = st.lists(st.one_of(outside, grouped(run)), min_size=1, max_size=4).map("".join)


@given(templates)
def test_the_naive_expander_and_ours_make_the_same_jobs_in_the_same_order(prompt: str) -> None:
    expected = naive(prompt)

    assert expected[:200] == expand(prompt, 200)


@given(templates)
def test_the_count_is_the_naive_expanders(prompt: str) -> None:
    assert len(naive(prompt)) == parse(prompt, max_jobs=1).permutations


@given(st.lists(st.integers(2, 5), min_size=1, max_size=5))
def test_counts_obey_the_product_rule_where_groups_stand_side_by_side(sizes: list[int]) -> None:
    names = ["--chaos ", "a cat ", "--ar 1:", "https://x.com/", "space::"]
    prompt = " ".join(
        names[place] + "{" + ", ".join(map(str, range(1, size + 1))) + "}"
        for place, size in enumerate(sizes)
    )

    assert prod(sizes) == parse(prompt, max_jobs=1).permutations == len(naive(prompt))


@given(st.lists(st.integers(2, 4), min_size=1, max_size=3), st.integers(2, 4))
def test_counts_obey_the_sum_rule_where_groups_nest(inner: list[int], plain: int) -> None:
    groups = ["x {" + ",".join("abcd"[:size]) + "}" for size in inner]
    prompt = "{" + ", ".join([*groups, *"efgh"[:plain]]) + "}"

    assert sum(inner) + plain == parse(prompt, max_jobs=1).permutations


def test_the_documentations_own_example_makes_its_eight_jobs_in_order() -> None:
    prompt = "A {sculpture, painting} of a {seagull {on a pier, on a beach}, poodle {on a sofa, in a truck}}."
    places = [
        "seagull on a pier", "seagull on a beach", "poodle on a sofa", "poodle in a truck",
    ]  # fmt: skip

    assert [f"A {art} of a {what}." for art in ("sculpture", "painting") for what in places] == [
        job.canonical for job in parse(prompt).jobs
    ]
