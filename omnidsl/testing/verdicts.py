"""A pytest plugin for `omni plugin check`: what came of each law, as JSON in `verdicts.json` at the root of the tests."""

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_ROWS: list[dict[str, str]] = []
_TEST = re.compile(r"(?P<law>\w+)(?:\[(?P<row>.*)\])?\Z", re.DOTALL)


def pytest_runtest_logreport(report: "pytest.TestReport") -> None:
    """Keep the verdict of a test: that of its call, or of whatever broke around it."""
    if report.when != "call" and report.outcome == "passed":
        return
    found = _TEST.match(report.nodeid.rpartition("::")[2])
    if found is None:
        return
    crash = getattr(report.longrepr, "reprcrash", None)
    said = str(crash.message if crash is not None else report.longrepr or "")
    line = said.strip().splitlines()[0] if said.strip() else ""
    words = line.removeprefix("AssertionError: ").removeprefix("Failed: ")
    row = {"law": found["law"], "row": found["row"] or "", "outcome": report.outcome}
    _ROWS.append({**row, "words": words if report.outcome == "failed" else ""})


def pytest_sessionfinish(session: "pytest.Session") -> None:
    """Write the verdicts; none, no file."""
    if _ROWS:
        (session.config.rootpath / "verdicts.json").write_text(json.dumps(_ROWS), "utf-8")
