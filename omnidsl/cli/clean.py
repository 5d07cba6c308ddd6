"""`omni clean`: remove what a project's state folder holds and nobody needs."""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import printable

if TYPE_CHECKING:
    from omnidsl.running.cleaning import Cleaned

USAGE = 2
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "clean", help=phrase("command-clean"), description=phrase("clean-about")
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--older-than", type=_age, metavar="AGE", help=phrase("help-clean-older"))
    which.add_argument("--run", dest="run_id", metavar="RUN", help=phrase("help-clean-run"))
    parser.add_argument(
        "--unreferenced", action="store_true", help=phrase("help-clean-unreferenced")
    )
    parser.add_argument("--dry-run", action="store_true", help=phrase("help-clean-dry"))
    parser.set_defaults(run=run)


def _age(text: str) -> float:
    """Read `30d`, in seconds."""
    found = re.fullmatch(r"(\d{1,6})([dhm])", text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(phrase("clean-bad-age").format(text=text))
    return int(found[1]) * _UNITS[found[2]]


def run(arguments: argparse.Namespace) -> int:
    """Remove what is wished from the nearest state folder and return 0; 2 where there is none, RunningError for no such run."""
    from omnidsl.embedding import states_near
    from omnidsl.reporting.progress_paths import shown_path
    from omnidsl.running.cleaning import Wish, clean
    from omnidsl.settings import load

    state = next(states_near(Path.cwd()), None)
    if state is None:
        print(f"omni: {phrase('clean-no-state')}", file=sys.stderr)
        return USAGE
    now = time.time()
    wish = Wish(
        run=arguments.run_id,
        before=None if arguments.older_than is None else now - arguments.older_than,
        unreferenced=arguments.unreferenced,
        dry=arguments.dry_run,
    )
    output = load(Path.cwd())[0].output
    cleaned = clean(state, output, wish, now)
    rows, path = list(_rows(cleaned)), printable(shown_path(str(state.absolute())))
    head = "clean-nothing" if not rows else "clean-would" if wish.dry else "clean-removed"
    print(phrase(head).format(path=path))
    for row in rows:
        print(f"  {row}")
    for name in ("at_work", "unsettled"):
        if runs := getattr(cleaned, name):
            words = phrase(f"clean-{name.replace('_', '-')}")
            print(words.format(runs=printable(", ".join(runs))), file=sys.stderr)
    return 0


def _rows(cleaned: "Cleaned") -> Iterator[str]:
    from omnidsl.cli.show import shown_size

    for name in ("artifacts", "replies", "events", "litter"):
        amount = getattr(cleaned, name)
        if amount.count:
            words = phrase(f"clean-{name}")
            yield words.format(count=amount.count, size=shown_size(amount.size))
