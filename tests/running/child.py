"""A run in a process of its own, for the tests that kill it: `child.py URL FOLDER POINT [PLAN]`.

At a named point it kills itself as a power cut would; at `none` it runs to its end and exits with the run's status.
`PLAN` is the file of a stored plan; without one it is a grid and its upscale.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from omnidsl.planning.plan import Plan, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.spool import Spool
from omnidsl.running.sqlite_ledger import SqliteLedger
from omnidsl.running.transport import Transport
from omnidsl.testing import Bench, step
from omnidsl_midjourney.backend import Midjourney


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after(method: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: object, **named: object) -> None:
        method(*args, **named)
        die()

    return wrapped


POINTS: dict[str, tuple[type, str, Callable[..., Any]]] = {
    "before the intent": (SqliteLedger, "intend", die),
    "after the intent": (Transport, "pay", die),
    "after the reply, before it is on the disk": (Spool, "keep", die),
    "after the reply is on the disk": (Spool, "keep", after(Spool.keep)),
    "before the receipt": (SqliteLedger, "receive", die),
    "while polling": (Midjourney, "poll", die),
    "while collecting": (Midjourney, "collect", die),
    "while downloading": (Transport, "download", die),
    "before the result is kept": (SqliteLedger, "store", die),
}


def main(url: str, folder: str, point: str, stored: str = "") -> int:
    if point in POINTS:
        setattr(*POINTS[point])
    bench = Bench(Path(folder), Gateway.sandbox(url))
    if stored:
        return bench.run(Plan.from_json(json.loads(Path(stored).read_text("utf-8")))).status
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))}),
        step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
        saves=[Save(Ref("hero"), "hero.png")],
    )
    return bench.run(plan).status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
