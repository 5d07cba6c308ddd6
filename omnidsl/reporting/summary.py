"""What a run says at its end: counts, what failed and the way out, what is held and what to do."""

from collections.abc import Iterator

from omnidsl.reporting.progress_state import ProgressState
from omnidsl.reporting.progress_words import Words
from omnidsl.reporting.terminal import printable


def summary(state: ProgressState, words: Words) -> Iterator[str]:
    """Yield the lines of the summary; none for a run that has not ended."""
    end = state.finished
    if end is None:
        return
    for held in state.held:
        yield from told(
            "held",
            held.node,
            held.say("message", words.language),
            held.say("help", words.language),
            words,
        )
    for failed in state.failed:
        if failed.reason != "needs":
            text, way = failed.say("message", words.language), failed.say("help", words.language)
            yield from told("failed", failed.node, text, way, words)
    for unsaved in state.unsaved:
        text, way = unsaved.say("message", words.language), unsaved.say("help", words.language)
        yield from told("not-saved", unsaved.path, text, way, words)
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
    if end.status >= 128:
        yield words("interrupted", run=state.run)
    elif end.status == 1 and end.failed:
        yield words("try-again")


def told(label: str, name: str, message: str, help_text: str, words: Words) -> Iterator[str]:
    """Yield a labelled message and, indented below it, the way out."""
    yield f"{words(label)} {printable(name)}: {printable(message)}"
    if help_text:
        yield f"    {printable(help_text)}"
