"""Replies, answers and streams of the three protocols of chats, row by row (`data/chat-*.toml`)."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.plugins import Ambiguous, Failed, Made, Reply, ReplyRule, Stream
from omnidsl.plugins.chat import ChatStream, compatible
from omnidsl.running import Gateway
from omnidsl.running.classifier import classify
from omnidsl.running.telling import Telling, put_together
from omnidsl_claude import messages
from omnidsl_claude.backend import Claude
from omnidsl_claude.streamed import MessageStream
from omnidsl_gemini import contents
from omnidsl_gemini.backend import Gemini
from omnidsl_gemini.streamed import ContentStream

GATEWAY = Gateway.at("https://x.example", key="sk-planted-0123456789")


@attrs.frozen
class Protocol:
    rules: tuple[ReplyRule, ...]
    stream: Callable[[], Stream]
    made: Callable[[Reply], Made]


PROTOCOLS = {
    "openai": Protocol(compatible.REPLIES, ChatStream, compatible.made),
    "claude": Protocol(Claude.replies, MessageStream, messages.made),
    "gemini": Protocol(Gemini.replies, ContentStream, contents.made),
}

Row = tuple[str, ...]


def rows(kind: str) -> list[tuple[str, Row]]:
    found = []
    for name in PROTOCOLS:
        file = Path(__file__).parent / "data" / f"chat-{name}.toml"
        groups = tomllib.loads(file.read_text("utf-8"))[kind]
        found += [(name, tuple(row)) for group in groups for row in group["rows"]]
    return found


def named(case: object) -> str:
    return case[0] if isinstance(case, tuple) else str(case)


def judged(protocol: Protocol, reply: Reply) -> tuple[str, str]:
    """Return what comes of a reply, as the tables say it."""
    whole = put_together(reply, protocol.stream, GATEWAY)
    if whole is None:
        return "in doubt", "stream-cut"
    rule = classify(whole, protocol.rules)
    if rule.verdict != "accepted":
        return "in doubt", rule.reason
    try:
        made = protocol.made(whole)
    except Failed as failed:
        return failed.reason, failed.message
    except Ambiguous as doubt:
        return "in doubt", doubt.message
    return str(made.facts.get("finish_reason", "")), made.text or ""


@pytest.mark.parametrize(("name", "row"), rows("replies"), ids=named)
def test_a_reply_is_what_the_reference_says(name: str, row: tuple[str, int, str, str, str]) -> None:
    _, status, body, verdict, reason = row

    found = classify(Reply(status, {}, body.encode()), PROTOCOLS[name].rules)

    assert (verdict, reason) == (found.verdict, found.reason)


@pytest.mark.parametrize(("name", "row"), rows("answers"), ids=named)
def test_an_answer_ends_as_its_reason_says(name: str, row: tuple[str, str, str, str]) -> None:
    _, body, outcome, words = row

    assert (outcome, words) == judged(PROTOCOLS[name], Reply(200, {}, body.encode()))


@pytest.mark.parametrize(("name", "row"), rows("streams"), ids=named)
def test_a_stream_is_told_and_put_together(name: str, row: tuple[str, str, str, str, str]) -> None:
    _, body, told, outcome, words = row
    heard: list[str] = []
    telling = Telling(PROTOCOLS[name].stream(), GATEWAY, heard.append)

    telling.hear(body.encode())
    telling.end()

    assert told == "".join(heard)
    assert (outcome, words) == judged(PROTOCOLS[name], Reply(200, {}, body.encode()))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda one: (
        st.lists(one, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "type",
                        "index",
                        "delta",
                        "message",
                        "content_block",
                        "text",
                        "usage",
                        "error",
                    ),
                    *(
                        "candidates",
                        "content",
                        "parts",
                        "finishReason",
                        "promptFeedback",
                        "choices",
                    ),
                ]
            ),
            one,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("name", PROTOCOLS)
@given(st.data())
def test_no_event_whatever_makes_a_reader_fail(name: str, data: st.DataObject) -> None:
    import json

    stream = PROTOCOLS[name].stream()
    kinds = st.sampled_from(["message_start", "content_block_start", "content_block_delta"])

    for one in data.draw(st.lists(VALUES, max_size=5)):
        event = {**one, "type": data.draw(kinds)} if isinstance(one, dict) else one
        assert isinstance(stream.read(json.dumps(event)), str)

    whole = json.dumps(stream.whole())
    outcome, _ = judged(PROTOCOLS[name], Reply(200, {}, whole.encode()))
    assert isinstance(outcome, str)
