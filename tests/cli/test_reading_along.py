"""Answers are told while they come: as JSON lines, to whoever listens from Python, in a terminal."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from omnidsl import Gateway, load
from omnidsl.running.events import Event, StepText
from omnidsl_sandbox import Sandbox
from tests.conftest import Omni

RECIPE = 'pipeline p {\n    a = "hi" -> SERVICE.chat\n    save a as "a.txt"\n}\n'
SERVICES = ["openai", "claude", "gemini"]


@pytest.mark.parametrize("service", SERVICES)
def test_json_lines_hold_the_pieces_of_an_answer(omni: Omni, tmp_path: Path, service: str) -> None:
    (tmp_path / "folder" / "a.omni").write_text(RECIPE.replace("SERVICE", service), "utf-8")

    done = omni("run", "a.omni", "--sandbox", "--json")

    events = [json.loads(line) for line in done.stdout.splitlines()]
    pieces = [one["text"] for one in events if one["event"] == "step-text"]
    assert (tmp_path / "folder" / "out" / "a.txt").read_text("utf-8").strip() == "".join(pieces)


def test_who_listens_from_python_hears_the_pieces_of_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.omni").write_text(RECIPE.replace("SERVICE", "openai"), "utf-8")
    heard: list[Event] = []
    with Sandbox() as sandbox:
        done = load(tmp_path / "a.omni").run(
            gateway=Gateway.sandbox(sandbox.url), listeners=[heard.append]
        )

    told = "".join(one.text for one in heard if isinstance(one, StepText))
    assert done.results["a"].text == told


def test_a_terminal_shows_an_answer_while_it_comes(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    (tmp_path / "a.omni").write_text(RECIPE.replace("SERVICE", "claude"), "utf-8")
    with Sandbox(latency=1.5) as sandbox:
        ours, theirs = pty.openpty()
        address = {"OMNI_BASE_URL": sandbox.url, "OMNI_API_KEY": "sk-any", "TERM": "xterm"}
        child = subprocess.Popen(
            [sys.executable, "-m", "omnidsl", "run", "a.omni", "--yes"],
            env=child_environment | address,
            cwd=tmp_path,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        shown = _all_of(ours)
        os.close(ours)

    assert 0 == child.wait(30), shown
    # The whole answer never stands there: what is shown of it is its latest words, on one line.
    assert "SIMULATED" in shown


def _all_of(terminal: int) -> str:
    found = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says so of a terminal that nobody has open any more
            break
        if not piece:
            break
        found += piece
    return found.decode("utf-8", "replace")
