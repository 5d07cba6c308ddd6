"""`omni check [PATH …]`: everything that is wrong with recipes, before anything is paid. Opens no socket, runs no code."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli import finding
from omnidsl.language.catalogue import Words
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    import argparse

    from omnidsl.cli.parsing import Commands
    from omnidsl.plugins.catalogue import Catalogue

SKIPPED = frozenset({"node_modules", "__pycache__"})
"""Folders that are not searched, beside those whose names begin with a dot."""


def add(subparsers: "Commands") -> None:
    """Register the command."""
    words = Words("command-check")
    parser = subparsers.add_parser("check", help=words, description=words)
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", default=["."], help=Words("help-check-paths")
    )
    parser.add_argument("--stdin-filename", metavar="PATH", help=Words("help-stdin-filename"))
    parser.add_argument("--rules", metavar="NAME", help=Words("help-rules"))
    finding.add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: "argparse.Namespace") -> int:
    """Check recipes and return the exit status: 0 no errors, 1 errors, 2 a path or setting that is unusable."""
    from omnidsl.plugins.index import load

    catalogue = load()
    found: list[Diagnostic] = [
        Diagnostic(
            "OM901",
            values={"distribution": one.distribution, "hook": one.hook, "problem": one.problem},
        )
        for one in catalogue.problems
    ]
    seen_settings: set[Path] = set()
    files, missing = recipes(arguments.paths)
    found += missing
    for path in files:
        found += _check(path, arguments, catalogue, seen_settings)
    found = _once(found)
    finding.report(found, arguments)
    return finding.status(found)


def _check(
    path: Path | None, arguments: "argparse.Namespace", catalogue: "Catalogue", seen: set[Path]
) -> list[Diagnostic]:
    import sys

    from omnidsl.language.reader import decode, read
    from omnidsl.planning.inspection import inspect_source
    from omnidsl.settings import load as load_settings

    where = path if path is not None else Path(arguments.stdin_filename or "-")
    settings, found = load_settings(where)
    if settings.root in seen:
        found = []
    seen.add(settings.root)
    if path is None:
        source, fault = decode(sys.stdin.buffer.read(), arguments.stdin_filename or "<stdin>")
    else:
        source, fault = read(path, root=settings.root)
    if source is None:
        return [*found, *([fault] if fault else [])]
    inspection = inspect_source(
        source,
        where,
        root=settings.root,
        catalogue=catalogue,
        rules=arguments.rules or settings.rules,
    )
    inspection.dry_run()
    return [*found, *inspection.diagnostics]


def _once(found: list[Diagnostic]) -> list[Diagnostic]:
    """Return findings once each: a file that several recipes use is checked with each of them."""
    seen: dict[tuple[object, ...], Diagnostic] = {}
    for one in found:
        name = (one.source.path or one.source.name) if one.source else ""
        where = os.path.abspath(name) if name else ""  # noqa: PTH100  # a name for one file, links unresolved
        seen.setdefault((one.code, where, one.span, one.message("en")), one)
    return list(seen.values())


def recipes(names: list[str]) -> tuple[list[Path | None], list[Diagnostic]]:
    """Return the recipes that paths name (None: standard input), and what is wrong with the paths."""
    files: dict[str, Path | None] = {}
    faults = []
    for name in names:
        path = Path(name)
        if name == "-":
            files["-"] = None
        elif path.is_dir():
            inside = sorted(_walk(path))
            files.update({one.as_posix(): one for one in inside})
            if not inside:
                faults.append(Diagnostic("OM617", values={"path": name}))
        else:
            files[path.as_posix()] = path
    return list(files.values()), faults


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(
            one for one in folders if not one.startswith(".") and one not in SKIPPED
        )
        for name in names:
            if name.endswith(".omni"):
                yield Path(where) / name
