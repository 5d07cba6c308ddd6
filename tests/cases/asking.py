"""`omni` in this process: what it says of a file or a command line, as the JSON that programs read."""

import contextlib
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

from omnidsl.__main__ import main
from omnidsl.prompts import load_rules, parse
from omnidsl.reporting.formats.json_document import render_json

Finding = dict[str, Any]
"""One object of the JSON form. Any: the test reads it as a program in another language would."""


def omni(*arguments: str) -> tuple[int, str]:
    """Return the exit status of a command and what it printed, standard error within."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = main(list(arguments))
    return status, output.getvalue()


def check(path: str) -> list[Finding]:
    """Return what `omni check` finds in a file of the current folder."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        main(["check", "--output-format", "json", path])
    found: list[Finding] = json.loads(output.getvalue())["diagnostics"]
    return found


def read_prompt(text: str, *, remarks: bool = False) -> list[Finding]:
    """Return what is found in one Midjourney prompt; with `remarks` what holds of every use too."""
    read = parse(text, rules=load_rules("latest").adapted(remarks=remarks))
    found: list[Finding] = json.loads(render_json(read.diagnostics, language="en"))["diagnostics"]
    return found


def codes_of_command(line: str) -> list[str]:
    """Return the codes that a command line of the current folder prints, in order."""
    _, *arguments = shlex.split(line)
    return re.findall(r"\[(OM\d{3})\]", omni(*arguments)[1])


def write(folder: Path, path: str, content: str | bytes) -> None:
    """Write a file with the folders above it; a path that ends with `/` is a folder."""
    target = folder / path
    if path.endswith("/"):
        target.mkdir(parents=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
