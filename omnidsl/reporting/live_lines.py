"""The lines of the live view: plain layout in columns, so that a redraw costs little whatever the number of steps."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from rich.text import Text

from omnidsl.reporting.overview import duration, overview
from omnidsl.reporting.progress_paths import said
from omnidsl.reporting.progress_state import ActiveStep, Group, Problem, ProgressState
from omnidsl.reporting.progress_words import Words
from omnidsl.reporting.terminal import columns, cut, pad, printable
from omnidsl.reporting.wrapping import wrap
from omnidsl.running.words import commands

_BAR_FROM = 56
"""Columns from which on a line has room for a bar."""

_STAGE_FROM = 32
"""Columns from which on a line has room for how a step stands."""

_BAR = 18
_PROBLEMS = 3
"""Kinds of trouble that are shown with what helps."""


def view(
    state: ProgressState, words: Words, now: float, *, width: int, height: int, by_step: bool
) -> list[Text]:
    """Return the lines of the live view, at most `height` of them and none wider than `width` columns.

    `by_step` shows the steps at work alone; else operations are summed up above them. The overview is never left out.
    """
    room = max(1, height)
    last = Text(overview(state, words, now, width), style="dim", no_wrap=True)
    trouble = list(_trouble(state, words, width))[: max(0, (room - 1) // 2)]
    room -= 1 + len(trouble)
    sums = [] if by_step else list(_groups(state.groups, words, width))[: max(0, room)]
    room -= len(sums)
    steps = _steps(state, words, now, width, room, by_step=by_step)
    return [*sums, *steps, *trouble, last]


def _steps(
    state: ProgressState, words: Words, now: float, width: int, room: int, *, by_step: bool
) -> list[Text]:
    """Return the lines of steps at work, those that were submitted first; what has no room is counted.

    In a large run those that wait for their turn are in the sums alone.
    """
    count = len(state.active) + (len(state.queued) if by_step else 0)
    if room < 1 or not count:
        return []
    shown = min(count, room if count <= room else room - 1)
    chosen = list(islice(chain(state.active.values(), state.queued.values()), shown))
    cells = [_step(one, words, now) for one in chosen]
    lines = list(_columns(cells, width))
    if count > shown:
        lines.append(Text(cut(words("more", count=count - shown), width), style="dim"))
    return lines


class _Row(NamedTuple):
    """A name, how far it is (0 to 1), how it stands, and a time; `tail` is shown instead of the two in the middle."""

    name: str
    share: float
    stands: str
    time: str = ""
    tail: str = ""


def _step(step: ActiveStep, words: Words, now: float) -> _Row:
    share = f" {step.progress:.0%}" if step.progress is not None else ""
    return _Row(
        printable(step.node),
        step.progress or 0.0,
        f"{words(step.stage)}{share}",
        duration(now - step.since),
        printable(" ".join(step.tail.split())),
    )


def _groups(groups: dict[str, Group], words: Words, width: int) -> Iterator[Text]:
    rows = []
    for name, group in groups.items():
        counts = {"failed": group.failed, "held": group.held}
        if width >= _BAR_FROM:
            counts["at-work"] = group.at_work
        parts = [f"{group.ended}/{group.total}"]
        parts += [f"{words(name)} {count}" for name, count in counts.items() if count]
        rows.append(_Row(printable(name), group.ended / max(1, group.total), ", ".join(parts)))
    yield from _columns(rows, width)


def _columns(rows: list[_Row], width: int) -> Iterator[Text]:
    """Yield rows in columns that stand below each other; the name gives way first."""
    if not rows:
        return
    stand = max(columns(row.stands) for row in rows) if width >= _STAGE_FROM else 0
    stand = min(stand, width // 2)
    clock = max(columns(row.time) for row in rows)
    bar = _BAR if width >= _BAR_FROM else 0
    taken = sum(one + 1 for one in (bar, stand, clock) if one)
    name_room = max(1, min(max(columns(row.name) for row in rows), width - taken))
    for row in rows:
        line = Text(no_wrap=True)
        line.append(pad(cut(row.name, name_room), name_room))
        if row.tail and stand:
            room = max(1, width - name_room - clock - 2)
            line.append(f" {pad(_end_of(row.tail, room), room)}", style="dim")
        else:
            _bar(line, bar, row.share)
            line.append(f" {pad(cut(row.stands, stand), stand)}" if stand else "")
        if clock:
            line.append(f" {' ' * (clock - columns(row.time))}{row.time}", style="dim")
        line.truncate(width)
        yield line


def _bar(line: Text, width: int, share: float) -> None:
    if width:
        full = round(width * min(1.0, max(0.0, share)))
        line.append(" ")
        line.append("━" * full, style="green" if full == width else "cyan")
        line.append("─" * (width - full), style="dim")


def _end_of(text: str, width: int) -> str:
    """Return the end of a text in at most `width` columns."""
    while columns(text) > width:
        text = text[max(1, (columns(text) - width) // 2) :]
    return text


def _trouble(state: ProgressState, words: Words, width: int) -> Iterator[Text]:
    """Yield what failed or is held, by reason, each with the commands that help."""
    kinds = [(label, one) for (label, _), one in state.problems.items() if label != "left"]
    for label, problem in kinds[:_PROBLEMS]:
        yield Text(cut(_problem(label, problem, words), width), style=STYLES[label])
        for command in commands(problem.first.reason, problem.first.values)[:1]:
            for at, line in enumerate(wrap(printable(command), max(1, width - 4))):
                yield Text(cut(f"{'    ' if at else '  $ '}{line}", width))
    if len(kinds) > _PROBLEMS:
        yield Text(cut(words("more", count=len(kinds) - _PROBLEMS), width), style="dim")


def _problem(label: str, problem: Problem, words: Words) -> str:
    event = problem.first
    names = printable(event.node)
    if problem.count > 1:
        names = f"{names} {words('more', count=problem.count - 1)}"
    return f"{words(label)} {names}: {printable(said(event, language=words.language))}"


STYLES = {"failed": "red", "held": "yellow"}
