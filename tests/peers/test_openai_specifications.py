"""Everything that our client sends for OpenAI's operations, and everything that the sandbox answers, by OpenAI's specification.

A recorder stands between the two; the recipes are the examples of the service and the calls of the table of what is sent.
"""

import json
import tomllib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import attrs
import httpx
import pytest

from omnidsl import Gateway, load
from omnidsl.testing import Answer, Request, ScriptedGateway
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.sounds import tone
from tests.peers.conftest import RED, Json, Judge

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples" / "services" / "openai").glob("*.omni"))
TABLE = ROOT / "tests" / "plugins" / "data" / "openai.toml"
CALLS = [row["recipe"] for row in tomllib.loads(TABLE.read_text("utf-8"))["sent"]]

ASKED = {
    "/v1/chat/completions": "CreateChatCompletionRequest",
    "/v1/images/generations": "CreateImageRequest",
    "/v1/images/edits": "CreateImageEditRequest",
    "/v1/audio/speech": "CreateSpeechRequest",
    "/v1/audio/transcriptions": "CreateTranscriptionRequest",
    "/v1/audio/translations": "CreateTranslationRequest",
    "/v1/embeddings": "CreateEmbeddingRequest",
}
ANSWERED = {
    "/v1/chat/completions": "CreateChatCompletionResponse",
    "/v1/images/generations": "ImagesResponse",
    "/v1/images/edits": "ImagesResponse",
    "/v1/audio/transcriptions": "CreateTranscriptionResponseJson",
    "/v1/audio/translations": "CreateTranslationResponseJson",
    "/v1/embeddings": "CreateEmbeddingResponse",
    "/v1/models": "ListModelsResponse",
}
NUMBERS = ("temperature", "n", "output_compression")


@attrs.frozen
class Exchange:
    """What was asked, and what was answered."""

    asked: Request
    answered: Answer


class Recorder:
    """Hands every request on to a sandbox and keeps both sides."""

    def __init__(self, url: str) -> None:
        self.exchanges: list[Exchange] = []
        self.client = httpx.Client(base_url=url, timeout=20)

    def __call__(self, request: Request) -> Answer:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in ("host", "content-length", "accept-encoding")
        }
        reply = self.client.request(
            request.method, request.path, headers=headers, content=request.body
        )
        kept = {"content-type": reply.headers.get("content-type", "")}
        answer = Answer(reply.status_code, reply.content, kept)
        self.exchanges.append(Exchange(request, answer))
        return answer


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with Sandbox(duration=0, seed=1, profile="plus", artifact="fixed:1k") as sandbox:
        recorder = Recorder(sandbox.url)
        with recorder.client:
            yield recorder


@pytest.fixture(scope="module")
def exchanges(recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> list[Exchange]:
    """Run every recipe once; nothing may fail."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "omni.toml").touch()
    from tests.plugins.openai_cases import png

    (folder / "a.png").write_bytes(png())
    (folder / "mask.png").write_bytes(png(colour=(0, 0, 0, 0)))
    (folder / "a.wav").write_bytes(tone("a fox", 0.2, "wav"))
    (folder / "a.mp3").write_bytes(tone("a fox", 0.2, "mp3"))
    jpeg(folder / "b.jpg")
    lines = "".join(f"    x{number} = {call}\n" for number, call in enumerate(CALLS))
    (folder / "calls.omni").write_text(f"pipeline main {{\n{lines}}}\n", "utf-8")
    with ScriptedGateway(recorder) as server, pytest.MonkeyPatch.context() as patch:
        for number, recipe in enumerate((folder / "calls.omni", *EXAMPLES)):
            patch.setenv("OMNI_STATE_DIR", str(folder / f"state-{number}"))
            gateway = Gateway.at(server.url, key="sk-test-0123456789")
            done = load(recipe).run(gateway=gateway, output=folder / "out")
            assert () == done.failures
    return recorder.exchanges


def jpeg(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (8, 8)).save(path, "JPEG")


def body_of(request: Request) -> Json:
    """Return a request's body as the specification sees it: a form's files as texts, its numbers as numbers."""
    kind = request.headers["content-type"]
    if not kind.startswith("multipart/"):
        return request.json()
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    parts = message.get_payload()
    assert isinstance(parts, list)
    found: dict[str, Json] = {}
    for one in parts:
        assert isinstance(one, Message)
        name = str(one.get_param("name", header="content-disposition"))
        content = one.get_payload(decode=True)
        assert isinstance(content, bytes)
        value: Json = "(bytes)" if one.get_filename() else content.decode()
        if name in NUMBERS:
            value = json.loads(value)
        if name.endswith("[]"):
            found.setdefault(name.removesuffix("[]"), []).append(value)
        else:
            assert name not in found
            found[name] = value
    return found


def test_every_endpoint_was_asked(exchanges: list[Exchange]) -> None:
    assert {*ASKED, "/v1/models"} == {one.asked.path for one in exchanges}


def test_every_request_is_as_specified(exchanges: list[Exchange], faults: Judge) -> None:
    wrong = [
        (one.asked.path, fault)
        for one in exchanges
        if one.asked.method == "POST"
        for fault in faults("openai", ASKED[one.asked.path], body_of(one.asked))
    ]

    assert [] == wrong


def test_every_reply_is_as_specified(exchanges: list[Exchange], faults: Judge) -> None:
    judged = 0
    for one in exchanges:
        path, kind = one.asked.path, one.answered.headers["content-type"]
        if not kind.startswith("application/json"):
            continue
        body, schema = json.loads(one.answered.body), ANSWERED[path]
        if "segments" in body or "words" in body:
            schema = schema.replace("Json", "VerboseJson")
        assert [] == faults("openai", schema, body), path
        judged += 1
    assert judged > len(CALLS)


def test_what_is_no_json_has_the_type_of_what_it_is(exchanges: list[Exchange]) -> None:
    kinds = {
        (one.asked.path, one.answered.headers["content-type"].partition(";")[0])
        for one in exchanges
        if not one.answered.headers["content-type"].startswith("application/json")
    }

    assert {
        ("/v1/audio/speech", "audio/mpeg"),
        ("/v1/audio/speech", "audio/wav"),
        ("/v1/audio/transcriptions", "text/plain"),
    } <= kinds


@pytest.mark.parametrize("path", [one for one in ASKED if "chat" not in one])
@pytest.mark.parametrize(("key", "status"), [("sk-denied", 401), ("sk-broke", 403), ("sk-a", 400)])
def test_every_refusal_is_as_specified(
    recorder: Recorder, faults: Judge, path: str, key: str, status: int
) -> None:
    words = "x [[sandbox:fail]]"
    bearer = {"Authorization": f"Bearer {key}"}
    file = {"file": ("a.wav", tone("a fox", 0.2, "wav"))}
    with httpx.Client(base_url=str(recorder.client.base_url), headers=bearer) as client:
        if "/tran" in path:
            form = {"model": "whisper-1", "prompt": words}
            answer = client.post(path, data=form, files=file)
        else:
            models = {"speech": "tts-1", "embeddings": "text-embedding-3-small"}
            model = next((models[one] for one in models if path.endswith(one)), "gpt-image-1")
            url = "data:image/png;base64," + RED
            asked = {"prompt": words, "input": words, "voice": "alloy", "model": model}
            answer = client.post(path, json={**asked, "images": [{"image_url": url}]})

    assert status == answer.status_code
    assert [] == faults("openai", "ErrorResponse", answer.json())


@pytest.mark.parametrize("path", ["/v1/models/tts-1", "/v1/models/gpt-9"])
def test_a_model_is_as_specified_and_so_is_that_there_is_none(
    recorder: Recorder, faults: Judge, path: str
) -> None:
    answer = recorder.client.get(path, headers={"Authorization": "Bearer sk-a"})

    schema = "Model" if path.endswith("tts-1") else "ErrorResponse"
    assert [] == faults("openai", schema, answer.json())


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("CreateSpeechRequest", {"model": "tts-1", "input": "x" * 4097, "voice": "alloy"}),
        ("CreateSpeechRequest", {"model": "tts-1", "input": "x", "voice": "alloy", "speed": 5}),
        ("CreateImageRequest", {"prompt": "x", "n": 11}),
        ("CreateTranscriptionRequest", {"model": "whisper-1"}),
        ("CreateEmbeddingRequest", {"model": "m", "input": []}),
        ("ImagesResponse", {"data": []}),
        ("CreateEmbeddingResponse", {"object": "list", "data": [], "model": "m"}),
    ],
)
def test_the_judge_sees_what_is_wrong(faults: Judge, schema: str, value: Json) -> None:
    assert faults("openai", schema, value)
