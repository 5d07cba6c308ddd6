"""What a run says at its end: what failed or is held and the way out, counts, and how to go on."""

from collections.abc import Iterator, Sequence

from omnidsl.reporting.overview import money
from omnidsl.reporting.progress_paths import said, shown_path
from omnidsl.reporting.progress_state import ProgressState
from omnidsl.reporting.progress_words import Words
from omnidsl.reporting.terminal import printable
from omnidsl.running.events import Notice, StepFailed, StepHeld
from omnidsl.running.words import way

_NAMED = 3
"""How many steps with one way out are named; the others are counted."""


def summary(state: ProgressState, words: Words, *, told_before: bool) -> Iterator[str]:
    """Yield the lines of the summary; none for a run that has not ended.

    `told_before`: what happened to each step was shown when it happened, so that only the way out is missing.
    """
    end = state.finished
    if end is None:
        return
    failed = [one for one in state.failed if one.reason != "needs"]
    for label, events in (("held", state.held), ("failed", failed)):
        if told_before:
            yield from _ways_out(label, events, words)
        else:
            yield from _stories(label, events, words)
    for unsaved in state.unsaved:
        yield told(
            "not-saved", shown_path(unsaved.path), said(unsaved, language=words.language), words
        )
        yield from _indented(said(unsaved, "help", words.language))
    yield words(
        "counts",
        done=end.done,
        reused=end.reused,
        failed=end.failed,
        held=end.held,
        left=end.left,
        saved=end.saved,
        seconds=f"{end.seconds:.1f}",
    )
    if cost := money(state, words):
        yield cost
    if end.skipped:
        yield words("counts-skipped", skipped=end.skipped)
    if end.status >= 128:
        yield words("interrupted", run=state.run)
    elif end.stopped == "deadline":
        yield words("stopped-at-deadline", run=state.run)
    elif end.status == 1 and failed:
        ways = {way(one.reason) for one in failed}
        best = next((one for one in ("retry", "resume", "change") if one in ways), None)
        if best is not None:
            yield words(f"go-on-{best}", run=state.run)


def told(label: str, name: str, message: str, words: Words) -> str:
    """Return a labelled message about a step or a file; `name` is empty for one about the run."""
    return f"{words(label)}{' ' if name else ''}{printable(name)}: {printable(message)}"


def story(label: str, event: StepFailed | StepHeld | Notice, words: Words) -> str:
    """Return what happened to a step."""
    return told(label, event.node, said(event, language=words.language), words)


def _stories(label: str, events: Sequence[StepFailed | StepHeld], words: Words) -> Iterator[str]:
    """Yield what happened to each step and the way out, of one reason the first few."""
    for alike in _by_reason(events):
        for event in alike[:_NAMED]:
            yield story(label, event, words)
            yield from _indented(said(event, "help", words.language))
        yield from _further(alike, words)


def _ways_out(label: str, events: Sequence[StepFailed | StepHeld], words: Words) -> Iterator[str]:
    """Yield each way out once, with the steps that have it; where each step has its own, the first few."""
    for alike in _by_reason(events):
        steps: dict[str, list[str]] = {}
        for event in alike:
            if help_text := said(event, "help", words.language):
                steps.setdefault(help_text, []).append(event.node)
        for help_text, names in list(steps.items())[:_NAMED]:
            yield f"{words(label)} {_named(names, words)}:"
            yield from _indented(help_text)
        if len(steps) > _NAMED:
            yield from _further(alike, words)


def _by_reason(events: Sequence[StepFailed | StepHeld]) -> list[list[StepFailed | StepHeld]]:
    found: dict[str, list[StepFailed | StepHeld]] = {}
    for event in events:
        found.setdefault(event.reason, []).append(event)
    return list(found.values())


def _further(alike: Sequence[StepFailed | StepHeld], words: Words) -> Iterator[str]:
    """Yield where the rest of many steps stands."""
    if len(alike) > _NAMED:
        yield words("further-steps", count=len(alike) - _NAMED, run=alike[0].run)


def _named(names: Sequence[str], words: Words) -> str:
    shown = ", ".join(printable(one) for one in names[:_NAMED])
    more = len(names) - _NAMED
    return f"{shown} {words('more', count=more)}" if more > 0 else shown


def _indented(text: str) -> Iterator[str]:
    if text:
        yield f"    {printable(text)}"
