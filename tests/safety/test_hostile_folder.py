"""A folder that somebody sent us may hold Python files of any name: none of them runs because we stand in it.

That is a promise of the command `omni`. `python -m omnidsl` looks into the folder before it reaches our first line, as
`python -m` of anything does; from there on the same holds for it.
"""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from omnidsl.cli import COMMANDS

OWNED = "import os; open(os.environ['OWNED'], 'a').write(__name__ + '\\n')\nraise ImportError\n"

LINES = [
    ["--version"],
    ["--help"],
    ["chekc"],
    *(
        line
        for line in (
            ["check", "."], ["check", "--jobs", "2", "."], ["check", "--output-format", "sarif", "."], ["fmt", "--check", "."],
            ["test", "."], ["explain", "OM301"], ["plan", "a.omni"], ["plugins"], ["prompt", "parse", "a cat"], ["vocab"],
        )
        if line[0] in COMMANDS
    ),
]  # fmt: skip  # a table


def plant(folder: Path) -> None:
    """Write a module of every name that Python or we import, and a plugin."""
    names = set(sys.stdlib_module_names) | {
        "sitecustomize", "usercustomize", "attr", "attrs", "cattrs", "httpx", "pathspec", "platformdirs", "pluggy", "rich",
        "wcwidth", "lark", "omnidsl_midjourney", "omnidsl_openai", "omnidsl_sandbox", "evil",
    }  # fmt: skip  # a table
    for name in names - {"__future__"}:
        (folder / f"{name}.py").write_text(OWNED)
    (folder / "evil-1.0.dist-info").mkdir()
    (folder / "evil-1.0.dist-info" / "entry_points.txt").write_text("[omnidsl]\nevil = evil\n")
    (folder / "evil.pth").write_text("import evil\n")
    for number in range(70):
        (folder / f"a{number or ''}.omni").write_text("prompt cat { a cat }\n")


def of_python_itself() -> set[str]:
    """Return the modules that `python -m` imports before it runs anything."""
    program = "import sys, runpy; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    plant(folder)
    return folder


@pytest.fixture(scope="module")
def survivable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("survivable")
    plant(folder)
    for name in of_python_itself():
        (folder / f"{name}.py").unlink(missing_ok=True)
    return folder


def owned(start: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a command line in the folder; returns its status, and the modules of the folder that it ran."""
    report = Path(environment["OMNI_CACHE_DIR"]).parent / "owned.txt"
    done = subprocess.run(
        start,
        cwd=folder,
        env=environment | {"OWNED": str(report), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        timeout=60,
    )
    return done.returncode, report.read_text() if report.exists() else ""


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_the_command_runs_no_module_of_the_folder(
    line: list[str], folder: Path, child_environment: dict[str, str]
) -> None:
    script = os.path.join(sysconfig.get_path("scripts"), "omni")  # noqa: PTH118  # a string

    status, modules = owned([script, *line], folder, child_environment)

    assert "" == modules
    assert status in (0, 1, 2)


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_the_module_runs_no_module_of_the_folder_either(
    line: list[str], survivable: Path, child_environment: dict[str, str]
) -> None:
    status, modules = owned([sys.executable, "-m", "omnidsl", *line], survivable, child_environment)

    assert "" == modules
    assert status in (0, 1, 2)


def test_processes_that_share_a_check_run_no_module_of_the_folder(
    folder: Path, child_environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "share.py").write_text(
        "from omnidsl.cli.workers import share\n"
        "if __name__ == '__main__':\n"
        "    assert 64 == len([*share(['ab'] * 64, list, jobs=2, method='spawn')])\n"
    )

    done = owned([sys.executable, str(tmp_path / "share.py")], folder, child_environment)

    assert (0, "") == done


def test_a_module_that_is_run_from_the_folder_is_seen(
    folder: Path, child_environment: dict[str, str]
) -> None:
    _, modules = owned([sys.executable, "-c", "import attrs"], folder, child_environment)

    assert "attrs\n" == modules
