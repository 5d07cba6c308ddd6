"""Runs that are killed at a named point and then gone on with: in children of a process of its own.

`python -m omnidsl.testing.deaths` reads an order a line on stdin (JSON: `folder`, `url`, `service`, `point`) and answers
with a line (`killed`, `statuses`, `broken`). It has everything imported and no thread but one, so that a death takes a
tenth of a second.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import attrs

if TYPE_CHECKING:
    from omnidsl.plugins.backend import Backend

_GIVEN_UP = 60
"""Seconds after which a child is ended that does not end by itself."""

_BROKEN = 99


@attrs.frozen
class Death:
    """What came of one: whether the run came to the point, and how the runs after it ended."""

    killed: bool
    statuses: tuple[int, ...]

    @property
    def status(self) -> int:
        """How the last run ended."""
        return self.statuses[-1]


class Deaths:
    """The process that kills, while the `with` block lasts."""

    def __enter__(self) -> Self:
        path = os.pathsep.join(dict.fromkeys([*(one for one in sys.path if one), str(Path.cwd())]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "omnidsl.testing.deaths"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        with contextlib.suppress(OSError):
            self._process.communicate(timeout=10)

    def at(self, point: str, *, folder: Path, url: str, service: str) -> Death:
        """Kill a run of `sample.omni` in a folder at a point, go on with it until it ends, and run it once more."""
        order = {"folder": str(folder), "url": url, "service": service, "point": point}
        orders, answers = self._process.stdin, self._process.stdout
        if orders is None or answers is None:
            raise RuntimeError("the process that kills was not asked for pipes")
        orders.write(json.dumps(order) + "\n")
        orders.flush()
        line = answers.readline()
        if not line:
            raise RuntimeError("the process that kills has ended by itself")
        found = json.loads(line)
        return Death(found["killed"], tuple(found["statuses"]))


def main() -> None:
    """Serve orders until stdin ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what children print is none of the answers
    for line in sys.stdin:
        answers.write(json.dumps(_judged(json.loads(line))) + "\n")
        answers.flush()


def _judged(order: dict[str, str]) -> dict[str, object]:
    def doomed() -> int:
        from omnidsl.testing.crash_points import install

        install(order["point"], _backend(order["service"]))
        return _work(order, resume=False)

    ended = _forked(doomed)
    statuses = [_forked(lambda: _work(order, resume=True))]
    if statuses[0]:
        statuses.append(_forked(lambda: _work(order, resume=True)))
    statuses.append(_forked(lambda: _work(order, resume=False)))
    return {"killed": ended == -signal.SIGKILL, "statuses": statuses}


def _backend(service: str) -> "type[Backend]":
    from omnidsl.plugins.index import load
    from omnidsl.testing.rehearsal import backend_class

    return backend_class(load(), service)


def _work(order: dict[str, str], *, resume: bool) -> int:
    from omnidsl.plugins.index import load
    from omnidsl.recipe import load as load_recipe
    from omnidsl.testing.bench import Bench
    from omnidsl.testing.rehearsal import PLACE, place_of

    folder, catalogue = Path(order["folder"]), load()
    gateway = place_of(order["url"], order["service"], catalogue)
    bench = Bench(folder, gateway, catalogue=catalogue)
    bench.settling_seconds = 0.5
    ledger = bench.ledger() if resume and bench.state.exists() else None
    runs = ledger.runs() if ledger else []
    if ledger:
        ledger.close()
    if runs:
        return bench.resume(runs[0].id).status
    return bench.run(load_recipe(folder / "sample.omni").plan(gateway=PLACE)).status


def _forked(work: Callable[[], int]) -> int:
    """Do something in a child and return its status; negative: the signal that ended it."""
    child = os.fork()
    if not child:
        signal.alarm(_GIVEN_UP)
        try:
            status = work()
        except BaseException as error:  # noqa: BLE001  # whatever it is, the child must end here
            sys.stderr.write(f"the child failed: {type(error).__name__}: {error}\n")
            status = _BROKEN
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    import omnidsl.running.runner
    import omnidsl.testing.rehearsal  # noqa: F401  # loaded before children are made

    main()
