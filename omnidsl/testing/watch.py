"""Somebody who looks at the event loop's thread from outside, and sees whether a plugin stands in its way."""

import sys
import threading
from types import FrameType, TracebackType
from typing import Self

_EVERY = 0.05
_LONG = 20
"""Looks at the same place of the same call, one after the other: a second, and more where the machine is busy."""


class Watch:
    """Watches the thread that enters the `with` block; `stood` is where a package kept it for a second, or empty."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._over = threading.Event()
        self._watched = 0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.stood = ""

    def __enter__(self) -> Self:
        self._watched = threading.get_ident()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        last, count = (0, 0), 0
        while not self._over.wait(_EVERY):
            frame = self._ours()
            place = (id(frame), frame.f_lasti) if frame else (0, 0)
            count = count + 1 if frame and place == last else 0
            last = place
            if frame and count >= _LONG:
                self.stood = f"{frame.f_code.co_filename}:{frame.f_lineno}"
                return

    def _ours(self) -> FrameType | None:
        """Return the innermost call of the package that the thread is in."""
        frame = sys._current_frames().get(self._watched)  # noqa: SLF001  # the documented way to another thread
        while frame is not None:
            if frame.f_globals.get("__name__", "").partition(".")[0] == self._package:
                return frame
            frame = frame.f_back
        return None
