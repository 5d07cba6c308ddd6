"""What a person or a program sees of a run while it goes on: a live view, plain lines, or JSON lines.

Progress goes to stderr and results (the paths of saved files, one a line) to stdout, so that a pipe gets results only.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, Protocol

from omnidsl.reporting.overview import overview
from omnidsl.reporting.progress_paths import shown_path
from omnidsl.reporting.progress_state import FEW, ProgressState
from omnidsl.reporting.progress_words import Words
from omnidsl.reporting.summary import story, summary
from omnidsl.reporting.terminal import printable
from omnidsl.running.events import (
    Event,
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


Form = Literal["auto", "live", "plain", "json", "quiet"]


class Display(Protocol):
    """Shows a run; `reads_along` says that it shows answers while they come."""

    reads_along: bool

    def __call__(self, event: Event) -> None:
        """Show an event."""
        ...

    def close(self) -> None:
        """Show what is to be said at the end."""
        ...


_EVERY = 5.0
"""Seconds between two lines of counts."""

_REPEATS = 3
"""How often one kind of trouble is told in full; further ones of a large run are counted."""


class PlainProgress:
    """A line an event that matters, without colours or cursor movements; of a large run, counts every few seconds."""

    reads_along = False

    def __init__(self, stderr: "TextIO", stdout: "TextIO", words: Words) -> None:
        self._stderr = stderr
        self._stdout = stdout
        self._words = words
        self._state = ProgressState()
        self._counted = 0.0

    def __call__(self, event: Event) -> None:
        """Show an event."""
        state = self._state
        state.take(event)
        small = state.count <= FEW
        for line in lines(event, state, self._words, one_by_one=small):
            self._say(line)
        if isinstance(event, Saved):
            print(shown_path(event.path), file=self._stdout, flush=True)  # the caller's stream
        if isinstance(event, RunStarted):
            self._counted = event.time
        elif not small and event.time - self._counted >= _EVERY and state.finished is None:
            self._counted = event.time
            self._say(overview(state, self._words, event.time))

    def close(self) -> None:
        """Show the summary."""
        for line in summary(self._state, self._words, told_before=True):
            self._say(line)

    def _say(self, line: str) -> None:
        print(line, file=self._stderr, flush=True)  # as above


class QuietProgress:
    """Results, and how a run ended that did not end well."""

    reads_along = False

    def __init__(self, stderr: "TextIO", stdout: "TextIO", words: Words) -> None:
        self._stderr = stderr
        self._stdout = stdout
        self._words = words
        self._state = ProgressState()

    def __call__(self, event: Event) -> None:
        """Show a saved file."""
        self._state.take(event)
        if isinstance(event, Saved):
            print(shown_path(event.path), file=self._stdout, flush=True)  # as above

    def close(self) -> None:
        """Show the summary, unless all is well."""
        end = self._state.finished
        if end is not None and end.status:
            for line in summary(self._state, self._words, told_before=False):
                print(line, file=self._stderr, flush=True)  # as above


class JsonLines:
    """Every event as one JSON object a line, to stdout."""

    reads_along = True

    def __init__(self, stdout: "TextIO") -> None:
        self._stdout = stdout

    def __call__(self, event: Event) -> None:
        """Show an event."""
        # ASCII, so that a lone surrogate or a pipe's encoding can break nothing.
        print(json.dumps(event.to_json()), file=self._stdout, flush=True)  # as above

    def close(self) -> None:
        """Show nothing more."""


def lines(
    event: Event, state: ProgressState, words: Words, *, one_by_one: bool = True
) -> Iterator[str]:
    """Yield an event's permanent lines; none for one that only moves a bar.

    Without `one_by_one` only trouble has lines, and of each kind only the first few.
    """
    match event:
        case RunStarted():
            key = "goes-on" if event.resumed else "begins"
            there = ", ".join((event.gateway, *event.gateways))
            yield words(key, run=event.run, count=len(event.steps), gateway=there)
        case StepFailed():
            label = "left" if event.reason == "needs" else "failed"
            yield from _trouble(label, event, state, words, one_by_one=one_by_one)
        case StepHeld():
            yield from _trouble("held", event, state, words, one_by_one=one_by_one)
        case Notice():
            yield from _trouble("notice", event, state, words, one_by_one=one_by_one)
        case _ if one_by_one:
            yield from _moved(event, state, words)


def _moved(event: Event, state: ProgressState, words: Words) -> Iterator[str]:
    """Yield the line of a step that goes on as it should."""
    match event:
        case StepSubmitted():
            yield f"{words('submitted')} {printable(event.node)} {printable(event.task)}".rstrip()
        case StepDone() if not event.step:
            return  # an expectation that was met
        case StepDone():
            label = words("reused" if event.reused else "done")
            yield f"{label} {printable(event.node)} ({state.took.get(event.node, 0.0):.1f} s)"
        case StepSkipped():
            yield f"{words('skipped')} {printable(event.node)}"


def _trouble(
    label: str,
    event: StepFailed | StepHeld | Notice,
    state: ProgressState,
    words: Words,
    *,
    one_by_one: bool,
) -> Iterator[str]:
    """Yield what happened to a step; in a large run the first few times, and nothing of what was left out for it."""
    times = state.told[label, event.reason]
    if one_by_one or (label != "left" and times <= _REPEATS):
        yield story(label, event, words)
    if not one_by_one and label != "left" and times == _REPEATS:
        yield words("further")


@contextmanager
def progress(
    stderr: "TextIO", stdout: "TextIO", *, form: Form = "auto", language: str | None = None
) -> Iterator[Display]:
    """Yield the listener that shows a run; leaving the block shows the summary.

    `auto` is the live view where stderr is a terminal that can move its cursor, else plain lines.
    """
    display = _display(stderr, stdout, form, Words(language))
    try:
        yield display
    finally:
        display.close()


def _display(stderr: "TextIO", stdout: "TextIO", form: Form, words: Words) -> Display:
    if form == "json":
        return JsonLines(stdout)
    if form == "quiet":
        return QuietProgress(stderr, stdout, words)
    capable = stderr.isatty() and os.environ.get("TERM") != "dumb"
    if form == "live" or (form == "auto" and capable):
        from omnidsl.reporting.live_progress import LiveProgress

        return LiveProgress(stderr, stdout, words)
    return PlainProgress(stderr, stdout, words)
