"""`omni fmt [PATH …]`: recipes in the one form that they have. Opens no socket, runs no code."""

import sys
from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.cli import finding, searching
from omnidsl.cli.discovery import STDIN
from omnidsl.cli.rewriting import rewrite, say
from omnidsl.language.catalogue import Words, phrase
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    import argparse

    from omnidsl.cli.parsing import Commands
    from omnidsl.cli.projects import Projects
    from omnidsl.language.source import Source


def add(subparsers: "Commands") -> None:
    """Register the command."""
    words = Words("command-fmt")
    parser = subparsers.add_parser("fmt", help=words, description=words)
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", default=["."], help=Words("help-check-paths")
    )
    parser.add_argument("--check", action="store_true", help=Words("help-fmt-check"))
    parser.add_argument("--diff", action="store_true", help=Words("help-fmt-diff"))
    searching.add_options(parser)
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help=Words("help-color")
    )
    parser.set_defaults(run=run)


def run(arguments: "argparse.Namespace") -> int:
    """Format recipes and return the exit status: 0 done, 1 something would change, 2 something could not be formatted."""
    from omnidsl.cli.discovery import discover
    from omnidsl.cli.projects import Projects

    projects = Projects(isolated=arguments.isolated)
    files, found = discover(
        arguments.paths,
        projects,
        searching.options(arguments),
        stdin_name=arguments.stdin_filename or "",
    )
    work = _Work(projects, arguments)
    for path in files:
        work.format(path)
    return work.report([*projects.take_faults(), *found])


class _Work:
    """What is done to one file after the other, and what came of it."""

    def __init__(self, projects: "Projects", wishes: "argparse.Namespace") -> None:
        self._projects = projects
        self._wishes = wishes
        self._looks_only: bool = wishes.check or wishes.diff
        self._found: list[Diagnostic] = []
        self._changed = self._unchanged = self._failed = 0
        self._counts = False

    def format(self, path: str) -> None:
        """Format a file, or print what standard input is in the one form."""
        name = (
            (self._wishes.stdin_filename or "<stdin>") if path == STDIN else Path(path).as_posix()
        )
        self._counts = self._counts or path != STDIN or self._looks_only
        data = self._contents(path, name)
        source = self._source(data, name, path) if data is not None else None
        text = self._formatted(source) if source is not None else None
        if data is None or source is None or text is None:
            self._failed += 1
            return
        new = text.encode("utf-8")
        if path == STDIN and not self._looks_only:
            sys.stdout.flush()
            sys.stdout.buffer.write(new)
        if new == data:
            self._unchanged += 1
        elif not self._looks_only and path != STDIN and (problem := rewrite(path, data, new)):
            self._failed += 1
            say("error", "not-rewritten", path=name, problem=problem)
        else:
            self._changed += 1
            self._tell(source, text)

    def report(self, found: list[Diagnostic]) -> int:
        """Print what kept files from being formatted, count on stderr, and return the exit status."""
        found = [*found, *self._found]
        sys.stdout.flush()
        finding.show(found, colour=self._wishes.color, to_stderr=True)
        if self._counts:
            sys.stderr.write(self._summary() + "\n")
        if self._failed or any(one.severity == "error" for one in found):
            return finding.USAGE
        return 1 if self._changed and self._looks_only else 0

    def _contents(self, path: str, name: str) -> bytes | None:
        if path == STDIN:
            return sys.stdin.buffer.read()
        from omnidsl.language.reader import contents

        data, fault = contents(Path(path), name, root=self._projects.of_file(path).root)
        self._found += [fault] if fault else []
        return data

    def _source(self, data: bytes, name: str, path: str) -> "Source | None":
        from omnidsl.language.reader import decode

        source, fault = decode(data, name, None if path == STDIN else path)
        self._found += [fault] if fault else []
        return source

    def _formatted(self, source: "Source") -> str | None:
        """Return a text in the one form; None where it has errors, which are kept to be told."""
        from omnidsl.language.engine import Unexpected
        from omnidsl.language.formatting import TooDeepError, UnfaithfulError, formatted

        try:
            return formatted(source.text)
        except Unexpected:
            from omnidsl.language.parser import parse

            self._found += [one for one in parse(source)[1] if one.severity == "error"]
        except TooDeepError as error:
            from omnidsl.language.source import Span

            self._found.append(Diagnostic("OM010", Span(error.at, error.at + 1), source=source))
        except UnfaithfulError as error:
            say("defect", "fmt-unfaithful", path=source.name, problem=str(error))
        return None

    def _tell(self, source: "Source", text: str) -> None:
        if self._wishes.diff:
            from omnidsl.reporting.differences import differences

            sys.stdout.writelines(differences(source.text, text, source.name))
        elif self._wishes.check:
            from omnidsl.reporting.terminal import printable

            print(phrase("fmt-would-change").format(path=printable(source.name)))

    def _summary(self) -> str:
        would = "would-" if self._looks_only else ""
        counts = [
            (f"fmt-{would}changed", self._changed),
            ("fmt-would-stay" if would else "fmt-unchanged", self._unchanged),
            ("fmt-failed", self._failed),
        ]
        told = [_count(key, number) for key, number in counts if number]
        return phrase("counts-comma").join(told) or phrase("fmt-nothing")


def _count(key: str, number: int) -> str:
    return phrase(f"{key}-one" if number == 1 else f"{key}-many").format(count=number)
