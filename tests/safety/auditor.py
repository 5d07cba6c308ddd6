"""Runs one command line of `omni` and writes down what the process asks of the system.

`python auditor.py REPORT ARGUMENT…`: one JSON object a line, `{"pid", "event", "arguments"}`, for the audit events that
say anything about files, processes, sockets, native code, or code that is run. A forked child reports to the same file.
"""

import json
import os
import sys
import types

SILENT = (
    "object.",
    "gc.",
    "sys._getframe",
    "sys.excepthook",
    "sys.unraisablehook",
    "code.__new__",
    "marshal.",
    "builtins.id",
)
"""Events that reach nothing outside of the process."""  # fmt: skip

LONGEST = 5000
"""Characters of an argument: more than a path may have, less than a module."""

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  # nothing is imported before the hook


def told(value: object) -> object:
    """Return an argument of an event as JSON can hold it; code as the file it came from."""
    if isinstance(value, types.CodeType):
        return value.co_filename
    if isinstance(value, bytes | str):
        return os.fsdecode(value)[:LONGEST]
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [told(one) for one in value]
    return os.fspath(value) if isinstance(value, os.PathLike) else type(value).__name__


def watch(report: int) -> None:
    """Write down every event from now on; there is no way back."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if not event.startswith(SILENT):
            values = told(arguments)
            if event in ("compile", "exec"):  # with who asks for it
                values = [told(arguments), sys._getframe(1).f_code.co_filename]
            row = {"pid": os.getpid(), "event": event, "arguments": values}
            os.write(report, (json.dumps(row) + "\n").encode("utf-8", "replace"))

    sys.addaudithook(hook)


if __name__ == "__main__":
    sys.path[:] = [one for one in sys.path if one != HERE]
    watch(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    sys.argv = ["omni", *sys.argv[2:]]
    from omnidsl.__main__ import main

    sys.exit(main())
