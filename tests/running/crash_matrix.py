"""Runs killed at every point and at random times, and what the gateway's books say afterwards.

`python -m tests.running.crash_matrix [--random 50] [--sample N] [--latency S …] [--point P] [--careless] [--seed 1]`

Every recipe, on gateways with and without a listing, with and without latency, is killed with SIGKILL at each named
point and at random times, or meets a full disk, then gone on with until it ends, with a wall clock that may have jumped
by a day, and run once more. Nothing may be paid for twice, by attempt or by request; nothing that was sold may be missing
from the ledger; every doubt must be resolved, or held and shown. Ends with 1 where something is wrong. With `--careless`
steps are bought again in doubt: that must be noticed.

Processes are forked from one that has everything imported, so that a thousand deaths take minutes. The gateway is a
process of its own and lives on.
"""

import argparse
import itertools
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from omnidsl.testing.crash_points import POINTS
from tests.running.crash_judge import Death, Place, forked, gateway, judge, work
from tests.running.crash_recipes import RECIPES, Recipe

PROFILES = ("new-api", "proxy")
LATENCIES = (0.0, 0.3)
JUMPS = (0.0, 86_400.0, -86_400.0)


def deaths(recipes: Sequence[Recipe], many: int, dice: random.Random) -> list[Death]:
    """Return where runs die: every recipe at each point of each purchase, and at random times."""
    named = [
        Death(recipe, point, at)
        for recipe in recipes
        for point in POINTS
        if point not in recipe.never
        for at in range(1, recipe.occurrences(point) + 1)
    ]
    at_random = [Death(recipe, part=dice.random()) for recipe in recipes for _ in range(many)]
    full = [
        Death(recipe, disk=dice.randrange(64, 420) * 1024)
        for recipe in recipes
        for _ in range(many // 5)
    ]
    return [attrs.evolve(one, jump=dice.choice(JUMPS)) for one in (*named, *at_random, *full)]


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
        if death.part and name not in lengths:
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
    parser.add_argument("--point", default="", help="only deaths of this row")
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
            chosen = [one for one in chosen if given.point in ("", one.name)]
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
    if given.careless or not (wrong or any(failed)):
        shutil.rmtree(root, ignore_errors=True)
    return 1 if wrong or any(failed) else 0


if __name__ == "__main__":
    sys.exit(main())
