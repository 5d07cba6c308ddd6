"""What saved files say of where they come from."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest
from PIL import Image

from omnidsl.planning.plan import Plan, Save
from omnidsl.planning.values import PromptInput, Ref, TextInput
from omnidsl.running import Gateway
from omnidsl.running.events import Saved
from omnidsl.running.filing import Filing
from omnidsl.running.provenance import SCHEMA, sidecar_of
from omnidsl.testing import Bench, MidjourneyScript, ScriptedGateway, step
from omnidsl_sandbox import Sandbox

KEY = 'sk-pl"anted\\0123456789'
PROMPT = "a red fox in 雪 --ar 16:9 --seed 7 --v 6.1"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(state=tmp_path / "sandbox", duration=0.05, artifact="fixed:2k") as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, sandbox: Sandbox) -> Bench:
    return Bench(tmp_path / "project", Gateway.sandbox(sandbox.url))


def chain(bench: Bench) -> Plan:
    return bench.plan(
        step("grid", "midjourney.imagine", {"prompt": PromptInput((PROMPT,))}),
        step("other", "midjourney.imagine", {"prompt": PromptInput(("a dog",))}),
        step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 2}),
        step("words", "openai.chat", {"messages": "hello"}),
        saves=[
            Save(Ref("grid"), "grid.png"),
            Save(Ref("hero"), "hero.png"),
            Save(Ref("words"), "words.txt"),
            Save(TextInput(("both: ", Ref("words"), Ref("hero", "task_id"))), "both.md"),
        ],
    )


def said(path: Path) -> Any:
    return json.loads(sidecar_of(path).read_text("utf-8"))


def texts(path: Path) -> Mapping[str | tuple[int, int], object]:
    with Image.open(path) as picture:
        picture.load()
        return picture.info


def pixels(path: Path) -> bytes:
    with Image.open(path) as picture:
        return picture.tobytes()


def inside(path: Path) -> Any:
    return json.loads(str(texts(path)["omnidsl"]))


def test_every_saved_file_has_a_sidecar_of_the_published_form(bench: Bench) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)

    result = bench.run(chain(bench))

    assert 4 == len(result.saved)
    for path in result.saved:
        jsonschema.validate(said(path), schema)


def test_a_sidecar_names_both_files_by_what_they_hold(bench: Bench) -> None:
    bench.run(chain(bench))
    path = bench.output / "grid.png"
    found = said(path)
    (stored,) = (bench.state / "artifacts").rglob(f"{found['original']['sha256']}.*")

    assert found["original"]["sha256"] == hashlib.sha256(stored.read_bytes()).hexdigest()
    assert found["file"] == {
        "name": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "size": path.stat().st_size,
        "media_type": "image/png",
    }


def test_a_step_is_told_as_it_was_sent(bench: Bench) -> None:
    bench.run(chain(bench))
    found = said(bench.output / "grid.png")
    told = found["step"]

    assert (PROMPT, "7", "sandbox", True, False) == (
        told["prompt"],
        str(told["seed"]),
        told["gateway"],
        told["simulated"],
        told["reused"],
    )
    assert {"aspect": "16:9", "seed": 7, "version": "6.1"} == told["parameters"]
    assert ("test.omni", "test") == (found["recipe"]["path"], found["pipeline"])


def test_the_plan_inside_holds_what_made_the_file_and_nothing_else(bench: Bench) -> None:
    bench.run(chain(bench))
    found = said(bench.output / "hero.png")

    grid = said(bench.output / "grid.png")["step"]["task"]
    assert [{"id": "grid", "operation": "midjourney.imagine", "task": grid}] == found["parents"]
    assert ["grid", "hero"] == [one.id for one in Plan.from_json(found["plan"]).nodes]


def test_a_text_of_several_steps_names_them_all(bench: Bench) -> None:
    bench.run(chain(bench))
    found = said(bench.output / "both.md")

    assert "step" not in found
    assert {"hero", "words"} == {one["id"] for one in found["parents"]}


def test_a_picture_carries_the_same_inside_and_its_pixels_are_untouched(bench: Bench) -> None:
    result = bench.run(chain(bench))
    path = bench.output / "grid.png"
    stored = result.results["grid"].files[0].path
    found = said(path)
    del found["file"]

    assert found == inside(path)
    assert pixels(stored) == pixels(path)
    assert "omnidsl" not in texts(stored)


def test_the_event_names_the_sidecar_and_the_ledger_the_copy(bench: Bench) -> None:
    result = bench.run(chain(bench))
    told = {one.path: one for one in bench.events if isinstance(one, Saved)}
    ledger = bench.ledger()
    kept = {one.path: one for one in ledger.saved(result.run)}
    ledger.close()

    assert set(map(str, result.saved)) == set(told) == set(kept)
    for path in result.saved:
        found = said(path)
        assert str(sidecar_of(path)) == told[str(path)].sidecar
        assert (found["file"]["sha256"], found["original"]["sha256"]) == (
            kept[str(path)].sha256,
            kept[str(path)].original,
        )


@pytest.mark.parametrize(
    ("mode", "beside", "within"),
    [("both", True, True), ("sidecar", True, False), ("embedded", False, True), ("none", False, False)],
)  # fmt: skip  # a table reads whole
def test_the_setting_says_where_it_is_told(
    bench: Bench, mode: Any, *, beside: bool, within: bool
) -> None:
    bench.run(chain(bench))
    bench.files = Filing(provenance=mode)

    result = bench.run(chain(bench))

    path = bench.output / "grid.png"
    assert 4 == len(result.saved)
    assert (beside, within) == (sidecar_of(path).exists(), "omnidsl" in texts(path))


def test_a_name_too_long_for_a_sidecar_is_saved_without_one(bench: Bench) -> None:
    name = "x" * 246 + ".png"
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": PromptInput((PROMPT,))}),
        saves=[Save(Ref("grid"), name)],
    )

    result = bench.run(plan)

    assert (0, [name]) == (result.status, [one.name for one in bench.output.iterdir()])
    assert PROMPT == inside(bench.output / name)["step"]["prompt"]


def test_a_save_in_the_place_of_a_sidecar_collides(bench: Bench) -> None:
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": PromptInput((PROMPT,))}),
        saves=[Save("mine", "grid.png.omni.json"), Save(Ref("grid"), "grid.png")],
    )

    result = bench.run(plan)

    assert ["save-collides"] == [one.reason for one in result.unsaved]
    assert "mine" == (bench.output / "grid.png.omni.json").read_text("utf-8")


def test_no_key_stands_in_what_is_said_however_it_came_in(tmp_path: Path) -> None:
    script = MidjourneyScript()
    with ScriptedGateway(script) as server:
        bench = Bench(tmp_path, Gateway.at(server.url, key=KEY, name="ours"))
        plan = bench.plan(
            step("grid", "midjourney.imagine", {"prompt": PromptInput((f"my key is {KEY}",))}),
            saves=[Save(Ref("grid"), "grid.png")],
        )
        (path,) = bench.run(plan).saved

    for data in (path.read_bytes(), sidecar_of(path).read_bytes()):
        assert b"my key is ***" in data
        assert b"anted" not in data


def test_no_address_stands_in_what_is_said(bench: Bench, sandbox: Sandbox) -> None:
    for path in bench.run(chain(bench)).saved:
        assert sandbox.url.encode() not in path.read_bytes() + sidecar_of(path).read_bytes()


def test_a_real_gateway_s_work_is_not_called_simulated(tmp_path: Path) -> None:
    with ScriptedGateway(MidjourneyScript()) as server:
        bench = Bench(tmp_path, Gateway.at(server.url, key="sk-x", name="ours"))
        (path, *_) = bench.run(
            bench.plan(
                step("grid", "midjourney.imagine", {"prompt": PromptInput((PROMPT,))}),
                saves=[Save(Ref("grid"), "grid.png")],
            )
        ).saved

    assert (False, "ours") == (said(path)["step"]["simulated"], said(path)["step"]["gateway"])
