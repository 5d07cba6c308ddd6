"""The examples of operations, found on disk: clean, and run on the sandbox under every profile that serves them.

A first line `# profiles: plus, proxy` names those profiles; under the others the step fails as not served.
"""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from omnidsl import Gateway, load
from omnidsl.running import RunResult
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.books import Books
from omnidsl_sandbox.profiles import PROFILES as KNOWN

PROFILES = tuple(KNOWN)
FOLDER = Path(__file__).parents[1] / "examples" / "services"
RECIPES = sorted(FOLDER.rglob("*.omni"))
CASES = [(recipe, profile) for recipe in RECIPES for profile in PROFILES]
AT_ONCE = 12
_SERVED = re.compile(r"# profiles: ([\w-]+(?:, [\w-]+)*)$")


def name_of(case: Path | str) -> str:
    return case if isinstance(case, str) else case.relative_to(FOLDER).with_suffix("").as_posix()


def served(recipe: Path) -> tuple[str, ...]:
    """Return the profiles that serve a recipe."""
    first = _SERVED.match(recipe.read_text("utf-8").splitlines()[0])
    return tuple(first[1].split(", ")) if first else PROFILES


@attrs.frozen
class Performed:
    """What came of all examples: a run each, and each profile's books."""

    output: Path
    runs: dict[tuple[Path, str], RunResult]
    books: dict[str, Books]


@pytest.fixture(scope="module")
def performed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Performed]:
    """Every example that was asked for under every profile, many at a time: most of each is waiting."""
    folder = tmp_path_factory.mktemp("examples")
    asked = {one.callspec.id for one in request.session.items if hasattr(one, "callspec")}
    wanted = [case for case in CASES if "-".join(name_of(one) for one in case) in asked]
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OMNI_BASE_URL", "OMNI_API_KEY"):
            patch.delenv(name, raising=False)
        patch.setenv("OMNI_STATE_DIR", str(folder / "state"))
        patch.setenv("OMNI_CACHE_DIR", str(folder / "cache"))
        servers = {name: Sandbox(profile=name, duration=0.05) for name in PROFILES}
        for one in servers.values():
            one.__enter__()
        try:
            runs = asyncio.run(_perform(wanted, servers, folder))
            yield Performed(folder, runs, {name: one.books() for name, one in servers.items()})
        finally:
            for one in servers.values():
                one.__exit__(None, None, None)


async def _perform(
    cases: list[tuple[Path, str]], servers: dict[str, Sandbox], folder: Path
) -> dict[tuple[Path, str], RunResult]:
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(recipe: Path, profile: str) -> tuple[tuple[Path, str], RunResult]:
        # A gateway of its own name for each: what one example bought is nothing that another has.
        identity = f"{profile} {name_of(recipe)}"
        gateway = Gateway.at(servers[profile].url, key="sk-example", name=identity)
        async with turn:
            output = folder / profile / name_of(recipe)
            return (recipe, profile), await load(recipe).run_async(gateway=gateway, output=output)

    return dict(await asyncio.gather(*(one(*case) for case in cases)))


def test_there_are_examples() -> None:
    assert RECIPES


@pytest.mark.parametrize("recipe", RECIPES, ids=name_of)
def test_an_example_is_clean_and_names_profiles_that_there_are(recipe: Path) -> None:
    assert [] == load(recipe).check()
    assert set(served(recipe)) <= set(PROFILES)


@pytest.mark.parametrize(("recipe", "profile"), CASES, ids=name_of)
def test_an_example_runs_where_it_is_served(
    recipe: Path, profile: str, performed: Performed
) -> None:
    done = performed.runs[recipe, profile]
    if profile not in served(recipe):
        assert ["not-served"] == sorted({one.reason for one in done.failures} - {"needs"})
        return
    assert 0 == done.status, (done.failures, done.unsaved)
    saves = load(recipe).plan(gateway="x").saves
    wanted = {one.path for one in saves if isinstance(one.path, str)}
    output = performed.output / profile / name_of(recipe)
    assert wanted <= {path.relative_to(output).as_posix() for path in done.saved}


@pytest.mark.parametrize("profile", PROFILES)
def test_no_example_pays_for_anything_twice(profile: str, performed: Performed) -> None:
    assert 0 == performed.books[profile].duplicates
