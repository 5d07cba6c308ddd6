"""One check shared between processes: nothing but time may tell how many there were."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import corpus
from omnidsl.cli.examining import ALONE
from tests.conftest import Omni

FILES = ALONE + 150


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    """A folder with many recipes, of which each seventh has a fault, each eleventh no syntax, and each ninth uses another."""
    folder = tmp_path / "folder"
    (folder / "brand.omni").write_text("prompt base {\n    a house --foo\n}\n")
    for number, text in enumerate(corpus.recipes(FILES)):
        more = "let x =\n" if number % 11 == 0 else "let nope = nopee\n" if number % 7 == 0 else ""
        use = 'use "../brand.omni" as used\n' if number % 9 == 0 else ""
        path = folder / f"{number % 5}" / f"{number}.omni"
        path.parent.mkdir(exist_ok=True)
        path.write_text(use + text + more, "utf-8")
    (folder / "3" / "omni.toml").write_text("nope = 1\n")
    return folder


def test_the_findings_are_the_same_for_any_number_of_processes(omni: Omni, folder: Path) -> None:
    alone, *shared = (omni("check", "--jobs", count, "--output-format", "json") for count in "125")

    assert [(alone.returncode, alone.stdout, alone.stderr)] * 2 == [
        (one.returncode, one.stdout, one.stderr) for one in shared
    ]
    assert alone.stdout.count('"code"') > FILES // 7


def run(folder: Path, environment: dict[str, str], program: str) -> subprocess.Popen[str]:
    """Start a check of the folder whose single files are checked by `program`, a function `check(path)`."""
    text = f"""
import os, sys, time
from omnidsl.__main__ import main
from omnidsl.cli.file_check import FileChecker
whole = FileChecker.check
parent = os.getpid()
{program}
FileChecker.check = check
sys.exit(main(["check", "--jobs", "2", "--output-format", "concise"]))
"""
    return subprocess.Popen(
        [sys.executable, "-c", text], cwd=folder, env=environment, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip  # one call


def alive(group: int) -> Iterator[int]:
    """Yield the processes of a group that still live."""
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = one.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            yield int(one.parent.name)


@pytest.mark.parametrize("way", ["os._exit(7)", "os.kill(os.getpid(), 9)"])
def test_a_process_that_is_lost_is_an_error_that_says_where(
    folder: Path, child_environment: dict[str, str], way: str
) -> None:
    program = f"""
def check(self, path):
    if path.endswith("/209.omni") and os.getpid() != parent:
        {way}
    return whole(self, path)
"""
    child = run(folder, child_environment, program)
    _, told = child.communicate(timeout=60)

    assert 2 == child.returncode
    assert "a process that checks recipes ended (status " in told
    assert "Traceback" not in told
    assert [] == list(alive(child.pid))


def test_a_defect_in_a_process_is_told_as_any_other(
    folder: Path, child_environment: dict[str, str]
) -> None:
    program = """
def check(self, path):
    if os.getpid() != parent:
        raise ValueError("odd")
    return whole(self, path)
"""
    child = run(folder, child_environment, program)
    _, told = child.communicate(timeout=60)

    assert (2, True) == (child.returncode, "defect of OmniDSL: ValueError: odd" in told)
    assert "Traceback" not in told


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize(
    ("which", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -9)]
)  # fmt: skip  # one line
def test_an_interrupt_leaves_no_process_and_no_traceback(
    folder: Path, child_environment: dict[str, str], which: signal.Signals, status: int
) -> None:
    program = """
def check(self, path):
    if os.getpid() != parent:
        open("started", "w").close()
        time.sleep(0.2)
    return whole(self, path)
"""
    child = run(folder, child_environment, program)
    while not (folder / "started").exists():
        time.sleep(0.01)

    if which == signal.SIGINT:
        os.killpg(child.pid, which)  # as a terminal does it
    else:
        child.send_signal(which)
    told = child.communicate(timeout=60)

    assert (status, ("", "")) == (child.returncode, told)
    deadline = (
        time.monotonic() + 60
    )  # a process that lost its parent ends with the handful it is at
    while list(alive(child.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [] == list(alive(child.pid))


SPAWN = """
import sys
from omnidsl.cli.file_check import FileChecker, Wishes
from omnidsl.cli.plugging import Catalogues
from omnidsl.cli.projects import Projects
from omnidsl.cli.workers import share

if __name__ == "__main__":
    files = sys.argv[2:]
    checker = FileChecker(Catalogues(), Projects(), Wishes())
    for path, found in zip(files, share(files, checker.check, jobs=2, method=sys.argv[1]), strict=True):
        print(path, [repr(one) for one in found])
"""


def test_processes_that_are_spawned_find_what_forked_ones_find(
    folder: Path, child_environment: dict[str, str]
) -> None:
    (folder / "spawn.py").write_text(SPAWN)
    files = sorted(str(one.relative_to(folder)) for one in folder.glob("?/*0.omni"))
    spawned, forked = (
        subprocess.run(
            [sys.executable, "spawn.py", method, *files], cwd=folder, env=child_environment,
            capture_output=True, encoding="utf-8", timeout=100, check=True,
        ).stdout
        for method in ("spawn", "fork")
    )  # fmt: skip  # one call

    assert (len(files), forked) == (len(spawned.splitlines()), spawned)


@pytest.mark.parametrize("count", ["0", "-1", "two", "", "1.5", "٣", "9" * 5000])
def test_a_number_of_processes_is_a_number(omni: Omni, folder: Path, count: str) -> None:
    result = omni("check", f"--jobs={count}")

    assert (2, True) == (result.returncode, "a number from 1 on belongs here" in result.stderr)
