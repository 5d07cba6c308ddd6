"""The acceptance cases: what Midjourney makes of a prompt, taken from its documentation, from saved prompts and from rules.

All of them are held to Midjourney's own rules, by `latest`; `codes` are the errors and warnings, `infos` the rest. A row
from the guide is held to the guide's table too: `guide` are the codes then. `mended` is the prompt after all safe fixes,
`mended_unsafely` after all fixes (and no safe one changes it then); `note` says where the given case expects otherwise. `source` says where the expectation comes from.
"""

import json
from pathlib import Path
from typing import TypedDict

import pytest

from omnidsl.checking.fixes import mend
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.prompts import parse


class Case(TypedDict, total=False):
    """One row of the file."""

    prompt: str
    valid: bool
    text: str
    segments: list[dict[str, object]]
    images: list[str]
    parameters: dict[str, object]
    vocabulary: dict[str, list[str]]
    permutations: int
    jobs: list[str]
    quoted: list[str]
    codes: list[str]
    mended: str
    mended_unsafely: str
    note: str
    infos: list[str]
    guide: list[str]
    source: str


FILE = Path(__file__).parents[1] / "data" / "midjourney-cases.jsonl"
CASES: list[Case] = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["prompt"][:60])
def test_a_case_is_read_as_it_says(case: Case) -> None:
    expected = {
        key: case[key]
        for key in ("text", "segments", "images", "parameters", "vocabulary", "permutations")
        if key in case
    }

    shown = parse(case["prompt"]).as_json()

    assert expected == {key: shown[key] for key in expected}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["prompt"][:60])
def test_a_case_is_judged_as_it_says(case: Case) -> None:
    read = parse(case["prompt"])

    told = {one.code for one in read.diagnostics if one.severity != "info"}
    assert case["codes"] == sorted(told)
    assert case.get("infos", []) == sorted({one.code for one in read.diagnostics} - told)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "valid" in case], ids=lambda case: case["prompt"][:60]
)
def test_a_case_is_valid_or_not_as_it_says(case: Case) -> None:
    assert case["valid"] == parse(case["prompt"]).valid


@pytest.mark.parametrize(
    "case", [case for case in CASES if "jobs" in case], ids=lambda case: case["prompt"][:60]
)
def test_a_case_makes_the_jobs_that_it_says(case: Case) -> None:
    read = parse(case["prompt"])

    assert case["jobs"] == [job.canonical for job in read.jobs]


@pytest.mark.parametrize(
    "case", [case for case in CASES if "quoted" in case], ids=lambda case: case["prompt"][:60]
)
def test_a_case_draws_the_words_that_it_says(case: Case) -> None:
    assert case["quoted"] == list(parse(case["prompt"]).quoted)


def test_every_given_case_is_there() -> None:
    assert 176 == len(CASES)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["source"] == "guide"],
    ids=lambda case: case["prompt"][:60],
)
def test_an_example_of_the_guide_is_judged_by_the_guide(case: Case) -> None:
    read = parse(case["prompt"], rules="omniai")

    assert case["guide"] == sorted({one.code for one in read.diagnostics})
    assert case["valid"] == read.valid


def findings(source: Source) -> list[Diagnostic]:
    return list(parse(source.text, source=source).diagnostics)


def mended(case: Case, *, unsafe: bool) -> str:
    return mend(Source(case["prompt"]), findings, unsafe=unsafe).source.text


@pytest.mark.parametrize(
    "case", [case for case in CASES if "mended" in case], ids=lambda case: case["prompt"][:60]
)
def test_a_case_is_mended_as_it_says(case: Case) -> None:
    assert case["mended"] == mended(case, unsafe=False)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if "mended_unsafely" in case],
    ids=lambda case: case["prompt"][:60],
)
def test_a_case_is_mended_as_it_says_where_unsafe_fixes_are_asked_for(case: Case) -> None:
    assert (case["prompt"], case["mended_unsafely"]) == (
        mended(case, unsafe=False),
        mended(case, unsafe=True),
    )
