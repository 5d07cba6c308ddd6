"""The live view of a run on a terminal: one line for every step at work, and what ended above it."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from omnidsl.reporting.progress_paths import shown_path
from omnidsl.reporting.progress_state import ActiveStep, ProgressState
from omnidsl.reporting.progress_words import Words
from omnidsl.reporting.summary import summary
from omnidsl.reporting.terminal import printable, wants_colour
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

_BAR_FROM = 56
"""Columns from which on a line has room for a bar."""

_STAGE_FROM = 32
"""Columns from which on a line has room for how a step stands."""

_BAR = 18
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

    Saved paths go to stdout after the view is gone, so that the two do not write into each other.
    """

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
            refresh_per_second=8,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __call__(self, event: Event) -> None:
        """Show an event."""
        from omnidsl.reporting.progress import lines

        with self._lock:
            self._state.take(event)
            # A submission moves the step's own line; everything else that has words stays.
            kept = (
                []
                if isinstance(event, StepSubmitted)
                else list(lines(event, self._state, self._words))
            )
        for line in kept:
            self._console.print(Text(line, style=_STYLES.get(type(event), "")), overflow="fold")
        if isinstance(event, RunStarted):
            self._live.start(refresh=True)
        elif isinstance(event, RunFinished):
            self._live.stop()

    def close(self) -> None:
        """Take the view away; show the summary and the results."""
        self._live.stop()
        for line in summary(self._state, self._words, told_before=True):
            self._console.print(Text(line), overflow="fold")
        for saved in self._state.saved:
            print(shown_path(saved.path), file=self._stdout, flush=True)  # the caller's stream

    def _view(self) -> Group:
        now = self._clock()
        with self._lock:
            active = list(self._state.active.values())
            ended, count, began = self._state.ended, self._state.count, self._state.began
        room = max(1, self._console.height - 3)
        rows = Table.grid(padding=(0, 1))
        width = self._console.width
        rows.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        if width >= _BAR_FROM:
            rows.add_column(width=_BAR)
        if width >= _STAGE_FROM:
            rows.add_column(no_wrap=True, justify="right")
        rows.add_column(no_wrap=True, justify="right")
        for step in active[:room]:
            rows.add_row(*self._row(step, now, width))
        parts: list[Table | Text] = [rows]
        if len(active) > room:
            parts.append(Text(self._words("more", count=len(active) - room), style="dim"))
        seconds = f"{max(0.0, now - began):.0f}"
        parts.append(
            Text(
                self._words("overview", ended=ended, count=count, seconds=seconds),
                style="dim",
                no_wrap=True,
                overflow="ellipsis",
            )
        )
        return Group(*parts)

    def _row(self, step: ActiveStep, now: float, width: int) -> list[Text | ProgressBar]:
        share = f" {step.progress:.0%}" if step.progress is not None else ""
        cells: list[Text | ProgressBar] = [Text(printable(step.node))]
        if width >= _BAR_FROM:
            cells.append(ProgressBar(total=1.0, completed=step.progress or 0.0, width=_BAR))
        if width >= _STAGE_FROM:
            cells.append(Text(f"{self._words(step.stage)}{share}"))
        cells.append(Text(f"{max(0.0, now - step.since):.0f} s"))
        return cells
