"""One check shared between processes: the same findings in the same order, whoever found them.

Each process gets a handful of files at a time, and the next handful when it answers.
"""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from omnidsl.errors import OmniError
from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Check = Callable[[str], list[Diagnostic]]
Answer = tuple[int, list[list[Diagnostic]] | BaseException]

HANDFUL = 32
"""Files that a process gets at a time: one message for many, and the last one is done soon after the others."""


class WorkerLostError(OmniError, RuntimeError):
    """Raised when a process that checks recipes ends before it has answered: killed, or out of memory."""

    def __init__(self, files: Sequence[str], status: int | None) -> None:
        super().__init__(
            phrase("worker-lost").format(status=status, first=files[0], last=files[-1])
        )
        self.files = files
        self.status = status


def share(
    files: Sequence[str], check: Check, *, jobs: int, method: str = ""
) -> Iterator[list[Diagnostic]]:
    """Yield the findings of each file, in their order, found by as many processes as `jobs` says.

    `method` is how they are started: `fork` where that is safe, else `spawn`, and then `check` is sent to them. Raises
    WorkerLostError, and what a check raises.
    """
    handfuls = [files[at : at + HANDFUL] for at in range(0, len(files), HANDFUL)]
    with _Crew(check, min(jobs, len(handfuls)), method or _method()) as crew:
        for answer in crew.answers(handfuls):
            yield from answer


def _method() -> str:
    """Forking shares what is loaded, and is safe in a process of one thread; the libraries of macOS start threads."""
    return "fork" if sys.platform.startswith(("linux", "freebsd")) else "spawn"


class _Crew:
    """Processes and the pipes to them; they end with the `with`, however it ends."""

    def __init__(self, check: Check, size: int, method: str) -> None:
        from multiprocessing import get_context

        self._pipes: list[Connection] = []
        self._processes: list[BaseProcess] = []
        self._check = check
        self._forks = method == "fork"
        self._size = size
        self._context = get_context("fork") if self._forks else get_context("spawn")
        if not self._forks:  # new Pythons would look for modules in the current folder first
            os.environ["PYTHONSAFEPATH"] = "1"

    def __enter__(self) -> Self:
        gc.collect()
        gc.freeze()  # what is loaded stays shared: looking through it for garbage would copy it
        with _without_interrupts():
            for _ in range(self._size):
                self._start()
        return self

    def _start(self) -> None:
        ours, theirs = self._context.Pipe()
        # A forked process holds copies of all pipes: it closes them, or it would never see that we are gone.
        inherited = [*self._pipes, ours] if self._forks else []
        process = self._context.Process(
            target=_work, args=(theirs, inherited, self._check), daemon=True
        )
        process.start()
        theirs.close()
        self._pipes.append(ours)
        self._processes.append(process)

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.close()  # the end of all work, to a process that waits for more
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
        gc.unfreeze()

    def answers(self, handfuls: list[Sequence[str]]) -> Iterator[list[list[Diagnostic]]]:
        """Yield what each handful gave, in order, while processes work ahead."""
        from multiprocessing.connection import wait

        waiting = iter(enumerate(handfuls))
        held: dict[int, list[list[Diagnostic]]] = {}
        at_work: dict[Connection, int] = {}
        for pipe in self._pipes:
            self._give(pipe, next(waiting, None), at_work)
        for wanted in range(len(handfuls)):
            while wanted not in held:
                ready = wait(list(at_work))
                for pipe in [one for one in at_work if one in ready]:
                    number, found = self._take(pipe, handfuls[at_work.pop(pipe)])
                    held[number] = found
                    self._give(pipe, next(waiting, None), at_work)
            yield held.pop(wanted)

    def _give(
        self,
        pipe: "Connection",
        work: tuple[int, Sequence[str]] | None,
        at_work: "dict[Connection, int]",
    ) -> None:
        if work is None:
            return
        try:
            pipe.send(work)
        except OSError:
            raise self._lost(pipe, work[1]) from None
        at_work[pipe] = work[0]

    def _take(self, pipe: "Connection", files: Sequence[str]) -> tuple[int, list[list[Diagnostic]]]:
        try:
            number, found = pipe.recv()
        except (EOFError, OSError):
            raise self._lost(pipe, files) from None
        if isinstance(found, BaseException):
            raise found
        return number, found

    def _lost(self, pipe: "Connection", files: Sequence[str]) -> WorkerLostError:
        process = self._processes[self._pipes.index(pipe)]
        process.join(1)
        return WorkerLostError(files, process.exitcode)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold interrupts back: none reaches a new process before it has said that it will not listen."""
    import signal

    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: "Connection", inherited: "Sequence[Connection]", check: Check) -> None:
    """Check what the pipe asks for until it is closed."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for one in inherited:
        one.close()
    while True:
        try:
            number, files = pipe.recv()
            pipe.send(_answer(number, files, check))
        except (EOFError, OSError):  # whoever asked is gone
            return


def _answer(number: int, files: Sequence[str], check: Check) -> Answer:
    try:
        return number, [check(one) for one in files]
    except Exception as error:  # noqa: BLE001  # it is raised again where the command runs
        import traceback

        error.add_note(traceback.format_exc())
        return number, error
