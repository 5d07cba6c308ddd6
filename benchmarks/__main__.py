"""`python -m benchmarks`: measure, and print one table a question."""

import argparse
import platform
import shutil
import statistics
import tempfile
from pathlib import Path

from benchmarks import checking, many_plugins, planning, plot, prompts, steps, twenty_jobs
from benchmarks.installation import ROOT, Installation, install
from benchmarks.polling_loop import PAUSE
from benchmarks.start_up import time_commands

USUAL = ("start", "plugins", "check", "prompts", "run", "steps", "plan")
"""What is measured: start-up, what plugins add to it, checking and reading much, running a recipe, what a step costs, planning many steps."""

LONG = ("flight", "growth")
"""What takes minutes and is measured only when asked for: ten thousand tasks in flight, how a step's cost grows."""

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
    parser.add_argument(
        "--baml",
        metavar="PATH",
        default=shutil.which("baml-cli"),
        help="baml-cli, to run beside omni",
    )
    parser.add_argument(
        "--dynamicprompts",
        metavar="PYTHON",
        help="the interpreter of an environment with dynamicprompts, to run beside omni",
    )
    parser.add_argument(
        "--httpx2",
        action="store_true",
        help="install httpx2 into the environment that is measured, and measure steps with it, too",
    )
    parser.add_argument("--jobs", type=int, default=1000, help="of the steps (default: 1000)")
    parser.add_argument("--only", choices=(*USUAL, *LONG), help="one question instead of all")
    arguments = parser.parse_args()
    questions = (arguments.only,) if arguments.only else USUAL
    print(f"Python {platform.python_version()} on {platform.machine()}; building and installing …")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        installation = install(folder)
        if "start" in questions:
            _start_up(installation, folder, arguments.rounds, arguments.baml)
        if "plugins" in questions:
            _many_plugins(installation, folder / "plugins", arguments.rounds)
        if "check" in questions:
            _many_recipes(installation, folder)
        if "prompts" in questions:
            _many_prompts(installation, folder, arguments.dynamicprompts)
        if "run" in questions:
            _twenty_jobs(installation, folder, arguments.runs, whole=arguments.whole_loop)
        if "steps" in questions:
            _steps(installation, folder, arguments.jobs, arguments.runs, httpx2=arguments.httpx2)
        if "plan" in questions:
            _plan(installation, folder, arguments.runs)
        if "flight" in questions:
            _flight(installation, folder)
        if "growth" in questions:
            _growth(installation, folder, arguments.runs)


def _start_up(installation: Installation, folder: Path, rounds: int, baml: str | None) -> None:
    bare = "python -c pass"
    recipe, project = checking.one_of_each(folder)
    commands = {
        bare: [installation.python, "-c", "pass"],
        "omni --version": [installation.omni, "--version"],
        "omni check (one pipeline)": [installation.omni, "check", str(recipe)],
        "omni check examples/hero.omni": [installation.omni, "check", "examples/hero.omni"],
    }
    if baml:
        commands["baml-cli check (one function)"] = [baml, "check", "--from", str(project)]
    taken = time_commands(
        commands, rounds=rounds, environment=installation.environment(), folder=ROOT
    )
    print(f"\nStart-up of the installed wheel: medians of {rounds} rounds, milliseconds")
    print(f"  {'':32}{'wall':>8}{'CPU':>8}{'CPU / bare Python':>20}")
    for command, timing in taken.items():
        times = timing.processor / taken[bare].processor
        print(f"  {command:32}{1000 * timing.wall:8.1f}{1000 * timing.processor:8.1f}{times:20.2f}")
    if not baml:
        print("  (no baml-cli to run beside it: pip install baml-py, or --baml PATH)")


def _many_plugins(installation: Installation, folder: Path, rounds: int) -> None:
    folder.mkdir()
    taken = many_plugins.check_times(installation, folder, rounds)
    print(
        f"\nomni check examples/hero.omni beside installed plugins that it does not use, {rounds} rounds"
    )
    print(f"  {'':32}{'wall':>8}{'CPU':>8}")
    for name, timing in taken.items():
        print(f"  {name:32}{1000 * timing.wall:8.1f}{1000 * timing.processor:8.1f}")


def _many_recipes(installation: Installation, folder: Path) -> None:
    taken = checking.many(installation, folder / "recipes")
    print(
        f"\nomni check over {taken.files} different recipes of {taken.size / taken.files:.0f} bytes, cold"
    )
    print(f"  {'files per CPU-second':32}{taken.rate:8.0f}")
    print(f"  {'CPU seconds':32}{taken.processor:8.1f}")
    print(f"  {'wall seconds':32}{taken.wall:8.1f}")
    print(f"  {'peak memory of a process, MB':32}{taken.memory:8.0f}")


def _many_prompts(installation: Installation, folder: Path, peer: str | None) -> None:
    print(
        f"\nomni prompt parse --json over {prompts.LINES} prompts, no two alike, without the start"
    )
    print(f"  {'prompts per CPU-second':32}{'omni':>8}{'dynamicprompts':>16}{'ratio':>8}")
    for kind, rates in prompts.read_lines(installation, folder / "prompts", peer).items():
        theirs = f"{rates.peers:16.0f}{rates.ours / rates.peers:8.1f}" if rates.peers else ""
        print(f"  {kind:32}{rates.ours:8.0f}{theirs}")
    if not peer:
        print("  (no dynamicprompts to run beside it: see benchmarks/peer_templates.py)")


def _twenty_jobs(installation: Installation, folder: Path, runs: int, *, whole: bool) -> None:
    jobs, duration = twenty_jobs.JOBS, twenty_jobs.DURATION
    with steps.sandbox(installation, duration=duration, artifact="fixed:50k") as address:
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


def _steps(installation: Installation, folder: Path, jobs: int, runs: int, *, httpx2: bool) -> None:
    print(
        f"\nWhat a step costs: {jobs} pictures of 2 KB from tasks that take no time, best of {runs} rounds\n"
        f"  {'':32}{'CPU ms':>10}{'a core a s':>12}{'wall ms':>10}{'requests':>10}{'MB':>8}"
    )
    for library in ("httpx", "httpx2") if httpx2 else ("httpx",):
        if library == "httpx2":
            steps.with_httpx2(installation)
        for at_a_time in (16, 64):
            taken = steps.measure(
                *(installation, folder / library),
                clients=("omni", library),
                jobs=jobs,
                at_a_time=at_a_time,
                rounds=runs,
            )
            for name, one in taken.items():
                shown = f"{name} on {library}" if name == "omni" else f"bare {name}"
                print(
                    f"  {f'{shown}, {at_a_time} at a time':32}{one.processor:10.2f}{one.cycles:12.0f}"
                    f"{one.wall:10.2f}{one.requests:10.2f}{one.memory:8.0f}"
                )
            beyond = taken["omni"].processor - taken[library].processor
            print(f"  {'beyond':32}{beyond:10.2f}  (at most {steps.LIMIT})")


def _plan(installation: Installation, folder: Path, runs: int) -> None:
    print(
        f"\nA plan of {planning.STEPS} steps from a recipe, best of {runs} runs\n"
        f"  {'':32}{'CPU s':>10}{'wall s':>10}{'MB':>8}"
    )
    for name, recipe in planning.RECIPES.items():
        one = planning.best(installation, folder / name, recipe, runs)
        print(f"  {name:32}{one.processor:10.2f}{one.wall:10.2f}{one.memory:8.0f}")


def _flight(installation: Installation, folder: Path) -> None:
    tasks, duration = steps.IN_FLIGHT, steps.FLIGHT_SECONDS
    (one,) = steps.measure(
        *(installation, folder / "flight"),
        clients=("omni",),
        jobs=tasks,
        at_a_time=tasks,
        rounds=1,
        duration=duration,
    ).values()
    print(
        f"\n{tasks} tasks of {duration:g} s in flight at a time, in one process\n"
        f"  {'peak memory, MB':32}{one.memory:10.0f}\n"
        f"  {'HTTP requests a finished task':32}{one.requests:10.2f}\n"
        f"  {'CPU ms a task':32}{one.processor:10.2f}"
    )


def _growth(installation: Installation, folder: Path, runs: int) -> None:
    sizes = (100, 300, 1000, 3000, 10_000)
    found: dict[str, list[tuple[int, float]]] = {"omni": [], "bare httpx": []}
    print(f"\nCPU ms a step as runs grow\n  {'steps':>8}{'omni':>10}{'bare httpx':>12}{'MB':>8}")
    for jobs in sizes:
        taken = steps.measure(
            *(installation, folder / "growth"),
            clients=("omni", "httpx"),
            jobs=jobs,
            at_a_time=16,
            rounds=runs if jobs < 3000 else 1,
        )
        ours, bare = taken["omni"], taken["httpx"]
        found["omni"].append((jobs, ours.processor))
        found["bare httpx"].append((jobs, bare.processor))
        print(f"  {jobs:8}{ours.processor:10.2f}{bare.processor:12.2f}{ours.memory:8.0f}")
    drawn = plot.lines(found, across="steps in a run", up="CPU milliseconds a step")
    (ROOT / "docs" / "growth.svg").write_text(drawn, "utf-8")


if __name__ == "__main__":
    main()
