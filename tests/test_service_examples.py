"""The examples of operations, found on disk: clean, and run on the sandbox under every profile that serves them.

A first line `# profiles: plus, proxy` names those profiles; under the others the step fails as not served.
"""

import re
from pathlib import Path

import pytest

from omnidsl import Gateway, load
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.profiles import PROFILES as KNOWN

PROFILES = tuple(KNOWN)
FOLDER = Path(__file__).parents[1] / "examples" / "services"
RECIPES = sorted(FOLDER.rglob("*.omni"))
CASES = [(recipe, profile) for recipe in RECIPES for profile in PROFILES]
_SERVED = re.compile(r"# profiles: ([\w-]+(?:, [\w-]+)*)$")


def name_of(case: Path | str) -> str:
    return case if isinstance(case, str) else case.relative_to(FOLDER).with_suffix("").as_posix()


def served(recipe: Path) -> tuple[str, ...]:
    """Return the profiles that serve a recipe."""
    first = _SERVED.match(recipe.read_text("utf-8").splitlines()[0])
    return tuple(first[1].split(", ")) if first else PROFILES


@pytest.fixture(autouse=True)
def own_folders(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OMNI_BASE_URL", "OMNI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMNI_STATE_DIR", str(tmp_path / "state"))
    # One for all: what plugins declare need be asked once.
    monkeypatch.setenv("OMNI_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


def test_there_are_examples() -> None:
    assert RECIPES


@pytest.mark.parametrize("recipe", RECIPES, ids=name_of)
def test_an_example_is_clean_and_names_profiles_that_there_are(recipe: Path) -> None:
    assert [] == load(recipe).check()
    assert set(served(recipe)) <= set(PROFILES)


@pytest.mark.parametrize(("recipe", "profile"), CASES, ids=name_of)
def test_an_example_runs_where_it_is_served(recipe: Path, profile: str, tmp_path: Path) -> None:
    loaded = load(recipe)
    with Sandbox(profile=profile, duration=0.05) as sandbox:
        done = loaded.run(gateway=Gateway.sandbox(sandbox.url), output=tmp_path / "made")
        books = sandbox.books()
    if profile not in served(recipe):
        assert ["not-served"] == sorted({one.reason for one in done.failures} - {"needs"})
        return
    assert (0, 0) == (done.status, books.duplicates), done.failures
    wanted = {one.path for one in loaded.plan(gateway="sandbox").saves if isinstance(one.path, str)}
    made = {path.relative_to(tmp_path / "made").as_posix() for path in done.saved}
    assert wanted <= made
