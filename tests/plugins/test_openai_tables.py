"""OpenAI's operations beside chat, row by row: what is sent, what replies mean, what is made of them, and the limits.

The rows stand in `data/openai.toml`.
"""

import base64
import io
import re
import tomllib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import attrs
import filetype
import pytest
from PIL import Image as Pillow

from omnidsl import Gateway, load
from omnidsl.plugins import ArgumentError, Artifact, Audio, Image
from omnidsl.plugins.arguments import operation_name
from omnidsl.plugins.outcomes import Reply
from omnidsl.running import RunResult
from omnidsl.running.classifier import classify
from omnidsl.testing import Answer, Request, ScriptedGateway
from omnidsl.testing.scripted import PIXEL
from omnidsl_openai import omnidsl_services
from omnidsl_openai.backend import OpenAI
from omnidsl_sandbox.sounds import tone

Row = dict[str, Any]  # a row of the file, as it stands there

TABLES: dict[str, list[Row]] = tomllib.loads(
    (Path(__file__).parent / "data" / "openai.toml").read_text("utf-8")
)
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


def png(size: tuple[int, int] = (8, 8), colour: tuple[int, ...] = (200, 0, 0)) -> bytes:
    out = io.BytesIO()
    Pillow.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with files of many kinds."""
    made = tmp_path_factory.mktemp("project")
    (made / "omni.toml").touch()
    jpeg = io.BytesIO()
    Pillow.new("RGB", (8, 8)).save(jpeg, "JPEG")
    content = {
        "a.png": png(),
        "wide.png": png((16, 8)),
        "mask.png": png(colour=(0, 0, 0, 0)),
        "b.jpg": jpeg.getvalue(),
        "a.wav": tone("a fox", 0.2, "wav"),
        "a.mp3": tone("a fox", 0.2, "mp3"),
        "a.aac": tone("a fox", 0.2, "aac"),
    }
    for name, data in content.items():
        (made / name).write_bytes(data)
    for name, more in (("most.wav", 0), ("more.wav", 1)):
        with (made / name).open("wb") as file:
            file.truncate(25 * 2**20 + more)
    return made


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


# ---- limits


def written(call: str) -> str:
    """Return a call of the table as a recipe has it."""
    call = re.sub(r'"(\d+)\*(.)"', lambda found: f'"{found[2] * int(found[1])}"', call)
    repeated = re.compile(r'(\d+)#(file\("[^"]*"\)|"[^"]*")')
    return repeated.sub(lambda found: f"[{', '.join([found[2]] * int(found[1]))}]", call)


def made_by_hand(call: str, folder: Path) -> object:
    """Return the operation of a call as the runner makes it, past every check."""

    def file(name: str) -> Artifact:
        path = folder / name
        cls = Audio if path.suffix in (".wav", ".mp3", ".aac") else Image
        return cls(path, "0" * 64, path.stat().st_size, str(filetype.guess_mime(path)))

    class Operations:
        def __getattr__(self, name: str) -> Any:
            (cls,) = (
                one for one in omnidsl_services()[0].operations if operation_name(one) == name
            )

            def make(*given: object, **named: object) -> object:
                fields: Any = attrs.fields(cls)  # type: ignore[arg-type]  # an operation is an attrs class
                names = [one.name for one in fields]
                return cls(**dict(zip(names, given, strict=False)), **named)

            return make

    python = re.sub(r"\b(\w{1,20}): ", r"\1=", call)
    return eval(python, {"openai": Operations(), "file": file})  # noqa: S307  # rows of our own file


def codes(call: str, folder: Path, *, several: bool) -> list[str]:
    path = folder / "limit.omni"
    name = "x-${index}" if several else "x"
    path.write_text(f'pipeline main {{\n    x = {call}\n    save x as "{name}"\n}}\n', "utf-8")
    return [one.code for one in load(path).check()]


LIMITS = TABLES["limit"]
KNOWN = [row for row in LIMITS if "code" in row]


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row["fits"])
def test_a_call_at_its_bounds_is_clean_and_passes_the_last_gate(row: Row, folder: Path) -> None:
    call = written(row["fits"])

    assert [] == codes(call, folder, several=row.get("several", False))
    assert made_by_hand(call, folder)


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row["breaks"])
def test_what_is_beyond_a_bound_is_found_by_check_and_by_the_last_gate(
    row: Row, folder: Path
) -> None:
    call = written(row["breaks"])

    assert [row["code"]] == codes(call, folder, several=row.get("several", False))
    with pytest.raises(ArgumentError):
        made_by_hand(call, folder)


@pytest.mark.parametrize(
    "row", [row for row in LIMITS if "code" not in row], ids=lambda row: row["breaks"]
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
