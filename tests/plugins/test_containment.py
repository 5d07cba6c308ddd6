"""Whatever a plugin does as it is imported, it does in a process of its own: it costs itself, and has its name on it."""

import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from omnidsl.plugins.backend import Backend
from omnidsl.plugins.building import build
from omnidsl.plugins.containment import Contained
from omnidsl.plugins.installed import EntryPoint

Install = Callable[..., Path]

GOOD = """
import attrs
from omnidsl.plugins import Service, Task, Image, argument, hookimpl

@attrs.frozen
class Draw(Task[Image]):
    text: str = argument(subject=True)

@hookimpl
def omnidsl_services():
    return [Service(name="studio", operations=(Draw,), implementation="studio:Backend")]
"""

ENDINGS = {
    "raises": ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
    "leaves-python": ("raise SystemExit(3)", "SystemExit: 3"),
    "pretends-ctrl-c": ("raise KeyboardInterrupt", "ended the process with status 130"),
    "calls-itself": ("def f():\n    f()\nf()", "RecursionError"),
    "does-not-parse": ("def", "SyntaxError"),
    "raises-what-is-no-exception-of-use": ("class E(Exception):\n    def __str__(self):\n        raise E\nraise E", "E"),
    "ends-the-process": ("import os\nos._exit(7)", "ended the process with status 7"),
    "crashes": ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "ended the process with signal 11"),
    "hangs": ("import time\ntime.sleep(600)", "did not answer within 2 seconds"),
    "changes-the-folder": ("import os\nos.chdir('/')", "changed the current folder to /"),
    "leaves-a-thread": ("import threading, time\nthreading.Thread(target=time.sleep, args=[600]).start()", None),
    "changes-signals-and-locale": ("import locale, signal\nlocale.setlocale(locale.LC_ALL, 'C')\nsignal.signal(signal.SIGINT, signal.SIG_IGN)", None),
    "closes-stdout": ("import os, sys\nsys.__stdout__.close()\nos.close(0)", None),
}  # fmt: skip  # a case a line


@pytest.mark.parametrize(("source", "problem"), ENDINGS.values(), ids=ENDINGS)
def test_what_a_plugin_does_on_import_costs_itself_alone(
    install: Install, monkeypatch: pytest.MonkeyPatch, source: str, problem: str | None
) -> None:
    install("broken", source, distribution="broken_plugin")
    monkeypatch.syspath_prepend(install("studio", GOOD))
    points = [EntryPoint(name, name, f"{name}_plugin", "1") for name in ("broken", "studio")]

    index = build(points, patience=2.0)

    assert ["studio"] == list(index["services"])
    told = [(one["distribution"], one["hook"]) for one in index["problems"]]
    assert ([("broken_plugin", "import broken")] if problem else []) == told
    assert all(str(problem) in one["problem"] for one in index["problems"])


def test_what_a_plugin_prints_on_import_goes_to_stderr_with_its_name(
    install: Install, child_environment: dict[str, str], tmp_path: Path
) -> None:
    loud = (
        "import os, sys\nprint('hello')\nos.write(1, b'raw\\n')\nsys.__stdout__.write('deep\\n')\n"
    )
    site = install("studio", loud + GOOD)
    (tmp_path / "empty.omni").touch()

    finished = subprocess.run(
        [sys.executable, "-m", "omnidsl", "check", "--output-format", "json", "empty.omni"],
        capture_output=True,
        encoding="utf-8",
        env=child_environment | {"PYTHONPATH": str(site)},
        cwd=tmp_path,
    )

    assert [] == json.loads(finished.stdout)["diagnostics"]
    assert "[studio] hello" in finished.stderr.splitlines()


def test_a_plugin_cannot_end_the_asking_of_plugins_by_ending_every_process(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["one", "two", "three"]
    for name in names:
        monkeypatch.syspath_prepend(install(name, f"import os\nos._exit({len(name)})"))

    index = build([EntryPoint(name, name, name, "1") for name in names])

    assert names == [one["distribution"] for one in index["problems"]]


def test_asking_plugins_leaves_no_module_of_theirs_behind(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(install("studio", GOOD))
    here = Path.cwd()

    build([EntryPoint("studio", "studio", "studio", "1")])

    assert ("studio" in sys.modules, here) == (False, Path.cwd())


def test_everything_that_a_backend_can_do_is_handed_on() -> None:
    offered = {name for name, one in vars(Backend).items() if inspect.iscoroutinefunction(one)}

    assert offered <= vars(Contained).keys()
