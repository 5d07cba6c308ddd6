"""OpenAI's service keeps the laws of backends, with the sandbox as its gateway."""

from omnidsl.testing import PICTURE, SOUND, Answer, BackendSuite, Cases, HangUp, ReplyCase, Sample
from tests.plugins.conformance.sandboxed import MOST, gateway


def refusal(message: str, code: str | None, status: int) -> Answer:
    return Answer.of({"error": {"message": message, "type": "", "code": code}}, status)


CASES = Cases(
    service="openai",
    gateway=gateway,
    sells=("/v1/chat/", "/v1/images/", "/v1/audio/", "/v1/embeddings"),
    samples=(
        Sample("chat", {"messages": "Name a fox."}),
        Sample("image", {"prompt": "a red fox"}, files=1),
        Sample("images", {"prompt": "a red fox", "n": 2}, files=2),
        Sample("edit", {"picture": PICTURE, "prompt": "a hat"}, files=1),
        Sample("speech", {"text": "Good morning."}, files=1),
        Sample("transcribe", {"recording": SOUND}),
        Sample("translate", {"recording": SOUND}),
        Sample("embed", {"text": "a red fox"}),
        Sample("models", sales=0),
    ),
    replies=(
        ReplyCase(
            name="a refused key",
            reply=refusal("invalid token", "invalid_api_key", 401),
            verdict="rejected",
        ),
        ReplyCase(
            name="a connection that is reset",
            reply=HangUp(),
            verdict="ambiguous",
            operation="image",
        ),
        ReplyCase(name="no choices", reply=Answer.of({"choices": []}), verdict="ambiguous"),
    ),
)


class TestOpenAI(BackendSuite):
    cases = CASES
    most = MOST
    killed = ("chat",)
    points = ("after the reply is on the disk",)
