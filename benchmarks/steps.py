"""What a step costs our client's processor beyond the same requests on bare httpx, at a sandbox that costs it nothing.

Each client is a process of its own that measures itself (`step_client`); the sandbox is another one. Rounds go from
client to client, so that all see the same machine, and the best of each counts: noise only ever adds.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import attrs

from benchmarks.installation import ROOT, Installation

LIMIT = 1.5
"""Milliseconds that a step may cost beyond the bare loop."""

IN_FLIGHT = 10_000
FLIGHT_SECONDS = 150.0
"""Tasks that are at the gateway at a time, and how long each takes: long enough for all to be submitted before."""

HTTPX2 = "httpx2==2.16.2"


@attrs.frozen
class Taken:
    """What one client's steps took: processor and wall milliseconds a step, HTTP requests a step, megabytes at most."""

    processor: float
    wall: float
    requests: float
    memory: float

    @property
    def cycles(self) -> float:
        """Steps per second that one core does."""
        return 1000 / self.processor


@contextmanager
def sandbox(
    installation: Installation, *, duration: float = 0.0, artifact: str = "fixed:2k"
) -> Iterator[str]:
    """Serve a sandbox in a process of its own and yield its address."""
    command = [
        *(installation.omni, "sandbox", "--duration", str(duration)),
        *("--artifact", artifact),
    ]
    with subprocess.Popen(
        command, env=installation.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as server:
        try:
            address = server.stdout.readline().decode().strip() if server.stdout else ""
            if not address:
                raise RuntimeError("the sandbox did not start")
            yield address
        finally:
            server.terminate()


def measure(
    installation: Installation,
    folder: Path,
    *,
    clients: Sequence[str],
    jobs: int,
    at_a_time: int,
    rounds: int,
    duration: float = 0.0,
) -> dict[str, Taken]:
    """Return the best of each client (`omni`, `httpx`, `httpx2`); `duration` is what a task takes, in seconds."""
    scripts = folder / "benchmarks"
    if not scripts.exists():
        shutil.copytree(ROOT / "benchmarks", scripts)
    taken: dict[str, list[Taken]] = {name: [] for name in clients}
    with sandbox(installation, duration=duration) as address:
        for number in range(rounds):
            for name in clients:
                place = folder / f"{name}-{jobs}-{at_a_time}-{number}"
                asked = (name, address, str(jobs), str(at_a_time), str(place))
                usual = () if not duration else (str(duration),)
                taken[name].append(_once(installation, (*asked, *usual), jobs, address))
                shutil.rmtree(place, ignore_errors=True)
    return {name: min(rows, key=lambda one: one.processor) for name, rows in taken.items()}


def with_httpx2(installation: Installation) -> None:
    """Install httpx2 beside httpx; RuntimeError shows what stood against it."""
    command = [installation.python, "-m", "pip", "install", "--quiet", "--compile", HTTPX2]
    done = subprocess.run(
        command, env=installation.environment(), capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def _once(installation: Installation, asked: Sequence[str], jobs: int, address: str) -> Taken:
    before = requests(address)
    done = subprocess.run(
        [installation.python, "-m", "benchmarks.step_client", *asked],
        cwd=Path(asked[4]).parent,
        env=installation.environment(),
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    said: Mapping[str, float] = json.loads(done.stdout)
    sent = (requests(address) - before) / (jobs + said["warm"])
    return Taken(said["processor"] / jobs * 1000, said["wall"] / jobs * 1000, sent, said["memory"])


def requests(address: str) -> int:
    """Return how many requests a sandbox has counted."""
    with urlopen(f"{address}/_sandbox/books") as answer:  # noqa: S310  # our own sandbox
        counted: int = json.load(answer)["requests"]
    return counted
