"""A long run against a gateway in bad order: `python -m tests.running.soak --steps 3000 --seed 1 [--kill 5]`.

A sandbox goes wrong in every way that it knows, by a seeded mixture. A child process runs a plan of thousands of steps
against it, is killed now and then if so asked, and goes on. Afterwards the gateway's books are compared with the ledger,
every step must have come to a stated end, and nothing that was written may hold a secret. Ends with 1 where something is
wrong.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import attrs

from omnidsl.planning.plan import Plan
from omnidsl_sandbox import Sandbox
from tests.running.soak_judge import (
    Ends,
    Purchase,
    Sale,
    findings,
    leaks,
    purchases,
    read,
    sales,
    table,
)
from tests.running.soak_plan import plan

KEY = "sk-soak-planted-key-0123456789"
PASSWORD = "planted-proxy-password"  # planted, to be searched for
SECRETS = (KEY.removeprefix("sk-"), PASSWORD)
CHILD = "tests.running.soak_child"
ROOT = Path(__file__).parents[2]
PATIENCE = 900.0
"""Seconds after which a child is given up."""


@attrs.frozen
class Report:
    """How a soak ended: what is wrong, how often what went wrong on purpose, and what that was found from."""

    wrong: tuple[str, ...]
    faults: dict[str, int]
    seconds: float
    work: Plan
    ends: Ends
    sold: list[Sale]
    bought: Mapping[str, Purchase]


def soak(
    folder: Path,
    *,
    steps: int,
    seed: int,
    kills: int = 0,
    again: int = 1,
    patience: float = 6.0,
    faults: str = "all",
    profile: str = "new-api",
) -> Report:
    """Run a plan in a folder, killed `kills` times, and gone on with `again` times after its first end."""
    books, home = folder / "books", folder / "home"
    home.mkdir(parents=True)
    work = plan(steps, seed, "soak", patience)
    stored = home / "plan.json"
    stored.write_text(json.dumps(work.to_json()), "utf-8")
    chance, started = random.Random(seed), time.monotonic()  # noqa: S311  # no secret
    with Sandbox(
        state=books,
        duration=0.2,
        artifact="fixed:2k",
        seed=seed,
        faults=faults,
        profile=profile,
    ) as sandbox:
        arguments = [sandbox.url, str(home), KEY]
        first = [*arguments, str(stored)]
        for _ in range(kills):
            if not _killed(first, home, chance.uniform(1.0, max(2.0, steps / 100))):
                break
            first = arguments
        for _ in range(again + 1):
            status = _ended(first, home)
            first = arguments
            if status == 0:
                break
        injected = dict(sandbox.faults())
    ends = read(home / "ends.json")
    sold, bought = sales(books), purchases(home / ".omni", ends["run"])
    wrong = [*findings(work, ends, sold, bought), *leaks(home, SECRETS)]
    wrong += [] if status in (0, 1, 3) else [f"the last run ended with {status}"]
    seconds = time.monotonic() - started
    return Report(tuple(wrong), injected, seconds, work, ends, sold, bought)


def _start(arguments: list[str], home: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "HTTPS_PROXY": f"http://somebody:{PASSWORD}@127.0.0.1:9",
        "OMNI_API_KEY": KEY,
    }
    turn = len(list(home.glob("stdout.*")))
    with (home / f"stdout.{turn}").open("wb") as out, (home / f"stderr.{turn}").open("wb") as err:
        return subprocess.Popen(
            [sys.executable, "-m", CHILD, *arguments],
            stdout=out,
            stderr=err,
            env=environment,
            cwd=ROOT,
        )


def _killed(arguments: list[str], home: Path, after: float) -> bool:
    """Start a child and kill it after so many seconds of work; False when it came to its end before."""
    with _start(arguments, home) as child:
        end = time.monotonic() + PATIENCE
        while child.poll() is None and not _has_begun(home) and time.monotonic() < end:
            time.sleep(0.02)
        try:
            child.wait(after)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
            return True
    return False


def _has_begun(home: Path) -> bool:
    return (home / ".omni" / "ledger.sqlite3").exists()


def _ended(arguments: list[str], home: Path) -> int:
    with _start(arguments, home) as child:
        try:
            return child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            raise


def main() -> int:
    """Read the arguments, soak, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kill", type=int, default=0, metavar="TIMES")
    parser.add_argument("--again", type=int, default=1, metavar="TIMES")
    parser.add_argument("--faults", default="all")
    parser.add_argument("--profile", default="new-api")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="omnidsl-soak-") as temporary:
        report = soak(
            given.folder or Path(temporary) / "soak",
            steps=given.steps,
            seed=given.seed,
            kills=given.kill,
            again=given.again,
            faults=given.faults,
            profile=given.profile,
        )
    say = sys.stdout.write
    say(table(report.ends, report.bought, report.sold) + "\n\n")
    say("\n".join(f"{kind:<32} {count:>6}" for kind, count in report.faults.items()) + "\n\n")
    say("".join(f"WRONG: {one}\n" for one in report.wrong))
    say(f"{len(report.wrong)} findings, {report.seconds:.1f} s\n")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
