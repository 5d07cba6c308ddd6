"""What `run`, `resume` and `retry` have in common: consent before money goes out, progress, what is printed at the end."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli.plan import at_most, priced
from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypedDict

    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.plugins.media import JSON
    from omnidsl.reporting.progress import Form
    from omnidsl.running import RunResult
    from omnidsl.running.engines import Engine
    from omnidsl.running.forecast import Forecast
    from omnidsl.running.limits import Limits
    from omnidsl.settings.values import Values

    class Pacing(TypedDict):
        """The circumstances of a run that say how much it asks for; times in seconds."""

        limits: Limits
        service_limits: Mapping[str, Limits]
        deadline: float | None
        grace: float
        engine: Engine | None
        plugin_settings: Mapping[str, Mapping[str, JSON]]


ASKS_ABOVE = 10
"""Paid jobs that are sent without asking."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that performs a run."""
    parser.add_argument("--output", type=Path, metavar="DIR", help=phrase("help-output"))
    parser.add_argument("--max-cost", type=_amount, metavar="AMOUNT", help=phrase("help-max-cost"))
    parser.add_argument("--deadline", type=_seconds, metavar="TIME", help=phrase("help-deadline"))
    parser.add_argument("--grace", type=_seconds, metavar="TIME", help=phrase("help-grace"))
    parser.add_argument("--engine", metavar="NAME", help=phrase("help-engine"))
    parser.add_argument("--yes", "-y", action="store_true", help=phrase("help-yes"))
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help=phrase("help-run-json"))
    shown.add_argument("--quiet", "-q", action="store_true", help=phrase("help-run-quiet"))


def _amount(text: str) -> int:
    """Read an amount of money, in micros."""
    from omnidsl.settings.prices import micros

    try:
        return micros(text)
    except ValueError:
        raise argparse.ArgumentTypeError(phrase("bad-amount").format(text=text)) from None


def _seconds(text: str) -> float:
    """Read a duration, in seconds."""
    from omnidsl.settings.durations import FORM, seconds

    try:
        return seconds(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            phrase("bad-duration").format(text=text, form=FORM)
        ) from None


def pacing(arguments: argparse.Namespace, values: "Values", catalogue: "Catalogue") -> "Pacing":
    """Return how much a run asks of the gateway, for how long and by which engine: the flags' word, else the settings'."""
    from omnidsl.running.limits import Limits
    from omnidsl.running.named_engines import engine_named
    from omnidsl.settings.services import plugin_settings

    limits, own = Limits.settled(values)
    deadline, grace = arguments.deadline, arguments.grace
    grace = values.seconds("limits.grace") if grace is None else grace
    return {
        "limits": limits,
        "service_limits": own,
        "deadline": values.seconds("limits.deadline") if deadline is None else deadline,
        "grace": 0.0 if grace is None else grace,
        "engine": engine_named(arguments.engine or values.text("engine"), catalogue, limits),
        "plugin_settings": plugin_settings(values, catalogue),
    }


def form(arguments: argparse.Namespace) -> "Form":
    """Return how progress is shown."""
    if arguments.json:
        return "json"
    return "quiet" if arguments.quiet else "auto"


def may_send(
    ahead: "Forecast", gateway: str, arguments: argparse.Namespace, *, sandbox: bool
) -> bool:
    """Say how many jobs there are; above ten somebody has to agree, on the terminal or with `--yes` before."""
    jobs, shown = ahead.send, at_most(ahead.send, ahead.perhaps)
    # The sandbox charges nothing.
    cost = (
        "" if sandbox or not jobs else f"{phrase('run-cost')}{priced(ahead.cost, ahead.currency)}"
    )
    shown += "" if jobs <= ASKS_ABOVE else cost
    nothing_is_paid = sandbox and not sys.stdin.isatty()
    if jobs <= ASKS_ABOVE or arguments.yes or nothing_is_paid:
        if not arguments.quiet:
            print(_announced(ahead, gateway, cost), file=sys.stderr)
        return True
    if sys.stdin.isatty() and sys.stderr.isatty():
        print(
            phrase("run-asks").format(jobs=shown, gateway=gateway),
            end="",
            file=sys.stderr,
            flush=True,
        )
        if sys.stdin.readline().strip().casefold() in ("y", "yes", "是", "好"):
            return True
        print(phrase("run-declined"), file=sys.stderr)
        return False
    print(f"omni: {phrase('run-needs-yes').format(jobs=shown, gateway=gateway)}", file=sys.stderr)
    return False


def _announced(ahead: "Forecast", gateway: str, cost: str) -> str:
    """Return how many jobs a run is about to send, what they cost, and for how many steps it sends nothing."""
    shown = at_most(ahead.send, ahead.perhaps)
    return phrase("run-sends").format(jobs=shown, gateway=gateway, kept=_not_sent(ahead)) + cost


def _not_sent(ahead: "Forecast") -> str:
    """Return the counts of the steps for which nothing is sent."""
    from omnidsl.reporting.progress_words import Words

    words = Words()
    kept = phrase("run-kept").format(count=ahead.kept) if ahead.kept else ""
    others = {"bought": ahead.bought, "waiting": ahead.held, "behind": ahead.behind}
    return kept + "".join(
        words(f"ahead-{name}", count=count) for name, count in others.items() if count
    )


def show_returned(result: "RunResult") -> None:
    """Print the text that the pipeline returns, where it returns one.

    It is for programs, as it is; on a terminal nothing in it can be obeyed, whoever wrote it.
    """
    from omnidsl.reporting.terminal import printable

    returned = result.returned
    text = result.returns if isinstance(result.returns, str) else None
    if text is None and returned is not None and not returned.files:
        text = returned.text
    if text is not None and sys.stdout.isatty():
        text = "\n".join(map(printable, text.replace("\t", "    ").splitlines()))
    if text is not None:
        print(text)
