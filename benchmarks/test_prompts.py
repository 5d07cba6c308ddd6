"""One prompt at a time, from Python: `pytest benchmarks/test_prompts.py --benchmark-only`. They time, and judge nothing."""

import json
from collections.abc import Callable
from itertools import cycle

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.prompts import permuted, subjects, typical
from omnidsl.prompts import Prompt, parse

SUBJECTS = subjects(2_000)
"""So many that what is remembered of a prompt is no whole one."""


def _valid(text: str) -> bool:
    return parse(text).valid


def _validated(text: str) -> bool:
    return not Prompt.parse(text).validate()


def _shown(text: str) -> bool:
    return json.dumps(parse(text).as_json()) != ""


@pytest.mark.parametrize("read", [_valid, _validated, _shown])
@pytest.mark.parametrize("write", [typical, permuted])
def test_a_prompt(
    benchmark: BenchmarkFixture, write: Callable[..., str], read: Callable[[str], bool]
) -> None:
    lines = cycle([write(one) for one in SUBJECTS])

    assert benchmark(lambda: read(next(lines)))
