"""Suno's and Udio's songs at the sandbox: the envelope, the lifecycle, the files, the refusals, the books."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.sounds import listen

Json = dict[str, Any]  # Any: JSON as it came, looked at field by field
KEY = {"Authorization": "Bearer sk-buyer"}
MUSIC = {"gpt_description_prompt": "a shanty about a harbor", "mv": "chirp-v3-5"}
WALTZ = {"prompt": "a slow waltz", "lyrics": "Turn", "lyrics_type": "user"}
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def order(client: httpx.Client, path: str, body: Json) -> str:
    answer = client.post(path, json=body).json()
    assert "success" == answer["code"], answer
    return str(answer["data"])


def suno(client: httpx.Client, body: Json, action: str = "music") -> Json:
    """Order something of Suno's; return its finished task."""
    task = order(client, f"/suno/submit/{action}", body)
    shown: Json = client.get(f"/suno/fetch/{task}").json()["data"]
    return shown


def udio(client: httpx.Client, parameters: Json) -> Json:
    task = order(client, "/udio/submit/music", {"gen_params": parameters})
    shown: Json = client.get(f"/udio/fetch/{task}").json()["data"]
    return shown


@pytest.fixture
def others() -> Iterator[dict[str, httpx.Client]]:
    """Clients of the three profiles, by name."""
    with (
        Sandbox(duration=0) as first,
        Sandbox(duration=0, profile="plus") as second,
        Sandbox(duration=0, profile="proxy") as third,
        httpx.Client(base_url=first.url, headers=KEY) as new_api,
        httpx.Client(base_url=second.url, headers=KEY) as plus,
        httpx.Client(base_url=third.url, headers=KEY) as proxy,
    ):
        yield {"new-api": new_api, "plus": plus, "proxy": proxy}


def test_an_order_is_answered_with_a_uuid_in_the_envelope(client: httpx.Client) -> None:
    reply = client.post("/suno/submit/music", json=MUSIC)

    answer = reply.json()
    assert (200, ["code", "message", "data"]) == (reply.status_code, list(answer))
    assert re.fullmatch(UUID, answer["data"])


@pytest.mark.parametrize("action", ["MUSIC", "Music", "music"])
def test_the_action_may_have_any_case(client: httpx.Client, action: str) -> None:
    assert order(client, f"/suno/submit/{action}", MUSIC)


def test_a_finished_song_has_two_clips_with_sound_picture_and_metadata(
    client: httpx.Client,
) -> None:
    task = suno(client, MUSIC)

    assert ("MUSIC", "SUCCESS", "100%", "") == tuple(
        task[one] for one in ("action", "status", "progress", "fail_reason")
    )
    assert 2 == len(task["data"]) == len({one["id"] for one in task["data"]})
    for clip in task["data"]:
        sound = client.get(clip["audio_url"])
        heard = listen(sound.content)
        assert "audio/mpeg" == sound.headers["content-type"]
        assert heard is not None
        assert "a shanty about a harbor" in heard.words
        assert clip["metadata"]["duration"] == pytest.approx(heard.seconds, abs=0.03)
        assert "SIMULATED" in clip["metadata"]["prompt"]
        picture = client.get(clip["image_url"])
        assert "image/jpeg" == picture.headers["content-type"]
        film = client.get(clip["video_url"])
        assert ("video/mp4", b"ftyp") == (film.headers["content-type"], film.content[4:8])
    first, second = (client.get(one["audio_url"]).content for one in task["data"])
    assert first != second


def test_lyrics_of_ones_own_are_kept_as_they_are(client: httpx.Client) -> None:
    clip = suno(client, {"prompt": "la", "title": "La", "tags": "folk"})["data"][0]

    assert ("La", "la", "folk") == (
        clip["title"],
        clip["metadata"]["prompt"],
        clip["metadata"]["tags"],
    )


def test_an_order_without_a_model_gets_the_oldest(client: httpx.Client) -> None:
    assert "chirp-v3" == suno(client, {"prompt": "la"})["data"][0]["model_name"]


def test_lyrics_are_one_object(client: httpx.Client) -> None:
    data = suno(client, {"prompt": "rain"}, "lyrics")["data"]

    assert ["id", "title", "text", "status"] == list(data)
    assert "SIMULATED" in data["text"]


def test_many_tasks_are_fetched_at_once_and_unknown_ones_are_left_out(client: httpx.Client) -> None:
    known = [order(client, "/suno/submit/music", MUSIC) for _ in range(3)]

    found = client.post("/suno/fetch", json={"ids": [*known, "nobody"]}).json()["data"]

    assert set(known) == {one["task_id"] for one in found}


@pytest.mark.parametrize(
    ("body", "data"), [({"ids": []}, []), ({}, []), ({"ids": ["nobody"]}, None)]
)
def test_a_fetch_of_nothing_is_empty_or_null(
    client: httpx.Client, body: Json, data: object
) -> None:
    assert {"code": "success", "message": "", "data": data} == client.post(
        "/suno/fetch", json=body
    ).json()


REFUSED: list[tuple[str, Json, int, str, str]] = [
    ("/suno/submit/dance", MUSIC, 400, "invalid_action", "invalid_action"),
    ("/suno/submit/lyrics", {"prompt": ""}, 400, "invalid_request", "prompt_empty"),
    ("/suno/submit/lyrics", {}, 400, "invalid_request", "prompt_empty"),
    ("/suno/submit/music", {"prompt": 7}, 400, "invalid_request", "number into Go struct field"),
    ("/suno/submit/music", {"make_instrumental": "no"}, 400, "invalid_request", "of type bool"),
    ("/suno/submit/music", {"continue_at": "9"}, 400, "invalid_request", "of type number"),
    ("/suno/submit/music", {"continue_clip_id": "c"}, 400, "invalid_request", "task id is empty"),
    (
        "/suno/submit/music",
        {"continue_clip_id": "c", "task_id": "nobody"},
        400,
        "task_not_exist",
        "task_origin_not_exist",
    ),
    ("/suno/fetch", {"ids": "x"}, 400, "invalid_request", "ids"),
    ("/udio/submit/dance", {"gen_params": WALTZ}, 400, "invalid_action", "invalid_action"),
    ("/udio/submit/music", {}, 400, "invalid_request", "gen_params"),
    ("/udio/submit/music", {"gen_params": {}}, 400, "invalid_request", "prompt_empty"),
    (
        "/udio/submit/music",
        {"gen_params": {**WALTZ, "prompt_strength": 1.5}},
        400,
        "invalid_request",
        "prompt_strength",
    ),
    (
        "/udio/submit/music",
        {"gen_params": {**WALTZ, "lyrics_type": "opera"}},
        400,
        "invalid_request",
        "opera",
    ),
    (
        "/udio/submit/music",
        {"gen_params": {**WALTZ, "config": {"mode": "sideways"}}},
        400,
        "invalid_request",
        "sideways",
    ),
    (
        "/udio/submit/music",
        {"gen_params": {**WALTZ, "config": {"mode": "precede"}}},
        400,
        "invalid_request",
        "song_id",
    ),
]


@pytest.mark.parametrize(("path", "body", "status", "code", "words"), REFUSED)
def test_what_is_wrong_is_refused_in_the_gateways_words_and_not_sold(
    sandbox: Sandbox,
    client: httpx.Client,
    path: str,
    body: Json,
    status: int,
    code: str,
    words: str,
) -> None:
    before = sandbox.books().submissions

    reply = client.post(path, json=body)

    assert (status, code, None) == (reply.status_code, reply.json()["code"], reply.json()["data"])
    assert words in reply.json()["message"]
    assert before == sandbox.books().submissions


@pytest.mark.parametrize("path", ["/suno/fetch/nobody", "/udio/fetch/nobody"])
def test_a_task_that_there_is_none_of_does_not_exist(client: httpx.Client, path: str) -> None:
    reply = client.get(path)

    assert (400, "task_not_exist") == (reply.status_code, reply.json()["code"])


def test_the_key_is_judged_in_openais_shape(client: httpx.Client) -> None:
    for key, status in (("", 401), ("Bearer sk-denied", 401)):
        reply = client.post("/suno/submit/music", json=MUSIC, headers={"Authorization": key})
        assert (status, "new_api_error") == (reply.status_code, reply.json()["error"]["type"])
    broke = client.post(
        "/suno/submit/music", json=MUSIC, headers={"Authorization": "Bearer sk-broke"}
    )
    assert (403, "quota_not_enough") == (broke.status_code, broke.json()["code"])


def test_nobody_sees_anothers_songs_and_midjourney_sees_none(client: httpx.Client) -> None:
    task = order(client, "/suno/submit/music", MUSIC)
    other = {"Authorization": "Bearer sk-other"}

    assert 400 == client.get(f"/suno/fetch/{task}", headers=other).status_code
    assert 400 == client.get(f"/udio/fetch/{task}").status_code
    assert 400 == client.get(f"/mj/task/{task}/fetch").status_code


def test_a_clip_is_gone_on_with_under_its_task(client: httpx.Client) -> None:
    task = suno(client, MUSIC)
    clip = task["data"][1]["id"]
    body = {"continue_clip_id": clip, "continue_at": 30, "task_id": task["task_id"], "tags": "x"}

    longer, wrong = suno(client, body), suno(client, {**body, "continue_clip_id": "c"})

    heard = listen(client.get(longer["data"][0]["audio_url"]).content)
    assert heard is not None
    assert f"goes on with {clip} at 30 s" in heard.words
    assert "FAILURE" == wrong["status"]


def test_at_first_a_task_says_nothing_of_its_song() -> None:
    with (
        Sandbox(duration=1000) as sandbox,
        httpx.Client(base_url=sandbox.url, headers=KEY) as client,
    ):
        first, second = suno(client, MUSIC), udio(client, WALTZ)

    assert ("NOT_START", "0%", None) == (first["status"], first["progress"], first["data"])
    assert ("NOT_START", "0%", None) == (second["status"], second["progress"], second["data"])


def test_a_song_under_way_has_a_stream_and_still_no_progress(client: httpx.Client) -> None:
    task = suno(client, {"prompt": "la [[sandbox:stuck]]"})
    clip = task["data"][0]

    heard = listen(client.get(clip["audio_url"]).content)

    assert ("IN_PROGRESS", "0%", "streaming", "") == (
        task["status"],
        task["progress"],
        clip["status"],
        clip["image_url"],
    )
    assert heard is not None
    assert heard.seconds < 2, "a stream is not the song"


@pytest.mark.parametrize(
    ("marker", "status", "reason"),
    [
        ("fail", "FAILURE", "the words ask for a failure"),
        ("banned", "FAILURE", "flagged for moderation"),
        ("stuck", "IN_PROGRESS", ""),
    ],
)
def test_a_marker_decides_how_a_song_ends(
    client: httpx.Client, marker: str, status: str, reason: str
) -> None:
    words = f"a shanty [[sandbox:{marker}]]"

    for task in (
        suno(client, {"gpt_description_prompt": words}),
        udio(client, {"prompt": words}),
    ):
        assert (status, True) == (task["status"], reason in task["fail_reason"])


def test_of_two_versions_one_may_fail_alone(client: httpx.Client) -> None:
    words = "a shanty [[sandbox:half]]"

    clips = suno(client, {"gpt_description_prompt": words})["data"]
    songs = udio(client, {"prompt": words})["data"]["songs"]

    assert ["complete", "error"] == [one["status"] for one in clips]
    assert ["", "Clip generation failed"] == [
        one["metadata"]["error_message"] or "" for one in clips
    ]
    assert [True, False] == [one["finished"] for one in songs]
    assert ["", "Clip generation failed"] == [one["error_detail"] or "" for one in songs]


def test_a_full_queue_turns_an_order_away_once(client: httpx.Client) -> None:
    body = {"gpt_description_prompt": "a shanty [[sandbox:queue-full]]"}

    replies = [client.post("/suno/submit/music", json=body) for _ in range(2)]

    assert [429, 200] == [one.status_code for one in replies]
    assert replies[0].json()["message"].startswith("当前分组上游负载已饱和")


def test_what_stock_new_api_does_not_know_gets_lost_there_and_nowhere_else(
    others: dict[str, httpx.Client],
) -> None:
    body = {"prompt": "la", "tags": "folk", "negative_tags": "metal"}

    kept = {
        name: suno(client, body)["data"][0]["metadata"]["negative_tags"]
        for name, client in others.items()
    }

    assert {"new-api": "", "plus": "metal", "proxy": "metal"} == kept


def test_songs_of_udios_lie_where_the_gateway_puts_them(others: dict[str, httpx.Client]) -> None:
    found = {name: udio(client, WALTZ) for name, client in others.items()}

    assert {"new-api": ("data",), "plus": ("songs",), "proxy": ("data",)} == {
        name: tuple(one for one in ("data", "songs") if one in task) for name, task in found.items()
    }


def test_a_song_of_udios_has_all_its_keys_and_its_model_says_how_long_it_is(
    client: httpx.Client,
) -> None:
    short = udio(client, WALTZ)["data"]["songs"][0]
    long = udio(client, {**WALTZ, "model_type": "udio130-v1.5"})["data"]["songs"][0]

    assert (31, 32.8, 130.0) == (len(short), short["duration"], long["duration"])
    assert ("Turn", True) == (short["lyrics"], short["finished"])
    heard = listen(client.get(short["song_path"]).content)
    assert heard is not None
    assert 32.8 == pytest.approx(heard.seconds, abs=0.03)


def test_the_books_count_equal_orders_by_what_they_ask_for() -> None:
    with (
        Sandbox(duration=0) as sandbox,
        httpx.Client(base_url=sandbox.url, headers=KEY) as client,
    ):
        for path in ("/suno/submit/music", "/suno/submit/MUSIC"):
            order(client, path, MUSIC)
        suno(client, {"prompt": "rain"}, "lyrics")
        udio(client, WALTZ)
        client.post("/suno/fetch", json={"ids": []})
        books = sandbox.books()

    assert {"suno-music": 2, "suno-lyrics": 1, "udio-music": 1} == books.by_operation
    assert [1, 1, 2] == sorted(books.by_prompt.values())
    assert (4, 0, 3) == (books.submissions, books.duplicates, books.polls)


def test_under_a_seed_songs_repeat_from_one_sandbox_to_the_next() -> None:
    made = []
    for _ in range(2):
        with (
            Sandbox(duration=0, seed=5) as sandbox,
            httpx.Client(base_url=sandbox.url, headers=KEY) as client,
        ):
            clip = suno(client, MUSIC)["data"][0]
            made.append((clip["id"], client.get(clip["audio_url"]).content))

    assert made[0] == made[1]


@pytest.mark.parametrize("file", ["3.mp3", "1.wav", "1.mp3.exe", "..", "1-stream.jpeg"])
def test_a_file_that_a_song_does_not_have_is_not_there(client: httpx.Client, file: str) -> None:
    task = order(client, "/suno/submit/music", MUSIC)

    assert 404 == client.get(f"/songs/{task}/{file}").status_code


def test_a_picture_of_midjourneys_is_no_song(client: httpx.Client) -> None:
    task = client.post("/mj/submit/imagine", json={"prompt": "a fox"}).json()["result"]

    assert 404 == client.get(f"/songs/{task}/1.mp3").status_code


def test_a_song_that_is_not_whole_has_no_file_yet() -> None:
    with (
        Sandbox(duration=60) as sandbox,
        httpx.Client(base_url=sandbox.url, headers=KEY) as client,
    ):
        task = order(client, "/suno/submit/music", MUSIC)

        assert 404 == client.get(f"/songs/{task}/1.mp3").status_code


def test_a_song_outlives_its_sandbox(tmp_path: Path) -> None:
    with (
        Sandbox(duration=0, state=tmp_path) as sandbox,
        httpx.Client(base_url=sandbox.url, headers=KEY) as client,
    ):
        before = suno(client, MUSIC)
        sound = client.get(before["data"][0]["audio_url"]).content
    with (
        Sandbox(duration=0, state=tmp_path) as sandbox,
        httpx.Client(base_url=sandbox.url, headers=KEY) as client,
    ):
        after = client.get(f"/suno/fetch/{before['task_id']}").json()["data"]
        again = client.get(after["data"][0]["audio_url"]).content
        books = sandbox.books()

    assert (before["data"][0]["id"], sound) == (after["data"][0]["id"], again)
    assert 1 == books.submissions
