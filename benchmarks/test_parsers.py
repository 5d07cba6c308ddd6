"""Parsers alone: `pytest benchmarks --benchmark-only`. They time, and judge nothing."""

from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from omnidsl.language.parser import parse as parse_recipe
from omnidsl.language.source import Source
from omnidsl.prompts import parse as parse_prompt

HERO = (Path(__file__).parents[1] / "examples" / "hero.omni").read_text("utf-8")
PASTED = "Cyberpunk,Wide view,Face Shot (VCU),Cold light,可爱的猫 --q 2 --s 50 --v 6.1 --ar 4:3"


def test_a_recipe_of_two_kilobytes(benchmark: BenchmarkFixture) -> None:
    tree, findings = benchmark(lambda: parse_recipe(Source(HERO)))

    assert (tree is not None, findings) == (True, [])


def test_a_recipe_of_twenty_kilobytes(benchmark: BenchmarkFixture) -> None:
    text = "\n".join(HERO.replace("prompt guide", f"prompt guide{number}") for number in range(10))

    tree, findings = benchmark(lambda: parse_recipe(Source(text)))

    assert (tree is not None, findings) == (True, [])


def test_a_pasted_prompt(benchmark: BenchmarkFixture) -> None:
    read = benchmark(parse_prompt, PASTED)

    assert (read.valid, read.permutations) == (True, 1)


def test_a_prompt_of_forty_jobs(benchmark: BenchmarkFixture) -> None:
    groups = "{red, green, blue, teal} {tabby, calico} cat in {rain, snow, fog, wind, sun}"

    read = benchmark(parse_prompt, f"{groups} --ar 4:3 --v 6.1")

    assert len(read.jobs) == 40
