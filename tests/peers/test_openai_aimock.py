"""Our client against a server that neither we nor OpenAI wrote: pictures, edits, speech, transcripts, vectors."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from omnidsl import Gateway, load
from omnidsl.running import RunResult
from omnidsl.testing.scripted import PIXEL
from omnidsl_sandbox.sounds import tone
from tests.peers.conftest import Aimock, Json

PICTURE = base64.b64encode(PIXEL).decode()
SOUND = tone("a fox", 0.2, "mp3")
HEARD = {
    "text": "Hello.",
    "language": "english",
    "duration": 1.5,
    "segments": [{"id": 0, "start": 0.0, "end": 1.5, "text": "Hello."}],
    "words": [{"word": "Hello.", "start": 0.0, "end": 1.5}],
}
FIXTURES: list[dict[str, object]] = [
    {
        "match": {"endpoint": "image", "userMessage": "two"},
        "response": {"images": [{"b64Json": PICTURE}, {"b64Json": PICTURE}]},
    },
    {"match": {"endpoint": "image"}, "response": {"image": {"b64Json": PICTURE}}},
    {
        "match": {"endpoint": "image-edit"},
        "response": {"image": {"b64Json": PICTURE}},
    },
    {
        "match": {"endpoint": "speech"},
        "response": {"audio": base64.b64encode(SOUND).decode(), "format": "mp3"},
    },
    {"match": {"endpoint": "transcription"}, "response": {"transcription": HEARD}},
    {"match": {"endpoint": "translation"}, "response": {"transcription": HEARD}},
    {"match": {"inputText": "fox"}, "response": {"embedding": [0.5, -0.5]}},
]

Ask = Callable[..., tuple[RunResult, list[Json]]]


@pytest.fixture
def ask(aimock: Aimock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run calls there, by their names; what came of them, and what the server says that it was asked."""
    address = aimock(*FIXTURES)
    monkeypatch.setenv("OMNI_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "omni.toml").touch()
    (tmp_path / "a.png").write_bytes(PIXEL)
    (tmp_path / "a.mp3").write_bytes(SOUND)

    def run(**calls: str) -> tuple[RunResult, list[Json]]:
        path = tmp_path / "all.omni"
        lines = "".join(f"    {name} = {call}\n" for name, call in calls.items())
        path.write_text(f"pipeline main {{\n{lines}}}\n", "utf-8")
        gateway = Gateway.at(address, key="sk-test-0123456789")
        done = load(path).run(gateway=gateway, output=tmp_path / "out")
        assert (0, ()) == (done.status, done.failures)
        return done, httpx.get(f"{address}/__aimock/journal").json()

    return run


def test_pictures_are_read_one_several_and_edited(ask: Ask) -> None:
    done, journal = ask(
        one='openai.image("a fox")',
        newer='openai.image("a fox", model: "gpt-image-1")',
        several='openai.images("two foxes", n: 2)',
        edited='openai.edit(file("a.png"), "a fox")',
        merged='openai.edit([file("a.png"), file("a.png")], "a fox")',
    )

    made = {
        name: [one.path.read_bytes() for one in result.files]
        for name, result in done.results.items()
    }
    expected = {name: [PIXEL] for name in ("one", "newer", "edited", "merged")}
    assert {**expected, "several": [PIXEL, PIXEL]} == made
    paths = sorted(one["path"].removeprefix("/v1/images/") for one in journal)
    assert ["edits"] * 2 + ["generations"] * 3 == paths


def test_speech_is_kept_as_it_came(ask: Ask) -> None:
    done, (entry,) = ask(hello='openai.speech("Hello.")')

    assert "/v1/audio/speech" == entry["path"]
    assert SOUND == done.results["hello"].files[0].path.read_bytes()


def test_transcripts_are_read_with_their_details(ask: Ask) -> None:
    done, _ = ask(
        plain='file("a.mp3") -> openai.transcribe',
        timed='file("a.mp3") -> openai.transcribe(format: "verbose", timestamps: "both")',
        english='file("a.mp3") -> openai.translate',
    )

    assert ["Hello."] * 3 == [done.results[one].text for one in ("plain", "timed", "english")]
    timed = {name: HEARD[name] for name in ("language", "duration", "segments", "words")}
    assert timed.items() <= done.results["timed"].facts.items()


def test_vectors_are_read_in_the_order_of_the_texts(ask: Ask) -> None:
    done, _ = ask(one='openai.embed("a fox")', two='openai.embed(["a fox", "a second fox"])')

    vectors = {name: json.loads(one.text or "")["vectors"] for name, one in done.results.items()}
    assert {"one": [[0.5, -0.5]], "two": [[0.5, -0.5], [0.5, -0.5]]} == vectors
