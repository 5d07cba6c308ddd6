"""OpenAI's operations beside chat, row by row: what is sent, what replies mean, and what is made of them.

The rows stand in `data/openai.toml`.
"""

import base64
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import filetype
import pytest

from omnidsl import Gateway, load
from omnidsl.plugins.outcomes import Reply
from omnidsl.running import RunResult
from omnidsl.running.classifier import classify
from omnidsl.testing import Answer, Request, ScriptedGateway
from omnidsl.testing.scripted import PIXEL
from omnidsl_openai.backend import OpenAI
from omnidsl_sandbox.sounds import tone
from tests.plugins.openai_cases import TABLES, Row, project, written

ENDPOINTS = (
    "images/generations",
    "images/edits",
    "audio/speech",
    "audio/transcriptions",
    "audio/translations",
    "embeddings",
)
CALLS = {
    "transcribe": 'openai.transcribe(file("a.wav"), ARGUMENTS)',
    "translate": 'openai.translate(file("a.wav"), ARGUMENTS)',
    "speech": 'openai.speech("Hello.", ARGUMENTS)',
    "embed": 'openai.embed("a fox", ARGUMENTS)',
    "embed two": 'openai.embed(["a fox", "a hen"], ARGUMENTS)',
    "images": 'openai.images("a cat", n: 2, ARGUMENTS)',
    "edit": 'openai.edit(file("a.png"), "a cat", ARGUMENTS)',
    "models": "openai.models()",
}
SHARED_KEY = "sk-test-0123456789"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("project"))


class Script:
    """Answers every request alike, and every look at an address with a picture."""

    def __init__(self) -> None:
        self.answer = Answer()

    def __call__(self, request: Request) -> Answer:
        if request.path.startswith("/files/"):
            return Answer(200, PIXEL, {"content-type": "image/png"})
        return self.answer


SCRIPT = Script()


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedGateway]:
    with ScriptedGateway(SCRIPT) as running:
        yield running


@pytest.fixture
def asked(
    server: ScriptedGateway, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Run one call as the step of a recipe."""
    monkeypatch.setenv("OMNI_STATE_DIR", str(tmp_path / "state"))
    server.requests.clear()

    def run(call: str) -> RunResult:
        path = folder / f"{tmp_path.name}.omni"
        path.write_text(f"pipeline main {{\n    x = {call}\n    return x\n}}\n", "utf-8")
        gateway = Gateway.at(server.url, key=SHARED_KEY)
        return load(path).run(gateway=gateway, output=tmp_path / "out")

    return run


# ---- what replies mean


def judged() -> Iterator[Any]:
    for table in TABLES["judged"]:
        for name, status, body, verdict, reason, *kind in table["rows"]:
            for at in table.get("at", ENDPOINTS):
                yield pytest.param(
                    at, status, body, [*kind, "application/json"][0], verdict, reason,
                    id=f"{at}: {name}",
                )  # fmt: skip


@pytest.mark.parametrize(("at", "status", "body", "kind", "verdict", "reason"), [*judged()])
def test_a_reply_means_what_the_reference_says(
    at: str, status: int, body: str, kind: str, verdict: str, reason: str
) -> None:
    # A page that is no JSON is no transcript, whatever it calls itself: the backend says so.
    kind = "text/html" if not body.startswith(("{", "[")) and kind == "application/json" else kind
    reply = Reply(status, {"content-type": kind}, body.encode())

    rule = classify(reply, OpenAI.replies, f"/v1/{at}")

    assert (verdict, reason) == (rule.verdict, rule.reason)


# ---- what is made of them


def body_of(row: Row, server: ScriptedGateway) -> bytes:
    if "sound" in row:
        return tone("a fox", 0.2, row["sound"])
    if "hex" in row:
        return bytes.fromhex(row["hex"])
    encoded = base64.b64encode(PIXEL).decode()
    text = str(row["body"]).replace("PIXEL", encoded).replace("URL", f"{server.url}/files/a.png")
    return text.encode()


@pytest.mark.parametrize("row", TABLES["made"], ids=lambda row: f"{row['of']}: {row['name']}")
def test_what_is_made_of_a_reply(row: Row, asked: Any, server: ScriptedGateway) -> None:
    kind = row.get("type", "application/json")
    SCRIPT.answer = Answer(200, body_of(row, server), {"content-type": kind})

    done = asked(CALLS[row["of"]].replace(", ARGUMENTS", f", {row.get('arguments', '')}"))

    reasons = [one.reason for one in done.failures]
    if "held" in row:
        assert (3, ["x"]) == (done.status, [one.node for one in done.held])
        return
    if "failed" in row:
        assert (1, [row["failed"]]) == (done.status, reasons)
        return
    assert (0, []) == (done.status, reasons)
    result = done.results["x"]
    if "text" in row:
        assert row["text"] == result.text
    for name, expected in row.get("facts", {}).items():
        assert expected == result.facts[name]
    if "files" in row:
        files = [PIXEL if one == "PIXEL" else bytes.fromhex(one) for one in row["files"]]
        assert files == [one.path.read_bytes() for one in result.files]
    if "kind" in row:
        assert row["kind"] == filetype.guess_mime(result.path)


def test_bare_samples_are_kept_whole_as_a_wave(asked: Any) -> None:
    samples = tone("a fox", 0.2, "pcm")
    SCRIPT.answer = Answer(200, samples, {"content-type": "audio/pcm"})

    kept = asked('openai.speech("Hello.", format: "pcm")').results["x"].path.read_bytes()

    assert kept.endswith(samples)
    assert (44, 24_000) == (len(kept) - len(samples), int.from_bytes(kept[24:28], "little"))


# ---- what is sent


def form_of(request: Request) -> tuple[list[list[str]], list[list[str]]]:
    """Return the fields and the files of a form, as Python's own reader of mail finds them."""
    kind = request.headers["content-type"]
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    fields, files = [], []
    parts = message.get_payload()
    assert isinstance(parts, list)
    for one in parts:
        assert isinstance(one, Message)
        name = str(one.get_param("name", header="content-disposition"))
        content = one.get_payload(decode=True)
        assert isinstance(content, bytes)
        if (filename := one.get_filename()) is None:
            fields.append([name, content.decode()])
        else:
            assert content
            files.append([name, filename, one.get_content_type()])
    return fields, files


@pytest.mark.parametrize("row", TABLES["sent"], ids=lambda row: row["recipe"])
def test_what_is_sent(row: Row, asked: Any, server: ScriptedGateway) -> None:
    SCRIPT.answer = Answer(400, b'{"error":{"message":"no"}}')

    asked(row["recipe"])

    (sent,) = server.requests
    assert row["path"] == sent.path
    assert f"Bearer {SHARED_KEY}" == sent.headers["authorization"]
    assert sent.headers["idempotency-key"]
    if "json" in row:
        assert row["json"] == sent.json()
    else:
        assert (row["fields"], row["files"]) == form_of(sent)


# ---- before anything is sent


@pytest.mark.parametrize(
    "row", [row for row in TABLES["limit"] if "code" not in row], ids=lambda row: row["breaks"]
)
def test_what_only_the_files_show_is_refused_before_anything_is_sent(
    row: Row, asked: Any, server: ScriptedGateway
) -> None:
    done = asked(written(row["breaks"]))

    assert (["argument"], []) == ([one.reason for one in done.failures], server.requests)


def test_a_text_that_a_step_gave_and_is_too_long_is_refused_before_it_is_sent(
    asked: Any, server: ScriptedGateway
) -> None:
    long = "a fox. " * 600
    SCRIPT.answer = Answer.of({"choices": [{"message": {"content": long}}]})

    done = asked('"tell me" -> openai.chat -> openai.speech')

    (failure,) = done.failures
    assert ("too-long-at-once", ["/v1/chat/completions"]) == (
        failure.reason,
        [one.path for one in server.requests],
    )
    assert f"`text` has {len(long)} characters, at most 4096" in failure.message
    assert "parts: list[text]" in failure.help
