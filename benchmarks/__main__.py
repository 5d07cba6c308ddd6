"""`python -m benchmarks`: measure, and print one table a question."""

import argparse
import platform
import statistics
import tempfile
from pathlib import Path

from benchmarks import twenty_jobs
from benchmarks.installation import ROOT, Installation, install
from benchmarks.polling_loop import PAUSE
from benchmarks.start_up import time_commands

TASKS_AT_A_TIME = 8
"""The default limit of an account; with it twenty tasks take three turns."""


def main() -> None:
    """Build, install, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=21, help="of each command (default: 21)")
    parser.add_argument("--runs", type=int, default=3, help="of the recipe (default: 3)")
    parser.add_argument(
        "--whole-loop",
        action="store_true",
        help="run the polling loop for all twenty jobs, not for two: more than three minutes",
    )
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()} on {platform.machine()}; building and installing …")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        installation = install(folder)
        _start_up(installation, arguments.rounds)
        _twenty_jobs(installation, folder, arguments.runs, whole=arguments.whole_loop)


def _start_up(installation: Installation, rounds: int) -> None:
    bare = "python -c pass"
    commands = {
        bare: [installation.python, "-c", "pass"],
        "omni --version": [installation.omni, "--version"],
        "omni check examples/hero.omni": [installation.omni, "check", "examples/hero.omni"],
    }
    taken = time_commands(
        commands, rounds=rounds, environment=installation.environment(), folder=ROOT
    )
    print(f"\nStart-up of the installed wheel: medians of {rounds} rounds, milliseconds")
    print(f"  {'':32}{'wall':>8}{'CPU':>8}{'CPU over bare Python':>24}")
    for command, timing in taken.items():
        over = f"{1000 * (timing.processor - taken[bare].processor):.0f}" if command != bare else ""
        print(f"  {command:32}{1000 * timing.wall:8.0f}{1000 * timing.processor:8.0f}{over:>24}")


def _twenty_jobs(installation: Installation, folder: Path, runs: int, *, whole: bool) -> None:
    jobs, duration = twenty_jobs.JOBS, twenty_jobs.DURATION
    with twenty_jobs.sandbox(installation) as address:
        taken = []
        for number in range(runs):
            place = folder / f"run-{number}"
            place.mkdir()
            # A new folder has a new ledger: every run buys all twenty.
            taken.append(twenty_jobs.recipe_seconds(installation, address, place))
        measured = jobs if whole else 2
        seconds = twenty_jobs.loop_seconds(address, measured)
    turns = -(-jobs // TASKS_AT_A_TIME)
    how = "measured" if whole else f"extrapolated from {measured} jobs, {seconds:.1f} s measured"
    print(
        f"\n{jobs} independent pictures at a sandbox whose tasks take {duration:g} s, seconds of wall time"
    )
    print(f"  {'omni run, median of ' + str(runs) + ' runs':52}{statistics.median(taken):8.1f}")
    print(f"  {f'the least with {TASKS_AT_A_TIME} tasks at a time':52}{turns * duration:8.1f}")
    print(
        f"  {f'one after the other, a look every {PAUSE:g} s':52}{seconds * jobs / measured:8.1f}  ({how})"
    )


if __name__ == "__main__":
    main()
