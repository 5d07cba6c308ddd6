"""Prompts as working people write and paste them; what is expected was decided from Midjourney's documentation beforehand.

`parameters` leaves out what does not matter for a prompt; `codes` are all errors and warnings.
"""

import json
from pathlib import Path
from typing import TypedDict

import pytest

from omnidsl.prompts import load_rules, parse


class Realistic(TypedDict, total=False):
    """One row of the file."""

    prompt: str
    valid: bool
    codes: list[str]
    text: str
    parameters: dict[str, object]
    canonical: str
    note: str


FILE = Path(__file__).parents[1] / "data" / "realistic-prompts.jsonl"
PROMPTS: list[Realistic] = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
RULES = load_rules("latest")
every_prompt = pytest.mark.parametrize("row", PROMPTS, ids=lambda row: row["prompt"][:50])


@every_prompt
def test_a_realistic_prompt_is_judged_as_people_would_expect(row: Realistic) -> None:
    read = parse(row["prompt"], rules=RULES)

    told = sorted({one.code for one in read.diagnostics if one.severity != "info"})
    assert (row["valid"], row["codes"]) == (read.valid, told)


@every_prompt
def test_a_realistic_prompt_is_read_as_people_would_expect(row: Realistic) -> None:
    shown = parse(row["prompt"], rules=RULES).as_json()
    parameters = shown["parameters"]
    assert isinstance(parameters, dict)

    assert row.get("parameters", {}) == {
        name: parameters.get(name) for name in row.get("parameters", {})
    }
    assert {key: row[key] for key in ("text", "canonical") if key in row} == {
        key: shown[key] for key in ("text", "canonical") if key in row
    }


def test_both_languages_are_there_accepted_and_rejected() -> None:
    chinese = [
        row for row in PROMPTS if any("\u4e00" <= sign <= "\u9fff" for sign in row["prompt"])
    ]
    english = [row for row in PROMPTS if row["prompt"].strip() and row["prompt"].isascii()]

    assert len(english) >= 60
    assert len(chinese) >= 60
    assert all(sum(not row["valid"] for row in rows) >= 20 for rows in (english, chinese))
