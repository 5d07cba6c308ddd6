"""Runs and their steps for people, in a number of columns: one line a run, or two where that has no room."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence

from omnidsl.planning.money import amount
from omnidsl.plugins.media import JSON
from omnidsl.reporting.overview import SEPARATOR, duration
from omnidsl.reporting.progress_paths import shown_path
from omnidsl.reporting.progress_words import Words
from omnidsl.reporting.terminal import columns, cut, pad, printable
from omnidsl.reporting.wrapping import wrap
from omnidsl.running.gateway import SANDBOX
from omnidsl.running.history import TROUBLE, Orphan, RunSummary, StepRecord
from omnidsl.running.words import words as reason_words

_STYLES = {
    "done": "32",
    "reused": "32",
    "failed": "31",
    "killed": "31",
    "interrupted": "33",
    "held": "33",
    "unfetched": "33",
    "in-doubt": "33",
    "running": "36",
    "at-work": "36",
}
_COUNTS = ("done", "reused", "failed", "held", "left", "skipped", "at-work")
_LISTED = 50
"""Steps of a run that are listed one by one; of more, those that are done are counted."""


class Page:
    """Lines about runs for a terminal: `width` in columns, `colour` where somebody wants it."""

    def __init__(self, words: Words, *, width: int, colour: bool) -> None:
        self._words = words
        self._width = max(32, width)
        self._colour = colour

    def runs(self, runs: Sequence[RunSummary]) -> Iterator[str]:
        """Yield the lines of a list of runs."""
        labels = [self._words(f"run-{one.state}") for one in runs]
        identities = [printable(one.run) for one in runs]
        recipes = [_recipe(one) for one in runs]
        label_width, identity_width, recipe_width = (
            max(map(columns, cells), default=0) for cells in (labels, identities, recipes)
        )
        facts = [SEPARATOR.join(self._facts(one)) for one in runs]
        widest = label_width + identity_width + recipe_width + 6
        one_line = widest + max(map(columns, facts), default=0) <= self._width
        for at, run in enumerate(runs):
            head = f"{self._paint(pad(labels[at], label_width), run.state)}  {identities[at]}"
            if one_line:
                blanks = " " * (identity_width - columns(identities[at]))
                yield f"{head}{blanks}  {pad(recipes[at], recipe_width)}  {facts[at]}"
            else:
                yield head
                for line in wrap(f"{recipes[at]}{SEPARATOR}{facts[at]}", self._width - 4):
                    yield f"    {cut(line, self._width - 4)}"

    def run(
        self, run: RunSummary, steps: Sequence[StepRecord], *, everything: bool
    ) -> Iterator[str]:
        """Yield the lines of one run: its head, its steps, and what helps those in trouble."""
        label = self._paint(self._words(f"run-{run.state}"), run.state)
        yield f"{label}  {printable(run.run)}"
        facts = [
            _recipe(run),
            printable(", ".join((run.gateway, *run.gateways))),
            *self._facts(run),
        ]
        facts += [f"--{name} {_written(value)}".rstrip() for name, value in _asked(run).items()]
        for line in wrap(SEPARATOR.join(facts), self._width - 4):
            yield f"    {line}"
        shown = [
            one
            for one in steps
            if everything or len(steps) <= _LISTED or one.state in TROUBLE or one.state == "at-work"
        ]
        if shown:
            yield ""
        for one in shown:
            yield from self._step(one, run)
        hidden = Counter(one.state for one in steps)
        hidden.subtract(one.state for one in shown)
        if parts := [
            f"{self._words(f'step-{name}')} {count}" for name, count in hidden.items() if count
        ]:
            yield ""
            yield self._words("not-listed", counts=self._words("comma").join(parts))

    def orphans(self, orphans: Sequence[Orphan]) -> Iterator[str]:
        """Yield what is said of tasks that nobody fetches."""
        if not orphans:
            return
        yield self._words("orphans", count=len(orphans))
        for run, count in Counter(one.run for one in orphans).items():
            yield f"    $ omni resume {printable(run)}  ({count})"

    def _facts(self, run: RunSummary) -> list[str]:
        """Return when a run was, how long it took, how its steps stand, and what it cost."""
        facts = [time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started))]
        if run.ended is not None:
            facts.append(duration(run.ended - run.started))
        cut_off = {"at-work": "cut-off"} if run.state == "killed" else {}
        counts = [
            f"{self._words(f'step-{cut_off.get(name, name)}')} {count}"
            for name in _COUNTS
            if (count := getattr(run, name.replace("-", "_")))
        ]
        facts.append(
            self._words("step-counts", steps=run.steps, counts=self._words("comma").join(counts))
            if counts
            else self._words("step-count", steps=run.steps)
        )
        if money := self._money(run.charged, run.reserved, run.currency):
            simulated = run.gateway == SANDBOX
            facts.append(f"{money}{self._words('is-simulated')}" if simulated else money)
        return facts

    def _step(self, step: StepRecord, run: RunSummary) -> Iterator[str]:
        share = f" {step.progress:.0%}" if step.progress is not None else ""
        label = f"{self._words(f'step-{step.state}')}{share}"
        money = self._money(step.charged, step.reserved, run.currency)
        facts = SEPARATOR.join(one for one in (step.operation, money) if one)
        room = self._width - max(10, columns(label)) - 1
        head = cut(printable(step.node), room)
        line = f"{self._paint(pad(label, 10), step.state)} {head}"
        if columns(head) + columns(facts) + 2 <= room:
            yield f"{line}  {facts}"
        else:
            yield line
            yield from self._below(facts)
        yield from self._below(*(shown_path(one) for one in step.files))
        if step.attempt and step.state not in ("done", "reused"):
            task = f" ({self._words('task', task=step.task)})" if step.task else ""
            yield from self._below(f"{step.attempt}{task}")
        yield from self._below(self._reason(step))
        for command in step.commands:
            yield from self._below(f"$ {command}")

    def _reason(self, step: StepRecord) -> str:
        """Return why a step stands as it does, as far as anybody said."""
        if step.reason:
            return reason_words(step.reason, step.values, language=self._words.language)
        if step.state in ("unfetched", "in-doubt"):
            return self._words(f"why-{step.state}")
        return str(step.values.get("words", ""))

    def _below(self, *texts: str) -> Iterator[str]:
        for text in texts:
            for line in wrap(printable(text), self._width - 11) if text else ():
                yield f"{' ' * 11}{line}"

    def _money(self, charged: int, reserved: int, currency: str) -> str:
        parts = [f"{printable(currency)} {amount(charged)}".strip()] if charged or reserved else []
        if reserved:
            parts.append(self._words("reserved", amount=amount(reserved)))
        return self._words("comma").join(parts)

    def _paint(self, text: str, state: str) -> str:
        style = _STYLES.get(state)
        return f"\x1b[{style}m{text}\x1b[0m" if self._colour and style else text


def _recipe(run: RunSummary) -> str:
    return printable(f"{run.recipe} {run.pipeline}".strip())


def _asked(run: RunSummary) -> dict[str, JSON]:
    """Return what was asked of the plan; what a run may cost is no part of it."""
    names = ("until", "redo", "fresh")
    return {name: run.options[name] for name in names if run.options.get(name)}


def _written(value: JSON) -> str:
    return printable(" ".join(map(str, value))) if isinstance(value, list) else ""
