"""`omni plugin check PACKAGE`: an installed distribution held to every law of backends, by its own table of cases.

The table is found by its name: `CASES` in the module `conformance` beside the declarations. The suite runs in a process of
its own, as pytest; here it is asked for verdicts, which are told law by law.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import printable

if TYPE_CHECKING:
    import argparse

    from omnidsl.plugins.installed import EntryPoint

_TABLE = "conformance"
_NEEDED = "pytest"

_TEST = """\
from collections.abc import Sequence

from omnidsl.testing import BackendSuite, Cases
from {module} import CASES

_ALL = [CASES] if isinstance(CASES, Cases) else list(CASES)
for _number, _cases in enumerate(_ALL, 1):
    globals()[f"Test{{_number}}"] = type(f"Test{{_number}}", (BackendSuite,), {{"cases": _cases}})
"""


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the action."""
    words = phrase("plugin-check")
    parser = actions.add_parser("check", help=words, description=words)
    parser.add_argument("package", metavar="PACKAGE", help=phrase("plugin-check-package"))


def run(arguments: "argparse.Namespace") -> int:
    """Judge it and return 0 where it keeps every law, 1 where it breaks one, 2 where it cannot be judged."""
    from omnidsl.plugins.index import load

    catalogue = load()
    wanted = {_plain(arguments.package), f"omnidsl-{_plain(arguments.package)}"}
    points = [one for one in catalogue.points if _plain(one.distribution) in wanted]
    if not points:
        from omnidsl.cli.suggesting import did_you_mean

        known = sorted({one.distribution for one in catalogue.points})
        return _refuse(
            "plugin-not-installed", did_you_mean(arguments.package, known), name=arguments.package
        )
    modules = [one for point in points if (one := _table_of(point))]
    if not modules:
        return _refuse(
            "plugin-no-cases", name=arguments.package, module=f"{points[0].module}.{_TABLE}"
        )
    if not _has(_NEEDED):
        return _refuse("plugin-no-pytest", name=_NEEDED)
    verdicts: list[dict[str, Any]] = []
    for module in modules:
        found, said = _judged(module)
        if not found:
            sys.stderr.write(said)
            return _refuse("plugin-suite-broken", name=module)
        verdicts += found
    return _told(arguments.package, verdicts)


def _plain(name: str) -> str:
    """Return a distribution's name as PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def _has(module: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _table_of(point: "EntryPoint") -> str:
    """Return the module of a plugin's table; empty where there is none."""
    name = f"{point.module}.{_TABLE}"
    return name if _has(name) else ""


def _judged(module: str) -> tuple[list[dict[str, Any]], str]:
    """Return the verdicts of a table, and what pytest said."""
    with tempfile.TemporaryDirectory(prefix="omni-plugin-check-") as name:
        folder = Path(name)
        (folder / "test_conformance.py").write_text(_TEST.format(module=module), "utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
        verdicts = folder / "verdicts.json"
        plugins = [
            "-p",
            "no:cacheprovider",
            "-p",
            "omnidsl.testing.pytest_plugin",
            "-p",
            "omnidsl.testing.verdicts",
        ]
        done = subprocess.run(  # noqa: S603  # our own interpreter, and names of modules that it has found
            [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", *plugins, "."],
            cwd=folder,
            env={
                **os.environ,
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "PYTHONPATH": os.pathsep.join(one for one in sys.path if one),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if not verdicts.exists():
            return [], done.stdout
        found: list[dict[str, Any]] = json.loads(verdicts.read_text("utf-8"))
        return found, done.stdout


def _told(package: str, verdicts: list[dict[str, Any]]) -> int:
    """Print a line a law, what broke below it, and the sum; return the exit status."""
    laws = list(dict.fromkeys(one["law"] for one in verdicts))
    broken = 0
    for law in laws:
        own = [one for one in verdicts if one["law"] == law]
        count = Counter(one["outcome"] for one in own)
        broken += bool(count["failed"])
        mark = "✗" if count["failed"] else ("·" if not count["passed"] else "✓")
        print(f"{mark} {phrase(key_of(law))} ({count['passed']}/{len(own) - count['skipped']})")
        for one in own:
            if one["outcome"] == "failed":
                row = f"[{one['row']}] " if one["row"] else ""
                print(printable(f"    {row}{one['words']}"))
    key = "plugin-laws-broken" if broken else "plugin-laws-kept"
    print(phrase(key).format(name=printable(package), laws=len(laws), broken=broken))
    return 1 if broken else 0


def key_of(law: str) -> str:
    """Return the phrase of a law: `test_an_attempt_pays_once` is `law-an-attempt-pays-once`."""
    return "law-" + law.removeprefix("test_").replace("_", "-")


def _refuse(key: str, more: "list[str] | None" = None, **values: str) -> int:
    told = phrase(key).format(**{name: printable(text) for name, text in values.items()})
    sys.stdout.flush()
    sys.stderr.write("\n".join([f"omni: {phrase('error')}: {told}", *(more or [])]) + "\n")
    return 2
