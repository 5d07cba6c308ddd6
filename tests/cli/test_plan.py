"""`omni plan`: what a run would do, as a table and as JSON."""

import json
from pathlib import Path

import pytest

from tests.conftest import Omni

RECIPE = """prompt two(who: text) {
    a {red, blue} ${who}
    --v 6.1
}
pipeline p(who: text = "猫") -> list[image] {
    grid = two(who) -> midjourney.imagine
    best = grid -> upscale(1)
    save best as "${who}-${index}.png"
    return best
}
"""


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    (tmp_path / "folder" / "a.omni").write_text(RECIPE, "utf-8")
    return tmp_path / "folder"


@pytest.mark.usefixtures("folder")
def test_the_table_shows_step_operation_inputs_and_jobs(omni: Omni) -> None:
    result = omni("plan", "a.omni", "--sandbox")
    assert 0 == result.returncode
    lines = result.stdout.splitlines()
    assert ["step", "operation", "inputs", "jobs"] == lines[0].split()
    assert lines[1].startswith("grid[1…2]  midjourney.imagine  prompt: a red 猫 --v 6.1")
    assert lines[2].startswith("best[1…2]  midjourney.upscale  grid: ‹grid[1]›, index: 1")
    assert ["2", "2"] == [line.split()[-1] for line in lines[1:3]]
    assert "paid jobs: 4, files to save: 2, gateway: sandbox" == lines[-1]


@pytest.mark.usefixtures("folder")
def test_json_is_the_plan_as_it_is_stored(omni: Omni) -> None:
    plan = json.loads(omni("plan", "a.omni", "p", "who=fox", "--sandbox", "--json").stdout)
    assert ("p", "sandbox", {"who": "fox"}) == (plan["pipeline"], plan["gateway"], plan["bindings"])
    assert ["grid[1]", "grid[2]", "best[1]", "best[2]"] == [one["id"] for one in plan["nodes"]]
    assert {"$ref": ["grid[1]", ""]} == plan["nodes"][2]["arguments"]["grid"]
    assert ["fox-1.png", "fox-2.png"] == [one["path"] for one in plan["saves"]]


@pytest.mark.usefixtures("folder")
def test_the_gateway_of_the_environment_is_named_by_its_origin(omni: Omni) -> None:
    plan = json.loads(
        omni("plan", "a.omni", "--json", OMNI_BASE_URL="https://api.example.com/").stdout
    )
    assert "https://api.example.com" == plan["gateway"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["nope.omni"], 2, "no file `nope.omni`"),
        (["a.omni", "q"], 2, "has no pipeline `q`"),
        (["a.omni", "wo=x"], 2, "takes no `wo`"),
        (["a.omni", "p", "q"], 2, "`q` is neither a pipeline nor name=value"),
        (["b.omni"], 1, "unknown name `nope`"),
    ],
)
def test_what_cannot_be_planned_is_told(
    omni: Omni, folder: Path, arguments: list[str], status: int, words: str
) -> None:
    (folder / "b.omni").write_text("let x = nope")
    result = omni("plan", *arguments)
    assert (status, True, "") == (result.returncode, words in result.stderr, result.stdout)
