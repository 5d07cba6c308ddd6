"""The sandbox's pictures, sounds, vectors and models as OpenAI's own client reads them."""

from pathlib import Path

import filetype
import pytest

from omnidsl_sandbox import Sandbox
from tests.peers.conftest import Json, Peer

WORDS = "The fox sleeps. 狐狸睡着了。"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def understood(peer: Peer, made: Path) -> Json:
    with Sandbox(duration=0, seed=1, profile="plus") as sandbox:
        return {"url": sandbox.url, **peer("openai_media.py", sandbox.url, str(made))}


def test_it_reads_pictures_in_every_shape(understood: Json) -> None:
    assert understood["linked"].startswith(understood["url"])
    assert "SIMULATED: a cat" == understood["revised"]
    assert (3, "WEBP") == (understood["three"], understood["start"])
    assert ["webp", "low", "1024x1024", "opaque"] == understood["newer"]
    assert understood["tokens"] > 1000


def test_it_has_pictures_edited_one_several_and_with_a_mask(understood: Json) -> None:
    assert ["1024x1024"] * 3 == [understood[one] for one in ("edited", "merged", "masked")]


def test_it_writes_sounds_in_every_form(understood: Json, made: Path) -> None:
    kinds = {path.name: filetype.guess_mime(path) for path in made.iterdir()}

    assert {
        "fox.mp3": "audio/mpeg",
        "fox.opus": "audio/ogg",
        "fox.aac": "audio/aac",
        "fox.flac": "audio/x-flac",
        "fox.wav": "audio/x-wav",
    }.items() <= kinds.items()
    assert (made / "fox.pcm").stat().st_size > 10_000


def test_it_hears_them_in_every_form(understood: Json) -> None:
    sounds = understood["sounds"]

    assert f"SIMULATED: {WORDS}" == sounds["heard"] == sounds["plain"].strip()
    assert sounds["titles"].startswith("1\n00:00:00,000 --> ")
    assert ("chinese", 2, 5) == (sounds["told"][0], *sounds["told"][2:])
    assert f"SIMULATED translation: {WORDS}" == sounds["translated"]


def test_it_reads_vectors_that_are_packed_and_those_that_are_not(understood: Json) -> None:
    assert [1536, 1536] == understood["vectors"]
    assert understood["near"] < 1e-6


def test_it_lists_the_models_and_finds_one(understood: Json) -> None:
    assert "tts-1" in understood["models"]
    assert "tts-1" == understood["model"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("refused", ["BadRequestError", 400, "invalid_value"]),
        ("unknown", ["NotFoundError", 404, "model_not_found"]),
    ],
)
def test_it_knows_what_a_refusal_is(understood: Json, asked: str, expected: list[object]) -> None:
    assert expected == understood[asked]


def test_new_apis_own_list_of_models_is_read_too(peer: Peer, tmp_path: Path) -> None:
    with Sandbox(duration=0, seed=1, profile="new-api") as sandbox:
        understood = peer("openai_media.py", sandbox.url, str(tmp_path))

    # With HTTP 200 it says that there is none such, so the client takes it for a model.
    assert ("tts-1" in understood["models"], []) == (True, understood["unknown"])
