"""What `omni check` and `omni prompt check` have in common: files checked one by one, mended, reported, counted."""

import os

from omnidsl._typing import TYPE_CHECKING
from omnidsl.cli import finding, fixing, selecting
from omnidsl.cli.discovery import STDIN
from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from omnidsl.cli.file_check import FileChecker, Wishes
    from omnidsl.cli.projects import Projects

ALONE = 64
"""Files that are checked before other processes are started, which takes as long as checking about so many."""

MOST_JOBS = 12
"""Processes that are started unasked: each takes some 12 MB of its own, and all together stay below 200 MB."""


def said(arguments: "argparse.Namespace") -> "Wishes":
    """Return what the command line says about every file."""
    from omnidsl.cli.file_check import Wishes

    return Wishes(
        layer=selecting.layer(arguments),
        per_file_ignores=selecting.per_file_ignores(arguments),
        rules=arguments.rules,
        default_version=arguments.default_version,
        stdin_filename=arguments.stdin_filename,
    )


def examine(
    files: "Sequence[str]",
    found: list[Diagnostic],
    checker: "FileChecker",
    arguments: "argparse.Namespace",
) -> int:
    """Check files, mend them where that is wanted, report, and return the exit status; `found` was found before."""
    if not files:
        checker.catalogues.of(checker.projects.of_folder("."))
        found = [*checker.catalogues.take_findings(), *found]
    done = None
    if fixing.wanted(arguments):
        done = fixing.Fixing(checker, arguments)
        done.mend(files)
    jobs = 1 if done is not None or STDIN in files else arguments.jobs or _processors()
    for each in _checked(files, checker.check, jobs):
        found += each
    found = _once(found)
    status = finding.status(found, lambda one: _fails(one, arguments.fail_on, checker.projects))
    if done is None:
        finding.report(found, arguments)
    else:
        status = done.report(found, status)
    return 0 if status == 1 and arguments.exit_zero else status


def count(text: str) -> int:
    """Read how many processes are wanted."""
    if text.isascii() and text.isdigit() and len(text) < 5 and int(text):
        return int(text)
    from argparse import ArgumentTypeError

    raise ArgumentTypeError(phrase("count-of-jobs"))


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
