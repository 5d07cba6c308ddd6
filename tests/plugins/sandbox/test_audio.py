"""Speech, transcriptions and translations: every form, and what is refused."""

from collections.abc import Callable
from typing import Any

import filetype
import httpx
import pytest

from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.sounds import listen, tone

Json = dict[str, Any]  # Any: JSON as it came, looked at field by field
Speak = Callable[..., httpx.Response]
Hear = Callable[..., httpx.Response]

WORDS = "The fox sleeps. 狐狸睡着了。"


@pytest.fixture
def speak(client: httpx.Client) -> Speak:
    """Ask for speech."""

    def post(**fields: object) -> httpx.Response:
        body = {"model": "tts-1", "voice": "alloy", "input": WORDS, **fields}
        return client.post("/v1/audio/speech", json=body)

    return post


@pytest.fixture
def hear(client: httpx.Client) -> Hear:
    """Ask what a recording says."""

    def post(
        task: str = "transcriptions",
        content: bytes = tone(WORDS, 2),
        name: str = "fox.wav",
        **fields: str,
    ) -> httpx.Response:
        return client.post(
            f"/v1/audio/{task}",
            data={"model": "whisper-1", **fields},
            files={"file": (name, content)},
        )

    return post


@pytest.mark.parametrize(
    ("form", "media_type", "found"),
    [
        ("mp3", "audio/mpeg", "audio/mpeg"),
        ("opus", "audio/opus", "audio/ogg"),
        ("aac", "audio/aac", "audio/aac"),
        ("flac", "audio/flac", "audio/x-flac"),
        ("wav", "audio/wav", "audio/x-wav"),
    ],
)
def test_speech_comes_in_the_wanted_form_and_carries_its_words(
    speak: Speak, form: str, media_type: str, found: str
) -> None:
    answer = speak(response_format=form)

    heard = listen(answer.content)
    assert heard is not None
    assert (media_type, found, WORDS) == (
        answer.headers["content-type"],
        filetype.guess(answer.content).mime,
        heard.words,
    )


def test_bare_samples_are_twice_as_short_at_twice_the_speed(speak: Speak) -> None:
    slow, fast = (speak(response_format="pcm", speed=one, input="x" * 100) for one in (1, 2))

    assert len(slow.content) == 2 * len(fast.content)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"input": ""}, 400, "invalid_value"),
        ({"input": "x" * 4097}, 400, "string_above_max_length"),
        ({"voice": "verse"}, 400, "invalid_value"),
        ({"voice": None}, 400, "invalid_value"),
        ({"speed": 0.2}, 400, "invalid_value"),
        ({"speed": 4.1}, 400, "invalid_value"),
        ({"speed": "fast"}, 400, "invalid_value"),
        ({"response_format": "ogg"}, 400, "invalid_value"),
        ({"model": "tts-9"}, 503, None),
        ({"model": None}, 400, None),
        ({"input": "a [[sandbox:banned]] word"}, 400, "sensitive_words_detected"),
        ({"input": "[[sandbox:fail]]"}, 400, "invalid_value"),
    ],
)
def test_speech_that_cannot_be_is_refused_in_json(
    speak: Speak, fields: Json, status: int, code: str | None
) -> None:
    answer = speak(**fields)

    assert (status, code) == (answer.status_code, answer.json()["error"]["code"])


@pytest.mark.parametrize("words", ["x" * 4096, "汉" * 4096])
def test_the_longest_text_is_spoken(speak: Speak, words: str) -> None:
    assert 200 == speak(input=words).status_code


def test_a_newer_model_has_more_voices(speak: Speak) -> None:
    assert 200 == speak(model="gpt-4o-mini-tts", voice="verse", instructions="whisper").status_code


@pytest.mark.parametrize("kind", ["wav", "mp3", "flac", "aac", "opus"])
def test_a_recording_of_the_simulator_says_what_it_was_made_from(hear: Hear, kind: Any) -> None:
    name = {"opus": "fox.ogg", "aac": "fox.m4a"}.get(kind, f"fox.{kind}")

    answer = hear(content=tone(WORDS, 2, kind), name=name).json()

    assert f"SIMULATED: {WORDS}" == answer["text"]
    assert "duration" == answer["usage"]["type"]


def test_a_recording_from_elsewhere_has_a_length_and_no_words(hear: Hear) -> None:
    text = hear(content=b"\x1aE\xdf\xa3" + bytes(100), name="x.webm").json()["text"]

    assert "SIMULATED: a recording of 0.0 seconds" == text


def test_a_detailed_transcript_has_segments_and_words_with_their_times(hear: Hear) -> None:
    body = hear(
        response_format="verbose_json",
        language="en",
        **{"timestamp_granularities[]": ["segment", "word"]},
    ).json()

    assert ("transcribe", "english", 2.0) == (body["task"], body["language"], body["duration"])
    assert [" SIMULATED: The fox sleeps.", " 狐狸睡着了。"] == [
        one["text"] for one in body["segments"]
    ]
    assert body["text"].split() == [one["word"] for one in body["words"]]
    times = [moment for one in body["words"] for moment in (one["start"], one["end"])]
    assert sorted(times) == times
    assert (0.0, 2.0) == (times[0], times[-1])


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("text", f"SIMULATED: {WORDS}\n"),
        (
            "srt",
            """1\n00:00:00,000 --> 00:00:01,580\nSIMULATED: The fox sleeps.\n
2\n00:00:01,580 --> 00:00:02,000\n狐狸睡着了。\n\n""",
        ),
        (
            "vtt",
            """WEBVTT\n\n00:00:00.000 --> 00:00:01.580\nSIMULATED: The fox sleeps.\n
00:00:01.580 --> 00:00:02.000\n狐狸睡着了。\n\n""",
        ),
    ],
)
def test_a_transcript_comes_as_plain_text(hear: Hear, form: str, expected: str) -> None:
    answer = hear(response_format=form)

    assert (expected, "text/plain; charset=utf-8") == (answer.text, answer.headers["content-type"])


def test_a_translation_is_english_and_has_no_usage(hear: Hear) -> None:
    body = hear("translations", response_format="verbose_json").json()

    assert ("translate", "english", f"SIMULATED translation: {WORDS}") == (
        body["task"],
        body["language"],
        body["text"],
    )
    assert {"text"} == set(hear("translations").json())


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"name": "fox.txt"}, 400),
        ({"name": "fox"}, 400),
        ({"content": b""}, 400),
        ({"content": bytes(25 * 2**20 + 1)}, 413),
        ({"response_format": "xml"}, 400),
        ({"model": "gpt-4o-transcribe", "response_format": "srt"}, 400),
        ({"model": "gpt-4o-mini-transcribe", "response_format": "verbose_json"}, 400),
        ({"timestamp_granularities[]": "word"}, 400),
        ({"response_format": "verbose_json", "timestamp_granularities[]": "letter"}, 400),
        ({"model": "whisper-9"}, 503),
        ({"task": "translations", "model": "gpt-4o-transcribe"}, 503),
        ({"prompt": "[[sandbox:fail]]"}, 400),
    ],
)
def test_what_cannot_be_heard_is_refused(hear: Hear, more: Json, status: int) -> None:
    assert status == hear(**more).status_code


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\nnothing", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\ny\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data"),
        (b"--x--", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"--x\r\n" * 300 + b"--x--", "multipart/form-data; boundary=x"),
    ],
)  # fmt: skip
def test_a_broken_form_is_refused(client: httpx.Client, body: bytes, kind: str) -> None:
    answer = client.post("/v1/audio/transcriptions", content=body, headers={"content-type": kind})

    assert 400 == answer.status_code
    assert "error" in answer.json()


def test_what_is_said_and_heard_is_in_the_books(sandbox: Sandbox, speak: Speak, hear: Hear) -> None:
    before = sandbox.books().by_operation

    speak(input="for the books"), hear(prompt="for the books"), hear("translations")

    sold = {
        name: count - before.get(name, 0)
        for name, count in sandbox.books().by_operation.items()
        if count > before.get(name, 0)
    }
    assert {"speech": 1, "transcribe": 1, "translate": 1} == sold


def test_one_attempt_that_comes_twice_is_a_duplicate(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    before = sandbox.books().duplicates
    body = {"model": "tts-1", "voice": "alloy", "input": "twice"}

    for _ in range(2):
        client.post("/v1/audio/speech", json=body, headers={"idempotency-key": "a-1"})

    assert before + 1 == sandbox.books().duplicates
