"""The examples: every recipe is clean, and runs on the sandbox."""

import subprocess
import sys
from pathlib import Path

import pytest

from omnidsl import Prompt, load
from tests.conftest import Omni

EXAMPLES = Path(__file__).parents[1] / "examples"
RECIPES = sorted(EXAMPLES.glob("*.omni"))
PROGRAMS = sorted((EXAMPLES / "python").glob("*.py"))


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMNI_BASE_URL", "OMNI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMNI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("OMNI_CACHE_DIR", str(tmp_path / "cache"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_an_example_is_clean(recipe: Path) -> None:
    assert [] == load(recipe).check()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_an_example_runs_on_the_sandbox(omni: Omni, recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "made"
    done = omni(
        "run",
        str(recipe),
        "--sandbox",
        "--yes",
        "--output",
        str(out),
        OMNI_STATE_DIR=str(tmp_path / "state"),
    )
    assert 0 == done.returncode, done.stderr
    plan = load(recipe).plan(gateway="sandbox")
    files = [path for path in out.rglob("*") if path.is_file() and path.suffix != ".json"]
    made = {path.relative_to(out).as_posix() for path in files}
    certain = {one.path for one in plan.saves if one.when is None}
    perhaps = len(plan.saves) - len(certain)
    assert certain <= made
    assert bool(perhaps) == bool(made - certain)
    assert len(made) <= len(plan.saves)


def test_the_demo_ends_with_three_different_pictures_and_a_caption(
    omni: Omni, tmp_path: Path
) -> None:
    out = tmp_path / "made"
    omni(
        "run",
        str(EXAMPLES / "hero.omni"),
        "--sandbox",
        "--output",
        str(out),
        OMNI_STATE_DIR=str(tmp_path / "state"),
    )
    pictures = {path.read_bytes() for path in out.rglob("*.png")}
    assert 9 == len(pictures)
    assert "SIMULATED" in (out / "hero.txt").read_text("utf-8")


def test_the_guides_prompt_is_the_same_as_block_string_and_builder() -> None:
    recipe = load(EXAMPLES / "hero.omni")
    builder = (
        Prompt("可爱的猫").style("Cyberpunk").view("Wide view").shot("VCU").light("冷光")
        .quality(2).stylize(50).version("6.1").aspect(4, 3)
    )  # fmt: skip  # as the guide's readers will write it
    assert recipe.prompt("guide") == recipe.prompt("pasted") == builder


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_an_example_in_python_runs(
    program: Path, tmp_path: Path, child_environment: dict[str, str]
) -> None:
    environment = child_environment | {"OMNI_STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run(
        [sys.executable, str(program)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert 0 == done.returncode, done.stderr
