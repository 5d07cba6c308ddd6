"""The acceptance cases: what Midjourney makes of a prompt, taken from its documentation, from saved prompts and from rules.

A row's `rules` is the rule set that it is held to; `general` is the bare parameter table, for prompts of versions that the
guide does not list. `needs: versions` says that the verdict depends on what each model version takes: its structure is
checked, its verdict is left to the rules by version. `source` says where the expectation comes from.
"""

import json
from pathlib import Path
from typing import TypedDict

import pytest

from omnidsl.prompts import Rules, load_parameters, load_rules, parse


class Case(TypedDict, total=False):
    """One row of the file."""

    prompt: str
    rules: str
    needs: str
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
    source: str


FILE = Path(__file__).parents[1] / "data" / "midjourney-cases.jsonl"
CASES: list[Case] = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
DECIDED = [case for case in CASES if "needs" not in case]


def rules_of(case: Case) -> Rules:
    name = case.get("rules", "omniai")
    if name == "general":
        return Rules(name, load_parameters(), limits=load_rules("omniai").limits)
    return load_rules(name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["prompt"][:60])
def test_a_case_is_read_as_it_says(case: Case) -> None:
    expected = {
        key: case[key]
        for key in ("text", "segments", "images", "parameters", "vocabulary", "permutations")
        if key in case
    }

    shown = parse(case["prompt"], rules=rules_of(case)).as_json()

    assert expected == {key: shown[key] for key in expected}


@pytest.mark.parametrize("case", DECIDED, ids=lambda case: case["prompt"][:60])
def test_a_case_is_judged_as_it_says(case: Case) -> None:
    read = parse(case["prompt"], rules=rules_of(case))

    assert case["codes"] == sorted({one.code for one in read.diagnostics})


@pytest.mark.parametrize(
    "case", [case for case in DECIDED if "valid" in case], ids=lambda case: case["prompt"][:60]
)
def test_a_case_is_valid_or_not_as_it_says(case: Case) -> None:
    assert case["valid"] == parse(case["prompt"], rules=rules_of(case)).valid


@pytest.mark.parametrize(
    "case", [case for case in CASES if "jobs" in case], ids=lambda case: case["prompt"][:60]
)
def test_a_case_makes_the_jobs_that_it_says(case: Case) -> None:
    read = parse(case["prompt"], rules=rules_of(case))

    assert case["jobs"] == [job.canonical for job in read.jobs]


@pytest.mark.parametrize(
    "case", [case for case in CASES if "quoted" in case], ids=lambda case: case["prompt"][:60]
)
def test_a_case_draws_the_words_that_it_says(case: Case) -> None:
    assert case["quoted"] == list(parse(case["prompt"]).quoted)


def test_only_the_listed_cases_wait_for_rules_by_version() -> None:
    waiting = [case for case in CASES if "needs" in case]

    assert (176, 27, {"versions"}) == (
        len(CASES),
        len(waiting),
        {case["needs"] for case in waiting},
    )


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["source"] == "guide"],
    ids=lambda case: case["prompt"][:60],
)
def test_an_example_of_the_guide_is_judged_by_the_guide(case: Case) -> None:
    assert "omniai" == case.get("rules", "omniai")
