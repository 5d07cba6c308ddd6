import base64
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

from omnidsl_sandbox import Sandbox

Json = dict[str, Any]
Submit = Callable[..., str]
Fetch = Callable[[str], Json]
Press = Callable[[str, str], str]
KEY = {"Authorization": "Bearer sk-buyer"}


def size(client: httpx.Client, task: str) -> tuple[int, int]:
    with Image.open(io.BytesIO(client.get(f"/mj/image/{task}").content)) as picture:
        return picture.size


def act(client: httpx.Client, task: str, custom_id: str) -> httpx.Response:
    return client.post("/mj/submit/action", json={"taskId": task, "customId": custom_id})


def mask() -> str:
    picture = Image.new("L", (64, 64))
    picture.paste(255, (0, 0, 32, 64))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


@pytest.fixture
def grid(submit: Submit) -> str:
    return submit("imagine", prompt="a red fox --ar 3:2 --v 6.1")


@pytest.fixture
def single(grid: str, press: Press) -> str:
    return press(grid, "upsample::1")


@pytest.mark.parametrize(
    ("part", "action"),
    [
        ("upsample::4", "UPSCALE"),
        ("variation::2", "VARIATION"),
        ("reroll", "REROLL"),
    ],
)
def test_a_button_of_a_grid_makes_its_action(
    grid: str, press: Press, fetch: Fetch, part: str, action: str
) -> None:
    shown = fetch(press(grid, part))

    assert (action, "SUCCESS", "a red fox --ar 3:2 --v 6.1") == (
        shown["action"],
        shown["status"],
        shown["prompt"],
    )


@pytest.mark.parametrize(
    ("part", "action"),
    [
        ("upsample_v6r1_2x_subtle", "UPSCALE"),
        ("low_variation", "LOW_VARIATION"),
        ("high_variation", "HIGH_VARIATION"),
        ("Outpaint::50", "ZOOM"),
        ("Outpaint::75", "ZOOM"),
        ("pan_left", "PAN"),
        ("pan_right", "PAN"),
        ("pan_up", "PAN"),
        ("pan_down", "PAN"),
    ],
)
def test_a_button_of_one_picture_makes_its_action_and_a_picture(
    client: httpx.Client, single: str, press: Press, fetch: Fetch, part: str, action: str
) -> None:
    task = press(single, part)

    assert (action, "SUCCESS") == (fetch(task)["action"], fetch(task)["status"])
    assert client.get(f"/mj/image/{task}").content != client.get(f"/mj/image/{single}").content


def test_an_upscaled_picture_offers_the_upscalers_of_its_version(single: str, fetch: Fetch) -> None:
    buttons = fetch(single)["buttons"]

    offered = [one["customId"].split("::")[2] for one in buttons if one["emoji"] == "upscale_1"]
    assert ["upsample_v6r1_2x_subtle", "upsample_v6r1_2x_creative"] == offered
    assert any("CustomZoom" in one["customId"] for one in buttons)


def test_a_second_upscale_doubles_the_side(client: httpx.Client, single: str, press: Press) -> None:
    width, height = size(client, single)

    assert (2 * width, 2 * height) == size(client, press(single, "upsample_v6r1_2x_creative"))


def test_a_pan_goes_on_in_one_direction(client: httpx.Client, single: str, press: Press) -> None:
    width, height = size(client, single)
    wide, tall = size(client, press(single, "pan_left")), size(client, press(single, "pan_up"))

    assert (True, height, width, True) == (wide[0] > width, wide[1], tall[0], tall[1] > height)


@pytest.mark.parametrize(
    ("action", "index", "label"),
    [("UPSCALE", 3, "UPSCALE"), ("VARIATION", 1, "VARIATION"), ("REROLL", 1, "REROLL")],
)
def test_change_does_what_the_buttons_do(
    grid: str, submit: Submit, fetch: Fetch, action: str, index: int, label: str
) -> None:
    shown = fetch(submit("change", taskId=grid, action=action, index=index))

    assert (label, "SUCCESS") == (shown["action"], shown["status"])


@pytest.mark.parametrize(
    ("missing", "field"), [("taskId", "task_id"), ("action", "action"), ("index", "index")]
)
def test_change_needs_all_its_fields_even_to_reroll(
    client: httpx.Client, grid: str, missing: str, field: str
) -> None:
    body: Json = {"taskId": grid, "action": "REROLL", "index": 1}
    del body[missing]

    answer = client.post("/mj/submit/change", json=body)

    expected = {"code": 4, "description": f"{field}_is_required ", "type": "upstream_error"}
    assert (400, expected) == (answer.status_code, answer.json())


@pytest.mark.parametrize("index", [-1, 5, 10**12])
def test_change_of_a_tile_that_is_not_there_is_refused(
    client: httpx.Client, grid: str, index: int
) -> None:
    answer = client.post(
        "/mj/submit/change", json={"taskId": grid, "action": "UPSCALE", "index": index}
    )

    assert (200, 4, "参数错误") == (
        answer.status_code,
        answer.json()["code"],
        answer.json()["description"],
    )


@pytest.mark.parametrize(
    "custom_id",
    [
        "MJ::BOOKMARK::u",
        "MJ::Job::PicReader::1",
        "MJ::JOB::animate_high::1::u::SOLO",
        "MJ::JOB",
        "MJ::Outpaint::33::1::u",
    ],
)
def test_a_button_unknown_to_new_api_is_refused_before_anything_else(
    client: httpx.Client, custom_id: str
) -> None:
    answer = act(client, "404", custom_id)

    assert 400 == answer.status_code
    assert answer.json()["error"]["message"].startswith(
        f"Invalid request, unknown_action:{custom_id} (request id: "
    )


@pytest.mark.parametrize(
    ("custom_id", "words"),
    [
        ("", "custom_id_is_required"),
        ("MJ::JOB::upsample::x::u", "index_parse_failed"),
        ("bookmark", "unknown_action:bookmark"),
    ],
)
def test_a_malformed_button_is_refused_with_its_reason(
    client: httpx.Client, custom_id: str, words: str
) -> None:
    answer = act(client, "404", custom_id)

    assert 400 == answer.status_code
    assert answer.json()["error"]["message"].startswith(f"Invalid request, {words} (request id: ")


def test_a_button_that_the_task_does_not_show_is_refused(client: httpx.Client, grid: str) -> None:
    answer = act(client, grid, "MJ::JOB::upsample::1::00000000-0000-4000-8000-000000000000")

    assert (200, 4) == (answer.status_code, answer.json()["code"])


def test_an_action_on_an_unknown_task_is_refused(client: httpx.Client) -> None:
    answer = act(client, "404", "MJ::JOB::upsample::1::u")

    expected = {"code": 4, "description": "task_not_found ", "type": "upstream_error"}
    assert (400, expected) == (answer.status_code, answer.json())


def test_an_action_on_another_accounts_task_is_refused(
    client: httpx.Client, grid: str, fetch: Fetch
) -> None:
    body = {"taskId": grid, "customId": fetch(grid)["buttons"][0]["customId"]}

    answer = client.post(
        "/mj/submit/action", json=body, headers={"Authorization": "Bearer sk-other"}
    )

    assert "task_not_found " == answer.json()["description"]


def test_an_action_on_an_unfinished_task_is_refused() -> None:
    with Sandbox(duration=30) as sandbox, httpx.Client(base_url=sandbox.url, headers=KEY) as client:
        task = client.post("/mj/submit/imagine", json={"prompt": "a cat"}).json()["result"]
        answer = act(client, task, "MJ::JOB::upsample::1::u")

    assert (400, "task_status_not_success ") == (answer.status_code, answer.json()["description"])


def test_a_custom_zoom_waits_for_its_modal(client: httpx.Client, single: str, fetch: Fetch) -> None:
    custom_id = next(
        one["customId"] for one in fetch(single)["buttons"] if "CustomZoom" in one["customId"]
    )

    receipt = act(client, single, custom_id).json()

    assert (21, "Waiting for window confirm") == (receipt["code"], receipt["description"])
    assert {"finalPrompt": "a red fox --ar 3:2 --v 6.1 --zoom 2", "remix": True} == receipt[
        "properties"
    ]
    assert ("MODAL", "CUSTOM_ZOOM") == (
        fetch(receipt["result"])["status"],
        fetch(receipt["result"])["action"],
    )


def test_both_spellings_of_custom_zoom_are_known(
    client: httpx.Client, single: str, fetch: Fetch
) -> None:
    custom_id = next(
        one["customId"] for one in fetch(single)["buttons"] if "CustomZoom" in one["customId"]
    )

    assert (
        21
        == act(client, single, custom_id.replace("CustomZoom::", "CustomZoom::1::")).json()["code"]
    )


def test_a_modal_goes_on_under_the_same_id(
    submit: Submit, single: str, press: Press, fetch: Fetch
) -> None:
    waiting = press(single, "CustomZoom")

    task = submit("modal", taskId=waiting, prompt="a red fox --ar 3:2 --zoom 1.8")

    assert (waiting, "SUCCESS") == (task, fetch(task)["status"])
    assert "a red fox --ar 3:2 --zoom 1.8" == fetch(task)["prompt"]


def test_an_empty_modal_means_the_parents_prompt(
    submit: Submit, single: str, press: Press, fetch: Fetch
) -> None:
    task = submit("modal", taskId=press(single, "CustomZoom"))

    assert "SUCCESS" == fetch(task)["status"]


@pytest.mark.parametrize("prompt", ["a fox", "a fox --zoom 3", "a fox --zoom 0.5", "a fox --zoom"])
def test_a_zoom_outside_1_to_2_fails(
    submit: Submit, single: str, press: Press, fetch: Fetch, prompt: str
) -> None:
    task = submit("modal", taskId=press(single, "CustomZoom"), prompt=prompt)

    assert ("FAILURE", "[Invalid parameter] Invalid value") == (
        fetch(task)["status"],
        fetch(task)["failReason"],
    )


def test_an_inpaint_changes_what_is_under_the_mask_alone(
    client: httpx.Client, submit: Submit, single: str, press: Press
) -> None:
    task = submit("modal", taskId=press(single, "Inpaint"), prompt="neon city", maskBase64=mask())

    with (
        Image.open(io.BytesIO(client.get(f"/mj/image/{task}").content)) as after,
        Image.open(io.BytesIO(client.get(f"/mj/image/{single}").content)) as before,
    ):
        half = before.resize((before.width // 2, before.height // 2), Image.Resampling.BOX)
        left, right = half.width // 4, 3 * half.width // 4
        changed, kept = (
            sum(
                abs(a - b)
                for a, b in zip(
                    _column(after, x, half.height), _column(half, x, half.height), strict=True
                )
            )
            for x in (left, right)
        )
    assert kept * 4 < changed


def _column(picture: Image.Image, x: int, height: int) -> bytes:
    return picture.convert("RGB").crop((x, 0, x + 1, int(height * 0.9))).tobytes()


def test_an_inpaint_without_a_mask_is_refused(
    client: httpx.Client, single: str, press: Press
) -> None:
    answer = client.post(
        "/mj/submit/modal", json={"taskId": press(single, "Inpaint"), "prompt": "city"}
    )

    assert (4, "base64格式错误") == (answer.json()["code"], answer.json()["description"])


def test_a_modal_is_answered_once(client: httpx.Client, single: str, press: Press) -> None:
    body = {"taskId": press(single, "CustomZoom"), "prompt": "a fox --zoom 2"}

    answers = [client.post("/mj/submit/modal", json=body).json() for _ in range(2)]

    assert [1, 4] == [one["code"] for one in answers]
    assert "关联任务状态错误" == answers[1]["description"]


def test_a_modal_of_nothing_is_refused(client: httpx.Client, grid: str) -> None:
    answers = [
        client.post("/mj/submit/modal", json={"taskId": one}).json() for one in ("", "404", grid)
    ]

    assert ["task_id_is_required ", "task_not_found ", "关联任务状态错误"] == [
        one["description"] for one in answers
    ]
