"""`omni prompt check FILE …`: everything that is wrong with lists of prompts, in the manner of `omni check`."""

from typing import TYPE_CHECKING

from omnidsl.cli import finding, fixing, searching, selecting
from omnidsl.cli.examining import count, examine, said
from omnidsl.language.catalogue import Words, phrase

if TYPE_CHECKING:
    import argparse

    from omnidsl.cli.parsing import Commands


def add(actions: "Commands") -> None:
    """Register the action."""
    words = phrase("prompt-check")
    parser = actions.add_parser("check", help=words, description=words)
    parser.add_argument("paths", nargs="+", metavar="FILE", help=Words("prompt-check-paths"))
    parser.add_argument("--column", metavar="NAME|N", help=Words("prompt-column"))
    parser.add_argument("--rules", metavar="NAME", help=Words("help-rules"))
    parser.add_argument("--default-version", metavar="VERSION", help=Words("prompt-version"))
    selecting.add_options(parser)
    searching.add_options(parser)
    parser.add_argument("--jobs", "-j", metavar="N", type=count, help=Words("help-jobs"))
    fixing.add_options(parser)
    finding.add_options(parser)
    parser.set_defaults(takes_more="paths", parser=parser)


def run(arguments: "argparse.Namespace") -> int:
    """Check lists and return the exit status: 0 fine, 1 findings that fail, 2 a path or setting that is unusable."""
    from omnidsl.cli.discovery import discover
    from omnidsl.cli.projects import Projects
    from omnidsl.cli.prompt_commands.list_check import ListChecker

    projects = Projects(isolated=arguments.isolated)
    files, found = discover(
        arguments.paths,
        projects,
        searching.options(arguments),
        stdin_name=arguments.stdin_filename or "",
        searches=False,
    )
    checker = ListChecker(projects, said(arguments), arguments.column)
    return examine(files, [*projects.take_faults(), *found], checker, arguments)
