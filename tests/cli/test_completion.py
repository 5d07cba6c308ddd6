"""Completion: what is offered at each place of a command line, and that three shells really ask for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from omnidsl.cli import COMMANDS
from omnidsl.cli.completion.candidates import candidates
from tests.conftest import Omni

RECIPE = """pipeline hero(mood: text = "calm") {
    words = mood -> openai.chat
    save words as "words.txt"
}
pipeline other { word = "x" -> openai.chat\n save word as "x.txt" }
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [one for one in os.environ if one.startswith("OMNI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OMNI_LANG", "en")
    (tmp_path / "hero.omni").write_text(RECIPE, "utf-8")
    return tmp_path


def offered(*words: str) -> list[str]:
    return [one.partition("\t")[0] for one in candidates(words)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["che"], ["check"]),
        (["--v"], ["--version"]),
        (["check", ""], [":recipes"]),
        (["check", "--output-f"], ["--output-format", "--output-file"]),
        (["check", "--output-format", "js"], ["json", "json-lines"]),
        (["check", "--output-format=js"], ["--output-format=json", "--output-format=json-lines"]),
        (["check", "--output-file", ""], [":files"]),
        (["run", ""], [":recipes"]),
        (["sandbox", "--profile", ""], ["new-api", "plus", "proxy"]),
        (["run", "--output", ""], [":folders"]),
        (["run", "hero.omni", ""], ["hero", "other", "mood="]),
        (["run", "hero.omni", "hero", ""], ["mood="]),
        (["explain", "OM001"], ["OM001"]),
        (["prompt", "ex"], ["explain", "expand"]),
        (["prompt", "check", "--di"], ["--diff"]),
        (["ledger", ""], ["verify", "export", "import"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["no-such-command", ""], []),
        (["report", ""], []),
        (["run", "missing.omni", ""], []),
    ],
    ids=" ".join,
)
def test_what_may_stand_at_a_place(words: list[str], expected: list[str]) -> None:
    assert expected == offered(*words)


def test_every_command_is_offered_with_what_it_does_and_every_parser_can_be_asked() -> None:
    lines = candidates([""])

    assert set(COMMANDS) <= {one.partition("\t")[0] for one in lines}
    assert all(one.partition("\t")[2] for one in lines)
    for name in COMMANDS:
        assert "--help" in offered(name, "--"), name


def test_an_option_that_is_there_already_is_not_offered_again() -> None:
    assert "--sandbox" in offered("run", "hero.omni", "--s")
    assert "--sandbox" not in offered("run", "hero.omni", "--sandbox", "--s")


def test_runs_and_steps_of_the_project_are_offered(omni: Omni, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "hero.omni").write_text(RECIPE, "utf-8")
    done = omni("run", "hero.omni", "hero", "--sandbox", "--quiet")
    assert 0 == done.returncode, done.stderr
    os.chdir(folder)

    (line,) = candidates(["report", ""])
    run, _, about = line.partition("\t")

    assert "hero.omni hero done" == about
    assert [run] == offered("resume", run[:4])
    assert ["words"] == offered("pick", "")


def shell(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"NOT TESTED: there is no {name} here")
    return found


@pytest.fixture
def environment(tmp_path: Path, child_environment: dict[str, str]) -> dict[str, str]:
    """An environment in which `omni` is a command."""
    tools = tmp_path / "tools"
    tools.mkdir()
    command = tools / "omni"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m omnidsl "$@"\n', "utf-8")
    command.chmod(0o755)
    path = f"{tools}{os.pathsep}{child_environment['PATH']}"
    return {**child_environment, "PATH": path, "HOME": str(tmp_path), "TERM": "dumb"}


def asked(command: list[str], environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment, timeout=60
    )
    assert "" == done.stderr
    return done.stdout.split("\n")[:-1]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["omni", "che"], ["check"]),
        (["omni", "check", "--output-format", "js"], ["json", "json-lines"]),
        (["omni", "check", "her"], ["hero.omni"]),
        (["omni", "run", "hero.omni", "--sand"], ["--sandbox"]),
        (["omni", "run", "hero.omni", "--"], None),
    ],
)
def test_bash_completes(
    line: list[str], expected: list[str] | None, environment: dict[str, str]
) -> None:
    words = " ".join(f"'{one}'" for one in line)
    script = (
        'eval "$(omni completion bash)"; '
        f"COMP_WORDS=({words}); COMP_CWORD={len(line) - 1}; _omni; "
        'for one in "${COMPREPLY[@]}"; do echo "$one"; done'
    )

    found = asked([shell("bash"), "--norc", "-c", script], environment)

    if expected is None:
        assert "--sandbox" in found
    else:
        assert expected == found


def test_fish_completes(environment: dict[str, str]) -> None:
    def found(line: str) -> list[str]:
        script = f"omni completion fish | source; complete -C '{line}'"
        lines = asked([shell("fish"), "--no-config", "-c", script], environment)
        return [one.partition("\t")[0] for one in lines]

    assert ["check"] == found("omni che")
    assert ["json", "json-lines"] == found("omni check --output-format js")
    assert ["hero.omni"] == found("omni check her")


def test_zsh_completes(environment: dict[str, str]) -> None:
    """The script's own function is called with a stand-in for the one that would draw a menu."""
    script = """
        _describe() { print -l -- ${described%%:*} }
        _files() { print -l -- files "$@" }
        eval "$(omni completion zsh)"
        words=(omni %s); CURRENT=${#words}; _omni
    """

    def found(words: str) -> list[str]:
        return asked([shell("zsh"), "-f", "-c", script % words], environment)

    assert ["check"] == found("che")
    assert ["json", "json-lines"] == found("check --output-format js")
    assert ["files", "-g", "*.omni"] == found("check her")
