"""How long commands take from their start to their end."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs


@attrs.frozen
class Timing:
    """Medians of one command, in seconds: on the clock, and of the processor."""

    wall: float
    processor: float


def time_commands(
    commands: Mapping[str, Sequence[str]],
    *,
    rounds: int,
    environment: Mapping[str, str],
    folder: Path,
) -> dict[str, Timing]:
    """Run every command once a round, so that all of them see the same machine; the first round does not count.

    Raises CalledProcessError for a command that fails.
    """
    taken: dict[str, list[Timing]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            taken[name].append(_once(command, environment, folder))
    return {
        name: Timing(
            statistics.median(one.wall for one in rows[1:]),
            statistics.median(one.processor for one in rows[1:]),
        )
        for name, rows in taken.items()
    }


def _once(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Timing:
    began = time.perf_counter()
    child = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return Timing(wall, usage.ru_utime + usage.ru_stime)
