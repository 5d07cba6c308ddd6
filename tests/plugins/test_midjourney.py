"""The Midjourney backend: what it sends, and what it makes of whatever comes back."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.planning.values import FileInput, PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.testing import Answer, Bench, MidjourneyScript, Request, ScriptedGateway, step
from omnidsl.testing.scripted import PIXEL
from omnidsl_midjourney import texts, wire


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def gateway(script: MidjourneyScript) -> Iterator[ScriptedGateway]:
    with ScriptedGateway(script) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, gateway: ScriptedGateway) -> Bench:
    return Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))


def picture(folder: Path, name: str, data: bytes = PIXEL) -> FileInput:
    (folder / name).write_bytes(data)
    return FileInput(name, hashlib.sha256(data).hexdigest(), len(data))


@pytest.mark.parametrize("mode", ["relax", "fast", "turbo"])
def test_the_mode_is_in_the_path(bench: Bench, script: MidjourneyScript, mode: str) -> None:
    bench.run(
        bench.plan(step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",)), "mode": mode}))
    )

    assert f"/mj-{mode}/mj/submit/imagine" == script.submitted[0].path


def test_imagine_sends_prompt_pictures_bot_and_attempt(
    bench: Bench, script: MidjourneyScript, tmp_path: Path
) -> None:
    prompt = PromptInput(
        ("fox --ar 16:9",), (picture(tmp_path, "a.png"), picture(tmp_path, "b.png"))
    )

    result = bench.run(
        bench.plan(step("g", "midjourney.imagine", {"prompt": prompt, "bot": "niji"}))
    )

    url = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
    assert {
        "prompt": "fox --ar 16:9",
        "base64Array": [url, url],
        "botType": "NIJI_JOURNEY",
        "state": result.results["g"].attempt,
    } == script.submitted[0].json()


@pytest.mark.parametrize(("count", "size"), [(6, 0), (1, 2**20)])
def test_more_or_larger_pictures_than_the_gateway_takes_are_refused_before_they_are_sent(
    bench: Bench, script: MidjourneyScript, tmp_path: Path, count: int, size: int
) -> None:
    files = tuple(
        picture(tmp_path, f"{number}.png", PIXEL + bytes(size)) for number in range(count)
    )

    result = bench.run(
        bench.plan(step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",), files)}))
    )

    assert ("argument", []) == (result.failures[0].reason, script.submitted)


def upscale(bench: Bench, index: int = 1) -> object:
    return bench.run(
        bench.plan(
            step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",))}),
            step("u", "midjourney.upscale", {"grid": Ref("g"), "index": index}),
        )
    )


BUTTONS = [
    {"customId": "MJ::JOB::reroll::0::u::SOLO", "emoji": "🔄", "label": ""},
    {"customId": "MJ::JOB::variation::2::u", "emoji": "", "label": "V2"},
    {"customId": "MJ::JOB::upsample::2::u", "emoji": "", "label": "U2"},
    {"customId": "MJ::JOB::upsample::1::u", "emoji": "", "label": "U1"},
    None,
    {"label": "U3"},
    {"customId": 4, "label": "U4"},
]


def with_buttons(script: MidjourneyScript, buttons: object) -> None:
    script.on(
        "list-by-condition",
        lambda request: Answer.of(
            [script.task(one, buttons=buttons) for one in request.json()["ids"]]
        ),
    )


def test_a_button_is_found_by_what_it_means_and_not_by_its_place(
    bench: Bench, script: MidjourneyScript
) -> None:
    with_buttons(script, BUTTONS)

    upscale(bench, 2)

    sent = script.submitted[1]
    assert ("/mj-fast/mj/submit/action", "MJ::JOB::upsample::2::u") == (
        sent.path,
        sent.json()["customId"],
    )


def test_a_button_is_found_by_its_label_where_its_id_says_nothing(
    bench: Bench, script: MidjourneyScript
) -> None:
    with_buttons(script, [{"customId": "opaque-3", "emoji": "", "label": "U3"}])

    upscale(bench, 3)

    assert "opaque-3" == script.submitted[1].json()["customId"]


def test_a_grid_without_that_button_fails_the_step_before_anything_is_sent(
    bench: Bench, script: MidjourneyScript
) -> None:
    with_buttons(script, BUTTONS)

    upscale(bench, 4)

    assert 1 == len(script.submitted)


def test_a_server_without_buttons_gets_the_older_request(
    bench: Bench, script: MidjourneyScript
) -> None:
    with_buttons(script, None)

    upscale(bench, 3)

    sent = script.submitted[1]
    assert "/mj-fast/mj/submit/change" == sent.path
    assert ("UPSCALE", 3) == (sent.json()["action"], sent.json()["index"])


def test_a_server_without_a_listing_is_asked_task_by_task(
    bench: Bench, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    script.on("list-by-condition", lambda _: Answer.of({"error": {"message": "Invalid URL"}}, 404))
    script.on("/fetch", lambda request: Answer.of(script.task(request.path.split("/")[-2])))

    result = bench.run(
        bench.plan(step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",))}))
    )

    assert 0 == result.status
    assert 1 == len(gateway.paths("/fetch"))


@pytest.mark.parametrize(
    "unknown",
    [
        Answer.of({"code": 4, "description": "task_no_found ", "type": "upstream_error"}, 400),
        Answer(200),
        Answer(204),
    ],
    ids=["new-api", "novicezk", "trueai"],
)
def test_a_task_that_is_not_known_yet_is_asked_about_again(
    bench: Bench, script: MidjourneyScript, unknown: Answer
) -> None:
    first = [unknown]

    def fetch(request: Request) -> Answer:
        return first.pop() if first else Answer.of(script.task(request.path.split("/")[-2]))

    script.on("list-by-condition", lambda _: Answer(404))
    script.on("/fetch", fetch)

    assert (
        0
        == bench.run(
            bench.plan(step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",))}))
        ).status
    )


def test_a_missing_picture_address_is_asked_for_once_more(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on(
        "list-by-condition",
        lambda request: Answer.of([script.task(one, imageUrl="") for one in request.json()["ids"]]),
    )
    script.on("/fetch", lambda request: Answer.of(script.task(request.path.split("/")[-2])))

    assert (
        0
        == bench.run(
            bench.plan(step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",))}))
        ).status
    )


def test_describe_gives_four_lines_without_numbers(
    bench: Bench, script: MidjourneyScript, tmp_path: Path
) -> None:
    blocks = "1️⃣ a fox --ar 1:1\r\n\r\n2️⃣ a red\nfox\r\n\r\n3️⃣ fox\r\n\r\n4️⃣ 2 foxes"
    described = {"properties": {"finalPrompt": blocks}}
    script.on(
        "list-by-condition",
        lambda request: Answer.of([script.task(one, **described) for one in request.json()["ids"]]),
    )

    result = bench.run(
        bench.plan(step("d", "midjourney.describe", {"picture": picture(tmp_path, "a.png")}))
    ).results["d"]

    expected = ["a fox --ar 1:1", "a red fox", "fox", "2 foxes"]
    assert ("\n".join(expected), expected) == (result.text, result.facts["descriptions"])
    sent = script.submitted[0].json()
    assert sent["base64"].startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        ("1. a\n2. b", ["a", "b"]),
        ("1️⃣ a\n\n2️⃣ b", ["a", "b"]),
        ("3.5mm film", ["3.5mm film"]),
        ("", []),
        (None, []),
        (["x"], []),
    ],
)
def test_descriptions_are_read_in_every_form(whole: object, expected: list[str]) -> None:
    assert expected == texts.descriptions({"properties": {"finalPrompt": whole}})  # type: ignore[dict-item]  # wrong types are the point


@pytest.mark.parametrize(
    ("word", "state"),
    [("", "waiting"), (None, "waiting"), (7, "waiting"), ("NOT_START", "waiting"), ("SUBMITTED", "waiting"), ("MODAL", "waiting"),
     ("IN_PROGRESS", "running"), ("WHATEVER", "running"), ("SUCCESS", "done"), ("success", "done"), ("FAILURE", "failed"), ("CANCEL", "cancelled")],
)  # fmt: skip  # a table reads whole
def test_how_a_task_stands_is_read_from_its_status_alone(word: object, state: str) -> None:
    assert state == wire.status({"status": word, "progress": "100%"}).state  # type: ignore[dict-item]  # wrong types are the point


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0%", 0.0),
        ("46%", 0.46),
        ("100%", 1.0),
        (" 7.5 %", 0.075),
        ("", None),
        (None, None),
        (50, None),
        ("relaxed", None),
        ("999%", 1.0),
    ],
)
def test_progress_is_read_where_it_is_a_percentage(text: object, expected: float | None) -> None:
    assert expected == wire.progress(text)  # type: ignore[arg-type]  # wrong types are the point


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("17", "17"),
        (1700000000000001, "1700000000000001"),
        (["17"], "17"),
        ([], ""),
        (None, ""),
        (True, ""),
        ({}, ""),
        (" 17 ", "17"),
        ("../../v1/models", ""),
        ("..", ""),
        ("17?x=", ""),
        ("17\x1b[2J", ""),
        ("\ud800", ""),
        ("1" * 1000, ""),
    ],
)
def test_a_tasks_number_is_read_in_every_form(found: object, expected: str) -> None:
    assert expected == wire.task_id(found)  # type: ignore[arg-type]  # wrong types are the point


@pytest.mark.parametrize(
    ("reason", "content"),
    [
        ("[Banned prompt detected] x", True),
        ("可能包含敏感词", True),
        ("[Invalid parameter] x", False),
        ("任务超时", False),
    ],
)
def test_a_refusal_of_content_is_told_apart(reason: str, *, content: bool) -> None:
    status = wire.status({"status": "FAILURE", "failReason": reason})

    assert content == status.facts["content_refused"]


NAMES = st.sampled_from(
    [
        "id",
        "status",
        "progress",
        "failReason",
        "buttons",
        "properties",
        "imageUrl",
        "imageUrls",
        "prompt",
        "promptEn",
        "seed",
        "customId",
        "finalPrompt",
        "url",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, ANYTHING))
def test_any_row_is_read_without_raising_and_gives_json(row: dict[str, object]) -> None:
    wire.status(row)  # type: ignore[arg-type]  # wrong types are the point
    facts = wire.facts(row, "17")  # type: ignore[arg-type]  # as above
    texts.descriptions(row)  # type: ignore[arg-type]  # as above

    assert "17" == wire.facts({}, "17")["task_id"]
    assert isinstance(json.dumps(facts), str)
    assert isinstance(wire.picture(row), str)  # type: ignore[arg-type]  # as above
