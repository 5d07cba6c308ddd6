"""What gateways answer about songs, row by row (`data/suno.toml`, `data/udio.toml`)."""

import asyncio
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.plugins import Ambiguous, Backend, Context, Failed, Made, Receipt, Reply, Status
from omnidsl.plugins.songs import envelope
from omnidsl.running.classifier import classify
from omnidsl_suno.backend import Suno
from omnidsl_udio.backend import Udio
from omnidsl_udio.dialects import bought

Table = Mapping[str, Any]  # Any: what a table holds, as its head explains
BACKENDS: Mapping[str, Backend] = {"suno": Suno(), "udio": Udio()}


def table(name: str) -> Table:
    text = (Path(__file__).parent / "data" / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def rows(name: str, kind: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for group in table(name)[kind] for row in group["rows"]]


def named(case: object) -> str:
    if isinstance(case, dict):
        return str(case.get("who", ""))
    return str(case[0] if isinstance(case, tuple) else case)


def enveloped(data: object) -> Reply:
    body = {"code": "success", "message": "", "data": data}
    return Reply(200, {}, json.dumps(body).encode())


class Told:
    """A context whose gateway gives one task, whoever asks for it."""

    account = "default"
    listening = False

    def __init__(self, row: object) -> None:
        self._row = row

    async def get(self, path: str) -> Reply:
        assert path
        return enveloped(self._row)

    async def post(self, path: str, body: object) -> Reply:
        assert path
        assert body
        return enveloped([self._row])


def asked(backend: Backend, row: object) -> Status | None:
    """Return how a task stands, by what the gateway shows of it."""
    context: Context = Told(row)  # type: ignore[assignment]  # what a poller uses of it
    return asyncio.run(backend.poll([Receipt("t")], context)).get("t")


def collected(backend: Backend, row: Mapping[str, object], **facts: bool | str) -> Made:
    """Return what is made of a finished task."""
    context: Context = Told(row)  # type: ignore[assignment]  # what collecting uses of it
    status = Status("done", 1.0, facts=row)  # type: ignore[arg-type]  # JSON
    return asyncio.run(backend.collect(Receipt("t", facts=facts), status, context))


def urls(made: Made, part: str = "") -> list[str]:
    return [one.url or "" for one in made.files if one.part == part]


def test_the_tables_say_enough() -> None:
    counted = [
        len(group.get("rows", [group]))
        for name in BACKENDS
        for groups in table(name).values()
        for group in groups
    ]

    assert sum(counted) >= 110


@pytest.mark.parametrize("row", rows("suno", "reply"), ids=named)
@pytest.mark.parametrize("service", BACKENDS)
def test_a_reply_to_an_order_means_what_the_reference_says(
    service: str, row: tuple[str, int, str, str, str]
) -> None:
    _, status, body, verdict, reason = row

    found = classify(Reply(status, {}, body.encode()), BACKENDS[service].replies)

    assert (verdict, reason) == (found.verdict, found.reason)


@pytest.mark.parametrize(
    "row", [one for one in rows("suno", "reply") if one[3] == "accepted"], ids=named
)
def test_an_accepted_order_has_a_number(row: tuple[str, int, str, str, str]) -> None:
    assert envelope.ordered(Reply(row[1], {}, row[2].encode()))


@pytest.mark.parametrize(
    "data",
    [
        *(None, "", " ", True, [], ["t"], {"id": ""}, {"task_id": [1]}, {}),
        *("../../v1/models", "..", "t?ids=", "t#", "t\r\nX: y", "\x1b[2J", "\ud800", "t" * 1000),
    ],
)
def test_what_is_no_number_leaves_a_doubt(data: object) -> None:
    with pytest.raises(Ambiguous):
        envelope.ordered(enveloped(data))


def test_songs_that_can_have_no_such_name_are_none() -> None:
    reply = Reply(
        200, {}, b'{"track_ids": ["../x", "\\u001b[2J", 1, "s2"], "generation_id": "a/../b"}'
    )

    assert ("1", ["1", "s2"]) == bought(reply)


@pytest.mark.parametrize("row", rows("suno", "task"), ids=named)
def test_a_task_of_suno_stands_as_its_status_says(row: tuple[str, str, str, float, str]) -> None:
    _, text, state, progress, reason = row

    found = asked(BACKENDS["suno"], json.loads(text))

    assert found is not None
    assert (state, progress or None, reason) == (found.state, found.progress, found.reason)


@pytest.mark.parametrize("row", rows("udio", "task"), ids=named)
def test_a_task_of_udio_stands_as_its_status_or_its_songs_say(
    row: tuple[str, str, str, str],
) -> None:
    _, text, state, reason = row

    found = asked(BACKENDS["udio"], json.loads(text))

    assert found is not None
    assert (state, reason) == (found.state, found.reason)


@pytest.mark.parametrize("row", rows("udio", "order"), ids=named)
def test_an_order_by_proxy_has_a_number_or_its_songs(
    row: tuple[str, int, str, str, str, str, list[str]],
) -> None:
    _, status, body, verdict, reason, task, songs = row
    reply = Reply(status, {}, body.encode())

    found = classify(reply, BACKENDS["udio"].replies)

    assert (verdict, reason) == (found.verdict, found.reason)
    if verdict == "accepted":
        assert (task, songs) == bought(reply)


@pytest.mark.parametrize("row", rows("udio", "query"), ids=named)
def test_a_task_bought_by_proxy_is_asked_about_in_that_dialect(
    row: tuple[str, int, str, str],
) -> None:
    _, status, body, state = row

    class Queried(Told):
        async def get(self, path: str) -> Reply:
            assert "/udio/query?ids=t" == path
            return Reply(status, {}, body.encode())

    context: Context = Queried(None)  # type: ignore[assignment]  # what a poller uses of it
    receipt = Receipt("t", facts={"dialect": "generate-proxy"})
    found = asyncio.run(BACKENDS["udio"].poll([receipt], context)).get("t")

    assert state == ("" if found is None else found.state)


@pytest.mark.parametrize("row", rows("suno", "refused"), ids=named)
def test_a_failure_that_is_about_the_wording_says_so(row: tuple[str, bool]) -> None:
    words, about = row

    found = envelope.status({"status": "FAILURE", "fail_reason": words})

    assert about is found.facts["content_refused"]


def songs() -> list[tuple[str, Mapping[str, object], Table]]:
    own = [
        ("suno", {"status": "SUCCESS", "data": json.loads(one["data"])}, one)
        for one in table("suno")["song"]
    ]
    return own + [("udio", json.loads(one["task"]), one) for one in table("udio")["song"]]


@pytest.mark.parametrize(("service", "row", "case"), songs(), ids=named)
def test_a_song_is_read_wherever_a_gateway_puts_it(
    service: str, row: Mapping[str, object], case: Table
) -> None:
    made = collected(BACKENDS[service], row, videos=True)

    assert case["audio"] == urls(made)
    assert case.get("pictures", []) == urls(made, "pictures")
    assert case.get("videos", []) == urls(made, "videos")
    assert {"task_id": "t", **case["facts"]} == made.facts


def test_videos_are_fetched_only_where_somebody_asks() -> None:
    data = {"data": [{"audio_url": "https://x.example/a.mp3", "video_url": "https://x.example/a"}]}

    assert [] == urls(collected(BACKENDS["suno"], data, videos=False), "videos")


def silences() -> list[tuple[str, Mapping[str, object], str]]:
    own = [("suno", {"data": json.loads(row[1])}, row[2]) for row in rows("suno", "silent")]
    return own + [("udio", json.loads(row[1]), row[2]) for row in rows("udio", "silent")]


@pytest.mark.parametrize(("service", "row", "words"), silences())
def test_a_song_without_a_sound_has_failed(
    service: str, row: Mapping[str, object], words: str
) -> None:
    with pytest.raises(Failed) as failed:
        collected(BACKENDS[service], row)

    assert ("empty-answer", words) == (failed.value.reason, failed.value.message)


@pytest.mark.parametrize("row", rows("suno", "lyrics"), ids=named)
def test_lyrics_are_one_object_or_a_list(row: tuple[str, str, str, str]) -> None:
    _, data, words, title = row
    task = {"data": json.loads(data)}

    if not words:
        with pytest.raises(Failed):
            collected(BACKENDS["suno"], task, action="lyrics")
        return
    made = collected(BACKENDS["suno"], task, action="lyrics")
    assert (words, title) == (made.text, made.facts["title"])


ODD = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "task_id status data songs clips metadata audio_url song_path id title duration text"
                " fail_reason progress finished error_message".split()
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(row=st.dictionaries(st.sampled_from(["task_id", "status", "data", "songs"]), ODD))
def test_no_task_is_too_odd_to_be_read(row: dict[str, object]) -> None:
    for backend in BACKENDS.values():
        asked(backend, row)
        for action in ("music", "lyrics"):
            try:
                collected(backend, row, action=action)
            except Failed:
                continue
