"""The live view of a run on a terminal: what is at work, redrawn in place, and what ended above it."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from omnidsl.reporting.live_lines import view
from omnidsl.reporting.progress_paths import shown_path
from omnidsl.reporting.progress_state import ProgressState
from omnidsl.reporting.progress_words import Words
from omnidsl.reporting.summary import summary
from omnidsl.reporting.terminal import wants_colour
from omnidsl.running.events import (
    Event,
    Notice,
    RunFinished,
    RunStarted,
    StepDone,
    StepFailed,
    StepHeld,
    StepSkipped,
    StepSubmitted,
)

if TYPE_CHECKING:
    from typing import TextIO

_REDRAWS = 5
"""Redraws a second, whatever happens between them."""

_MARGIN = 4
"""Lines of the terminal that the steps of a small run leave free: the view's own, and what was typed."""

_STYLES: dict[type[Event], str] = {
    RunStarted: "bold",
    StepDone: "green",
    StepFailed: "red",
    StepHeld: "yellow",
    StepSkipped: "dim",
    Notice: "dim",
}


class LiveProgress:
    """See `omnidsl.reporting.progress.progress`. `width` is in columns (None: the terminal's), `clock` tells Unix time.

    A run whose steps have room on the screen gets a line for each; of a larger one operations are summed up, and only
    trouble leaves a line. Saved paths go to stdout after the view is gone, so that the two do not write into each other.
    """

    reads_along = True

    def __init__(
        self,
        stderr: "TextIO",
        stdout: "TextIO",
        words: Words,
        *,
        width: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._stdout = stdout
        self._words = words
        self._clock = clock
        self._state = ProgressState()
        self._by_step = True
        self._lock = threading.Lock()
        colour = wants_colour(stderr)
        self._console = Console(
            file=stderr,
            width=width,
            force_terminal=True,
            no_color=not colour,
            highlight=False,
            soft_wrap=False,
        )
        self._live = Live(
            console=self._console,
            get_renderable=self._view,
            refresh_per_second=_REDRAWS,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __call__(self, event: Event) -> None:
        """Show an event."""
        from omnidsl.reporting.progress import lines

        with self._lock:
            self._state.take(event)
            if isinstance(event, RunStarted):
                self._by_step = len(event.steps) <= self._console.height - _MARGIN
            # A submission moves the step's own line; everything else that has words stays.
            kept = (
                []
                if isinstance(event, StepSubmitted)
                else list(lines(event, self._state, self._words, one_by_one=self._by_step))
            )
        for line in kept:
            self._console.print(Text(line, style=_STYLES.get(type(event), "")), overflow="fold")
        if isinstance(event, RunStarted):
            self._live.start(refresh=True)
        elif isinstance(event, RunFinished):
            self._live.stop()

    def close(self) -> None:
        """Take the view away; show the results, and below them what a person has to know, however many they are."""
        self._live.stop()
        for saved in self._state.saved:
            print(shown_path(saved.path), file=self._stdout, flush=True)  # the caller's stream
        for line in summary(self._state, self._words, told_before=True):
            self._console.print(Text(line), overflow="fold")

    def _view(self) -> Group:
        console = self._console
        with self._lock:
            lines = view(
                self._state,
                self._words,
                self._clock(),
                width=console.width,
                height=console.height - 1,
                by_step=self._by_step,
            )
        return Group(*lines)
