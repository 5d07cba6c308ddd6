"""A small part of the crash matrix, the same every time, and whether its judge would notice anything."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def matrix(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "tests.running.crash_matrix", "--latency", "0", *arguments]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_runs_that_are_killed_anywhere_lose_nothing_and_pay_nothing_twice() -> None:
    status, said = matrix("--random", "5", "--sample", "7", "--seed", "1")

    assert 0 == status, said
    assert "14 runs, " in said


def test_the_matrix_notices_what_is_paid_for_twice() -> None:
    lost = "after the reply, before it is on the disk"

    status, said = matrix("--random", "0", "--sample", "3", "--point", lost, "--careless")

    assert 1 == status, said
    assert "a request was sold twice" in said
