import json
import socket
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnidsl_sandbox import Sandbox, SandboxError
from omnidsl_sandbox.json_values import MalformedJsonError, load

Json = Any  # Any: whatever JSON can hold

PLACES = ["/mj/submit/imagine", "/mj/submit/action", "/mj/submit/change", "/mj/submit/modal", "/mj/submit/describe",
          "/mj/task/list-by-condition", "/v1/chat/completions"]  # fmt: skip
FIELDS = ["prompt", "base64Array", "base64", "state", "taskId", "customId", "action", "index", "maskBase64", "ids", "model",
          "messages", "role", "content", "type", "text", "image_url", "url", "response_format", "stream", "n", "stop"]  # fmt: skip
WORDS = st.sampled_from(["user", "gpt", "MJ::JOB::upsample::1::u", "MJ::", "::", "UPSCALE", "text", "image_url", "json_schema",
                         "data:image/png;base64,AAAA", "[[sandbox:fail]]", "\ud800", "\x00", "💥"])  # fmt: skip
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
        WORDS,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.sampled_from(PLACES), body=VALUES)
def test_no_json_makes_the_server_fail(client: httpx.Client, path: str, body: Json) -> None:
    answer = client.post(path, content=json.dumps(body).encode())

    assert answer.status_code in (200, 400, 429, 503)
    assert isinstance(answer.json(), dict | list)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.sampled_from(PLACES), body=st.binary(max_size=200))
def test_no_bytes_make_the_server_fail(client: httpx.Client, path: str, body: bytes) -> None:
    answer = client.post(path, content=body)

    assert 400 == answer.status_code
    assert answer.json()["error"]["message"].startswith("Invalid request, ")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"5", b'{"prompt": NaN}', b'"\xff"', b"[" * 100_000, b'{"a":' * 5000]
)
def test_malformed_json_is_refused_in_the_gateways_shape(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/mj/submit/imagine", content=body)

    assert (400, {"message", "type"}) == (answer.status_code, set(answer.json()["error"]))


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/mj"), ("GET", "/mj/submit/imagine"), ("POST", "/mj/task/1/fetch"), ("DELETE", "/v1/models"),
     ("GET", "/mj/task/list"), ("POST", "/mj/submit/imagine/"), ("PUT", "/_sandbox/books"), ("GET", "/{x}%7B%00")],
)  # fmt: skip
def test_an_unknown_url_is_the_gateways_404(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path)

    error = answer.json()["error"]
    assert (404, "invalid_request_error", "", "") == (
        answer.status_code,
        error["type"],
        error["param"],
        error["code"],
    )
    assert error["message"].startswith(f"Invalid URL ({method} /")


def test_a_huge_body_is_refused_before_it_is_read(sandbox: Sandbox) -> None:
    port = int(sandbox.url.rsplit(":", 1)[1])
    request = (
        "POST /mj/submit/imagine HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n"
        "Content-Length: 99999999999\r\nContent-Type: application/json\r\n\r\n{"
    )
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(10)
        connection.sendall(request.encode())

        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_huge_body_without_a_length_is_refused(sandbox: Sandbox) -> None:
    def endless() -> "Any":
        for _ in range(70):
            yield b" " * 1024 * 1024

    try:
        status = httpx.post(
            f"{sandbox.url}/mj/submit/imagine",
            headers={"Authorization": "x"},
            content=endless(),
            timeout=30,
        ).status_code
    except httpx.WriteError:
        status = 413  # the server hung up before everything was sent

    assert 413 == status


def test_a_malformed_host_does_not_matter(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rsplit(":", 1)[1]))) as connection:
        connection.settimeout(10)
        connection.sendall(b"GET /nothing HTTP/1.1\r\nHost: [::1\r\n\r\n")

        assert connection.recv(100).startswith(b"HTTP/1.1 404 ")


@given(VALUES)
def test_json_is_read_as_it_was_written(value: Json) -> None:
    text = json.dumps(value)
    expected = json.loads(text.encode("utf-8", "surrogatepass"))

    assert _replaced(expected) == load(text.encode())


@pytest.mark.parametrize("body", [b"NaN", b"Infinity", b"1" * 5000, b"\xff", b"{'a': 1}"])
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedJsonError):
        load(body)


def test_a_sandbox_outside_its_block_has_no_address() -> None:
    with pytest.raises(SandboxError, match="not running"):
        _ = Sandbox().url


def test_a_sandbox_may_run_again() -> None:
    sandbox = Sandbox()
    for _ in range(2):
        with sandbox:
            assert 200 == httpx.get(f"{sandbox.url}/_sandbox/books").status_code


def _replaced(value: Json) -> Json:
    """Return the value with lone surrogates replaced, as they cannot travel."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_replaced(one) for one in value]
    if isinstance(value, dict):
        return {_replaced(key): _replaced(one) for key, one in value.items()}
    return value
