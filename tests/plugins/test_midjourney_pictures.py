"""Midjourney beside the buttons, by the table `data/pictures.toml`: what is sent, and what is made of replies."""

import asyncio
import base64
import hashlib
import io
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from omnidsl import load
from omnidsl.planning.values import FileInput, PromptInput, Ref
from omnidsl.plugins import Handle, Video
from omnidsl.running import Gateway
from omnidsl.running.results import RunResult
from omnidsl.testing import (
    Answer,
    Bench,
    HangUp,
    MidjourneyScript,
    Request,
    ScriptedGateway,
    step,
)
from omnidsl_midjourney import texts, wire
from omnidsl_midjourney.bodies import request
from omnidsl_midjourney.compat import MJImageGenerator, UnknownTaskError
from omnidsl_midjourney.submissions import MakeVideo

TABLE: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "data" / "pictures.toml").read_text("utf-8")
)
RESULTS = {"describe": "text", "shorten": "text", "upload": "text", "seed": "text"} | {
    "swap_face": "image", "fit": "image", "blend": "grid", "edits": "grid", "video": "video"
}  # fmt: skip


def named(kind: str) -> list[Any]:
    return [
        pytest.param(row, id=row.get("name", f"{kind} {n}")) for n, row in enumerate(TABLE[kind])
    ]


def png(colour: str, size: tuple[int, int] = (3, 2)) -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def bench(tmp_path: Path, script: MidjourneyScript) -> Iterator[Bench]:
    with ScriptedGateway(script) as gateway:
        yield Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))


def value(folder: Path, given: Any) -> Any:
    """Return an argument of the table as a plan has it."""
    if isinstance(given, list):
        return tuple(value(folder, one) for one in given)
    if not isinstance(given, str) or not given.startswith("@"):
        return given
    data = png(given[1:])
    (folder / f"{given[1:]}.png").write_bytes(data)
    return FileInput(f"{given[1:]}.png", hashlib.sha256(data).hexdigest(), len(data))


def steps(folder: Path, kind: str) -> list[Any]:
    return [
        step(
            f"s{number}",
            f"midjourney.{row['operation']}",
            {name: value(folder, one) for name, one in row["arguments"].items()},
            result=RESULTS[row["operation"]],
        )
        for number, row in enumerate(TABLE[kind])
    ]


def test_the_table_quotes_the_reference_often_enough() -> None:
    assert sum(len(rows) for rows in TABLE.values()) >= 75


# ---- sent and not sent


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Request]:
    """Run all rows of `sent` at once; return the requests by body, which no two rows share."""
    folder = tmp_path_factory.mktemp("sent")
    script = MidjourneyScript()
    found: list[Request] = []

    def keep(asked: Request) -> Answer:
        found.append(asked)
        return Answer.of({"code": 4, "description": "参数错误", "result": None, "properties": {}})

    script.on("/mj/submit/", keep)
    script.on("/mj/insight-face/", keep)
    with ScriptedGateway(script) as gateway:
        bench = Bench(folder, Gateway.at(gateway.url, key="sk-test-0123456789"))
        done = bench.run(bench.plan(*steps(folder, "sent")))
    by_body = {json.dumps(_without_state(one), sort_keys=True): one for one in found}
    assert len(done.failures) == len(found) == len(by_body) == len(TABLE["sent"])
    return by_body


def _without_state(asked: Request) -> dict[str, Any]:
    body = dict(asked.json())
    assert body.pop("state").startswith("omni-")
    return body


@pytest.mark.parametrize("row", named("sent"))
def test_a_request_has_its_path_and_its_body(sent: dict[str, Request], row: dict[str, Any]) -> None:
    def written(one: Any) -> Any:
        if isinstance(one, list):
            return [written(each) for each in one]
        if isinstance(one, str) and one.startswith("@"):
            return "data:image/png;base64," + base64.b64encode(png(one[1:])).decode()
        return one

    body = {name: written(one) for name, one in row["body"].items()}

    found = sent.get(json.dumps(body, sort_keys=True))

    assert found is not None
    assert f"/mj-{row.get('mode', 'fast')}/mj/{row['path']}" == found.path


def test_no_picture_of_the_web_is_fetched(sent: dict[str, Request]) -> None:
    assert all("x.example" not in one.path for one in sent.values())


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunResult, list[Request]]:
    """Run all rows of `refused` at once."""
    folder = tmp_path_factory.mktemp("refused")
    script = MidjourneyScript()
    with ScriptedGateway(script) as gateway:
        bench = Bench(folder, Gateway.at(gateway.url, key="sk-test-0123456789"))
        return bench.run(bench.plan(*steps(folder, "refused"))), gateway.requests


@pytest.mark.parametrize("number", range(len(TABLE["refused"])))
def test_what_the_declaration_forbids_is_refused_by_the_argument_at_fault(
    refused: tuple[RunResult, list[Request]], number: int
) -> None:
    row = TABLE["refused"][number]

    failure = next(one for one in refused[0].failures if one.node == f"s{number}")

    assert ("argument", True) == (failure.reason, f"`{row['argument']}`" in failure.message)


def test_nothing_of_it_was_sent(refused: tuple[RunResult, list[Request]]) -> None:
    assert [] == refused[1]


def test_a_video_is_gone_on_with_by_its_task_and_a_place_from_zero() -> None:
    parent: Handle[Video] = Handle("gateway", "default", "17", "k.1", 1)

    _, body = asyncio.run(request(MakeVideo(extend=parent, index=4, prompt="on"), None))  # type: ignore[arg-type]  # no file is read

    expected = {"action": "extend", "taskId": "17", "index": 3, "prompt": "on", "motion": "low"}
    assert expected == {name: body[name] for name in expected}
    assert "image" not in body


@pytest.mark.parametrize("row", TABLE["checked"], ids=lambda row: row["call"])
def test_checking_knows_the_limits(tmp_path: Path, row: dict[str, Any]) -> None:
    (tmp_path / "red.png").write_bytes(png("red"))
    (tmp_path / "main.omni").write_text(
        "prompt fox { a fox }\n"
        "pipeline main {\n"
        '    P = file("red.png")\n'
        "    V = fox -> midjourney.imagine -> upscale(1) -> animate\n"
        f"    made = {row['call']}\n"
        '    save made as "made"\n    save V as "v.mp4"\n    save P as "p.png"\n'
        "}\n",
        "utf-8",
    )

    found = [one.code for one in load(tmp_path / "main.omni").check() if one.severity == "error"]

    assert ([row["code"]] if row["code"] else []) == found


@pytest.mark.parametrize(("count", "size", "sold"), [(5, 2**20, 1), (6, 100, 0), (1, 2**20 + 1, 0)])
def test_reference_pictures_are_taken_up_to_their_bounds_and_not_beyond(
    bench: Bench, script: MidjourneyScript, tmp_path: Path, count: int, size: int, sold: int
) -> None:
    data = png("red") + bytes(size - len(png("red")))
    (tmp_path / "red.png").write_bytes(data)
    one = FileInput("red.png", hashlib.sha256(data).hexdigest(), size)

    bench.run(
        bench.plan(
            step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",), (one,) * count)})
        )
    )

    assert sold == len(script.submitted)


@pytest.mark.parametrize(
    ("language", "why"), [("en", "a text is an address"), ("zh", "文字只能是网址")]
)
def test_a_limit_says_why_in_both_languages(tmp_path: Path, language: str, why: str) -> None:
    recipe = tmp_path / "main.omni"
    recipe.write_text(
        'pipeline main {\n    a = "cat.png" -> midjourney.describe\n    save a as "a.txt"\n}\n'
    )

    (finding,) = load(recipe).check()

    assert finding.help(language)[-1].startswith(why)


# ---- texts


@pytest.mark.parametrize("row", named("describe"))
def test_descriptions_are_read_in_every_shape(row: dict[str, Any]) -> None:
    assert row["prompts"] == texts.descriptions({"properties": {"finalPrompt": row["text"]}})


@pytest.mark.parametrize("row", named("describe"))
def test_a_server_that_copies_the_text_into_the_prompt_is_read_alike(row: dict[str, Any]) -> None:
    copied = {"prompt": row["text"], "promptEn": row["text"], "properties": None}

    assert row["prompts"] == texts.descriptions(copied)


def short(token: Any) -> str:
    """Return a token as the table has it: `!` important, `-` struck, and its weight."""
    weight = f"{token['weight']:g}" if "weight" in token else ""
    text: str = token["text"]
    return f"{text}{'!' * token['important']}{'-' * token['struck']}{weight}"


@pytest.mark.parametrize("row", named("shorten"))
def test_shortened_prompts_and_tokens_are_read_in_every_shape(row: dict[str, Any]) -> None:
    prompts, tokens = texts.shortened({"properties": {"finalPrompt": row["text"]}})

    assert (row["prompts"], row["tokens"]) == (prompts, [short(one) for one in tokens])


@given(st.text(alphabet="1234️⃣ #*~()\r\nab.，", max_size=200))
def test_any_text_is_taken_apart_without_raising(text: str) -> None:
    row: wire.Row = {"properties": {"finalPrompt": text}}

    prompts, tokens = texts.shortened(row)

    assert all(one.strip() for one in [*texts.descriptions(row), *prompts])
    assert isinstance(json.dumps(tokens), str)


@given(st.lists(st.text(alphabet="abc ,.-", min_size=1).filter(str.strip), min_size=2, max_size=9))
@pytest.mark.parametrize("between", ["\n\n", "\r\n", "\n"])
def test_numbered_prompts_come_back_whatever_stands_between_them(
    between: str, prompts: list[str]
) -> None:
    whole = between.join(f"{number}️⃣ {one}" for number, one in enumerate(prompts, 1))

    assert [" ".join(one.split()) for one in prompts] == texts.numbered(whole)


def test_a_shortened_prompt_is_a_result_with_its_parts(
    bench: Bench, script: MidjourneyScript
) -> None:
    text = TABLE["shorten"][0]["text"]
    script.on(
        "list-by-condition",
        lambda asked: Answer.of(
            [
                script.task(one, imageUrl="", buttons=None, properties={"finalPrompt": text})
                for one in asked.json()["ids"]
            ]
        ),
    )
    asked = step("s", "midjourney.shorten", {"prompt": PromptInput(("a long one",))}, result="text")

    made = bench.run(bench.plan(asked)).results["s"]

    assert made.text is not None
    assert made.text.split("\n") == made.facts["prompts"] == TABLE["shorten"][0]["prompts"]
    assert "red!" == short(made.facts["tokens"][0])  # type: ignore[index]  # JSON


def test_a_text_task_without_a_text_fails(bench: Bench, script: MidjourneyScript) -> None:
    script.on(
        "list-by-condition",
        lambda asked: Answer.of([script.task(one, prompt="") for one in asked.json()["ids"]]),
    )

    done = bench.run(bench.plan(step("s", "midjourney.shorten", {"prompt": "long"}, result="text")))

    assert "empty-answer" == done.failures[0].reason


# ---- answered at once


@pytest.mark.parametrize("row", named("upload"))
def test_an_uploads_reply_gives_addresses_or_says_why_not(
    bench: Bench, script: MidjourneyScript, tmp_path: Path, row: dict[str, Any]
) -> None:
    script.on(
        "upload-discord-images", lambda _: Answer(row.get("status", 200), row["body"].encode())
    )
    pair = value(tmp_path, ["@red", "@blue"])

    done = bench.run(bench.plan(step("u", "midjourney.upload", {"pictures": pair}, result="text")))

    if "addresses" in row:
        assert row["addresses"] == done.results["u"].facts["addresses"]
        return
    assert row["reason"] == ("held" if done.held else done.failures[0].reason)


def test_one_picture_is_uploaded_as_a_list_of_one(
    bench: Bench, script: MidjourneyScript, tmp_path: Path
) -> None:
    seen: list[Any] = []

    def reply(asked: Request) -> Answer:
        seen.append(asked.json())
        return Answer.of({"code": 1, "description": "", "result": ["https://x.example/a.png"]})

    script.on("upload-discord-images", reply)
    done = bench.run(
        bench.plan(
            step("u", "midjourney.upload", {"pictures": value(tmp_path, "@red")}, result="text")
        )
    )

    assert ("https://x.example/a.png", 1) == (done.results["u"].text, len(seen[0]["base64Array"]))


def test_an_upload_whose_answer_is_lost_is_held_though_a_listing_shows_no_task_of_it(
    bench: Bench, script: MidjourneyScript, tmp_path: Path
) -> None:
    asked: list[Request] = []

    def lose(request: Request) -> HangUp:
        asked.append(request)
        return HangUp()

    script.on("upload-discord-images", lose)
    script.on("/mj/task/list", lambda _: Answer.of([]))

    done = bench.run(
        bench.plan(
            step("u", "midjourney.upload", {"pictures": value(tmp_path, "@red")}, result="text")
        )
    )

    assert (3, 1) == (done.status, len(asked))


@pytest.mark.parametrize("row", named("seed"))
def test_a_seeds_reply_gives_it_or_says_why_not(
    bench: Bench, script: MidjourneyScript, row: dict[str, Any]
) -> None:
    script.on("image-seed", lambda _: Answer(row.get("status", 200), row["body"].encode()))

    done = bench.run(
        bench.plan(
            step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",))}),
            step("s", "midjourney.seed", {"picture": Ref("g")}, result="text"),
        )
    )

    if "seed" in row:
        assert (row["seed"], 0) == (done.results["s"].text, done.status)
        return
    assert row["reason"] == done.failures[0].reason


def test_a_seed_that_a_task_tells_itself_is_not_asked_for(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on(
        "list-by-condition",
        lambda asked: Answer.of([script.task(one, seed=4711) for one in asked.json()["ids"]]),
    )
    script.on("image-seed", lambda _: Answer(500))

    done = bench.run(
        bench.plan(
            step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",))}),
            step("s", "midjourney.seed", {"picture": Ref("g")}, result="text"),
        )
    )

    assert "4711" == done.results["s"].text


@pytest.mark.parametrize("row", named("video"))
def test_the_addresses_of_videos_are_read_in_every_shape(row: dict[str, Any]) -> None:
    assert row["addresses"] == wire.videos(json.loads(row["row"]))


@pytest.mark.parametrize("row", named("unknown"))
def test_a_task_that_a_server_does_not_know_yet_is_waited_for(
    bench: Bench, script: MidjourneyScript, row: dict[str, Any]
) -> None:
    looks: list[Request] = []

    def look(asked: Request) -> Answer:
        looks.append(asked)
        if len(looks) == 1:
            return Answer(row["status"], row["body"].encode())
        return Answer.of(script.task(asked.path.split("/")[-2]))

    script.on("list-by-condition", lambda _: Answer(404))
    script.on("/fetch", look)

    done = bench.run(bench.plan(step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",))})))

    assert (0, True) == (done.status, len(looks) > 1)


@pytest.mark.parametrize("row", [one for one in TABLE["unknown"] if one["body"] != "{}"], ids=str)
def test_the_guides_class_says_that_a_task_is_unknown(
    bench: Bench, script: MidjourneyScript, row: dict[str, Any]
) -> None:
    script.on("/fetch", lambda _: Answer(row["status"], row["body"].encode()))

    with pytest.raises(UnknownTaskError):
        MJImageGenerator(bench.gateway.base_url, "sk-test").fetch_task_status("17")
