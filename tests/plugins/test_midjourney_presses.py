"""Every operation that presses a button, on the sandbox under each profile: what it makes, and who refuses it."""

import hashlib
import io
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import FileInput, PromptInput, Ref, Value
from omnidsl.running import Gateway, RunResult
from omnidsl.testing import Bench, step
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.profiles import PROFILES

DOG = PromptInput(("a dog",))
GRID = step("g", "midjourney.imagine", {"prompt": PromptInput(("fox --ar 3:2 --v 6.1",))})
SINGLE = step("u", "midjourney.upscale", {"grid": Ref("g"), "index": 1})
OLDER = [
    step("g5", "midjourney.imagine", {"prompt": PromptInput(("fox --v 5.2",))}),
    step("u5", "midjourney.upscale", {"grid": Ref("g5"), "index": 1}),
]
TEXTS = step("d", "midjourney.describe", {"picture": Ref("u")})
MOVING = step("a", "midjourney.animate", {"picture": Ref("u")})
ONE = step("one", "midjourney.upscale_video", {"video": Ref("a"), "index": 2})


def step_of(name: str, operation: str, **arguments: Value) -> PlanNode:
    return step(name, f"midjourney.{operation}", arguments)


# Name, steps before it, the step, the extension of its file (empty: a text), the profiles that refuse it.
Row = tuple[list[PlanNode], PlanNode, str, set[str]]
ROWS: dict[str, Row] = {
    "subtle": ([GRID, SINGLE], step_of("x", "upscale", grid=Ref("u"), style="subtle"), ".png", set()),
    "creative": ([GRID, SINGLE], step_of("x", "upscale", grid=Ref("u"), style="creative"), ".png", set()),
    "2x": (OLDER, step_of("x", "upscale", grid=Ref("u5"), style="2x"), ".png", set()),
    "4x": (OLDER, step_of("x", "upscale", grid=Ref("u5"), style="4x"), ".png", set()),
    "square": ([GRID, SINGLE], step_of("x", "square", picture=Ref("u")), ".png", set()),
    "animate": ([GRID, SINGLE], step_of("x", "animate", picture=Ref("u"), motion="high"), ".mp4", {"new-api"}),
    "a-chosen-video": ([GRID, SINGLE, MOVING], step_of("x", "upscale_video", video=Ref("a"), index=4), ".mp4", {"new-api"}),
    "extend": ([GRID, SINGLE, MOVING, ONE], step_of("x", "extend", video=Ref("one"), motion="low"), ".mp4", {"new-api"}),
    "described": ([GRID, SINGLE, TEXTS], step_of("x", "imagine_described", texts=Ref("d"), index=3), ".png", {"new-api"}),
    "an-image": ([GRID], step_of("x", "action", parent=Ref("g"), custom_id="::upsample::3::"), ".png", set()),
    "a-grid": ([GRID], step_of("x", "action_grid", parent=Ref("g"), custom_id="🔄"), ".png", set()),
    "a-text": ([GRID, SINGLE, TEXTS], step_of("x", "action_text", parent=Ref("d"), custom_id="MJ::Picread::Retry"), "", {"new-api"}),
    "a-video": ([GRID, SINGLE], step_of("x", "action_video", parent=Ref("u"), custom_id="animate_low"), ".mp4", {"new-api"}),
    "bookmark": ([GRID, SINGLE], step_of("x", "action", parent=Ref("u"), custom_id="BOOKMARK"), ".png", {"new-api", "proxy"}),
}  # fmt: skip  # a table


def run(tmp_path: Path, steps: list[PlanNode], **options: object) -> tuple[RunResult, Counter[str]]:
    with Sandbox(duration=0, **options) as sandbox:  # type: ignore[arg-type]  # options by name
        bench = Bench(tmp_path, Gateway.at(sandbox.url, key="sk-test-0123456789"))
        return bench.run(bench.plan(*steps)), Counter(sandbox.books().by_operation)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_button_is_pressed_where_it_is_served_and_nothing_is_sold_where_it_is_not(
    tmp_path: Path, profile: str
) -> None:
    before = {one.id: one for steps, *_ in ROWS.values() for one in steps}
    last = [step(name, row[1].operation, dict(row[1].arguments)) for name, row in ROWS.items()]

    result, books = run(tmp_path, [*before.values(), *last], profile=profile, artifact="fixed:2k")

    reasons = {one.node: one.reason for one in result.failures if one.reason != "needs"}
    refused = {name for name, row in ROWS.items() if profile in row[3]} - {"bookmark"}
    lacking = {name for name in refused if MOVING in ROWS[name][0]}
    gone = {"a"} if lacking else set()
    plain = {"bookmark": "invalid-request"} if profile == "plus" else {"bookmark": "not-served"}
    assert {**dict.fromkeys(refused - lacking | gone, "not-served"), **plain} == reasons
    expected = {name: row[2] for name, row in ROWS.items() if name not in (*refused, "bookmark")}
    made = {name: result.results[name] for name in expected}
    assert expected == {name: str(one.path)[-4:] if one.files else "" for name, one in made.items()}
    assert "a-text" not in made or len((made["a-text"].text or "").splitlines()) == 4
    assert len(result.results) == books.total()


@pytest.mark.parametrize("profile", PROFILES)
def test_a_region_is_painted_with_a_mask_and_a_prompt_in_two_requests(
    tmp_path: Path, profile: str
) -> None:
    region = step_of("x", "vary_region", picture=Ref("u"), mask=mask(tmp_path, 64), prompt=DOG)
    options = {"profile": profile, "artifact": "fixed:2k"}
    if profile == "proxy":  # it says how large the picture is
        region = step_of(
            "x", "vary_region", picture=Ref("u"), mask=mask(tmp_path, 1254, 836), prompt=DOG
        )

    result, books = run(tmp_path, [GRID, SINGLE, region], **options)

    assert [] == [one.message for one in result.failures]
    assert Counter(["imagine", "upscale", "inpaint"]) == books
    assert "a dog" == result.results["x"].prompt


def mask(folder: Path, width: int, height: int = 0) -> FileInput:
    out = io.BytesIO()
    Image.new("L", (width, height or width), 255).save(out, "PNG")
    (folder / f"mask{width}.png").write_bytes(out.getvalue())
    return FileInput(
        f"mask{width}.png", hashlib.sha256(out.getvalue()).hexdigest(), len(out.getvalue())
    )
