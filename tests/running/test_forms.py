"""Forms with files: as they arrive, and as they are named in the ledger."""

import asyncio
from email import message_from_bytes
from email.message import Message

import pytest

from omnidsl.plugins import Form, Reply, ReplyRule, Upload
from omnidsl.running import Gateway
from omnidsl.running.classifier import classify
from omnidsl.running.transport import Transport
from omnidsl.testing import Answer, Request, ScriptedGateway
from omnidsl.testing.bench import HASTY

KEY = "sk-planted-0123456789"


def sent(form: Form) -> Request:
    async def go(url: str) -> None:
        async with Transport(Gateway.at(url, key=KEY), HASTY) as transport:
            await transport.pay("/x", form, headers={"Idempotency-Key": "a"})

    with ScriptedGateway(lambda _: Answer.of({"ok": 1})) as gateway:
        asyncio.run(go(gateway.url))
        return gateway.requests[0]


def parts(request: Request) -> list[Message]:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    whole = message_from_bytes(head + request.body)
    return [one for one in whole.walk() if not one.is_multipart()]


def test_a_form_arrives_as_it_was_written_names_that_repeat_in_their_order() -> None:
    form = Form(
        fields=(("model", "whisper-1"), ("at[]", "word"), ("at[]", "segment"), ("名", "猫")),
        files=(Upload("file", "声音.mp3", b"\x00\xff--", "audio/mpeg"), Upload("mask", "m", b"")),
    )

    request = sent(form)
    found = parts(request)

    assert f"Bearer {KEY}" == request.headers["authorization"]
    assert [b"whisper-1", b"word", b"segment", "猫".encode(), b"\x00\xff--", b""] == [
        one.get_payload(decode=True) for one in found
    ]
    assert ["audio/mpeg", "application/octet-stream"] == [
        one.get_content_type() for one in found[4:]
    ]
    assert [None, None, None, None] == [one.get_filename() for one in found[:4]]


def test_a_form_without_files_is_a_form_all_the_same() -> None:
    request = sent(Form(fields=(("prompt", "a cat"),)))

    assert request.headers["content-type"].startswith("multipart/form-data")
    assert [b"a cat"] == [one.get_payload(decode=True) for one in parts(request)]


def test_a_form_is_described_by_its_fields_and_by_the_hashes_of_its_files() -> None:
    form = Form((("a", "1"),), (Upload("file", "x.png", b"picture"),))
    other = Form((("a", "1"),), (Upload("file", "x.png", b"another"),))

    assert (
        form.described() == Form((("a", "1"),), (Upload("file", "x.png", b"picture"),)).described()
    )
    assert form.described() != other.described()
    assert "picture" not in repr(form)


@pytest.mark.parametrize(
    ("content_type", "path", "verdict"),
    [
        ("audio/mpeg", "/v1/audio/speech", "accepted"),
        ("Audio/MPEG; charset=binary", "/v1/audio/speech", "accepted"),
        ("application/json", "/v1/audio/speech", "ambiguous"),
        ("", "/v1/audio/speech", "ambiguous"),
        ("audio/mpeg", "/v1/chat/completions", "ambiguous"),
    ],
)
def test_a_row_may_ask_for_a_type_of_the_reply_and_a_path_of_the_request(
    content_type: str, path: str, verdict: str
) -> None:
    rule = ReplyRule(verdict="accepted", status=(200,), content_type="audio/", path="/audio/")
    reply = Reply(200, {"content-type": content_type} if content_type else {}, b"ID3\x04")

    assert verdict == classify(reply, (rule,), path).verdict
