"""The declaration index made anew: every plugin is asked in a process of its own, and the answers are put together.

A plugin that raises, hangs or ends its process becomes a problem and never costs another.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from omnidsl.plugins.installed import EntryPoint

PATIENCE = 20.0
"""Seconds that importing one plugin and asking it may take."""

_PROGRAM = """
import json, sys
request = json.loads(sys.stdin.readline())
sys.path[:] = request["path"]
from omnidsl.plugins.examiner import main
main(request)
"""

_LONGEST_SAID = 2_000
"""Characters of what a plugin prints that are passed on."""


def build(points: list[EntryPoint], *, patience: float = PATIENCE) -> dict[str, Any]:
    """Ask every plugin for its declarations and return the index without the places that it was read from."""
    made = _Index()
    for point, answer in _asked(made.distinct(points), made, patience):
        made.learn(point, answer)
    return made.to_json()


def examined(
    points: list[EntryPoint], *, patience: float = PATIENCE
) -> Iterator[tuple[EntryPoint, float]]:
    """Yield each plugin with the seconds that it took to be imported and asked."""
    made = _Index()
    for point, answer in _asked(made.distinct(points), made, patience):
        yield point, float(answer["seconds"])


def _asked(
    points: list[EntryPoint], made: "_Index", patience: float
) -> Iterator[tuple[EntryPoint, dict[str, Any]]]:
    """Yield each plugin with what it declares; one that ends the process is followed by the others in a new one."""
    left = points
    while left:
        began = time.monotonic()
        with subprocess.Popen(  # noqa: S603  # this Python, with our own program
            [sys.executable, "-P", "-c", _PROGRAM],  # -P: nothing of the current folder before us
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        ) as child:
            rows = [one.to_json() for one in left]
            request = {
                "path": _path(),
                "points": rows,
                "tables": made.tables,
                "patience": patience,
            }
            for line in _answers(child, request):
                began = time.monotonic()
                yield left[0], json.loads(line)
                left = left[1:]
        if left:
            yield left[0], _ended(left[0], child.returncode, time.monotonic() - began, patience)
            left = left[1:]


def _path() -> list[str]:
    """Return where to import from: from the current folder, which may be anybody's, behind all others."""
    here = str(Path.cwd())
    return [one for one in sys.path if one not in ("", here)] + [here] * (here in sys.path)


def _answers(child: "subprocess.Popen[str]", request: dict[str, Any]) -> Iterator[str]:
    if child.stdin is None or child.stdout is None:
        return
    with suppress(OSError):  # it ended before it could hear
        child.stdin.write(json.dumps(request) + "\n")
        child.stdin.close()
    yield from child.stdout


def _ended(point: EntryPoint, status: int, seconds: float, patience: float) -> dict[str, Any]:
    """Return the answer of a plugin that did not live to give one."""
    if status == 1 and seconds >= patience:
        problem = f"did not answer within {patience:g} seconds"
    elif status < 0:
        problem = f"ended the process with signal {-status}"
    else:
        problem = f"ended the process with status {status}"
    failure = {"hook": f"import {point.module}", "problem": problem}
    return {"failures": [failure], "seconds": seconds}


class _Index:
    """The index while it is put together, plugin after plugin: a name belongs to who brings it first."""

    def __init__(self) -> None:
        self.points: list[EntryPoint] = []
        self.services: dict[str, Any] = {}
        self.tables: list[str] = []
        self.rules: list[str] = []
        self.options: list[str] = []
        self.functions: dict[str, Any] = {}
        self.engines: dict[str, Any] = {}
        self.settings: dict[str, Any] = {}
        self.prices: dict[str, list[Any]] = {}
        self.problems: list[dict[str, Any]] = []
        self.files: list[str] = []

    def distinct(self, points: Iterable[EntryPoint]) -> list[EntryPoint]:
        """Return the plugins whose names nobody before them has."""
        names: dict[str, EntryPoint] = {}
        for one in points:
            first = names.setdefault(one.name, one)
            if first.distribution != one.distribution:
                self._taken(one, "entry point", "plugin", one.name, first.distribution)
        return list(names.values())

    def learn(self, point: EntryPoint, answer: dict[str, Any]) -> None:
        """Add what a plugin declares."""
        for line in str(answer.get("said", ""))[:_LONGEST_SAID].splitlines():
            sys.stderr.write(f"[{point.name}] {line}\n")
        for failure in answer["failures"]:
            about = {name: failure[name] for name in ("code", "values") if name in failure}
            self._problem(point, failure["hook"], failure["problem"], **about)
        point.hooks = tuple(answer.get("hooks", ()))
        self.points.append(point)
        self.files += answer.get("files", ())
        self.tables += [answer["terms"]] if answer.get("terms") else []
        for what in ("service", "function", "engine"):
            self._learn_named(point, what, answer.get(f"{what}s", {}))
        for row in answer.get("rules", ()):
            if option := row.get("option"):
                self.options.append(option)
            self.rules += [] if option else [json.dumps(row, sort_keys=True)]
        if answer.get("settings"):
            self.settings[point.name] = answer["settings"]
        for operation, rows in answer.get("prices", {}).items():
            self.prices.setdefault(operation, []).extend(rows)

    def _learn_named(self, point: EntryPoint, what: str, rows: dict[str, Any]) -> None:
        """Take what a name leads to; a name that somebody has stays theirs."""
        known: dict[str, Any] = getattr(self, f"{what}s")
        about = {"distribution": point.distribution, "version": point.version, "plugin": point.name}
        for name, row in rows.items():
            if name in known:
                other = known[name]["distribution"]
                self._taken(point, f"omnidsl_{what}s", what, name, other)
            else:
                known[name] = {**about, **row}

    def _taken(self, point: EntryPoint, hook: str, what: str, name: str, other: str) -> None:
        """Report a name that another plugin has."""
        values = {"distribution": point.distribution, "what": what, "name": name, "other": other}
        problem = f"the {what} `{name}` is already brought by {other}"
        self._problem(point, hook, problem, code="OM920", values=values)

    def _problem(
        self,
        point: EntryPoint,
        hook: str,
        problem: str,
        *,
        code: str = "OM901",
        values: dict[str, str] | None = None,
    ) -> None:
        told = {"distribution": point.distribution, "hook": hook, "problem": problem, "code": code}
        own = {"values": {"distribution": point.distribution, **values}} if values else {}
        self.problems.append({**told, **own})

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "points": [one.to_json() for one in self.points],
            "files": list(dict.fromkeys(self.files)),
            "services": self.services,
            "vocabulary": self.tables,
            "problems": self.problems,
            "brought": {
                "rules": self.rules,
                "options": self.options,
                "functions": self.functions,
                "engines": self.engines,
                "settings": self.settings,
                "prices": self.prices,
            },
        }
