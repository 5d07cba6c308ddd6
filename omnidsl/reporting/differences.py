"""What a change does to a text, as a patch in the unified form."""

import os
import sys
from collections.abc import Iterator

from omnidsl.reporting.formats.escaping import file_name
from omnidsl.reporting.terminal import printable


def differences(before: str, after: str, name: str) -> Iterator[str]:
    """Yield the lines of a patch; nothing for equal texts.

    A patch is for programs, and holds its texts as they are; on a terminal nothing in it can be obeyed, and a runner of
    GitHub is told to obey nothing until the patch ends.
    """
    from difflib import unified_diff

    to_a_terminal = sys.stdout.isatty()
    lines = unified_diff(
        _lines(before), _lines(after), file_name(name), file_name(name), lineterm=""
    )
    end = ""
    for line in lines:
        if not end and os.environ.get("GITHUB_ACTIONS") == "true" and not to_a_terminal:
            end = os.urandom(16).hex()
            yield f"::stop-commands::{end}\n"
        if line.endswith("\n"):
            yield f"{printable(line[:-1])}\n" if to_a_terminal else line
        elif line.startswith(("---", "+++", "@@")):
            yield line + "\n"
        else:
            yield f"{printable(line) if to_a_terminal else line}\n\\ No newline at end of file\n"
    if end:
        yield f"::{end}::\n"


def _lines(text: str) -> list[str]:
    """Split at newlines only: other ends of lines are characters of a line."""
    pieces = text.split("\n")
    return [f"{one}\n" for one in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
