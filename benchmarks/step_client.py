"""One client in a process of its own: `step_client.py omni|httpx|httpx2 URL JOBS AT_A_TIME FOLDER [USUAL]`.

Prints one JSON object: the processor seconds and the wall seconds of the jobs, start-up left out, and the peak memory
in megabytes. What is loaded on first use is loaded by a run of a few jobs before the clock starts. USUAL is how many
seconds the service says that a task usually takes; without it as little as makes no difference.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import bare_loop

KEY = "sk-benchmark"
_WARM = 8


def main(client: str, url: str, jobs: int, at_a_time: int, folder: Path, usual: float) -> None:
    """Warm up, run, and say what it took."""
    if client == "omni":
        work = _omni(url, at_a_time, folder, usual)
    else:
        work = _bare(client, url, at_a_time)
    warm = _WARM if usual < 1 else 0
    if warm:
        work(warm, "warm")
    before, began = _processor(), time.perf_counter()
    work(jobs, "work")
    taken: dict[str, float] = {
        "warm": warm,
        "processor": _processor() - before,
        "wall": time.perf_counter() - began,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(taken))


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _bare(name: str, url: str, at_a_time: int) -> Callable[[int, str], None]:
    http = bare_loop.library(name)

    def work(jobs: int, _: str) -> None:
        asyncio.run(bare_loop.run(url, KEY, jobs, at_a_time, http))

    return work


def _omni(url: str, at_a_time: int, folder: Path, usual: float) -> Callable[[int, str], None]:
    from omnidsl.planning.values import PromptInput
    from omnidsl.running import Gateway, Limits
    from omnidsl.running.transport import Bounds
    from omnidsl.testing import Bench, step

    def work(jobs: int, name: str) -> None:
        bench = Bench(folder / name, Gateway.at(url, key=KEY))
        bench.listeners = []
        bench.bounds = Bounds()
        bench.usual_seconds = usual
        bench.limits = Limits(tasks=at_a_time, rate=1e6, burst=1000)
        steps = [
            step(f"{name}[{number}]", "midjourney.imagine", {"prompt": PromptInput((f"{name} number {number}",))})
            for number in range(1, jobs + 1)
        ]  # fmt: skip  # one step a line
        result = bench.run(bench.plan(*steps))
        if result.status:
            raise RuntimeError(f"exit status {result.status}: {result.failures[:1]}")

    return work


if __name__ == "__main__":
    main(
        *(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5])),
        usual=float(sys.argv[6]) if len(sys.argv) > 6 else 0.1,
    )
