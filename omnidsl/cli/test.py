"""`omni test [PATH …]`: run the `test` blocks of recipes, offline; nothing is ever paid."""

import shutil
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from omnidsl.cli import finding, plugging, searching
from omnidsl.cli.keywords import KeywordError, Selects, keywords
from omnidsl.language.catalogue import Words, phrase
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    import argparse

    from omnidsl.checking.facts import CheckedRecipe
    from omnidsl.cli.parsing import Commands
    from omnidsl.cli.plugging import Catalogues
    from omnidsl.cli.projects import Projects
    from omnidsl.planning.recipe_tests import RecipeTest
    from omnidsl.reporting.session import Session

WIDTH = 80
"""Columns of the report where nobody looks."""


def add(subparsers: "Commands") -> None:
    """Register the command."""
    words = Words("command-test")
    parser = subparsers.add_parser("test", help=words, description=words)
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", default=["."], help=Words("help-check-paths")
    )
    parser.add_argument("-k", dest="keywords", metavar="EXPRESSION", help=Words("help-keywords"))
    parser.add_argument("-x", "--exitfirst", action="store_true", help=Words("help-exitfirst"))
    parser.add_argument("-q", "--quiet", action="store_true", help=Words("help-quiet"))
    parser.add_argument("-v", "--verbose", action="store_true", help=Words("help-verbose"))
    parser.add_argument("--rules", metavar="NAME", help=Words("help-rules"))
    parser.add_argument("--default-version", metavar="VERSION", help=Words("prompt-version"))
    searching.add_options(parser)
    plugging.add_options(parser)
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help=Words("help-color")
    )
    parser.set_defaults(run=run)


class Collected:
    """The tests of one recipe; what is wrong with a recipe that cannot be tested."""

    __slots__ = ("faults", "name", "recipe", "tests")

    def __init__(
        self,
        name: str,
        *,
        recipe: "CheckedRecipe | None" = None,
        tests: "list[RecipeTest] | None" = None,
        faults: list[Diagnostic] | None = None,
    ) -> None:
        self.name = name
        self.recipe = recipe
        self.tests = tests or []
        self.faults = faults or []


def run(arguments: "argparse.Namespace") -> int:
    """Run tests and return the exit status: 0 all passed, 1 some failed, 2 no tests, a broken recipe, or wrong usage."""
    from omnidsl.cli.discovery import discover
    from omnidsl.cli.projects import Projects
    from omnidsl.reporting.session import Session
    from omnidsl.reporting.terminal import wants_colour

    began = perf_counter()
    selects = _selection(arguments.keywords)
    projects = Projects(isolated=arguments.isolated)
    catalogues = plugging.Catalogues.of_command(arguments)
    files, faults = discover(
        arguments.paths,
        projects,
        searching.options(arguments),
        stdin_name=arguments.stdin_filename or "",
    )
    faults = [*projects.take_faults(), *faults]
    finding.show(faults, colour=arguments.color, to_stderr=True)
    found = [_collected(one, arguments, projects, catalogues) for one in files]
    collected = sum(len(one.tests) for one in found)
    for one in found:
        one.tests = [test for test in one.tests if selects(f"{one.name}::{test.title}")]
    chosen = sum(len(one.tests) for one in found)
    session = Session(
        sys.stdout,
        colour=wants_colour(sys.stdout, arguments.color),
        width=shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH,
        verbosity=arguments.verbose - arguments.quiet,
        total=chosen,
        left_out=collected - chosen,
    )
    _run(found, session, stop=arguments.exitfirst)
    session.end(perf_counter() - began)
    if any(one.severity == "error" for one in faults):
        return finding.USAGE
    return session.status


def _run(found: list[Collected], session: "Session", *, stop: bool) -> None:
    from omnidsl.planning.recipe_tests import run_test

    for one in found:
        if one.faults:
            session.broken(one.name, one.faults)
        if one.recipe is None:
            continue
        for test in one.tests:
            faults = run_test(test, one.recipe)
            session.ran(one.name, test.line, test.title, faults)
            if faults and stop:
                session.stopped()
                return


def _selection(expression: str | None) -> Selects:
    """Return what `-k` selects; an expression that is none ends the command."""
    if expression is None:
        return lambda _: True
    try:
        return keywords(expression)
    except KeywordError as error:
        from omnidsl.reporting.terminal import printable

        problem = phrase("bad-keywords").format(
            written=printable(expression), place=error.place + 1
        )
        print(f"omni: {phrase('error')}: {problem}", file=sys.stderr)
        raise SystemExit(finding.USAGE) from None


def _collected(
    path: str, arguments: "argparse.Namespace", projects: "Projects", catalogues: "Catalogues"
) -> Collected:
    """Check a recipe and return its tests; of one with errors, only the errors."""
    from omnidsl.cli.discovery import STDIN
    from omnidsl.language.reader import decode, read
    from omnidsl.planning.inspection import inspect_source
    from omnidsl.planning.recipe_tests import recipe_tests

    name = (arguments.stdin_filename or "<stdin>") if path == STDIN else path
    where = Path(arguments.stdin_filename or STDIN) if path == STDIN else Path(path)
    settings = projects.of_file(str(where))
    faults = [one for one in projects.take_faults() if one.severity == "error"]
    if path == STDIN:
        source, fault = decode(sys.stdin.buffer.read(), name)
    else:
        source, fault = read(where, root=settings.root)
    if source is None or faults:
        return Collected(name, faults=[*faults, *([fault] if fault else [])])
    rules = settings.rules.overridden(
        name=arguments.rules, default_version=arguments.default_version
    )
    inspection = inspect_source(
        source,
        where,
        root=settings.root,
        catalogue=catalogues.of(settings).behind(settings.gateway_kind, settings.service_kinds),
        rules=rules,
    )
    inspection.dry_run()
    if inspection.recipe is None or not inspection.valid:
        errors = [one for one in inspection.diagnostics if one.severity == "error"]
        return Collected(name, faults=errors)
    return Collected(name, recipe=inspection.recipe, tests=recipe_tests(inspection.recipe))
