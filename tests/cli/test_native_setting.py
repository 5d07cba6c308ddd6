"""`[services.claude] native = true`, from the settings of a project to the wire, by the command and from Python."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from omnidsl import Session
from tests.conftest import Omni

RECIPE = 'pipeline p {\n    a = "hi" -> SERVICE.chat\n    save a as "a.txt"\n}\n'
STAGES = [
    ("claude", "messages", "/v1/messages"),
    ("gemini", "generate", "/v1beta/models/gemini-3.8-flash:generateContent"),
]


def stages(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / ".omni" / "ledger.sqlite3")) as ledger:
        return list(ledger.execute("SELECT name, path FROM stages"))


@pytest.mark.parametrize(("service", "stage", "path"), STAGES)
def test_the_command_speaks_as_the_project_has_settled(
    omni: Omni, tmp_path: Path, service: str, stage: str, path: str
) -> None:
    folder = tmp_path / "folder"
    (folder / "a.omni").write_text(RECIPE.replace("SERVICE", service), "utf-8")
    (folder / "omni.toml").write_text(f"[services.{service}]\nnative = true\n", "utf-8")

    done = omni("run", "a.omni", "--sandbox")

    assert 0 == done.returncode, done.stderr
    assert [(stage, path)] == stages(folder)


def test_switching_buys_nothing_again(omni: Omni, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "a.omni").write_text(RECIPE.replace("SERVICE", "claude"), "utf-8")
    omni("run", "a.omni", "--sandbox")
    (folder / "omni.toml").write_text("[services.claude]\nnative = true\n", "utf-8")

    done = omni("run", "a.omni", "--sandbox")

    assert 0 == done.returncode, done.stderr
    assert ["submit"] == [name for name, _ in stages(folder)]


def test_a_session_speaks_as_the_project_has_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMNI_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "omni.toml").write_text("[services.claude]\nnative = true\n", "utf-8")

    with Session(sandbox=True, folder=tmp_path) as session:
        text = session.claude.chat("hi").text

    assert text is not None
    assert text.startswith("SIMULATED")
    assert ["messages"] == [name for name, _ in stages(tmp_path)]
