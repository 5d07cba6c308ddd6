"""Runs killed at every point and at random times, and what the gateway's books say afterwards.

`python -m tests.running.crash_matrix [--random 50] [--sample N] [--latency S …] [--point P] [--careless] [--seed 1]`

Every recipe, on gateways with and without a listing, with and without latency, is killed with SIGKILL at each named
point and at random times, then gone on with until it ends, and run once more. Nothing may be paid for twice, by attempt
or by request; nothing that was sold may be missing from the ledger; every doubt must be resolved, or held and shown. Ends
with 1 where something is wrong. With `--careless` steps are bought again in doubt: that must be noticed.

Processes are forked from one that has everything imported, so that a thousand deaths take minutes. The gateway is a
process of its own and lives on.
"""

import argparse
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import attrs

from omnidsl.running import Gateway
from omnidsl.testing import Bench
from tests.running.crash_points import POINTS, install
from tests.running.crash_recipes import RECIPES, Recipe, purchases

PROFILES = ("new-api", "proxy")
LATENCIES = (0.0, 0.3)
SETTLING = 1.0
"""Seconds: well above the latencies, as a real service's are above its own."""

_GIVEN_UP = 60.0


@attrs.frozen
class Place:
    """A gateway at work: its profile, its latency in seconds and its address."""

    profile: str
    latency: float
    url: str

    def books(self) -> dict[str, Any]:  # JSON of the sandbox
        """Return the gateway's books."""
        with urlopen(f"{self.url}/_sandbox/books", timeout=30) as answer:  # noqa: S310  # loopback
            found: dict[str, Any] = json.load(answer)
        return found


@attrs.frozen
class Death:
    """Where one run ends: at the `at`-th occurrence of a point, or after a part of the time that it would take."""

    recipe: Recipe
    point: str = ""
    at: int = 1
    part: float = 0.0

    @property
    def name(self) -> str:
        """The row of the table that it belongs to."""
        return self.point or "at a random time"


@attrs.frozen
class Verdict:
    """What came of one death: whether it happened, how the last run ended, and what is wrong."""

    died: bool
    status: int
    wrong: tuple[str, ...] = ()


@contextmanager
def gateway(profile: str, latency: float) -> Iterator[Place]:
    """Serve a sandbox in a process of its own."""
    command = [sys.executable, "-m", "omnidsl", "sandbox", "--profile", profile]
    command += ["--latency", str(latency), "--duration", "0.15", "--artifact", "fixed:20k"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            yield Place(profile, latency, url)
        finally:
            process.terminate()


def forked(work: Callable[[], int], seconds: float | None = None) -> int:
    """Do something in a child and return its status; it is killed after so many seconds, or when it is given up."""
    child = os.fork()
    if not child:
        try:
            os._exit(work())
        except BaseException as error:  # noqa: BLE001  # whatever it is, the child must end here
            print(f"the child failed: {type(error).__name__}: {error}", file=sys.stderr)
            os._exit(99)
    end = time.monotonic() + (_GIVEN_UP if seconds is None else seconds)
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= end:
            os.kill(child, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        time.sleep(0.002)


def bench(folder: Path, place: Place, recipe: Recipe) -> Bench:
    """Return the folder that a run works in."""
    made = Bench(folder, Gateway.at(place.url, key="sk-matrix-0123456789", name="matrix"))
    made.settling_seconds = SETTLING
    made.listening = recipe.listening
    return made


def work(folder: Path, place: Place, recipe: Recipe, token: str, *, resume: bool = False) -> int:
    """Run a recipe, or go on with its last run; what it came to is written beside."""
    here = bench(folder, place, recipe)
    ledger = here.ledger() if resume and here.state.exists() else None
    runs = ledger.runs() if ledger else []
    if ledger:
        ledger.close()
    result = here.resume(runs[0].id) if runs else here.run(here.plan(*recipe.steps(token), saves=recipe.saves))  # fmt: skip  # reads as one choice
    ends = {
        "status": result.status,
        "done": sorted(result.results),
        "held": {one.node: [one.attempt, one.help] for one in result.held},
        "failed": {one.node: one.message for one in result.failures},
        "saved": len(result.saved),
    }
    (folder / "ends.json").write_text(json.dumps(ends), "utf-8")
    return result.status


def judge(place: Place, death: Death, seconds: float, folder: Path, token: str) -> Verdict:
    """Kill one run, after `seconds` where it is at a random time, bring it to its end, and compare books and ledger."""
    before = place.books()

    def doomed() -> int:
        if death.point:
            install(death.point, death.at, place.latency)
        return work(folder, place, death.recipe, token)

    died = forked(doomed, None if death.point else seconds) == -signal.SIGKILL
    wrong = ["it never came to the point"] if death.point and not died else []
    statuses = [forked(lambda: work(folder, place, death.recipe, token, resume=True))]
    if statuses[0]:
        statuses.append(forked(lambda: work(folder, place, death.recipe, token, resume=True)))
    settled = place.books()
    statuses.append(forked(lambda: work(folder, place, death.recipe, token)))
    after = place.books()
    if len(set(statuses)) > 1 or statuses[0] not in (0, 3):
        wrong.append(f"the runs after it ended with {statuses}")
    if after["submissions"] != settled["submissions"]:
        wrong.append("a run of what was at its end bought something")
    if after["duplicates"]:
        wrong.append("an attempt was sold twice")
    twice = [name for name, count in after["by_prompt"].items() if count > 1]
    if twice:
        wrong.append(f"a request was sold twice: {twice[0][:200]}")
    sold = after["submissions"] - before["submissions"]
    wrong += audit(folder, place, death.recipe, sold, statuses[-1])
    return Verdict(died, statuses[-1], tuple(wrong))


def audit(folder: Path, place: Place, recipe: Recipe, sold: int, status: int) -> Iterator[str]:
    """Yield what does not agree: books, ledger, and what the last run said."""
    ends = json.loads((folder / "ends.json").read_text("utf-8"))
    ledger = bench(folder, place, recipe).ledger()
    try:
        certain, doubtful, held = purchases(ledger)
    finally:
        ledger.close()
    if not certain <= sold <= certain + doubtful:
        yield f"the gateway sold {sold}, the ledger has {certain}, and {doubtful} in doubt"
    if status == 0 and (sold, ends["saved"]) != (recipe.sales, len(recipe.saves)):
        yield f"done with {sold} sales and {ends['saved']} files"
    shown = {attempt for attempt, help_ in ends["held"].values() if "--resubmit" in help_}
    if held != shown:
        yield f"held: {sorted(held)}, shown: {sorted(shown)}"
    if ends["failed"].keys() - recipe.later(ends["held"]):
        yield f"failed: {ends['failed']}"


# ---- the matrix


def deaths(recipes: Sequence[Recipe], many: int, dice: random.Random) -> list[Death]:
    """Return where runs die: every recipe at each point of each purchase, and at random times."""
    named = [
        Death(recipe, point, at)
        for recipe in recipes
        for point in POINTS
        if point not in recipe.never
        for at in range(1, recipe.occurrences(point) + 1)
    ]
    return named + [Death(recipe, part=dice.random()) for recipe in recipes for _ in range(many)]


def length(place: Place, recipe: Recipe, folder: Path) -> float:
    """Return how long a run takes that nobody kills, in seconds."""
    began = time.monotonic()
    status = forked(lambda: work(folder, place, recipe, f"whole {recipe.name}"))
    if status:
        raise SystemExit(f"{recipe.name} on {place.profile} ends with {status} by itself")
    return time.monotonic() - began


def rows(place: Place, root: Path, chosen: Sequence[Death]) -> list[list[Any]]:
    """Return what came of every death at one gateway: recipe, point, occurrence, verdict."""
    lengths: dict[str, float] = {}
    found: list[list[Any]] = []
    for number, death in enumerate(chosen):
        name, folder = death.recipe.name, root / str(number)
        if not death.point and name not in lengths:
            lengths[name] = length(place, death.recipe, root / f"whole-{name}")
        seconds = death.part * lengths.get(name, 0.0)
        verdict = judge(place, death, seconds, folder, f"{place.profile} {place.latency} {number}")
        found.append([name, death.name, death.at, attrs.astuple(verdict)])
        if verdict.wrong:
            told = f"{place.profile}, {place.latency} s, {name}, {death}: {verdict.wrong}"
            print(f"{told}\n  kept in {folder}", flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return found


def table(found: dict[tuple[str, float], list[list[Any]]]) -> Iterator[str]:
    """Yield the lines of the table: how many died where, and how they ended."""
    yield f"{'gateway':<16}{'point':<44}{'killed':>7}{'done':>6}{'held':>6}{'wrong':>7}"
    for (profile, latency), cells in found.items():
        for point in dict.fromkeys(cell[1] for cell in cells):
            verdicts = [cell[3] for cell in cells if cell[1] == point]
            ends = Counter(one[1] for one in verdicts)
            killed, wrong = sum(one[0] for one in verdicts), sum(bool(one[2]) for one in verdicts)
            yield f"{profile + f' {latency:g} s':<16}{point:<44}{killed:>7}{ends[0]:>6}{ends[3]:>6}{wrong:>7}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the matrix, one process a gateway; return 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=50, help="random deaths of each recipe")
    parser.add_argument("--sample", type=int, default=0, help="only so many deaths a gateway")
    parser.add_argument("--latency", type=float, nargs="+", default=LATENCIES, help="seconds")
    parser.add_argument("--point", default="", help="only deaths at this point")
    parser.add_argument("--careless", action="store_true", help="buy again in doubt, to be caught")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    recipes = [attrs.evolve(one, careless=given.careless) for one in RECIPES]
    root = Path(tempfile.mkdtemp(prefix="crash-matrix-"))
    began, children = time.monotonic(), {}
    for profile, latency in itertools.product(PROFILES, given.latency):
        folder = root / f"{profile}-{latency}"
        folder.mkdir()
        child = os.fork()
        if not child:
            dice = random.Random(f"{given.seed} {profile} {latency}")  # noqa: S311  # repeatable
            chosen = deaths(recipes, given.random, dice)
            chosen = [one for one in chosen if given.point in ("", one.point)]
            if given.sample:
                chosen = dice.sample(chosen, min(given.sample, len(chosen)))
            with gateway(profile, latency) as place:
                cells = rows(place, folder, chosen)
            (folder / "cells.json").write_text(json.dumps(cells), "utf-8")
            os._exit(0)
        children[child] = (profile, latency)
    failed = [os.waitpid(child, 0)[1] for child in children]
    found = {
        place: json.loads((root / f"{place[0]}-{place[1]}" / "cells.json").read_text("utf-8"))
        for place, status in zip(children.values(), failed, strict=True)
        if not status
    }
    print("\n".join(table(found)))
    everything = [cell for cells in found.values() for cell in cells]
    wrong = sum(bool(cell[3][2]) for cell in everything)
    killed = sum(cell[3][0] for cell in everything)
    print(
        f"{len(everything)} runs, {killed} killed, {wrong} wrong, {time.monotonic() - began:.0f} s"
    )
    if not wrong and not any(failed):
        shutil.rmtree(root, ignore_errors=True)
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
