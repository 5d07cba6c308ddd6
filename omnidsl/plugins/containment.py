"""A backend that is held to its contract: what it prints, gives and changes around it costs it alone, by name."""

import asyncio
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import TypeVar

from omnidsl.plugins.backend import Backend, Call, Context, Receipt, Status
from omnidsl.plugins.errors import PluginError
from omnidsl.plugins.handed_back import fault
from omnidsl.plugins.installed import EntryPoint
from omnidsl.plugins.lost import Absent, Finding, Found, Lost, Unknown
from omnidsl.plugins.media import JSON, Made
from omnidsl.plugins.outcomes import Failed, GatewayError, OutcomeError, ReplyRule
from omnidsl.plugins.probes import Probe
from omnidsl.plugins.speaking import speaking

Answer = TypeVar("Answer")

Tell = Callable[[str, Mapping[str, JSON]], None]
"""Hears what a plugin did that it may not: a reason of `failures.toml`, and its values."""


Handler = Callable[[int, FrameType | None], object] | int


class Whose:
    """Says which plugin code belongs to, by the packages of plugins."""

    def __init__(self, points: Iterable[EntryPoint]) -> None:
        self._roots = {one.module.partition(".")[0]: one.name for one in points}

    def frame(self, frame: FrameType | None) -> str:
        """Return the plugin whose code is the innermost on a stack; empty where there is none."""
        while frame is not None:
            if found := self.module(str(frame.f_globals.get("__name__", ""))):
                return found
            frame = frame.f_back
        return ""

    def speaker(self, frame: FrameType) -> str:
        """Return the plugin that something is printed by, deep below a hook."""
        return self.frame(frame) or "plugin"

    def error(self, error: BaseException) -> str:
        """Return the plugin in whose code something was raised; empty where it was none's."""
        found, trace = "", error.__traceback__
        while isinstance(trace, TracebackType):
            found = self.module(str(trace.tb_frame.f_globals.get("__name__", ""))) or found
            trace = trace.tb_next
        return found

    def module(self, name: str) -> str:
        """Return the plugin that a module belongs to; empty for any other."""
        return self._roots.get(name.partition(".")[0], "")


class Surroundings:
    """What all plugins share and none may change: the current folder, and what signals do."""

    _SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self._folder = _here()
        self._handlers = self._handlers_now()

    def restore(self) -> str:
        """Put back what was changed, and return its name for people; empty where nothing was."""
        if (now := _here()) != self._folder:
            os.chdir(self._folder)
            return f"the current folder (to {now})"
        if (handlers := self._handlers_now()) != self._handlers:
            for number, handler in self._handlers.items():
                if handlers.get(number) is not handler:
                    signal.signal(number, handler)
            return "what signals do"
        return ""

    def note(self) -> None:
        """Take things for right as they are now."""
        self._folder = _here()
        self._handlers = self._handlers_now()

    def _handlers_now(self) -> dict[signal.Signals, Handler]:
        if threading.current_thread() is not threading.main_thread():
            return {}  # only the main thread may put them back
        found = {one: signal.getsignal(one) for one in self._SIGNALS}
        return {one: handler for one, handler in found.items() if handler is not None}


def contained(service: str, inner: Backend, around: Surroundings, tell: Tell) -> Backend:
    """Return a backend that works as another one does, and is held to its contract; PluginError for a wrong table."""
    rules = inner.replies
    if not isinstance(rules, list | tuple) or not all(isinstance(one, ReplyRule) for one in rules):
        raise PluginError(service, "`replies` is a tuple of ReplyRule")

    class Held(Contained):
        replies = tuple(rules)

    return Held(service, inner, around, tell)


class Contained(Backend):
    """See `contained`. `inner` is the plugin's own."""

    def __init__(self, service: str, inner: Backend, around: Surroundings, tell: Tell) -> None:
        self.inner = inner
        self._service = service
        self._around = around
        self._tell = tell

    async def submit(self, call: Call, context: Context) -> Receipt:
        """See `Backend.submit`."""
        with self._held():
            found = await self.inner.submit(call, context)
        return self._is(found, Receipt, "submit")

    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        """See `Backend.poll`."""
        with self._held():
            found = await self.inner.poll(receipts, context)
        for one in self._is(found, Mapping, "poll").values():
            self._is(one, Status, "poll")
        return found

    async def collect(self, receipt: Receipt, status: Status, context: Context) -> Made:
        """See `Backend.collect`."""
        with self._held():
            found = await self.inner.collect(receipt, status, context)
        return self._is(found, Made, "collect")

    async def find(self, call: Call, lost: Lost, context: Context) -> Finding:
        """See `Backend.find`."""
        with self._held():
            found = await self.inner.find(call, lost, context)
        kinds = (Found, Absent, Unknown)
        return self._is(
            found, next((one for one in kinds if isinstance(found, one)), Unknown), "find"
        )

    async def call(self, call: Call, context: Context) -> Made:
        """See `Backend.call`."""
        with self._held():
            found = await self.inner.call(call, context)
        return self._is(found, Made, "call")

    async def probe(self, context: Context) -> Probe | None:
        """See `Backend.probe`."""
        with speaking(self._service):
            found = await self.inner.probe(context)
        self._settle()
        return found if found is None else self._is(found, Probe, "probe")

    def _is(self, found: Answer, wanted: type, where: str) -> Answer:
        if not isinstance(found, wanted):
            problem = f"`{where}` must give {wanted.__name__}, and gave {type(found).__name__}"
            raise PluginError(self._service, problem)
        if wrong := fault(found):
            raise PluginError(self._service, f"in what `{where}` gave, {wrong}")
        return found

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Hold what the plugin does to what it may: it ends no process, and leaves all as it was."""
        try:
            with speaking(self._service):
                yield
        except (OutcomeError, GatewayError, Failed) as error:
            if wrong := fault(error):
                raise PluginError(self._service, f"in what was raised, {wrong}") from error
            raise
        except (Exception, KeyboardInterrupt):
            raise
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError) and _is_ours(error):
                raise
            raise PluginError(self._service, f"{type(error).__name__}: {error}") from error
        finally:
            self._settle()

    def _settle(self) -> None:
        if changed := self._around.restore():
            self._tell("surroundings", {"plugin": self._service, "words": changed})


def _is_ours(error: asyncio.CancelledError) -> bool:
    """Tell whether we want the work to end: its task, or a request that it waits for; else the plugin itself raised it."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        return True
    modules = (
        str(one.f_globals.get("__name__")) for one, _ in traceback.walk_tb(error.__traceback__)
    )
    return any(one.startswith("omnidsl.running.") for one in modules)


def _here() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  # a string
    except OSError:
        return os.path.abspath(os.sep)  # noqa: PTH100  # as above


def threads_of(whose: Whose, before: Iterable[threading.Thread]) -> set[str]:
    """Return the plugins that have left threads at work since there were only those."""
    frames = sys._current_frames()  # noqa: SLF001  # the documented way to see what threads do
    left = [one for one in threading.enumerate() if one not in set(before)]
    found = {whose.frame(frames.get(one.ident or 0)) or _target(whose, one) for one in left}
    return found - {""}


def _target(whose: Whose, thread: threading.Thread) -> str:
    return whose.module(str(getattr(getattr(thread, "_target", None), "__module__", "")))
