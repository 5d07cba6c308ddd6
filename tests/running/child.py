"""A run in a process of its own, for the tests that kill it: `child.py URL FOLDER POINT [PLAN]`.

At a named point it kills itself as a power cut would; at `asleep POINT` it stops itself there until somebody wakes it; at
`none` it runs to its end and exits with the run's status.
`PLAN` is the file of a stored plan; without one it is a grid and its upscale.
"""

import json
import os
import signal
import sys
from pathlib import Path

import attrs

from omnidsl.planning.plan import Plan, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.testing import Bench, step
from omnidsl.testing.crash_points import POINTS, install
from omnidsl_midjourney.backend import Midjourney

ASLEEP = "asleep "


def main(url: str, folder: str, point: str, stored: str = "") -> int:
    bench = Bench(Path(folder), Gateway.sandbox(url))
    if point in POINTS:
        install(point, Midjourney)
    elif point.startswith(ASLEEP):
        install(
            point.removeprefix(ASLEEP),
            Midjourney,
            last=lambda: os.kill(os.getpid(), signal.SIGSTOP),
        )
        bench.bounds = attrs.evolve(bench.bounds, fresh=0.5)
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
