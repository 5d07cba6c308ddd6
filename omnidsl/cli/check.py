"""`omni check [PATH …]`: everything that is wrong with recipes, before anything is paid. Opens no socket, runs no code."""

import os

from omnidsl._typing import TYPE_CHECKING
from omnidsl.cli import finding, fixing, plugging, searching, selecting
from omnidsl.cli.discovery import STDIN
from omnidsl.cli.examining import count, examine, said
from omnidsl.language.catalogue import Words

if TYPE_CHECKING:
    import argparse

    from omnidsl.cli.parsing import Commands
    from omnidsl.cli.projects import Projects


def add(subparsers: "Commands") -> None:
    """Register the command."""
    words = Words("command-check")
    parser = subparsers.add_parser("check", help=words, description=words)
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", default=["."], help=Words("help-check-paths")
    )
    parser.add_argument("--rules", metavar="NAME", help=Words("help-rules"))
    parser.add_argument("--default-version", metavar="VERSION", help=Words("prompt-version"))
    selecting.add_options(parser)
    searching.add_options(parser)
    plugging.add_options(parser)
    parser.add_argument("--show-settings", action="store_true", help=Words("help-show-settings"))
    parser.add_argument("--jobs", "-j", metavar="N", type=count, help=Words("help-jobs"))
    fixing.add_options(parser)
    finding.add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: "argparse.Namespace") -> int:
    """Check recipes and return the exit status: 0 fine, 1 findings that fail, 2 a path or setting that is unusable."""
    from omnidsl.cli.discovery import discover
    from omnidsl.cli.file_check import FileChecker
    from omnidsl.cli.projects import Projects

    projects = Projects(isolated=arguments.isolated)
    if arguments.show_settings:
        return _show_settings(arguments, projects)
    catalogues = plugging.Catalogues.of_command(arguments)
    files, found = discover(
        arguments.paths,
        projects,
        searching.options(arguments),
        stdin_name=arguments.stdin_filename or "",
    )
    found = [*projects.take_faults(), *found]
    return examine(files, found, FileChecker(catalogues, projects, said(arguments)), arguments)


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
