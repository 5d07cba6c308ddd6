"""Blend, edits, swapped faces, shortened prompts, uploads and seeds, as each profile serves them."""

import base64
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from omnidsl_sandbox import Sandbox

Json = dict[str, Any]
KEY = {"Authorization": "Bearer sk-buyer", "mj-api-secret": "sk-buyer"}


def png(colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def data_url(colour: str = "red", size: tuple[int, int] = (40, 30)) -> str:
    return "data:image/png;base64," + base64.b64encode(png(colour, size)).decode()


@pytest.fixture(scope="module", params=["new-api", "plus", "proxy"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, httpx.Client]]:
    with (
        Sandbox(profile=request.param, duration=0, seed=1) as running,
        httpx.Client(base_url=running.url, headers=KEY) as client,
    ):
        yield request.param, client


def done(client: httpx.Client, path: str, **body: object) -> Json:
    """Submit something that must be accepted; return its finished task."""
    answer = client.post(path, json=body).json()
    assert 1 == answer["code"], answer
    task: Json = client.get(f"/mj/task/{answer['result']}/fetch").json()
    assert "SUCCESS" == task["status"]
    return task


def drawn(client: httpx.Client, task: Json) -> tuple[int, int]:
    with Image.open(io.BytesIO(client.get(task["imageUrl"]).content)) as picture:
        return picture.size


@pytest.mark.parametrize(
    ("dimensions", "ratio"), [("PORTRAIT", 2 / 3), ("SQUARE", 1.0), ("LANDSCAPE", 1.5), (None, 1.0)]
)
def test_a_blend_has_the_shape_that_was_asked_for(
    server: tuple[str, httpx.Client], dimensions: str | None, ratio: float
) -> None:
    client = server[1]

    task = done(
        client,
        "/mj/submit/blend",
        base64Array=[data_url(), data_url("blue")],
        dimensions=dimensions,
    )

    width, height = drawn(client, task)
    assert ("BLEND", round(ratio, 1)) == (task["action"], round(width / height, 1))
    assert "U1" in [one["label"] for one in task["buttons"]]


@pytest.mark.parametrize(("count", "code"), [(1, 4), (2, 1), (5, 1), (6, 4)])
def test_a_blend_takes_two_to_five_pictures(
    server: tuple[str, httpx.Client], count: int, code: int
) -> None:
    answer = server[1].post("/mj/submit/blend", json={"base64Array": [data_url()] * count})

    assert code == answer.json()["code"]


def test_a_shortened_prompt_has_marked_words_and_five_numbered_lines_and_no_picture(
    server: tuple[str, httpx.Client],
) -> None:
    task = done(
        server[1], "/mj/submit/shorten", prompt="a very large red fox in deep snow --ar 3:2"
    )

    head, tokens, second, *rest = task["properties"]["finalPrompt"].split("\n")
    assert ("## Important tokens", "## Shortened prompts") == (head, second)
    assert tokens.startswith("~~a~~ ~~very~~ **large** **red** **fox**")
    assert ["1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣"] == [line.split(" ")[0] for line in rest if line]
    assert ("SHORTEN", False) == (task["action"], bool(task["imageUrl"]))


def test_swapped_faces_keep_the_shape_of_the_target(server: tuple[str, httpx.Client]) -> None:
    client = server[1]

    task = done(
        client,
        "/mj/insight-face/swap",
        sourceBase64=data_url("red"),
        targetBase64=data_url("blue", (300, 200)),
    )

    width, height = drawn(client, task)
    assert ("SWAP_FACE", 1.5) == (task["action"], round(width / height, 1))


@pytest.mark.parametrize(
    "body",
    [
        {"sourceBase64": data_url()},
        {"targetBase64": data_url()},
        {"sourceBase64": data_url(), "targetBase64": data_url()},
    ],
)
def test_a_face_is_swapped_between_two_different_pictures(
    server: tuple[str, httpx.Client], body: Json
) -> None:
    assert 4 == server[1].post("/mj/insight-face/swap", json=body).json()["code"]


def test_edits_are_served_by_the_proxy_alone(server: tuple[str, httpx.Client]) -> None:
    profile, client = server
    body = {"prompt": "with a hat", "image": data_url("blue", (300, 200))}

    answer = client.post("/mj/submit/edits", json=body)

    assert (200 if profile == "proxy" else 404) == answer.status_code


@pytest.mark.parametrize(
    "image",
    [data_url("blue", (300, 200)), base64.b64encode(png()).decode(), "https://example.com/a.png"],
)
def test_edits_take_a_picture_in_every_form(image: str) -> None:
    with (
        Sandbox(profile="proxy", duration=0) as running,
        httpx.Client(base_url=running.url, headers=KEY) as client,
    ):
        task = done(client, "/mj/submit/edits", prompt="with a hat", image=image)

    assert ("EDIT", "with a hat") == (task["action"], task["prompt"])


def test_uploaded_pictures_get_addresses_where_they_lie(server: tuple[str, httpx.Client]) -> None:
    profile, client = server
    body = {"base64Array": [data_url("red"), data_url("blue")], "state": "omni-x.1"}

    answer = client.post("/mj/submit/upload-discord-images", json=body)

    if profile == "plus":
        assert 404 == answer.status_code
        return
    addresses = answer.json()["result"]
    assert [png("red"), png("blue")] == [client.get(one).content for one in addresses]


def test_an_uploaded_picture_can_be_described_by_its_address() -> None:
    with (
        Sandbox(profile="proxy", duration=0) as running,
        httpx.Client(base_url=running.url, headers=KEY) as client,
    ):
        body = {"base64Array": [data_url("navy", (300, 200))]}
        address = client.post("/mj/submit/upload-discord-images", json=body).json()["result"][0]
        task = done(client, "/mj/submit/describe", link=address)

    lines = task["properties"]["finalPrompt"].split("\r\n")
    assert (4, True) == (len(lines), all("--ar 3:2" in one for one in lines))


def test_a_link_is_no_picture_to_a_server_that_takes_none() -> None:
    with (
        Sandbox(profile="plus", duration=0) as running,
        httpx.Client(base_url=running.url, headers=KEY) as client,
    ):
        answer = client.post("/mj/submit/describe", json={"link": "https://example.com/a.png"})

    assert (4, "base64格式错误") == (answer.json()["code"], answer.json()["description"])


def test_a_finished_task_tells_its_seed_the_same_every_time(
    server: tuple[str, httpx.Client],
) -> None:
    client = server[1]
    task = done(client, "/mj/submit/imagine", prompt="a fox")

    first, second = [client.get(f"/mj/task/{task['id']}/image-seed").json() for _ in range(2)]

    assert (1, True, first) == (first["code"], first["result"].isdecimal(), second)


def test_nobody_tells_the_seed_of_an_unknown_task(server: tuple[str, httpx.Client]) -> None:
    profile, client = server

    answer = client.get("/mj/task/1/image-seed")

    expected = {"new-api": (400, 4), "plus": (200, 3), "proxy": (404, 3)}
    assert expected[profile] == (answer.status_code, answer.json()["code"])


def test_what_costs_is_in_the_books_once_and_a_seed_is_not() -> None:
    with (
        Sandbox(profile="proxy", duration=0) as running,
        httpx.Client(base_url=running.url, headers=KEY) as client,
    ):
        pair = [data_url("red"), data_url("blue")]
        task = done(client, "/mj/submit/blend", base64Array=pair, state="a.1")
        done(client, "/mj/submit/shorten", prompt="a fox", state="b.1")
        done(
            client, "/mj/insight-face/swap", sourceBase64=pair[0], targetBase64=pair[1], state="c.1"
        )
        done(client, "/mj/submit/edits", prompt="a hat", image=pair[0], state="d.1")
        client.post(
            "/mj/submit/upload-discord-images", json={"base64Array": pair, "state": "e.1"}
        ).json()
        client.get(f"/mj/task/{task['id']}/image-seed")
        books = running.books()

    wanted = {"blend": 1, "shorten": 1, "swap_face": 1, "edit": 1, "upload": 1}
    assert (wanted, 0) == (books.by_operation, books.duplicates)


VIDEO = {"image": data_url("blue", (320, 180)), "prompt": "it flows"}


def test_videos_are_served_by_the_proxy_alone(server: tuple[str, httpx.Client]) -> None:
    profile, client = server

    answer = client.post("/mj/submit/video", json=VIDEO)

    assert (200 if profile == "proxy" else 404) == answer.status_code


@pytest.fixture(scope="module")
def proxy() -> Iterator[httpx.Client]:
    with (
        Sandbox(profile="proxy", duration=0, seed=1) as running,
        httpx.Client(base_url=running.url, headers=KEY) as client,
    ):
        yield client


@pytest.mark.parametrize(("batch", "count"), [(1, 1), (2, 2), (4, 4), (None, 4)])
def test_so_many_videos_are_made_as_were_asked_for(
    proxy: httpx.Client, batch: int | None, count: int
) -> None:
    task = done(proxy, "/mj/submit/video", **VIDEO, batchSize=batch)

    files = [proxy.get(one["url"]).content for one in task["videoUrls"]]
    assert ("VIDEO", count) == (task["action"], len(set(files)))
    assert all(b"ftyp" in one[:12] and b"SIMULATED" in one for one in files)


@pytest.mark.parametrize(
    "wrong",
    [
        {"motion": "wild"},
        {"videoType": "vid_9"},
        {"batchSize": 3},
        {"batchSize": True},
        {"image": ""},
        {"image": "data:image/png;base64,AAAA"},
        {"endImage": "nothing"},
        {"prompt": "[[sandbox:queue-full]]"},
    ],
)
def test_what_makes_no_video_is_refused(proxy: httpx.Client, wrong: Json) -> None:
    answer = proxy.post("/mj/submit/video", json={**VIDEO, **wrong}).json()

    assert (23 if "prompt" in wrong else 4) == answer["code"]


def test_a_video_is_gone_on_with_by_task_and_place(proxy: httpx.Client) -> None:
    task = done(proxy, "/mj/submit/video", **VIDEO, batchSize=2)

    codes = [
        proxy.post(
            "/mj/submit/video", json={"action": "extend", "taskId": task["id"], "index": index}
        ).json()["code"]
        for index in (0, 1, 2, -1)
    ]

    assert [1, 1, 4, 4] == codes


def test_what_goes_on_is_another_video(proxy: httpx.Client) -> None:
    before = done(proxy, "/mj/submit/video", **VIDEO, batchSize=1)
    after = done(
        proxy, "/mj/submit/video", action="extend", taskId=before["id"], index=0, batchSize=1
    )

    files = {proxy.get(one["videoUrls"][0]["url"]).content for one in (before, after)}

    assert (2, "VIDEO_EXTEND") == (len(files), after["action"])


@pytest.mark.parametrize(
    ("name", "body"),
    [("describe", {"base64": data_url()}), ("shorten", {"prompt": "a red fox"})],
)
def test_every_text_says_that_it_is_simulated(
    server: tuple[str, httpx.Client], name: str, body: Json
) -> None:
    text = done(server[1], f"/mj/submit/{name}", **body)["properties"]["finalPrompt"]

    lines = [one for one in text.splitlines() if "️⃣" in one]
    assert all("SIMULATED" in one for one in lines)
    assert lines


def test_only_finished_videos_are_gone_on_with(proxy: httpx.Client) -> None:
    grid = done(proxy, "/mj/submit/imagine", prompt="a fox")
    asked = {"action": "extend", "index": 0}

    unknown = proxy.post("/mj/submit/video", json={**asked, "taskId": "1"})
    other = proxy.post("/mj/submit/video", json={**asked, "taskId": grid["id"]})

    assert (404, 3) == (unknown.status_code, unknown.json()["code"])
    assert "关联任务状态错误" == other.json()["description"]
