"""Claude's and Gemini's services keep the laws of backends, with the sandbox as their gateway."""

from omnidsl.testing import Answer, BackendSuite, Cases, Code, HangUp, ReplyCase, Sample
from tests.plugins.conformance.sandboxed import MOST, gateway

REPLIES = (
    ReplyCase(name="reset", reply=HangUp(), verdict="ambiguous"),
    ReplyCase(name="no choices", reply=Answer.of({"choices": []}), verdict="ambiguous"),
    ReplyCase(
        name="a key that is none",
        reply=Answer.of({"error": {"message": "invalid token", "type": ""}}, 401),
        verdict="rejected",
        reason="auth",
    ),
)


def cases(service: str) -> Cases:
    return Cases(
        service=service,
        gateway=gateway,
        sells=("/v1/chat/", "/v1/messages", ":generateContent"),
        samples=(
            Sample("chat", {"messages": "Name a fox."}),
            Sample("chat", {"messages": Code('"Name a fox."'), "max_tokens": 20}),
        ),
        replies=REPLIES,
    )


class TestClaude(BackendSuite):
    cases = cases("claude")
    most = MOST
    points = ()  # chats are killed in test_openai.py


class TestGemini(BackendSuite):
    cases = cases("gemini")
    most = MOST
    points = ()
