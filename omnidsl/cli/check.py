"""`omni check [PATH …]`: everything that is wrong with recipes, before anything is paid. Opens no socket, runs no code."""

import os

from omnidsl._typing import TYPE_CHECKING
from omnidsl.cli import finding, fixing, searching, selecting
from omnidsl.cli.discovery import STDIN
from omnidsl.language.catalogue import Words, phrase
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from omnidsl.cli.parsing import Commands
    from omnidsl.cli.projects import Projects
    from omnidsl.plugins.catalogue import Catalogue

ALONE = 64
"""Files that are checked before other processes are started, which takes as long as checking about so many."""

MOST_JOBS = 12
"""Processes that are started unasked: each takes some 12 MB of its own, and all together stay below 200 MB."""


def add(subparsers: "Commands") -> None:
    """Register the command."""
    words = Words("command-check")
    parser = subparsers.add_parser("check", help=words, description=words)
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", default=["."], help=Words("help-check-paths")
    )
    parser.add_argument("--rules", metavar="NAME", help=Words("help-rules"))
    selecting.add_options(parser)
    searching.add_options(parser)
    parser.add_argument("--show-settings", action="store_true", help=Words("help-show-settings"))
    parser.add_argument("--jobs", "-j", metavar="N", type=_count, help=Words("help-jobs"))
    fixing.add_options(parser)
    finding.add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: "argparse.Namespace") -> int:
    """Check recipes and return the exit status: 0 fine, 1 findings that fail, 2 a path or setting that is unusable."""
    from omnidsl.cli.discovery import discover
    from omnidsl.cli.file_check import FileChecker, Wishes
    from omnidsl.cli.projects import Projects
    from omnidsl.plugins.index import load

    projects = Projects(isolated=arguments.isolated)
    if arguments.show_settings:
        return _show_settings(arguments, projects)
    catalogue = load()
    wishes = Wishes(
        layer=selecting.layer(arguments),
        per_file_ignores=selecting.per_file_ignores(arguments),
        rules=arguments.rules,
        stdin_filename=arguments.stdin_filename,
    )
    files, found = discover(
        arguments.paths,
        projects,
        searching.options(arguments),
        stdin_name=arguments.stdin_filename or "",
    )
    found = [*_of_plugins(catalogue), *projects.take_faults(), *found]
    checker = FileChecker(catalogue, projects, wishes)
    done = None
    if fixing.wanted(arguments):
        done = fixing.Fixing(checker, arguments)
        done.mend(files)
    jobs = 1 if done is not None or STDIN in files else arguments.jobs or _processors()
    for each in _checked(files, checker.check, jobs):
        found += each
    found = _once(found)
    status = finding.status(found, lambda one: _fails(one, arguments.fail_on, projects))
    if done is None:
        finding.report(found, arguments)
    else:
        status = done.report(found, status)
    return 0 if status == 1 and arguments.exit_zero else status


def _show_settings(arguments: "argparse.Namespace", projects: "Projects") -> int:
    """Print the settings that hold for the first path; wrong ones are told on stderr, with exit status 2."""
    from omnidsl.cli.show_settings import table

    first = arguments.paths[0]
    if first == STDIN:
        first = arguments.stdin_filename or "."
    settings = projects.of_folder(first) if os.path.isdir(first) else projects.of_file(first)  # noqa: PTH112  # a string
    print(table(settings, arguments))
    faults = projects.take_faults()
    finding.show(faults, colour=arguments.color, to_stderr=True)
    return finding.status(faults)


def _checked(
    files: "Sequence[str]", check: "Callable[[str], list[Diagnostic]]", jobs: int
) -> "Iterator[list[Diagnostic]]":
    """Yield the findings of each file; the first ones are found here, and what they load is there for all."""
    alone = files if jobs == 1 or len(files) <= 2 * ALONE else files[:ALONE]
    yield from map(check, alone)
    if len(files) > len(alone):
        from omnidsl.cli.workers import share

        yield from share(files[len(alone) :], check, jobs=jobs)


def _processors() -> int:
    """Return how many processors this process may use, up to as many as share the memory of one check kindly."""
    has = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(has or 1, MOST_JOBS)


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 5 and int(text):
        return int(text)
    from argparse import ArgumentTypeError

    raise ArgumentTypeError(phrase("count-of-jobs"))


def _of_plugins(catalogue: "Catalogue") -> list[Diagnostic]:
    return [
        Diagnostic(
            "OM901",
            values={"distribution": one.distribution, "hook": one.hook, "problem": one.problem},
        )
        for one in catalogue.problems
    ]


def _fails(one: Diagnostic, least: str | None, projects: "Projects") -> bool:
    """Say whether a finding is severe enough: for the option, else for the settings of its file."""
    from omnidsl.settings.declaration import SEVERITIES

    if one.severity == "error":
        return True
    file = (one.source.path or one.source.name) if one.source else ""
    wanted = least or projects.of_file(file).lint.fail_on
    return SEVERITIES.index(one.severity) <= SEVERITIES.index(wanted)


def _once(found: list[Diagnostic]) -> list[Diagnostic]:
    """Return findings once each: a file that several recipes use is checked with each of them."""
    seen: dict[tuple[object, ...], Diagnostic] = {}
    for one in found:
        name = (one.source.path or one.source.name) if one.source else ""
        where = os.path.abspath(name) if name else ""  # noqa: PTH100  # a name for one file, links unresolved
        seen.setdefault((one.code, where, one.span, one.message("en")), one)
    return list(seen.values())
