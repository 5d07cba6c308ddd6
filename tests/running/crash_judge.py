"""One death of the crash matrix, what is done after it, and whether the gateway's books and the ledger agree then."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import attrs

from omnidsl.running import Gateway, RunningError
from omnidsl.testing import Bench
from omnidsl.testing.crash_points import install
from omnidsl_midjourney.backend import Midjourney
from tests.running.crash_recipes import Recipe, purchases

SETTLING = 1.0
"""Seconds: well above the latencies, as a real service's are above its own."""

_GIVEN_UP = 180.0
_REFUSED = 98
"""The status of a child that could not work and said so."""

_BROKEN = 99
"""The status of a child that broke."""


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
    """Where one run ends: at the `at`-th occurrence of a point, or after a part of the time that it would take.

    With `disk` it is not killed, but can write no file longer than so many bytes, as on a disk that is full. What goes
    on afterwards sees a wall clock that has jumped by `jump` seconds.
    """

    recipe: Recipe
    point: str = ""
    at: int = 1
    part: float = 0.0
    disk: int = 0
    jump: float = 0.0

    @property
    def name(self) -> str:
        """The row of the table that it belongs to."""
        return self.point or ("a full disk" if self.disk else "at a random time")


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
    """Do something in a child and return its status; it is killed after so many seconds, or when it is given up.

    A clear refusal to work is `_REFUSED`, anything else that is raised `_BROKEN`.
    """
    child = os.fork()
    if not child:
        try:
            os._exit(work())
        except RunningError:
            os._exit(_REFUSED)
        except BaseException as error:  # noqa: BLE001  # whatever it is, the child must end here
            print(f"the child failed: {type(error).__name__}: {error}", file=sys.stderr)
            os._exit(_BROKEN)
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
    if recipe.native:
        made.settings["claude"] = {"native": True}
    return made


def work(folder: Path, place: Place, recipe: Recipe, token: str, *, resume: bool = False) -> int:
    """Run a recipe, or go on with its last run; what it came to is written beside."""
    here = bench(folder, place, recipe)
    ledger = here.ledger() if resume and here.state.exists() else None
    runs = ledger.runs() if ledger else []
    if ledger:
        ledger.close()
    if runs:
        result = here.resume(runs[0].id)
    else:
        result = here.run(here.plan(*recipe.steps(token), saves=recipe.saves))
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
            install(death.point, Midjourney, death.at, place.latency)
        if death.disk:
            resource.setrlimit(resource.RLIMIT_FSIZE, (death.disk, death.disk))
        return work(folder, place, death.recipe, token)

    def go_on() -> int:
        shift_clock(death.jump)
        return work(folder, place, death.recipe, token, resume=True)

    ended = forked(doomed, seconds if death.name == "at a random time" else None)
    wrong = ["it never came to the point"] if death.point and ended != -signal.SIGKILL else []
    if ended == _BROKEN:
        wrong.append("it broke without a clear error")
    statuses = [forked(go_on)]
    if statuses[0]:
        statuses.append(forked(go_on))
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
    return Verdict(ended == -signal.SIGKILL, statuses[-1], tuple(wrong))


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


def shift_clock(seconds: float) -> None:
    """Have this process see a wall clock that has jumped; modules that hold the function by name see it too."""
    true = time.time

    def shifted() -> float:
        return true() + seconds

    for name, module in list(sys.modules.items()):
        if name.startswith("omnidsl") and getattr(module, "time", None) is true:
            setattr(module, "time", shifted)  # noqa: B010  # the module is not known by name
    time.time = shifted
