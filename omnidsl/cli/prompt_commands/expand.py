"""`omni prompt expand`: every job that prompts make, one a line."""

import argparse
import sys
from typing import TYPE_CHECKING

from omnidsl.cli import finding
from omnidsl.cli.prompt_commands import reading
from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import printable

if TYPE_CHECKING:
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.prompts import ParsedPrompt


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the action."""
    words = phrase("prompt-expand")
    parser = actions.add_parser("expand", help=words, description=words)
    reading.add_options(parser)
    parser.add_argument("--max-jobs", metavar="N", type=_count, help=phrase("prompt-max-jobs"))
    parser.add_argument("--json", action="store_true", help=phrase("prompt-expand-json"))


def run(arguments: argparse.Namespace) -> int:
    """Print jobs to stdout, findings to stderr; return 1 where an error was found.

    Raises `UnknownName` for a rule set or a version that there is not.
    """
    from omnidsl.prompts import DEFAULT_MAX_JOBS, parse

    rules = reading.rules_of(arguments)
    most = arguments.max_jobs or DEFAULT_MAX_JOBS
    found: list[Diagnostic] = []
    for given in reading.prompts(arguments):
        if given.problem is not None:
            found.append(given.problem)
            continue
        read = parse(given.text, rules=rules, max_jobs=most)
        found += given.told(read.diagnostics)
        _print(read, as_json=arguments.json)
    sys.stdout.flush()
    finding.show(found, to_stderr=True)
    return finding.status(found)


def _print(read: "ParsedPrompt", *, as_json: bool) -> None:
    if as_json:
        import json

        jobs = [{"prompt": _line(job.canonical), **job.as_json()} for job in read.jobs]
        number = read.as_json()["permutations"]
        print(json.dumps({"prompt": read.prompt, "permutations": number, "jobs": jobs}))
    else:
        shown = (_line(job.canonical) for job in read.jobs)
        to_a_terminal = sys.stdout.isatty()
        sys.stdout.writelines(f"{printable(one) if to_a_terminal else one}\n" for one in shown)


def _line(prompt: str) -> str:
    """Return a prompt on one line: a value may have come with a newline from a table."""
    return " ".join(prompt.split())


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 7 and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(phrase("count-of-jobs"))
