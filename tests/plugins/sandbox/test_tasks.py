import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from omnidsl_sandbox import Sandbox

Json = dict[str, Any]
KEY = {"Authorization": "Bearer sk-buyer"}


def fetch_once(url: str, task: str) -> Json:
    shown: Json = httpx.get(f"{url}/mj/task/{task}/fetch", headers=KEY).json()
    return shown


def imagine(url: str, prompt: str) -> str:
    return str(
        httpx.post(f"{url}/mj/submit/imagine", headers=KEY, json={"prompt": prompt}).json()[
            "result"
        ]
    )


def test_a_finished_task_has_every_field_of_the_wire(
    client: httpx.Client, submit: Callable[..., str]
) -> None:
    before = time.time() * 1000
    task = submit("imagine", prompt="a red fox --v 6.1", state="attempt-1")

    answer = client.get(f"/mj/task/{task}/fetch")

    shown = answer.json()
    buttons, times = (
        shown.pop("buttons"),
        [shown.pop(name) for name in ("submitTime", "startTime", "finishTime")],
    )
    expected = {
        "id": task,
        "action": "IMAGINE",
        "customId": "",
        "botType": "",
        "prompt": "a red fox --v 6.1",
        "promptEn": "a red fox --v 6.1",
        "description": "Submit success",
        "state": "attempt-1",
        "imageUrl": f"{client.base_url}/mj/image/{task}".replace("//mj", "/mj"),
        "status": "SUCCESS",
        "progress": "100%",
        "failReason": "",
        "maskBase64": "",
        "properties": {"finalPrompt": "a red fox --v 6.1", "finalZhPrompt": ""},
    }
    assert expected == shown
    assert "application/json" == answer.headers["content-type"]
    assert all(isinstance(one, int) and before - 1 <= one <= time.time() * 1000 for one in times)
    assert ["U1", "U2", "U3", "U4", "", "V1", "V2", "V3", "V4"] == [one["label"] for one in buttons]
    assert all(["customId", "emoji", "label", "type", "style"] == list(one) for one in buttons)


def test_a_new_task_has_zero_values_and_two_nulls() -> None:
    with Sandbox(duration=30) as sandbox:
        shown = fetch_once(sandbox.url, imagine(sandbox.url, "a cat"))

    nulls = {name for name, value in shown.items() if value is None}
    unset = ("status", "progress", "imageUrl", "promptEn", "startTime", "finishTime")
    assert {"buttons", "properties"} == nulls
    assert ["", "0%", "", "", 0, 0] == [shown[name] for name in unset]


def test_a_task_goes_through_the_stations_of_the_wire() -> None:
    seen: list[tuple[str, str]] = []
    with Sandbox(duration=0.6) as sandbox:
        task = imagine(sandbox.url, "a cat")
        while not seen or seen[-1][0] != "SUCCESS":
            shown = fetch_once(sandbox.url, task)
            station = (shown["status"], shown["progress"])
            seen += [station] if station not in seen else []

    steps = [("", "0%"), ("SUBMITTED", "0%")]
    steps += [("IN_PROGRESS", f"{one}%") for one in (0, 15, 31, 46, 62, 78, 93)]
    steps.append(("SUCCESS", "100%"))
    assert [step for step in steps if step in seen] == seen
    assert len(seen) > 3


def test_a_task_in_progress_shows_a_preview_under_a_changing_address() -> None:
    with Sandbox(duration=1) as sandbox:
        task = imagine(sandbox.url, "a cat")
        shown: Json = {"imageUrl": ""}
        while not shown["imageUrl"]:
            shown = fetch_once(sandbox.url, task)
        again = fetch_once(sandbox.url, task)
        preview = httpx.get(shown["imageUrl"])

    assert "IN_PROGRESS" == shown["status"]
    assert "?rand=" in shown["imageUrl"]
    assert shown["imageUrl"] != again["imageUrl"]
    assert (200, "image/webp") == (preview.status_code, preview.headers["content-type"])


def test_duration_is_how_long_a_task_takes() -> None:
    with Sandbox(duration=0.5) as sandbox:
        start = time.monotonic()
        task = imagine(sandbox.url, "a cat")
        while fetch_once(sandbox.url, task)["status"] != "SUCCESS":
            time.sleep(0.01)
        took = time.monotonic() - start

    assert 0.45 < took < 30  # a slow machine asks late


def test_a_fetch_is_at_most_refresh_seconds_stale() -> None:
    with Sandbox(duration=0, refresh=1) as sandbox:
        task = imagine(sandbox.url, "a cat")
        start = time.monotonic()
        statuses: list[str] = []
        while not statuses or (statuses[-1] == "" and time.monotonic() - start < 30):
            statuses.append(fetch_once(sandbox.url, task)["status"])
            time.sleep(0.02)
        took = time.monotonic() - start

    assert "SUCCESS" == statuses[-1]
    assert took < 30  # a slow machine asks late


def test_latency_delays_every_reply() -> None:
    with Sandbox(latency=0.2) as sandbox:
        start = time.monotonic()
        httpx.get(f"{sandbox.url}/v1/models", headers=KEY)
        first = time.monotonic() - start
        httpx.get(f"{sandbox.url}/nothing")
        second = time.monotonic() - start - first

    assert 0.2 <= min(first, second)


def test_a_sandbox_does_not_make_anyone_wait_for_its_end() -> None:
    with Sandbox(latency=100) as sandbox:
        start = time.monotonic()
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{sandbox.url}/v1/models", headers=KEY, timeout=0.2)

    assert time.monotonic() - start < 50


def test_a_stuck_task_never_finishes() -> None:
    with Sandbox(duration=0) as sandbox:
        task = imagine(sandbox.url, "[[sandbox:stuck]] a cat")

        assert "IN_PROGRESS" == fetch_once(sandbox.url, task)["status"]


@pytest.mark.parametrize("task", ["1724963337114767", "x", "%00", "' OR 1=1 --"])
def test_an_unknown_task_is_the_gateways_refusal_with_its_blank(
    client: httpx.Client, task: str
) -> None:
    answer = client.get(f"/mj/task/{task}/fetch")

    expected = {"code": 4, "description": "task_no_found ", "type": "upstream_error"}
    assert (400, expected) == (answer.status_code, answer.json())


def test_another_accounts_task_looks_like_an_unknown_one(
    client: httpx.Client, submit: Callable[..., str]
) -> None:
    task = submit("imagine", prompt="a cat")

    answer = client.get(f"/mj/task/{task}/fetch", headers={"Authorization": "Bearer sk-other"})

    assert (400, "task_no_found ") == (answer.status_code, answer.json()["description"])


def test_a_listing_has_what_exists_of_what_was_asked_for(
    client: httpx.Client, submit: Callable[..., str]
) -> None:
    tasks = [submit("imagine", prompt=f"cat {number}") for number in range(3)]

    answer = client.post("/mj/task/list-by-condition", json={"ids": [*tasks, "404", tasks[0]]})

    assert sorted(tasks) == sorted(one["id"] for one in answer.json())
    assert "application/json" == answer.headers["content-type"]


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": None}])
def test_a_listing_of_nothing_is_an_empty_array(client: httpx.Client, body: Json) -> None:
    assert [] == client.post("/mj/task/list-by-condition", json=body).json()


def test_a_long_listing_is_answered(client: httpx.Client, submit: Callable[..., str]) -> None:
    task = submit("imagine", prompt="a cat")

    answer = client.post("/mj/task/list-by-condition", json={"ids": [*map(str, range(3000)), task]})

    assert [task] == [one["id"] for one in answer.json()]


def test_pictures_need_no_key(sandbox: Sandbox, submit: Callable[..., str]) -> None:
    answer = httpx.get(f"{sandbox.url}/mj/image/{submit('imagine', prompt='a cat')}")

    assert (200, "image/png") == (answer.status_code, answer.headers["content-type"])


def test_a_picture_of_no_task_is_the_proxys_own_error(client: httpx.Client) -> None:
    answer = client.get("/mj/image/404")

    assert (400, {"error": "midjourney_task_not_found"}) == (answer.status_code, answer.json())


def test_a_picture_that_is_not_there_yet_is_the_proxys_own_error(
    client: httpx.Client, submit: Callable[..., str]
) -> None:
    answer = client.get(f"/mj/image/{submit('imagine', prompt='[[sandbox:fail]]')}")

    assert (500, {"error": "http_get_image_failed"}) == (answer.status_code, answer.json())
