"""What a person or a program sees of a run while it goes on: a live view, plain lines, or JSON lines.

Progress goes to stderr and results (the paths of saved files, one a line) to stdout, so that a pipe gets results only.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from omnidsl.reporting.progress_paths import shown_path
from omnidsl.reporting.progress_state import ProgressState
from omnidsl.reporting.progress_words import Words
from omnidsl.reporting.summary import story, summary
from omnidsl.reporting.terminal import printable
from omnidsl.running.events import (
    Event,
    Listener,
    Notice,
    RunStarted,
    Saved,
    StepDone,
    StepFailed,
    StepHeld,
    StepSkipped,
    StepSubmitted,
)

if TYPE_CHECKING:
    from typing import TextIO

    from omnidsl.reporting.live_progress import LiveProgress

Form = Literal["auto", "live", "plain", "json", "quiet"]


class PlainProgress:
    """One line an event that matters, without colours or cursor movements."""

    _tells = True

    def __init__(self, stderr: "TextIO", stdout: "TextIO", words: Words) -> None:
        self._stderr = stderr
        self._stdout = stdout
        self._words = words
        self._state = ProgressState()

    def __call__(self, event: Event) -> None:
        """Show an event."""
        self._state.take(event)
        for line in lines(event, self._state, self._words):
            print(line, file=self._stderr, flush=True)  # the caller's stream
        if isinstance(event, Saved):
            print(shown_path(event.path), file=self._stdout, flush=True)  # as above

    def close(self) -> None:
        """Show the summary."""
        for line in summary(self._state, self._words, told_before=self._tells):
            print(line, file=self._stderr, flush=True)  # as above


class QuietProgress(PlainProgress):
    """Results and the summary only."""

    _tells = False

    def __call__(self, event: Event) -> None:
        """Show a saved file."""
        self._state.take(event)
        if isinstance(event, Saved):
            print(shown_path(event.path), file=self._stdout, flush=True)  # as above


class JsonLines:
    """Every event as one JSON object a line, to stdout."""

    def __init__(self, stdout: "TextIO") -> None:
        self._stdout = stdout

    def __call__(self, event: Event) -> None:
        """Show an event."""
        # ASCII, so that a lone surrogate or a pipe's encoding can break nothing.
        print(json.dumps(event.to_json()), file=self._stdout, flush=True)  # as above

    def close(self) -> None:
        """Show nothing more."""


def lines(event: Event, state: ProgressState, words: Words) -> Iterator[str]:
    """Yield an event's permanent lines; none for one that only moves a bar."""
    match event:
        case RunStarted():
            key = "goes-on" if event.resumed else "begins"
            yield words(key, run=event.run, count=len(event.steps), gateway=event.gateway)
        case StepSubmitted():
            yield f"{words('submitted')} {printable(event.node)} {printable(event.task)}".rstrip()
        case StepDone() if not event.step:
            return  # an expectation that was met
        case StepDone():
            label = words("reused" if event.reused else "done")
            yield f"{label} {printable(event.node)} ({state.took.get(event.node, 0.0):.1f} s)"
        case StepSkipped():
            yield f"{words('skipped')} {printable(event.node)}"
        case StepFailed() if event.reason == "needs":
            yield story("left", event, words)
        case StepFailed():
            yield story("failed", event, words)
        case StepHeld():
            yield story("held", event, words)
        case Notice():
            yield story("notice", event, words)
        case _:
            return


@contextmanager
def progress(
    stderr: "TextIO", stdout: "TextIO", *, form: Form = "auto", language: str | None = None
) -> Iterator[Listener]:
    """Yield the listener that shows a run; leaving the block shows the summary.

    `auto` is the live view where stderr is a terminal that can move its cursor, else plain lines.
    """
    display = _display(stderr, stdout, form, Words(language))
    try:
        yield display
    finally:
        display.close()


def _display(
    stderr: "TextIO", stdout: "TextIO", form: Form, words: Words
) -> "PlainProgress | JsonLines | LiveProgress":
    if form == "json":
        return JsonLines(stdout)
    if form == "quiet":
        return QuietProgress(stderr, stdout, words)
    capable = stderr.isatty() and os.environ.get("TERM") != "dumb"
    if form == "live" or (form == "auto" and capable):
        from omnidsl.reporting.live_progress import LiveProgress

        return LiveProgress(stderr, stdout, words)
    return PlainProgress(stderr, stdout, words)
