"""The process that plugins are asked in, so that importing one can cost nobody more than its own declarations.

Whatever a module does as it is imported (print, change the folder, leave threads, hang, end the process), it does it here.
One line of JSON goes out for each plugin, in their order; a process that ends before its last line was ended by the
plugin whose turn it was.
"""

import faulthandler
import io
import json
import os
import sys
import time
from contextlib import redirect_stdout
from typing import Any

from omnidsl.plugins.declared import Declared
from omnidsl.plugins.installed import EntryPoint
from omnidsl.plugins.vocabulary import extended
from omnidsl.prompts.vocabulary import load_vocabulary

INTERRUPTED = 130
"""The exit status after Ctrl-C, or a plugin that pretends it."""


def main(request: dict[str, Any]) -> None:
    """Ask the plugins of a request (`points`, `tables` of terms that are known already, `patience` in seconds each)."""
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  # for as long as the process lives
    # What is written past Python's own streams goes where it harms nobody.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    home, tables = _here(), list(map(str, request["tables"]))
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # as above
    for row in request["points"]:
        faulthandler.dump_traceback_later(request["patience"], exit=True, file=nowhere)
        said = io.StringIO()
        try:
            with redirect_stdout(said):
                known = extended(load_vocabulary(), tuple(tables))
                began = time.perf_counter()
                declared = Declared(EntryPoint.from_json(row), known)
        except KeyboardInterrupt:
            os._exit(INTERRUPTED)
        answer = {**declared.to_json(), "seconds": time.perf_counter() - began}
        tables += [declared.terms] if declared.terms else []
        if (gone := _here()) != home:
            os.chdir(home)
            problem = f"changed the current folder to {gone}, which it must leave as it is"
            answer["failures"].append({"hook": f"import {row[1]}", "problem": problem})
        print(json.dumps({**answer, "said": said.getvalue()}), file=answers, flush=True)
    faulthandler.cancel_dump_traceback_later()
    os._exit(0)  # threads that a plugin has left are not waited for


def _here() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  # a string
    except OSError:
        return "/"
