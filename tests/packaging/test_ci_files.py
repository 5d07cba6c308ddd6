"""What other repositories use of this one: the hooks of pre-commit and the action of GitHub, run as they would be."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from omnidsl.cli import COMMANDS
from tests.conftest import Omni

ROOT = Path(__file__).parents[2]
ACTION = (ROOT / "action.yml").read_text("utf-8")
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
WORKFLOWS = sorted((ROOT / "examples" / "ci").glob("*.yml"))

WRONG = "prompt cat {\n    a cat --q 7\n}\n"


def script(name: str) -> str:
    """Return the shell script of one step of the action."""
    step = re.search(rf"- name: {name}\n(.*?)(?=\n    - |\Z)", ACTION, re.DOTALL)
    assert step is not None
    return textwrap.dedent(step[1].split("run: |\n", 1)[1])


def hooks() -> list[dict[str, str]]:
    return [
        dict(line.strip().split(": ", 1) for line in one.splitlines())
        for one in re.split(r"(?m)^- ", HOOKS)[1:]
    ]


@pytest.fixture
def runner(tmp_path: Path, omni: Omni, child_environment: dict[str, str]) -> dict[str, str]:
    """The environment of a step, with this `omni` where the first step would have installed one."""
    (tmp_path / "omni" / "bin").mkdir(parents=True)
    (tmp_path / "omni" / "bin" / "omni").symlink_to(Path(sys.executable).parent / "omni")
    return {**child_environment, "RUNNER_TEMP": str(tmp_path)}


def run(step: str, folder: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script(step)],
        capture_output=True, encoding="utf-8", cwd=folder, env=environment, timeout=60,
    )  # fmt: skip  # one call


def test_no_input_is_a_part_of_a_script() -> None:
    for file in [ROOT / "action.yml", *WORKFLOWS]:
        for block in re.findall(r"run: (?:\|\n(?:\s{8}.*\n|\n)+|.*)", file.read_text("utf-8")):
            assert "${{" not in block


def test_the_action_annotates_what_it_finds(tmp_path: Path, runner: dict[str, str]) -> None:
    folder = tmp_path / "folder"
    (folder / "a b.omni").write_text(WRONG)
    (folder / "c.omni").write_text(WRONG)
    (folder / "d.omni").write_text(WRONG)

    result = run("Check", folder, {**runner, "PATHS": "a b.omni\n\nc.omni\n", "ARGS": ""})

    assert (1, ["a b.omni", "c.omni"]) == (result.returncode, re.findall("file=([^,]*)", result.stdout))  # fmt: skip  # one comparison


def test_options_of_the_action_are_parted_by_blanks(tmp_path: Path, runner: dict[str, str]) -> None:
    folder = tmp_path / "folder"
    (folder / "a.omni").write_text(WRONG)

    result = run("Check", folder, {**runner, "PATHS": ".", "ARGS": "--exit-zero\n --output-format   concise "})  # fmt: skip  # one call

    assert (0, True) == (result.returncode, result.stdout.startswith("a.omni:2:15: OM307 "))


@pytest.mark.parametrize(
    "hostile",
    [
        "$(touch pwned)",
        "; touch pwned",
        "`touch pwned`",
        '" ; touch pwned #',
        "*",
        "--help",
    ],
)
def test_what_stands_in_an_input_is_never_run(
    tmp_path: Path, runner: dict[str, str], hostile: str
) -> None:
    folder = tmp_path / "folder"

    paths = run("Check", folder, {**runner, "PATHS": hostile, "ARGS": ""})
    options = run("Check", folder, {**runner, "PATHS": ".", "ARGS": hostile})
    version = run("Install", folder, {**runner, "VERSION": hostile, "HERE": ".", "PYTHON": "false"})

    assert (2, 2) == (paths.returncode, version.returncode)
    assert options.returncode in (0, 2)
    assert [] == list(folder.iterdir())


def test_hooks_are_those_of_the_conventions() -> None:
    keys = {"id", "name", "description", "entry", "language", "files", "args", "require_serial"}

    files = {"omni-prompts": r"\.prompts\.(txt|csv|tsv)$"}
    assert ["omni-check", "omni-format", "omni-prompts"] == [one["id"] for one in hooks()]
    for one in hooks():
        wanted = files.get(one["id"], r"\.omni$")
        assert keys == set(one)
        assert ("python", wanted, "false") == (one["language"], one["files"], one["require_serial"])  # fmt: skip  # one comparison
        assert not re.search(": | #", " ".join(one.values()))  # else a value needs quotes


@pytest.mark.parametrize("hook", [one for one in hooks() if one["entry"].split()[1] in COMMANDS], ids=lambda one: str(one["id"]))  # fmt: skip  # one line
def test_the_command_of_a_hook_takes_files(
    tmp_path: Path, omni: Omni, hook: dict[str, str]
) -> None:
    _, *arguments = hook["entry"].split()
    name = "a.prompts.txt" if "prompt" in arguments else "a.omni"
    sound = tmp_path / "folder" / name
    sound.write_text("a cat --v 6.1\n" if "prompt" in arguments else "prompt cat {\n    a cat\n}\n")

    result = omni(*arguments, name, os.path.relpath(sound, tmp_path / "folder"))

    assert (0, "") == (result.returncode, result.stdout)
