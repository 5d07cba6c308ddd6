"""Functions that plugins bring. OM251, OM252, OM921."""

import json
from typing import TYPE_CHECKING

import pytest

from tests.plugins.contributions.house import House, Install, built

if TYPE_CHECKING:
    import subprocess

FUNCTIONS = """
import random
from pathlib import Path

@hookimpl
def omnidsl_functions():
    here = dict(arguments={"text": str})
    return [
        Function(name="brand.slug", implementation="brand:slug", arguments={"text": str, "most": int}),
        Function(name="brand.words", implementation="brand:words", returns=list[str], **here),
        Function(name="brand.breaks", implementation="brand:breaks", **here),
        Function(name="brand.leaves", implementation="brand:leaves", **here),
        Function(name="brand.lies", implementation="brand:lies", **here),
        Function(name="brand.dices", implementation="brand:dices", returns=float, **here),
        Function(name="brand.prints", implementation="brand:prints", **here),
        Function(name="brand.gone", implementation="brand:nothing", **here),
        Function(name="brand.endless", implementation="brand:endless", returns=float, **here),
    ]

def slug(text, most):
    Path("called").touch()
    return "-".join(text.lower().split())[:most]

def words(text):
    return text.split()

def breaks(text):
    raise LookupError(text)

def leaves(text):
    raise SystemExit(3)

def lies(text):
    return 7

def dices(text):
    return random.random()

def prints(text):
    print("from the function", text)
    return text

def endless(text):
    return float("inf")
"""
SAVE = 'pipeline main(title: text = "A Quiet Day") {\n    said = "x" -> openai.chat\n    save said as "${EXPRESSION}.txt"\n}\n'


def saved(expression: str) -> str:
    return SAVE.replace("EXPRESSION", expression)


def test_a_check_knows_a_functions_types_and_calls_it_not(house: House) -> None:
    house.plugin(FUNCTIONS)

    assert [] == house.codes(saved("brand.slug(title, 5)"))
    assert not (house.folder / "called").exists()


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("brand.slug(title)", "OM202"),
        ("brand.slug(7, 5)", "OM221"),
        ("brand.slug(title, five: 5)", "OM203"),
        ("brand.slag(title, 5)", "OM251"),
        ("brandy.slug(title, 5)", "OM109"),
        ("brand.slug(said, 5)", "OM252"),
    ],
)
def test_a_call_that_a_function_does_not_take_is_found(
    house: House, expression: str, code: str
) -> None:
    house.plugin(FUNCTIONS)

    assert code in house.codes(saved(expression))


def plan(house: House, recipe: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    house.write("one.omni", recipe)
    return house.omni("plan", "--json", "one.omni", *arguments)


def test_a_plan_has_what_functions_give(house: House) -> None:
    house.plugin(FUNCTIONS)

    finished = plan(house, saved("brand.slug(title, 7)"), "title=Rain At Noon")

    assert "rain-at.txt" in finished.stdout, finished.stderr


def test_a_let_has_what_functions_give(house: House) -> None:
    house.plugin(FUNCTIONS)
    recipe = 'let name = brand.slug("Our House", 20)\n' + saved("name")

    assert "our-house.txt" in plan(house, recipe).stdout


def test_a_prompt_has_what_functions_give(house: House) -> None:
    house.plugin(FUNCTIONS)
    recipe = 'prompt cat(who: text = "A Cat") {\n    ${brand.slug(who, 9)} on a sill --v 6.1\n}\n'
    recipe += 'pipeline main {\n    for one in brand.words("Big Small") {\n        grid = cat(one) -> midjourney.imagine\n        save grid as "${one}.png"\n    }\n}\n'

    finished = plan(house, recipe)

    assert {"big on a sill", "small on a sill"} <= {
        part for part in ("big on a sill", "small on a sill") if part in finished.stdout
    }, finished.stderr


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("breaks", "LookupError: A Quiet Day"),
        ("leaves", "SystemExit: 3"),
        ("lies", "gave int where `text` was declared"),
        ("dices", "gave another value when it was asked again"),
        ("gone", "`brand:nothing` does not load: AttributeError"),
        ("endless", "gave float where `number` was declared"),
    ],
)
def test_a_function_that_fails_costs_the_plan_with_its_name(
    house: House, name: str, problem: str
) -> None:
    house.plugin(FUNCTIONS)

    finished = plan(house, saved(f"brand.{name}(title)"))

    assert finished.returncode != 0
    assert f"the function `brand.{name}` of plugin `brand` failed: {problem}" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_what_a_function_prints_leaves_the_output_alone(house: House) -> None:
    house.plugin(FUNCTIONS)

    finished = plan(house, saved("brand.prints(title)"))

    assert json.loads(finished.stdout)
    assert "[brand] from the function A Quiet Day" in finished.stderr.splitlines()


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        ("name='slug', implementation='a:b', arguments={}", "a name has two parts"),
        ("name='a.b', implementation='a.b', arguments={}", "`package.module:name`"),
        ("name='a.b', implementation='a:b', arguments={'x': bytes}", "the language has no type for"),
        ("name='a.b', implementation='a:b', arguments={'x': dict}", "is str, int, float, bool"),
        ("name='a.b', implementation='a:b', arguments={'no name': str}", "an argument cannot be called"),
        ("name='a.b', implementation='a:b', arguments={}, returns=None", "the language has no type"),
        ("name='a.b', implementation='a:b', arguments={}), Function(name='a.b', implementation='a:b', arguments={}", "brings it twice"),
    ],
)  # fmt: skip  # a case a line
def test_a_function_that_is_none_is_a_problem(
    install: Install, monkeypatch: pytest.MonkeyPatch, function: str, problem: str
) -> None:
    source = f"@hookimpl\ndef omnidsl_functions():\n    return [Function({function})]\n"

    [found] = built(install, monkeypatch, source).problems

    assert ("omnidsl_functions", True) == (found.hook, problem in found.problem), found.problem
