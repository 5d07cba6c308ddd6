"""HTTP against gateways that answer as scripted."""

import asyncio
import gzip
import io
import socket
import tracemalloc
import zlib
from collections.abc import Callable

import attrs
import pytest

from omnidsl.plugins import GatewayError, Reply
from omnidsl.running import Gateway
from omnidsl.running.errors import FetchError
from omnidsl.running.moments import ticking
from omnidsl.running.transport import Bounds, NothingSent, Transport, Unanswered
from omnidsl.testing import Answer, CutShort, HangUp, Request, ScriptedGateway, Silence
from omnidsl.testing.bench import HASTY

KEY = "sk-planted-0123456789"
Behaviour = Callable[[Request], Answer | HangUp | Silence | CutShort]


def pay(
    url: str,
    *,
    patience: float = 2.0,
    bounds: Bounds = HASTY,
    path: str = "/x",
    hear: Callable[[bytes], None] | None = None,
) -> Reply:
    async def go() -> Reply:
        async with Transport(Gateway.at(url, key=KEY), bounds) as transport:
            return await transport.pay(
                path,
                {"prompt": "猫"},
                headers={"Idempotency-Key": "a"},
                patience=patience,
                hear=hear,
            )

    return asyncio.run(go())


def get(url: str) -> Reply:
    async def go() -> Reply:
        async with Transport(Gateway.at(url, key=KEY), HASTY) as transport:
            return await transport.get("/x")

    return asyncio.run(go())


def fetch(gateway: str, address: str, limit: int = 1000) -> bytes:
    async def go() -> bytes:
        into = io.BytesIO()
        async with Transport(Gateway.at(gateway, key=KEY), HASTY) as transport:
            await transport.download(address, into, limit)
        return into.getvalue()

    return asyncio.run(go())


def test_a_paid_request_carries_body_key_and_headers() -> None:
    with ScriptedGateway(lambda _: Answer.of({"ok": 1})) as gateway:
        pay(gateway.url)

    request = gateway.requests[0]
    assert ("POST", "/x", {"prompt": "猫"}) == (request.method, request.path, request.json())
    assert (f"Bearer {KEY}", "a", "application/json") == tuple(
        request.headers[name] for name in ("authorization", "idempotency-key", "content-type")
    )


@pytest.mark.parametrize("behaviour", [HangUp(), CutShort(b"{}"), Silence()], ids=repr)
def test_a_request_that_went_out_and_was_not_answered_is_unanswered_and_sent_once(
    behaviour: HangUp | CutShort | Silence,
) -> None:
    with ScriptedGateway(lambda _: behaviour) as gateway, pytest.raises(Unanswered):
        pay(gateway.url, patience=0.3)

    assert 1 == len(gateway.requests)


def test_a_refused_connection_means_that_nothing_was_sent() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(NothingSent) as caught:
            pay(f"http://127.0.0.1:{closed.getsockname()[1]}")

    assert (True, "no-connection") == (caught.value.again, caught.value.reason)


def test_a_name_that_nobody_knows_means_that_nothing_was_sent() -> None:
    with pytest.raises(NothingSent):
        pay("http://nobody.invalid")


def test_a_tls_handshake_that_fails_means_that_nothing_was_sent() -> None:
    with ScriptedGateway(lambda _: Answer()) as gateway, pytest.raises(NothingSent):
        pay(gateway.url.replace("http:", "https:"))


def test_a_path_without_a_slash_is_never_sent() -> None:
    with ScriptedGateway(lambda _: Answer()) as gateway, pytest.raises(NothingSent):
        pay(gateway.url, path="@evil.example/x")

    assert [] == gateway.requests


def test_a_purchase_that_was_written_down_long_ago_does_not_leave() -> None:
    async def go(url: str) -> None:
        async with Transport(Gateway.at(url, key=KEY), HASTY) as transport:
            await transport.pay("/x", {}, since=ticking() - HASTY.fresh - 1)

    with ScriptedGateway(lambda _: Answer()) as gateway, pytest.raises(NothingSent) as caught:
        asyncio.run(go(gateway.url))

    assert ("held-up", True, []) == (caught.value.reason, caught.value.again, gateway.requests)


def test_a_redirect_of_a_paid_request_is_not_followed() -> None:
    with ScriptedGateway(lambda _: Answer(307, b"", {"location": "/y"})) as gateway:
        reply = pay(gateway.url)

    assert (307, 1) == (reply.status, len(gateway.requests))


def test_the_key_is_cut_out_of_replies_and_their_headers() -> None:
    echo = Answer(
        401,
        f'{{"error":{{"message":"bad {KEY} planted-0123456789"}}}}'.encode(),
        {"x-request-id": KEY},
    )
    with ScriptedGateway(lambda _: echo) as gateway:
        reply = pay(gateway.url)

    assert "planted-0123456789" not in reply.text + repr(reply.headers)


def test_a_free_request_is_tried_again_and_then_gives_up_in_the_gateways_words() -> None:
    with (
        ScriptedGateway(lambda _: Answer.of({"error": {"message": "down"}}, 500)) as gateway,
        pytest.raises(GatewayError, match="down"),
    ):
        get(gateway.url)

    assert HASTY.tries == len(gateway.requests)


def test_a_free_request_that_the_gateway_knows_no_answer_to_is_returned() -> None:
    with ScriptedGateway(lambda _: Answer(404)) as gateway:
        assert 404 == get(gateway.url).status


def test_a_refused_key_is_final() -> None:
    with ScriptedGateway(lambda _: Answer(401)) as gateway, pytest.raises(GatewayError) as caught:
        get(gateway.url)

    assert (True, 1) == (caught.value.final, len(gateway.requests))


def test_a_file_of_the_gateway_is_fetched_with_the_key() -> None:
    with ScriptedGateway(lambda _: Answer(200, b"bytes")) as gateway:
        found = fetch(gateway.url, f"{gateway.url}/file")

    assert (b"bytes", f"Bearer {KEY}") == (found, gateway.requests[0].headers["authorization"])


def test_a_redirect_out_of_the_gateway_is_judged_anew_and_gets_no_key() -> None:
    with (
        ScriptedGateway(lambda _: Answer(200, b"inside")) as inside,
        ScriptedGateway(
            lambda _: Answer(302, b"", {"location": f"{inside.url}/secret"})
        ) as gateway,
        pytest.raises(FetchError, match="not a public address"),
    ):
        fetch(gateway.url, f"{gateway.url}/file")

    assert [] == inside.requests


def test_the_key_is_cut_out_of_the_address_that_a_redirect_names() -> None:
    with (
        ScriptedGateway(
            lambda _: Answer(302, b"", {"location": f"http://10.0.0.1/?key={KEY}"})
        ) as gateway,
        pytest.raises(FetchError) as caught,
    ):
        fetch(gateway.url, f"{gateway.url}/file")

    assert "http://10.0.0.1/?key=***" == caught.value.values["url"]
    assert KEY not in caught.value.message()


def test_a_file_is_cut_off_at_its_limit() -> None:
    with (
        ScriptedGateway(lambda _: Answer(200, bytes(5000))) as gateway,
        pytest.raises(FetchError) as caught,
    ):
        fetch(gateway.url, f"{gateway.url}/file", limit=100)

    assert ("too-large", True) == (caught.value.reason, caught.value.final)


def test_a_compressed_bomb_is_cut_off_at_its_limit() -> None:
    bomb = Answer(200, gzip.compress(bytes(20_000_000)), {"content-encoding": "gzip"})
    with ScriptedGateway(lambda _: bomb) as gateway, pytest.raises(FetchError) as caught:
        fetch(gateway.url, f"{gateway.url}/file", limit=100_000)

    assert "too-large" == caught.value.reason


def test_a_picture_is_not_asked_for_compressed() -> None:
    with ScriptedGateway(lambda _: Answer(200, b"bytes")) as gateway:
        fetch(gateway.url, f"{gateway.url}/file")

    assert "identity" == gateway.requests[0].headers["accept-encoding"]


@pytest.mark.parametrize("name", ["gzip", "GZIP", "x-gzip", "deflate", "identity"])
def test_a_compressed_body_is_unfolded(name: str) -> None:
    words = b"words" * 1000
    bodies = {"deflate": zlib.compress(words), "identity": words}
    answer = Answer(200, bodies.get(name.lower(), gzip.compress(words)), {"content-encoding": name})
    with ScriptedGateway(lambda _: answer) as gateway:
        assert words == pay(gateway.url).body


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"words", "br"),
        (b"words", "gzip, gzip"),
        (b"words", "gzip"),
        (gzip.compress(b"words" * 1000)[:-9], "gzip"),
    ],
    ids=["unknown", "twice", "no gzip", "broken off"],
)
def test_a_paid_reply_that_cannot_be_unfolded_is_unanswered(body: bytes, encoding: str) -> None:
    answer = Answer(200, body, {"content-encoding": encoding})
    with ScriptedGateway(lambda _: answer) as gateway, pytest.raises(Unanswered):
        pay(gateway.url)

    assert 1 == len(gateway.requests)


@pytest.mark.parametrize("hear", [None, lambda _: None], ids=["whole", "read along"])
def test_a_bomb_in_a_reply_is_cut_off_before_it_needs_memory(
    hear: Callable[[bytes], None] | None,
) -> None:
    bomb = Answer(200, gzip.compress(bytes(200_000_000)), {"content-encoding": "gzip"})
    with ScriptedGateway(lambda _: bomb) as gateway:
        tracemalloc.start()
        try:
            with pytest.raises(Unanswered, match="larger than"):
                pay(gateway.url, bounds=attrs.evolve(HASTY, reply_bytes=1_000_000), hear=hear)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert peak < 8_000_000
