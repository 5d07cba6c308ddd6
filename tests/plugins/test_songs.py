"""The backends of Suno and Udio at work: what they send, and what they make of whatever comes back."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import Ref, Value
from omnidsl.plugins import Call, Context, Reply
from omnidsl.running import Gateway
from omnidsl.running.results import RunResult
from omnidsl.testing import Answer, Bench, HangUp, Request, ScriptedGateway, step
from omnidsl.testing.scripted import PIXEL
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.sounds import tone
from omnidsl_udio import Music
from omnidsl_udio.backend import Udio

SOUND = tone("a song", 0.3, "mp3")
Json = dict[str, Any]  # Any: JSON as it came


class SongScript:
    """A gateway that has every song finished at once; `own` answers requests whose path contains a part otherwise."""

    def __init__(self) -> None:
        self.orders: list[Request] = []
        self.own: dict[str, Callable[[Request], Answer | HangUp]] = {}

    def __call__(self, request: Request) -> Answer | HangUp:
        for part, behaviour in self.own.items():
            if part in request.path:
                return behaviour(request)
        host = f"http://{request.headers['host']}"
        if "/submit/" in request.path:
            self.orders.append(request)
            return Answer.of({"code": "success", "message": "", "data": f"t{len(self.orders)}"})
        if request.path == "/suno/fetch":
            tasks = [self.suno(one, host) for one in request.json()["ids"]]
            return Answer.of({"code": "success", "message": "", "data": tasks})
        if request.path.startswith("/suno/fetch/"):
            task = self.suno(request.path.rpartition("/")[2], host)
            return Answer.of({"code": "success", "message": "", "data": task})
        if request.path.startswith("/udio/fetch/"):
            task = self.udio(request.path.rpartition("/")[2], host)
            return Answer.of({"code": "success", "message": "", "data": task})
        if request.path.endswith(".mp3"):
            return Answer(200, SOUND, {"content-type": "audio/mpeg"})
        return Answer(200, PIXEL, {"content-type": "image/png"})

    def suno(self, task: str, host: str, **fields: object) -> Json:
        """Return a finished task, of a song or of lyrics."""
        if self.orders[int(task[1:]) - 1].path.endswith("lyrics"):
            data: object = {"id": "l", "title": "Rain", "text": "It rains", "status": "complete"}
        else:
            data = [
                {
                    "id": f"{task}-{one}",
                    "title": "Rain",
                    "status": "complete",
                    "audio_url": f"{host}/{task}/{one}.mp3",
                    "image_url": f"{host}/{task}/{one}.png",
                    "metadata": {"duration": 60.0, "prompt": "It rains"},
                }
                for one in (1, 2)
            ]
        return {"task_id": task, "status": "SUCCESS", "progress": "100%", "data": data} | fields

    def udio(self, task: str, host: str) -> Json:
        songs = [
            {"id": f"{task}-{one}", "finished": True, "song_path": f"{host}/{task}/{one}.mp3"}
            for one in (1, 2)
        ]
        return {"task_id": task, "status": "SUCCESS", "data": {"songs": songs}}


@pytest.fixture
def script() -> SongScript:
    return SongScript()


@pytest.fixture
def gateway(script: SongScript) -> Iterator[ScriptedGateway]:
    with ScriptedGateway(script) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, gateway: ScriptedGateway) -> Bench:
    return Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))


def song(name: str, operation: str, **arguments: Value) -> PlanNode:
    return step(name, operation, arguments, result="list[audio]")


def sent(bench: Bench, script: SongScript, *steps: PlanNode) -> tuple[str, Json]:
    """Run steps; return path and body of the last order."""
    result = bench.run(bench.plan(*steps))
    assert 0 == result.status, result.failures
    return script.orders[-1].path, script.orders[-1].json()


def failed(bench: Bench, *steps: PlanNode) -> RunResult:
    result = bench.run(bench.plan(*steps))
    assert result.failures
    return result


SUNO: list[tuple[Json, Json]] = [
    (
        {"prompt": "a shanty"},
        {"mv": "chirp-v4", "make_instrumental": False, "gpt_description_prompt": "a shanty"},
    ),
    (
        {"prompt": "a shanty", "instrumental": True, "model": "chirp-fenix"},
        {"mv": "chirp-fenix", "make_instrumental": True, "gpt_description_prompt": "a shanty"},
    ),
    (
        {"prompt": "la la", "tags": "folk"},
        {"mv": "chirp-v4", "make_instrumental": False, "prompt": "la la", "tags": "folk"},
    ),
    (
        {"lyrics": "la", "title": "La", "tags": "folk", "negative_tags": "metal"},
        {
            "mv": "chirp-v4",
            "make_instrumental": False,
            "prompt": "la",
            "title": "La",
            "tags": "folk",
            "negative_tags": "metal",
        },
    ),
    (
        {"instrumental": True, "tags": "ambient", "videos": True},
        {"mv": "chirp-v4", "make_instrumental": True, "prompt": "", "tags": "ambient"},
    ),
]


@pytest.mark.parametrize(("arguments", "body"), SUNO, ids=" ".join)
def test_an_order_of_sunos_has_what_was_asked_for_and_no_more(
    bench: Bench, script: SongScript, arguments: Json, body: Json
) -> None:
    assert ("/suno/submit/music", body) == sent(bench, script, song("s", "suno.music", **arguments))


def test_lyrics_are_a_text_with_a_title(bench: Bench, script: SongScript) -> None:
    result = bench.run(bench.plan(step("w", "suno.lyrics", {"prompt": "rain"})))

    assert ("/suno/submit/lyrics", {"prompt": "rain"}) == (
        script.orders[0].path,
        script.orders[0].json(),
    )
    made = result.results["w"]
    assert ("It rains", "Rain") == (made.text, made.facts["title"])


def test_both_versions_are_the_result_with_all_that_stands_beside_them(bench: Bench) -> None:
    made = bench.run(bench.plan(song("s", "suno.music", prompt="rain"))).results["s"]

    assert [SOUND, SOUND] == [one.path.read_bytes() for one in made.files]
    assert {"pictures": 2} == {name: len(found) for name, found in made.parts.items()}
    assert {
        "task_id": "t1",
        "titles": ["Rain", "Rain"],
        "lyrics": ["It rains", "It rains"],
        "clips": ["t1-1", "t1-2"],
        "durations": [60.0, 60.0],
    } == made.facts


def test_a_version_is_gone_on_with_by_its_task_and_clip(bench: Bench, script: SongScript) -> None:
    first = song("s", "suno.music", prompt="rain")
    longer = song("x", "suno.extend", song=Ref("s"), at=30, clip=2, lyrics="more", tags="folk")

    _, body = sent(bench, script, first, longer)

    assert {
        "mv": "chirp-v4",
        "make_instrumental": False,
        "continue_clip_id": "t1-2",
        "continue_at": 30,
        "task_id": "t1",
        "prompt": "more",
        "tags": "folk",
    } == body


def test_a_clip_from_elsewhere_is_gone_on_with_by_its_ids(bench: Bench, script: SongScript) -> None:
    _, body = sent(bench, script, song("x", "suno.extend_clip", clip_id="c", task_id="t", at=2.5))

    assert ("c", "t", 2.5) == (body["continue_clip_id"], body["task_id"], body["continue_at"])


def test_a_song_of_endless_versions_fills_no_disk(bench: Bench, script: SongScript) -> None:
    clip = {"id": "c", "status": "complete", "audio_url": "http://127.0.0.1:9/a.mp3"}
    script.own["/suno/fetch"] = lambda _: Answer.of(
        {"code": "success", "data": [{"task_id": "t1", "status": "SUCCESS", "data": [clip] * 1000}]}
    )

    result = failed(bench, song("s", "suno.music", prompt="rain"))

    (failure,) = result.failures
    assert "empty-answer" == failure.reason
    assert "1000 files" in failure.message


@pytest.mark.parametrize(("more", "refused"), [({"clip": 3}, "clip"), ({"at": 61}, "at")])
def test_what_a_song_does_not_have_is_refused_before_it_is_sent(
    bench: Bench, script: SongScript, more: Json, refused: str
) -> None:
    first = song("s", "suno.music", prompt="rain")

    result = failed(bench, first, song("x", "suno.extend", **{"song": Ref("s"), "at": 3, **more}))

    assert ["argument"] == [one.reason for one in result.failures]
    assert f"`{refused}`" in str(result.failures[0].values["words"])
    assert 1 == len(script.orders)


def test_many_songs_are_asked_about_in_one_request(
    bench: Bench, script: SongScript, gateway: ScriptedGateway
) -> None:
    many = [song(f"s{one}", "suno.music", prompt=f"rain {one}") for one in range(6)]

    bench.run(bench.plan(*many))

    asked = [one for one in gateway.requests if one.path == "/suno/fetch"]
    assert 6 == max(len(one.json()["ids"]) for one in asked)


@pytest.mark.parametrize("status", [404, 405])
def test_a_gateway_without_that_request_is_asked_about_each(
    bench: Bench, script: SongScript, gateway: ScriptedGateway, status: int
) -> None:
    script.own["/suno/fetch"] = lambda request: (
        Answer.of({"error": {"message": "Invalid URL"}}, status)
        if request.method == "POST"
        else Answer.of({"code": "success", "data": script.suno("t1", gateway.url.rstrip("/"))})
    )

    result = bench.run(bench.plan(song("s", "suno.music", prompt="rain")))

    assert 0 == result.status


def test_success_that_comes_before_what_was_made_is_asked_for_once_more(
    bench: Bench, script: SongScript
) -> None:
    script.own["/suno/fetch"] = lambda request: Answer.of(
        {
            "code": "success",
            "data": [script.suno("t1", "http://x.example", data=None)]
            if request.method == "POST"
            else script.suno("t1", f"http://{request.headers['host']}"),
        }
    )

    result = bench.run(bench.plan(song("s", "suno.music", prompt="rain")))

    assert 2 == len(result.results["s"].files)


def test_a_song_whose_sound_is_dead_fails_and_a_later_run_fetches_it_without_buying(
    bench: Bench, script: SongScript
) -> None:
    script.own["/2.mp3"] = lambda _: Answer(404, b"gone")
    plan = bench.plan(song("s", "suno.music", prompt="rain"))
    first = bench.run(plan)
    del script.own["/2.mp3"]

    second = bench.run(plan)

    assert (["download-failed"], 0) == ([one.reason for one in first.failures], second.status)
    assert 1 == len(script.orders)


def test_a_song_whose_picture_is_gone_is_a_song_and_says_so(
    bench: Bench, script: SongScript
) -> None:
    script.own["/1.png"] = lambda _: Answer(404, b"gone")

    result = bench.run(bench.plan(song("s", "suno.music", prompt="rain")))

    made = result.results["s"]
    assert (0, 2, 1) == (result.status, len(made.files), len(made.parts["pictures"]))
    assert ["left-out"] == [
        reason for one in bench.events if (reason := getattr(one, "reason", "")) == "left-out"
    ]


def test_an_order_whose_answer_is_lost_is_held_and_not_sent_again(
    bench: Bench, script: SongScript, gateway: ScriptedGateway
) -> None:
    script.own["/submit/"] = lambda _: HangUp()
    plan = bench.plan(song("s", "suno.music", prompt="rain"))

    first, second = bench.run(plan), bench.run(plan)

    assert (3, 3) == (first.status, second.status)
    assert 1 == len(gateway.paths("/submit/"))


@pytest.mark.parametrize(
    ("reason", "words"),
    [("task-failed", "Internal error"), ("content-refused", "flagged for moderation")],
)
def test_a_song_that_failed_says_why(
    bench: Bench, script: SongScript, reason: str, words: str
) -> None:
    script.own["/suno/fetch"] = lambda _: Answer.of(
        {
            "code": "success",
            "data": [{"task_id": "t1", "status": "FAILURE", "fail_reason": words, "data": None}],
        }
    )

    result = failed(bench, song("s", "suno.music", prompt="rain"))

    assert [(reason, words)] == [(one.reason, one.values["words"]) for one in result.failures]


def test_an_empty_prompt_of_lyrics_is_refused_before_it_is_sent(
    bench: Bench, script: SongScript
) -> None:
    result = failed(bench, step("w", "suno.lyrics", {"prompt": "  "}))

    assert (["argument"], []) == ([one.reason for one in result.failures], script.orders)


UDIO: list[tuple[Json, Json]] = [
    ({"prompt": "a waltz"}, {"lyrics_type": "generate"}),
    ({"prompt": "a waltz", "lyrics": "turn"}, {"lyrics_type": "user", "lyrics": "turn"}),
    ({"prompt": "a waltz", "lyrics_type": "instrumental"}, {"lyrics_type": "instrumental"}),
    (
        {
            "prompt": "a waltz",
            "model": "udio130-v1.5",
            "negative_prompt": "drums",
            "section_start": 0.4,
            "section_end": 0.6,
            "lyrics_start": 0.0,
            "lyrics_end": 0.95,
            "prompt_strength": 0.5,
            "lyrics_strength": 0.6,
            "clarity": 0.25,
            "quality": 0.75,
            "seed": 7,
            "plain": True,
        },
        {
            "lyrics_type": "generate",
            "model_type": "udio130-v1.5",
            "negative_prompt": "drums",
            "song_section_start": 0.4,
            "song_section_end": 0.6,
            "lyrics_placement_start": 0.0,
            "lyrics_placement_end": 0.95,
            "prompt_strength": 0.5,
            "lyrics_strength": 0.6,
            "clarity_strength": 0.25,
            "generation_quality": 0.75,
            "seed": 7,
            "bypass_prompt_optimization": True,
        },
    ),
]


@pytest.mark.parametrize(("arguments", "parameters"), UDIO, ids=" ".join)
def test_an_order_of_udios_has_what_was_asked_for(
    bench: Bench, script: SongScript, arguments: Json, parameters: Json
) -> None:
    usual = {
        "prompt": "a waltz",
        "model_type": "udio32-v1.5",
        "seed": -1,
        "bypass_prompt_optimization": False,
        "config": {"mode": "regular"},
    }

    assert ("/udio/submit/music", {"gen_params": {**usual, **parameters}}) == sent(
        bench, script, song("s", "udio.music", **arguments)
    )


@pytest.mark.parametrize(
    ("where", "mode", "place"), [("before", "precede", 0.0), ("after", "continuation", 0.9)]
)
def test_a_song_of_udios_is_gone_on_with_on_either_side(
    bench: Bench, script: SongScript, where: str, mode: str, place: float
) -> None:
    first = song("s", "udio.music", prompt="a waltz")
    longer = song("x", "udio.extend", song=Ref("s"), prompt="more", where=where, clip=2, context=9)

    _, body = sent(bench, script, first, longer)

    assert (place, {
        "mode": mode,
        "context_length": 9,
        "source": {"source_type": "song", "song_id": "t1-2"},
    }) == (body["gen_params"]["song_section_start"], body["gen_params"]["config"])  # fmt: skip


# ---- the other dialect of Udio's


def test_a_project_says_by_which_dialect_its_gateway_sells_udios_songs(
    tmp_path: Path,
) -> None:
    with Sandbox(duration=0.05) as sandbox:
        bench = Bench(tmp_path, Gateway.at(sandbox.url, key="sk-any"))
        bench.settings["udio"] = {"dialect": "generate-proxy"}
        first = bench.run(bench.plan(song("s", "udio.music", prompt="a waltz")))
        bench.settings["udio"] = {"dialect": "submit-music"}
        second = bench.run(bench.plan(song("s", "udio.music", prompt="a waltz")))
        books = sandbox.books()

    assert (0, 0) == (first.status, second.status)
    assert 2 == len(first.results["s"].files)
    assert ["/udio/generate-proxy"] == [one.partition(" ")[0] for one in books.by_prompt]


def test_songs_that_came_with_their_ids_are_asked_about_by_these(
    bench: Bench, script: SongScript, gateway: ScriptedGateway
) -> None:
    bench.settings["udio"] = {"dialect": "generate-proxy"}
    script.own["/generate-proxy"] = lambda _: Answer.of(
        {"generation_id": "g", "track_ids": ["a", "b"]}
    )
    script.own["/udio/query"] = lambda _: Answer.of({"error": {"message": "Invalid URL"}}, 404)
    script.own["/udio/songs"] = lambda request: Answer.of(
        {"songs": script.udio("g", f"http://{request.headers['host']}")["data"]["songs"]}
    )

    result = bench.run(bench.plan(song("s", "udio.music", prompt="a waltz")))

    assert (0, "g", 2) == (
        result.status,
        result.results["s"].facts["task_id"],
        len(result.results["s"].files),
    )
    assert {"/udio/songs?songIds=a,b"} == set(gateway.paths("/udio/songs"))


@pytest.mark.parametrize(
    ("settled", "kept", "expected"),
    [
        ("submit-music", None, "music"),
        ("generate-proxy", None, "generate-proxy"),
        ("submit-music", "generate-proxy", "generate-proxy"),
        ("generate-proxy", "submit", "music"),
        ("generate-proxy", "generate-proxy", "generate-proxy"),
    ],
)
def test_what_one_dialect_has_bought_is_not_bought_again_by_the_other(
    settled: str, kept: str | None, expected: str
) -> None:
    class Shop:
        account = "default"
        settings: ClassVar = {"dialect": settled}

        async def kept(self, stage: str) -> Reply | None:
            return Reply(200, {}, b"{}") if stage == kept else None

        async def pay(self, path: str, body: object, *, stage: str) -> Reply:
            assert body
            assert {"submit": "/udio/submit/music"}.get(stage, "/udio/generate-proxy") == path
            return Reply(
                200, {}, json.dumps({"code": "success", "data": path.rpartition("/")[2]}).encode()
            )

    context: Context = Shop()  # type: ignore[assignment]  # what an order uses of it
    bought = asyncio.run(Udio().submit(Call("a", Music(prompt="a waltz"), "s"), context))

    assert expected == bought.task


def test_a_gateway_in_bad_order_costs_no_song_twice_and_breaks_no_plugin(tmp_path: Path) -> None:
    steps = [
        one
        for number in range(4)
        for one in (
            song(f"a{number}", "suno.music", prompt=f"song {number}"),
            song(f"b{number}", "udio.music", prompt=f"waltz {number}"),
            step(f"c{number}", "suno.lyrics", {"prompt": f"words {number}"}),
        )
    ]
    with Sandbox(
        duration=0.1, faults="all=2,task:fail=0,task:stuck=0,task:cancel=0", seed=4
    ) as sandbox:
        bench = Bench(tmp_path, Gateway.at(sandbox.url, key="sk-any"))
        runs = [bench.run(bench.plan(*steps)) for _ in range(3)]
        books, faults = sandbox.books(), sandbox.faults()

    assert faults
    assert {1} == set(books.by_prompt.values())
    reasons = {one.reason for run in runs for one in run.failures}
    assert reasons <= {"download-failed", "gateway-trouble", "rate-limited", "overloaded"}, reasons
    assert len(steps) == len(runs[-1].results) + len(runs[-1].held) + len(runs[-1].failures)


@pytest.mark.parametrize(
    ("dialect", "path"),
    [("submit-music", "/udio/fetch/0"), ("generate-proxy", "/udio/query?ids=0")],
)
def test_udio_is_looked_for_where_its_dialect_asks(dialect: str, path: str) -> None:
    asked = []

    class Looking:
        settings: ClassVar = {"dialect": dialect}

        async def get(self, path: str) -> Reply:
            asked.append(path)
            return Reply(400, {}, b'{"code":"task_not_exist"}')

    context: Context = Looking()  # type: ignore[assignment]  # what a probe uses of it
    found = asyncio.run(Udio().probe(context))

    assert ("answers", [path]) == (found.state, asked)


def test_a_gateway_that_does_not_offer_a_service_is_told_apart_from_a_wrong_address(
    bench: Bench, script: SongScript
) -> None:
    words = "Invalid URL (POST /udio/submit/music)"
    script.own["/udio/"] = lambda _: Answer.of({"error": {"message": words}}, 404)

    found = failed(bench, song("s", "udio.music", prompt="a waltz")).failures[0]

    assert "no-such-address" == found.reason
    assert words in found.message
    assert "does not offer udio" in found.help
