"""Which buttons a finished task shows, by its version, shape and server, and what a press on each of them makes."""

import base64
import io
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import httpx
import pytest
from PIL import Image

from omnidsl.running.soundness import check_sound
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.buttons import buttons
from omnidsl_sandbox.drawing import artwork as art
from omnidsl_sandbox.profiles import PROFILES
from omnidsl_sandbox.tasks import Result, Task

Json = dict[str, Any]
Press = Callable[[str, str], Json]
TASK = Task(
    id="1", account="a", action="UPSCALE", prompt="", state="", description="", submitted=0,
    job="u", basis="b", take=0, result="single",
)  # fmt: skip  # one line a thought


def shown(prompt: str, result: Result = "single", profile: str = "new-api") -> list[str]:
    """Return the ids of the buttons of a finished task."""
    picture = art.upscale(art.imagine(prompt, "s"), 1)
    task = attrs.evolve(TASK, prompt=prompt, result=result, artwork=picture)
    return [str(one["customId"]) for one in buttons(task, profile) or [] if isinstance(one, dict)]


@pytest.mark.parametrize(
    ("version", "upscalers"),
    [
        ("", ["v7_2x_subtle", "v7_2x_creative"]),
        (" --v 4", []),
        (" --v 5", ["v5_2x", "v5_4x"]),
        (" --v 5.2", ["v5_2x", "v5_4x"]),
        (" --v 6", ["v6_2x_subtle", "v6_2x_creative"]),
        (" --v 6.1", ["v6r1_2x_subtle", "v6r1_2x_creative"]),
        (" --v 7", ["v7_2x_subtle", "v7_2x_creative"]),
        (" --v 8.1", []),
    ],
)
def test_a_single_picture_has_the_upscalers_of_its_version(
    version: str, upscalers: list[str]
) -> None:
    found = [one.split("::")[2] for one in shown(f"a fox{version}") if "::upsample" in one]

    assert [f"upsample_{one}" for one in upscalers] == found


@pytest.mark.parametrize(
    ("version", "has"), [("4", False), ("5", True), ("6.1", True), ("8.1", True)]
)
def test_a_region_is_painted_from_version_5_on(
    version: str, has: bool
) -> None:  # a row of the table
    assert has == any("Inpaint" in one for one in shown(f"a fox --v {version}"))


@pytest.mark.parametrize(("ratio", "has"), [("1:1", False), ("3:2", True), ("2:3", True)])
def test_only_what_is_no_square_is_made_one(ratio: str, has: bool) -> None:  # a row of the table
    assert has == ("MJ::Outpaint::100::1::u::SOLO" in shown(f"a fox --ar {ratio}"))


@pytest.mark.parametrize("profile", PROFILES)
def test_a_custom_zoom_is_spelt_as_the_server_does(profile: str) -> None:
    expected = "MJ::CustomZoom::1::u" if profile == "proxy" else "MJ::CustomZoom::u"

    assert [expected] == [one for one in shown("a fox", profile=profile) if "CustomZoom" in one]


@pytest.mark.parametrize(
    ("result", "parts"),
    [
        ("grid", ["upsample"] * 4 + ["reroll"] + ["variation"] * 4),
        ("videos", ["video_virtual_upscale"] * 4),
        ("video", ["animate_high_extend", "animate_low_extend"]),
        ("descriptions", ["PicReader"] * 4 + ["Retry", "PicReader"]),
        ("shortened", ["PromptAnalyzer"] * 5),
        ("plain", []),
    ],
)
def test_every_kind_of_result_has_its_buttons(result: Result, parts: list[str]) -> None:
    found = [one.split("::")[2] for one in shown("a fox", result)]

    assert parts == found


def test_a_marker_takes_the_buttons_away() -> None:
    assert [] == shown("a fox [[sandbox:no-buttons]]")


# ---- presses


@pytest.fixture(scope="module", params=["plus", "proxy"])
def server(request: pytest.FixtureRequest) -> str:
    """The profile of a server that is asked directly."""
    return str(request.param)


@pytest.fixture(scope="module")
def direct(server: str) -> Iterator[httpx.Client]:
    """A client of that server."""
    headers = {"mj-api-secret": "sk-buyer"}
    with (
        Sandbox(duration=0, seed=1, profile=server) as running,
        httpx.Client(base_url=running.url, headers=headers, verify=False) as client,  # noqa: S501  # loopback, without TLS
    ):
        yield client


def submitted(client: httpx.Client, name: str, **body: object) -> Json:
    answer: Json = client.post(f"/mj/submit/{name}", json=body).json()
    return answer


def fetched(client: httpx.Client, task: str) -> Json:
    row: Json = client.get(f"/mj/task/{task}/fetch").json()
    return row


def pressed(client: httpx.Client, task: str, part: str) -> Json:
    """Press the first button whose id has a part."""
    ids = [one["customId"] for one in fetched(client, task)["buttons"]]
    custom_id = next(one for one in ids if part in one)
    return submitted(client, "action", taskId=task, customId=custom_id)


@pytest.fixture(scope="module")
def single(direct: httpx.Client) -> str:
    grid = submitted(direct, "imagine", prompt="a fox --ar 3:2 --v 7")["result"]
    return str(pressed(direct, grid, "upsample::1")["result"])


@pytest.fixture(scope="module")
def described(direct: httpx.Client) -> str:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(out, "PNG")
    url = "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
    return str(submitted(direct, "describe", base64=url)["result"])


def test_a_picture_that_moves_is_four_films_of_which_one_is_taken_and_goes_on(
    direct: httpx.Client, single: str
) -> None:
    clip = pressed(direct, single, "animate_high")["result"]
    four = fetched(direct, clip)
    third = fetched(direct, pressed(direct, clip, "video_virtual_upscale::3")["result"])
    longer = fetched(direct, pressed(direct, third["id"], "animate_low_extend")["result"])

    films = [direct.get(one["url"]).content for one in four["videoUrls"]]
    (same,) = [direct.get(one["url"]).content for one in third["videoUrls"]]
    assert (4, 4, films[2]) == (len(set(films)), len(longer["videoUrls"]), same)
    assert b"SIMULATED" in same
    check_sound(io.BytesIO(same), len(same), "video/mp4", most_pixels=10**6)


def test_a_film_that_a_task_does_not_have_is_not_there(direct: httpx.Client, single: str) -> None:
    clip = pressed(direct, single, "animate_low")["result"]
    url = fetched(direct, clip)["videoUrls"][0]["url"]

    assert [200, 404, 404] == [
        direct.get(one).status_code
        for one in (url, url.replace("0_0", "0_4"), url.replace(clip, single))
    ]


def test_a_picture_becomes_a_square(direct: httpx.Client, single: str) -> None:
    task = fetched(direct, pressed(direct, single, "Outpaint::100")["result"])

    with Image.open(io.BytesIO(direct.get(task["imageUrl"]).content)) as picture:
        assert picture.width == picture.height


def test_a_single_picture_is_rerolled_into_another(direct: httpx.Client, single: str) -> None:
    task = fetched(direct, pressed(direct, single, "reroll")["result"])

    assert any("Inpaint" in one["customId"] for one in task["buttons"])


def test_a_described_prompt_waits_for_its_window_and_is_drawn(
    direct: httpx.Client, described: str
) -> None:
    receipt = pressed(direct, described, "PicReader::2")
    waiting = fetched(direct, receipt["result"])
    submitted(direct, "modal", taskId=receipt["result"], prompt="a blue fox")

    drawn = fetched(direct, receipt["result"])
    assert (21, "MODAL") == (receipt["code"], waiting["status"])
    assert ("SUCCESS", "a blue fox") == (drawn["status"], drawn["prompt"])


def test_all_described_prompts_are_drawn_with_one_press_and_their_numbers_joined(
    direct: httpx.Client, described: str
) -> None:
    sold = direct.get("/_sandbox/books").json()["submissions"]
    receipt = pressed(direct, described, "PicReader::all")
    tasks = [fetched(direct, one) for one in receipt["result"].split(",")]

    assert (1, ["SUCCESS"] * 4) == (receipt["code"], [one["status"] for one in tasks])
    assert 4 == len({one["prompt"] for one in tasks})
    assert sold + 1 == direct.get("/_sandbox/books").json()["submissions"]


def test_a_picture_is_described_once_more(direct: httpx.Client, described: str) -> None:
    again = fetched(direct, pressed(direct, described, "Picread::Retry")["result"])

    assert (
        again["properties"]["finalPrompt"]
        != fetched(direct, described)["properties"]["finalPrompt"]
    )


def test_a_shortened_prompt_is_drawn_by_the_server_that_knows_how(
    direct: httpx.Client, server: str
) -> None:
    short = submitted(direct, "shorten", prompt="a very large red fox in the deep snow")["result"]

    receipt = pressed(direct, short, "PromptAnalyzer::1")

    expected = {"plus": (21, "窗口等待"), "proxy": (4, "未知的 Action 类型")}
    assert expected[server] == (receipt["code"], receipt["description"])


def test_a_bookmark_is_refused(direct: httpx.Client, single: str) -> None:
    assert 4 == pressed(direct, single, "BOOKMARK")["code"]
