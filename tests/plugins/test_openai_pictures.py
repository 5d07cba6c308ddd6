"""`openai.image`: what it sends, what it refuses before it is sent, and what it makes of whatever comes back."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnidsl.planning.values import Value
from omnidsl.running import Gateway, RunResult
from omnidsl.testing import Answer, Bench, Request, ScriptedGateway, step
from omnidsl.testing.scripted import PIXEL
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.profiles import PROFILES

ENCODED = base64.b64encode(PIXEL).decode()


class Script:
    """Answers every order with `row`, and every look at an address with a picture."""

    def __init__(self) -> None:
        self.row: object = {"b64_json": ENCODED}
        self.more: dict[str, object] = {}

    def __call__(self, request: Request) -> Answer:
        if request.path.startswith("/files/"):
            return Answer(200, PIXEL, {"content-type": "image/png"})
        return Answer.of({"created": 1, "data": [self.row], **self.more})


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def gateway(script: Script) -> Iterator[ScriptedGateway]:
    with ScriptedGateway(script) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, gateway: ScriptedGateway) -> Bench:
    return Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))


def image(bench: Bench, **arguments: Value) -> RunResult:
    given: dict[str, Value] = {"prompt": "a white siamese cat", **arguments}
    return bench.run(bench.plan(step("cat", "openai.image", given)))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, {"model": "dall-e-3", "size": "1024x1024", "response_format": "b64_json"}),
        (
            {"quality": "hd", "style": "natural", "size": "1792x1024"},
            {"quality": "hd", "style": "natural", "size": "1792x1024"},
        ),
        ({"model": "gpt-image-1", "background": "transparent"}, {"background": "transparent"}),
        ({"model": "gpt-image-2", "size": "1536x512"}, {"size": "1536x512"}),
        ({"model": "flux", "size": "7x7", "quality": "low"}, {"model": "flux", "size": "7x7"}),
    ],
)
def test_an_order_carries_what_was_asked_and_the_attempt(
    bench: Bench,
    gateway: ScriptedGateway,
    arguments: dict[str, Value],
    expected: dict[str, object],
) -> None:
    result = image(bench, **arguments)

    sent = gateway.requests[0]
    assert "/v1/images/generations" == sent.path
    assert {"prompt": "a white siamese cat", "n": 1, **expected}.items() <= sent.json().items()
    assert result.results["cat"].attempt == sent.headers["idempotency-key"]
    format_is_asked = "response_format" in sent.json()
    assert arguments.get("model", "dall-e-3").startswith("dall-e") == format_is_asked  # type: ignore[union-attr]  # a text


@pytest.mark.parametrize(
    "arguments",
    [
        {"prompt": "x" * 4001},
        {"prompt": "x" * 1001, "model": "dall-e-2"},
        {"prompt": "x" * 32001, "model": "flux"},
        {"size": "256x256"},
        {"size": "auto"},
        {"model": "dall-e-2", "size": "1792x1024"},
        {"model": "gpt-image-1", "size": "1792x1024"},
        {"model": "gpt-image-2", "size": "1000x1000"},
        {"model": "gpt-image-2", "size": "1600x160"},
        {"model": "gpt-image-2", "size": "large"},
        {"quality": "low"},
        {"model": "dall-e-2", "style": "vivid"},
        {"background": "opaque"},
        {"model": "gpt-image-1", "quality": "hd"},
    ],
)
def test_what_a_model_does_not_take_is_refused_before_it_is_sent(
    bench: Bench, gateway: ScriptedGateway, arguments: dict[str, Value]
) -> None:
    result = image(bench, **arguments)

    assert (["argument"], []) == ([one.reason for one in result.failures], gateway.requests)


@pytest.mark.parametrize(
    "row",
    [
        {"b64_json": ENCODED},
        {"b64_json": ENCODED, "url": ""},
        {"b64_json": f"data:image/png;base64,{ENCODED}"},
        {"b64_json": None, "url": f"data:image/png;base64,{ENCODED}"},
        {"b64_json": "", "url": "URL"},
    ],
)
def test_a_picture_is_taken_in_every_form_that_gateways_give(
    bench: Bench, gateway: ScriptedGateway, script: Script, row: dict[str, object]
) -> None:
    address = f"{gateway.url}/files/1.png"
    script.row = {name: address if value == "URL" else value for name, value in row.items()}

    found = image(bench).results["cat"].path

    assert found is not None
    assert PIXEL == found.read_bytes()


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({}, 3),
        (None, 3),
        ("x", 3),
        ({"b64_json": "", "url": ""}, 1),
        ({"b64_json": "!"}, 1),
        ({"url": 7}, 1),
        ({"b64_json": base64.b64encode(b"hello").decode()}, 1),
    ],
)
def test_a_reply_without_a_picture_is_told_and_not_asked_for_again(
    bench: Bench, gateway: ScriptedGateway, script: Script, row: object, status: int
) -> None:
    script.row = row

    result = image(bench)

    assert (status, 1) == (result.status, len(gateway.paths("generations")))


def test_what_the_model_made_of_the_words_is_kept(bench: Bench, script: Script) -> None:
    script.row = {"b64_json": ENCODED, "revised_prompt": "a very white cat"}
    script.more = {"size": "1024x1024", "quality": "low", "usage": None}

    facts = image(bench).results["cat"].facts

    assert {"revised_prompt": "a very white cat", "size": "1024x1024", "quality": "low"} == facts


@pytest.mark.parametrize("profile", PROFILES)
def test_a_picture_is_bought_once_in_every_profile(tmp_path: Path, profile: str) -> None:
    with Sandbox(profile=profile, artifact="fixed:1k") as sandbox:
        bench = Bench(tmp_path, Gateway.at(sandbox.url, key="sk-test-0123456789"))
        first, second = image(bench), image(bench)
        books = sandbox.books()

    assert (0, 0, {"image": 1}) == (first.status, second.status, books.by_operation)
