"""A process that is stopped on its way to a purchase, and woken when another has gone on with its work."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from omnidsl_sandbox import Sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(state=tmp_path / "sandbox", duration=0.15, profile="proxy") as running:
        yield running


def start(sandbox: Sandbox, folder: Path, point: str = "none") -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.running.child", sandbox.url, str(folder), point]
    return subprocess.Popen(command, cwd=ROOT)


@contextmanager
def asleep(sandbox: Sandbox, folder: Path, point: str) -> "Iterator[subprocess.Popen[bytes]]":
    """Start a run and wait until it stops itself at a point."""
    with start(sandbox, folder, f"asleep {point}") as child:
        try:
            end = time.monotonic() + 30
            while state(child.pid) != "T":
                assert time.monotonic() < end, "it did not come to the point"
                time.sleep(0.01)
            yield child
        finally:
            child.kill()


def state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]


def wake(child: "subprocess.Popen[bytes]") -> int:
    os.kill(child.pid, signal.SIGCONT)
    return child.wait(60)


linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@linux
def test_a_run_that_sleeps_is_alive_and_the_other_one_waits_for_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with asleep(sandbox, tmp_path, "after the intent") as child, start(sandbox, tmp_path) as other:
        time.sleep(1)  # long enough for the other one to do something wrong
        sold = sandbox.books().submissions
        statuses = [wake(child), other.wait(60)]

    books = sandbox.books()
    assert (0, [0, 0], 2, 0) == (sold, statuses, books.submissions, books.duplicates)


@linux
@pytest.mark.parametrize("point", ["before the purchase", "after the intent"])
def test_a_run_that_was_taken_for_dead_while_it_slept_pays_nothing_when_it_wakes(
    sandbox: Sandbox, tmp_path: Path, point: str
) -> None:
    with asleep(sandbox, tmp_path, point) as child:
        fell_asleep = time.monotonic()
        # Somebody cleaned up too much: the lock that says that it lives is gone.
        shutil.rmtree(tmp_path / ".omni" / "owners")
        with start(sandbox, tmp_path) as other:
            went_on = other.wait(60)
        time.sleep(max(0.0, fell_asleep + 0.6 - time.monotonic()))
        woken = wake(child)

    books = sandbox.books()
    assert ([0, 0], 2, 0) == ([went_on, woken], books.submissions, books.duplicates)
    assert {1} == set(books.by_prompt.values())
