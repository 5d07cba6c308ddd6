"""Interpolated values are data, whatever they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.prompts import interpolate, neutralise, parse

hostile = st.lists(
    st.one_of(
        st.text(max_size=5),
        st.sampled_from(
            [
                "{", "}", "{a, b}", ",", "\\", "::", "::2", ":", " --ar 1:1", "--", "-", " - -ar 1:1", " -- v 6", "—ar 1:1", "——q 2", "—",
                "–v 6", "－－v 6", "https://x.com/a.png", "<https://x.com/a.png>", "HTTP://", "http", "//x", "\n", "\r", "\x00", "\x1b[31m", "\u2028",
                "\u3000", " ", "2", "-.5", "cat", "Cyberpunk,", "ar", "\ud800",
            ]
        ),
    ),
    max_size=6,
).map("".join)  # fmt: skip


def shape(text: str) -> tuple[object, ...]:
    """What interpolation must not change: jobs, and each one's images, parts and parameters."""
    read = parse(text)
    jobs = [
        (job.images, [one.weight for one in job.segments], dict(job.parameters))
        for job in read.jobs
    ]
    return read.permutations, jobs


TEMPLATES = [
    ["a ", " cat --ar 4:3"],
    ["", " cat --ar 4:3"],
    ["a cat, ", ""],
    ["a cat, ", " --ar 4:3 --no text"],
    ["https://a.com/1.png ", " cat"],
    ["a cat::2 b ", " c"],
    ["a cat::", " dog::3 end"],
    ["a {", ", blue} cat"],
    ["a {x", "y, {blue, ", "}} cat {p, q}"],
    ["a ", "", " cat --v 6"],
    ["a (", ") cat"],
]


@pytest.mark.parametrize("literals", TEMPLATES, ids="…".join)
@given(st.data())
def test_no_value_changes_what_a_prompt_is_made_of(
    literals: list[str], data: st.DataObject
) -> None:
    values = [data.draw(hostile) for _ in literals[1:]]

    made = interpolate(
        literals,
        [
            f"x{value}x" if literal == "" else value or "x"
            for value, literal in zip(values, literals[1:], strict=True)
        ],
    )

    assert shape(interpolate(literals, ["x"] * len(values))) == shape(made)


@pytest.mark.parametrize(
    "literals", [["a ", " cat --ar 4:3"], ["a ", "", " cat"], ["a {b", ", c} d"]]
)
@given(st.data())
def test_neighbouring_values_make_no_syntax_together(
    literals: list[str], data: st.DataObject
) -> None:
    values = [data.draw(hostile) for _ in literals[1:]]

    assert shape(interpolate(literals, ["x"] * len(values))) == shape(interpolate(literals, values))


@given(hostile)
def test_what_is_data_once_stays_as_it_is(value: str) -> None:
    once = neutralise(value.replace("{", "").replace("}", ""))

    assert once == neutralise(once)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("可爱的猫, detailed", "可爱的猫, detailed"),
        ("t-shirt at 16:9", "t-shirt at 16:9"),
        ("{a, b}", r"\{a, b\}"),
        ("a::2 b", "a：：2 b"),
        ("cat --ar 1:1", "cat ‐‐ar 1:1"),
        ("cat —ar 1:1", "cat ―ar 1:1"),
        ("night — alone", "night — alone"),
        ("see https://x.com/a.png", "see https：//x.com/a.png"),
        ("a\nb\tc", "a b c"),
        ("-5", "-5"),
        ("0.5", "0.5"),
        ("\\", "＼"),
        ("", ""),
    ],
)
def test_a_value_becomes_data(value: str, expected: str) -> None:
    assert expected == neutralise(value)


def test_a_value_in_a_group_keeps_its_commas() -> None:
    assert ["a red, dark cat", "a blue cat"] == [
        job.text for job in parse(interpolate(["a {", ", blue} cat"], ["red, dark"])).jobs
    ]


def test_braces_come_through_as_they_were() -> None:
    assert "a {b, c} d" == parse(interpolate(["a ", " d"], ["{b, c}"])).text


def test_a_number_behind_a_separator_is_no_weight() -> None:
    assert [1, 1] == [one.weight for one in parse(interpolate(["a::", " b"], ["2"])).segments]
