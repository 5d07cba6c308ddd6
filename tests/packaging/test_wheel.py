"""The wheel: built, installed into a fresh virtual environment outside the checkout, and used from there."""

import json
import os
import re
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(600)


def use(omni: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OMNI_", "PYTHON"))
    }
    environment = kept | {"OMNI_CACHE_DIR": str(folder / "cache"), "OMNI_LANG": "en"}
    return subprocess.run(
        [str(omni), *arguments], capture_output=True, encoding="utf-8", env=environment, cwd=folder
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cat.omni").write_text((ROOT / "examples" / "cat.omni").read_text("utf-8"), "utf-8")
    return tmp_path


def test_the_wheel_holds_grammars_data_plugins_and_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for one in (
        "omnidsl/py.typed",
        "omnidsl/cli/first_project/zh/hello.omni",
        "omnidsl/language/grammars/recipe.lark",
        "omnidsl/language/grammars/prompt.lark",
        "omnidsl/language/grammars/terminals.lark",
        "omnidsl/language/codes/OM1.toml",
        "omnidsl/prompts/data/parameters.toml",
        "omnidsl_claude/prices.toml",
        "omnidsl_gemini/backend.py",
        "omnidsl_midjourney/backend.py",
        "omnidsl_openai/backend.py",
        "omnidsl_sandbox/data/songs.toml",
        "omnidsl_sandbox/server.py",
        "omnidsl_suno/backend.py",
        "omnidsl_udio/prices.toml",
    ):
        assert one in names
    assert [] == [name for name in names if name.startswith(("tests/", "examples/", "plugins/"))]


def test_every_toml_file_of_the_package_is_compiled(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        files = [one for one in archive.namelist() if re.fullmatch(r"omnidsl/.*\.toml", one)]
        tables = [tomllib.loads(archive.read(one).decode()) for one in files]
        compiled = [json.loads(archive.read(one.replace(".toml", ".json"))) for one in files]

    assert "omnidsl/prompts/data/parameters.toml" in files
    assert tables == compiled


def test_the_version_is_the_packages_own(installed: Path, folder: Path) -> None:
    from omnidsl import __version__

    assert f"omni {__version__}\n" == use(installed, folder, "--version").stdout


def test_a_recipe_is_checked_from_the_wheel(installed: Path, folder: Path) -> None:
    done = use(installed, folder, "check", "cat.omni")
    assert (0, "") == (done.returncode, done.stdout), done.stderr


def test_a_check_from_the_wheel_reads_no_toml(installed: Path, folder: Path) -> None:
    program = (
        "import sys; from omnidsl.__main__ import main; main(['check', 'cat.omni']); "
        "print('tomllib' in sys.modules)"
    )

    python = installed.with_name("python")
    use(python, folder, "-c", program)  # builds the declaration index, which reads tables of prices

    done = use(python, folder, "-c", program)

    assert "False" == done.stdout.strip(), done.stderr


def test_a_recipe_runs_on_the_sandbox_from_the_wheel(installed: Path, folder: Path) -> None:
    done = use(installed, folder, "run", "cat.omni", "--sandbox")
    assert 0 == done.returncode, done.stderr
    assert (folder / "out" / "cat.png").read_bytes().startswith(b"\x89PNG")


def test_the_plugins_are_found_by_their_entry_points(installed: Path, folder: Path) -> None:
    done = use(installed, folder, "plugins")
    assert (0, True, True) == (
        done.returncode,
        "midjourney.imagine" in done.stdout,
        "openai.chat" in done.stdout,
    )
