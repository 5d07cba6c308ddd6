"""The formatter alone, its look at its own result included: `pytest benchmarks/test_formatting.py --benchmark-only -s`.

It times and prints megabytes of source a second of processor time; it judges nothing.
"""

from collections.abc import Callable
from time import process_time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.corpus import recipes
from omnidsl.language.formatting import formatted

FORMATTED = [formatted(text) for text in recipes(300)]


def rough(text: str) -> str:
    """Return a recipe as somebody types it who has a formatter; comments are theirs."""
    return "".join(
        line if line.startswith("#") else _rough(line) for line in text.splitlines(keepends=True)
    )


def _rough(line: str) -> str:
    return line.replace("    ", "\t").replace(" = ", "=").replace(": ", ":").replace(" {\n", "{\n")


@pytest.mark.parametrize("change", [str, rough], ids=["formatted", "rough"])
def test_two_hundred_kilobytes(benchmark: BenchmarkFixture, change: Callable[[str], str]) -> None:
    texts = [change(text) for text in FORMATTED]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6

    def work() -> list[str]:
        return [formatted(text) for text in texts]

    taken = []
    for _ in range(3):
        start = process_time()
        results = work()
        taken.append(process_time() - start)
    benchmark(work)

    benchmark.extra_info["MB/s"] = round(megabytes / min(taken), 2)
    print(f"\n{megabytes:.2f} MB at {megabytes / min(taken):.2f} MB/s of processor time")
    assert results == FORMATTED
