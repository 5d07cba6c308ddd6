"""Plans of many steps."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnidsl import RecipeError, load

RECIPE = """\
prompt cat(one: int) { a {red, green, blue} cat, number ${one} }

pipeline main(rounds: list[int] = [1, 2]) {
    for one in rounds {
        grid = cat(one) -> midjourney.imagine
        save grid as "${one}-${index}.png"
    }
}
"""


@pytest.fixture(params=[True, False], ids=["collecting", "not collecting"])
def collecting(request: pytest.FixtureRequest) -> Iterator[bool]:
    before = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if before else gc.disable)()


def test_planning_leaves_the_collector_as_it_was(
    collecting: bool, tmp_path: Path
) -> None:  # a fixture
    path = tmp_path / "a.omni"
    path.write_text(RECIPE, "utf-8")

    planned = len(load(path).plan(gateway="g").nodes)
    with pytest.raises(RecipeError):
        load(path).plan(gateway="g", rounds="none")

    assert (6, collecting) == (planned, gc.isenabled())
