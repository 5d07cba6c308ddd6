"""`omni ledger verify | export | import`: look whether the ledger hangs together, and carry it elsewhere."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from omnidsl.errors import OmniError
from omnidsl.language.catalogue import phrase, preferred_language
from omnidsl.reporting.terminal import printable

_NAME = "ledger.sqlite3"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command and its three."""
    words = phrase("command-ledger")
    parser = subparsers.add_parser("ledger", help=words, description=words)
    parser.set_defaults(run=run)
    inner = parser.add_subparsers(
        dest="ledger_command", metavar=phrase("prompt-action"), required=True
    )

    def one(name: str) -> argparse.ArgumentParser:
        words = phrase(f"command-ledger-{name}")
        made = inner.add_parser(name, help=words, description=words)
        made.set_defaults(parser=made)
        return made

    verify = one("verify")
    verify.add_argument("--deep", action="store_true", help=phrase("help-ledger-deep"))
    verify.add_argument("--json", action="store_true", help=phrase("help-ledger-json"))
    verify.set_defaults(perform=_verify)
    export = one("export")
    words = phrase("help-ledger-export-file")
    export.add_argument("file", type=Path, nargs="?", metavar="FILE", help=words)
    export.set_defaults(perform=_export)
    bring_in = one("import")
    bring_in.add_argument("file", metavar="FILE", help=phrase("help-ledger-import-file"))
    bring_in.set_defaults(perform=_import)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; 0 well, 1 `verify` found something grave, 2 it could not be done and nothing was changed."""
    status: int = arguments.perform(arguments)
    return status


def _verify(arguments: argparse.Namespace) -> int:
    """Print what is wrong; 0 nothing grave, 1 something is, 2 no ledger."""
    from omnidsl.running.verification import verify

    state, language = _state(), preferred_language()
    findings = verify(state, deep=arguments.deep)
    for one in findings:
        message, way = one.message(language), one.help(language)
        if arguments.json:
            body = {"reason": one.reason, "grave": one.grave, "values": dict(one.values)}
            print(json.dumps({**body, "message": message, "help": way}))
        else:
            kind = "error" if one.grave else "ledger-note"
            print(f"{phrase(kind)}: {printable(message)}\n  {phrase('help')}: {printable(way)}")
    grave = sum(one.grave for one in findings)
    if not arguments.json:
        told = "ledger-broken" if grave else "ledger-whole"
        path = printable(str(state / _NAME))
        print(phrase(told).format(path=path, count=grave), file=sys.stderr)
    return 1 if grave else 0


def _export(arguments: argparse.Namespace) -> int:
    """Write the ledger as JSON lines, to a new file or to stdout; 0."""
    from omnidsl.running.exchange import export

    lines = export(_state() / _NAME)
    with _new_file(arguments.file) as file:
        for line in lines:
            file.write(f"{line}\n")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    """Read JSON lines into the ledger; 0 all of them are in it, 2 nothing was changed."""
    from omnidsl.running.exchange import bring_in
    from omnidsl.running.runner import prepare_state

    state = _state()
    prepare_state(state)
    with _old_file(arguments.file) as file:
        found = bring_in(state / _NAME, file)
    path = printable(str(state / _NAME))
    print(phrase("ledger-imported").format(path=path, added=found.added, known=found.known))
    return 0


def _state() -> Path:
    """Return the state folder that is meant: the nearest with a ledger, else where the project would have it."""
    from omnidsl.embedding import state_folder, states_near
    from omnidsl.settings import load

    here = Path.cwd()
    return next(iter(states_near(here)), None) or state_folder(load(here)[0])


@contextmanager
def _new_file(path: Path | None) -> Iterator[TextIO]:
    """Open a file that is not there yet, or stdout."""
    if path is None or str(path) == "-":
        yield sys.stdout
    else:
        try:
            file = path.open("x", encoding="utf-8")
        except FileExistsError:
            raise OmniError(phrase("ledger-export-exists").format(path=path)) from None
        with file:
            yield file


@contextmanager
def _old_file(name: str) -> Iterator[TextIO]:
    """Open a file, or stdin; bytes that are no UTF-8 are no JSON either."""
    if name == "-":
        yield TextIOWrapper(sys.stdin.buffer, "utf-8", errors="replace")
    else:
        with Path(name).open(encoding="utf-8", errors="replace") as file:
            yield file
