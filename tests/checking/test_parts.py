"""The parts of a prompt are what `omni prompt parse --json` shows of it, and prompts are equal by what they ask for."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.checking.parts import _rows, part_type, part_value
from omnidsl.checking.types import Type
from omnidsl.checking.values import Parts, Ratio, Value
from omnidsl.language.source import Source
from omnidsl.planning.inspection import inspect_source
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.prompts import parse
from omnidsl.settings.house import AS_SHIPPED
from tests.checking.conftest import Inspect

Lets = Callable[..., dict[str, Value]]

GUIDE = """prompt guide {
    style: Cyberpunk
    view:  Wide view
    shot:  VCU
    light: 冷光
    可爱的猫
    --q 2 --s 50 --v 6.1 --ar 4:3
}
prompt pasted = "Cyberpunk,Wide view,Face Shot (VCU),Cold light,可爱的猫 --q 2 --s 50 --v 6.1 --ar 4:3"
"""
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


@pytest.fixture
def lets(inspect: Inspect) -> Lets:
    """Return the values of a recipe's `let`s."""

    def run(text: str, **files: str | bytes) -> dict[str, Value]:
        found = inspect(text, **files)
        assert [] == found.diagnostics
        assert found.recipe is not None
        return {symbol.name: value for symbol, value in found.recipe.facts.lets.items()}

    return run


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("guide == pasted", True),
        ("guide != pasted", False),
        ("guide.text", "可爱的猫"),
        ("guide.vocabulary.style", ["Cyberpunk"]),
        ("guide.vocabulary.风格", ["Cyberpunk"]),
        ("guide.vocabulary.light == pasted.vocabulary.light", True),
        ("guide.parameters.aspect", Ratio(4, 3)),
        ("guide.parameters.quality", 2),
        ("guide.parameters.version", "6.1"),
        ("guide.parameters.stylize + 1", 51),
        ("guide.parameters.no", []),
        ("guide.parameters.tile", False),
        ("guide.images", []),
        ("[guide, guide][2].text", "可爱的猫"),
        ("[guide] contains pasted", True),
    ],
)
def test_the_guides_prompt_has_its_parts(lets: Lets, written: str, expected: Value) -> None:
    assert expected == lets(f"{GUIDE}let x = {written}")["x"]


@pytest.mark.parametrize(
    ("prompt", "written", "expected"),
    [
        ("a cat --turbo", "parameters.speed", "turbo"),
        ("a cat --tile", "parameters.tile", True),
        ("a cat --no text, watermark", "parameters.no", ["text", "watermark"]),
        ("a cat --sref 123::2 random", "parameters.sref", ["123::2", "random"]),
        ("https://x.org/a.png a cat", "images", ["https://x.org/a.png"]),
        ("a cat --niji", "parameters.niji", ""),
        ("a cat --iw .5 https://x.org/a.png".replace(" https://x.org/a.png", ""), "text", "a cat"),
    ],
)
def test_a_pasted_prompt_has_its_parts(
    inspect: Inspect, prompt: str, written: str, expected: Value
) -> None:
    found = inspect(f'prompt p = "{prompt}"\nlet x = p.{written}').recipe
    assert found is not None
    assert [expected] == list(found.facts.lets.values())


def test_files_are_among_the_images(lets: Lets) -> None:
    text = "prompt p {\n    image: https://x.org/b.png, a.png\n    a cat\n}\nlet x = p.images"
    assert ["https://x.org/b.png", "a.png"] == lets(text, a_png=PNG)["x"]


def test_a_prompt_with_arguments_has_the_parts_that_they_make(lets: Lets) -> None:
    text = 'prompt p(who: text = "cat") {\n    a ${who}\n}\nlet x = p("dog").text\nlet y = p.text'
    assert {"x": "a dog", "y": "a cat"} == lets(text)


def test_a_childs_parts_are_inherited(lets: Lets) -> None:
    text = "prompt p {\n    a cat\n    --ar 4:3\n}\nprompt q: p {\n    style: Manga\n}\nlet x = q.parameters.aspect"
    assert Ratio(4, 3) == lets(text)["x"]


def test_parts_of_a_prompt_in_another_file(lets: Lets) -> None:
    found = lets('use "a.omni"\nlet x = a.p.text', a_omni="prompt p {\n    a cat\n}")
    assert "a cat" == found["x"]


SEVERAL = "prompt two {\n    a {red, blue} {cat, dog}\n}\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("two.text", ["a red cat", "a red dog", "a blue cat", "a blue dog"]),
        ("two[2].text", "a red dog"),
        ("len(two)", 4),
        ("two.vocabulary.style", [[], [], [], []]),
        ("two == two", True),
        ("two contains two[1]", True),
        ("sample(two, 4, seed: 1) == two", False),
    ],
)
def test_several_jobs_are_a_list(lets: Lets, written: str, expected: Value) -> None:
    assert expected == lets(f"{SEVERAL}let x = {written}")["x"]


def planned(inspect: Inspect, head: str, body: str) -> list[str]:
    found = inspect(f"{head}pipeline main {{\n    {body}\n}}\n")
    assert [] == found.diagnostics
    plan = found.plan("main", {}, gateway="x")
    assert plan is not None
    return [str(one.arguments["prompt"].parts[0]) for one in plan.nodes]  # type: ignore[union-attr]  # a prompt that is known


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("g = two -> midjourney.imagine", ["red cat", "red dog", "blue cat", "blue dog"]),
        ("g = two[3] -> midjourney.imagine", ["blue cat"]),
        ("for p in two {\n        g = p -> midjourney.imagine\n    }", ["red cat", "red dog", "blue cat", "blue dog"]),
        ("g = choose(two, seed: 3) -> midjourney.imagine", ["blue dog"]),
    ],
)  # fmt: skip  # a table
def test_several_jobs_are_sent_one_by_one(inspect: Inspect, body: str, expected: list[str]) -> None:
    assert [f"a {one}" for one in expected] == planned(inspect, SEVERAL, body)


def test_a_value_that_repeats_a_prompt_makes_a_list(inspect: Inspect) -> None:
    head = "prompt p(n: int) {\n    a cat --repeat ${n}\n}\n"
    body = 'g = p(3) -> midjourney.imagine\n    save g as "${index}.png"'
    assert ["a cat"] * 3 == planned(inspect, head, body)


PARAMETERS = ["--ar 4:3", "--v 6.1", "--q 2", "--s 50", "--no text, hands", "--tile", "--chaos 3"]


@given(st.permutations(PARAMETERS), st.integers(0, len(PARAMETERS)))
def test_equality_never_depends_on_the_order_of_parameters(
    catalogue: Catalogue, order: list[str], count: int
) -> None:
    some = order[:count]
    first, second = " ".join(some), " ".join(Random(1).sample(some, count))  # noqa: S311  # any other order
    text = f'prompt a = "a cat {first}"\nprompt b {{\n    a cat {second}\n}}\nlet x = a == b'
    found = inspect_source(
        Source(text), None, root=Path(), catalogue=catalogue, rules=AS_SHIPPED
    ).recipe
    assert found is not None
    assert [True] == list(found.facts.lets.values())


@pytest.mark.parametrize(
    "other", ["a dog --ar 4:3", "a cat --ar 3:4", "a cat", "Manga,a cat --ar 4:3"]
)
def test_prompts_that_ask_for_something_else_differ(lets: Lets, other: str) -> None:
    text = f'prompt a = "a cat --ar 4:3"\nprompt b = "{other}"\nlet x = a == b'
    assert lets(text)["x"] is False


def test_every_parameter_has_the_type_of_its_value() -> None:
    read = parse("a cat --ar 4:3 --v 6.1 --q 2 --s 50 --no x --tile --fast --sref 5 --seed 3").jobs[
        0
    ]
    python = {
        "text": str,
        "int": int,
        "number": int | float,
        "bool": bool,
        "ratio": Ratio,
        "list": list,
    }
    rules = AS_SHIPPED.rules
    for name in _rows(rules):
        type_ = part_type(Type("parameters"), name, rules)
        value = part_value(Parts("parameters", read, []), name, rules)
        assert type_ is not None
        assert value is None or isinstance(value, python[type_.name])


def test_a_part_is_suggested_where_it_is_found(inspect: Inspect) -> None:
    found = [
        inspect(f"{GUIDE}let x = guide.{one}").diagnostics[0].suggestions
        for one in ("style", "ar", "parameters.ar", "vocabulary.styel", "txt")
    ]
    assert [
        ("vocabulary.style", "parameters.style"),
        ("parameters.aspect",),
        ("aspect",),
        ("style",),
        ("text",),
    ] == found


@pytest.mark.parametrize(
    "text",
    [
        "prompt a(x: bool = a == a) {\n    a cat\n}",
        "prompt a(x: text = a.text) {\n    a ${x} cat\n}",
        "prompt a {\n    ${b.text} cat\n}\nprompt b {\n    ${a.text} dog\n}\nlet x = a.text\nlet y = b == a",
        "prompt a {\n    ${x} cat\n}\nlet x = a.text",
        'prompt a(w: text) {\n    ${w} ${a(w).text}\n}\nlet y = a("x").text',
    ],
)
def test_prompts_in_a_circle_are_told_and_end(inspect: Inspect, text: str) -> None:
    assert "OM106" in {one.code for one in inspect(text).diagnostics}


def test_prompts_that_double_prompts_end(inspect: Inspect) -> None:
    chain = "".join(
        f'prompt p{at + 1}(w: text = "w") {{\n    ${{p{at}(w).text}} ${{p{at}(w).text}}\n}}\n'
        for at in range(18)
    )
    found = inspect(f'prompt p0(w: text = "w") {{\n    ${{w}} cat\n}}\n{chain}').diagnostics
    assert {"OM119"} == {one.code for one in found if one.severity == "error"}


def test_a_long_chain_of_prompts_is_told(inspect: Inspect) -> None:
    chain = "".join(f"prompt p{at} {{\n    ${{p{at + 1}.text}} cat\n}}\n" for at in range(150))
    found = inspect(f"{chain}prompt p150 {{\n    a cat\n}}\n").diagnostics
    assert {one.code for one in found if one.severity == "error"} <= {"OM010", "OM119"}
