"""Answers that come as server-sent events: told while they come, paid for once, in doubt when they break off."""

import json
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.planning.plan import Options
from omnidsl.plugins.chat import ChatStream
from omnidsl.running import Gateway, RunResult
from omnidsl.running.events import Event, StepText
from omnidsl.running.server_sent import ServerSentEvents, is_stream
from omnidsl.running.telling import Telling
from omnidsl.testing import Answer, Bench, CutShort, ScriptedGateway, step

KEY = "sk-planted-0123456789"
SSE = {"content-type": "text/event-stream"}


def chunk(content: str = "", reason: str | None = None, **more: object) -> str:
    delta = {"content": content} if content else {}
    return json.dumps(
        {"id": "c", "model": "m", "choices": [{"delta": delta, "finish_reason": reason}], **more}
    )


def events(*data: str, end: str = "\n") -> bytes:
    return "".join(f"data: {one}{end}{end}" for one in data).encode()


USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
LAST = json.dumps({"choices": [], "usage": USAGE})
WHOLE = events(chunk("Hel"), chunk("lo"), chunk(reason="stop"), LAST, "[DONE]")

# ---- the format


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1), min_size=1
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(1, 7),
)
def test_events_are_the_same_however_their_bytes_are_cut(
    data: list[str], end: str, size: int
) -> None:
    body = b": keep-alive\n\n" + events(*data, end=end)
    decoder = ServerSentEvents()

    found = [
        one
        for start in range(0, len(body), size)
        for one in decoder.feed(body[start : start + size])
    ]

    assert data == found + decoder.end()


def test_names_ids_and_comments_are_passed_over_and_lines_of_one_event_joined() -> None:
    body = b"\xef\xbb\xbfevent: x\nid: 1\ndata: a\ndata:b\n: c\n\ndata: last"
    decoder = ServerSentEvents()

    assert (["a\nb"], ["last"]) == (decoder.feed(body), decoder.end())


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("text/event-stream; charset=utf-8", b"", True),
        ("text/plain", b"data: {}", True),
        ("text/plain", b": ping", True),
        ("application/json", b'{"data": 1}', False),
        ("", b"", False),
    ],
)
def test_a_stream_is_known_by_its_type_or_its_beginning(
    kind: str, body: bytes, expected: bool
) -> None:
    assert expected == is_stream(kind, body)


@given(st.lists(st.text() | st.just("[DONE]") | st.just(chunk("x"))))
def test_no_stream_makes_the_reader_of_chats_fail(data: list[str]) -> None:
    stream = ChatStream()

    told = "".join(stream.read(one) for one in data)

    assert told == "x" * data.count(chunk("x"))
    assert (stream.whole() is None) == ("[DONE]" not in data)


def test_the_key_is_cut_out_of_what_is_told_even_where_two_pieces_hold_it() -> None:
    told: list[str] = []
    telling = Telling(ChatStream(), Gateway.at("https://x.example", key=KEY), told.append)
    for one in ("it is ", KEY[:9], KEY[9:], " indeed"):
        telling.hear(events(chunk(one)))
    telling.end()

    assert "it is *** indeed" == "".join(told)


# ---- at work


@pytest.fixture
def answers() -> list[Answer | CutShort]:
    return [Answer(200, WHOLE, SSE)]


@pytest.fixture
def gateway(answers: list[Answer | CutShort]) -> Iterator[ScriptedGateway]:
    with ScriptedGateway(lambda _: answers[0]) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, gateway: ScriptedGateway) -> Bench:
    bench = Bench(tmp_path, Gateway.at(gateway.url, key=KEY))
    bench.listening = True
    return bench


def ask(bench: Bench, options: Options | None = None) -> RunResult:
    chat = step("answer", "openai.chat", {"messages": "Say hello."}, options=options)
    return bench.run(bench.plan(chat))


def told(events: list[Event]) -> str:
    return "".join(one.text for one in events if isinstance(one, StepText))


def test_who_listens_gets_the_answer_as_a_stream_and_the_same_result(
    bench: Bench, gateway: ScriptedGateway
) -> None:
    result = ask(bench)

    assert (0, "Hello", "Hello") == (
        result.status,
        result.results["answer"].text,
        told(bench.events),
    )
    assert [True] == [one.json()["stream"] for one in gateway.requests]


def test_a_stream_is_asked_what_it_used_since_that_says_what_it_cost(
    bench: Bench, gateway: ScriptedGateway
) -> None:
    result = ask(bench)

    assert USAGE == result.results["answer"].facts["usage"]
    assert [{"include_usage": True}] == [one.json()["stream_options"] for one in gateway.requests]


def test_who_does_not_listen_asks_for_no_stream_and_has_the_same_key(
    bench: Bench, gateway: ScriptedGateway, answers: list[Answer | CutShort]
) -> None:
    ask(bench)
    bench.listening = False
    answers[0] = Answer(500)

    again = ask(bench)

    assert (0, True, 1) == (again.status, again.results["answer"].reused, len(gateway.requests))


def test_a_stream_that_was_not_asked_for_is_read_all_the_same(
    bench: Bench, gateway: ScriptedGateway
) -> None:
    bench.listening = False

    result = ask(bench)

    assert (0, "Hello", "") == (
        result.status,
        result.results["answer"].text,
        told(bench.events),
    )
    assert ["stream" in one.json() for one in gateway.requests] == [False]


def test_a_gateway_that_knows_no_streams_is_read_as_ever(
    bench: Bench, answers: list[Answer | CutShort]
) -> None:
    answers[0] = Answer.of({"choices": [{"message": {"content": "Hello"}}]})

    assert "Hello" == ask(bench).results["answer"].text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(200, events(chunk("Hel")), SSE), "broke off"),
        (CutShort(events(chunk("Hel"))), "peer closed"),
        (Answer(200, events(chunk("Hel"), '{"error":{"message":"upstream"}}'), SSE), "upstream"),
        (Answer(200, events("[DONE]"), SSE), "HTTP 200"),
        (Answer(200, b"", SSE), "broke off"),
    ],
    ids=["no end", "cut", "error", "nothing", "empty"],
)
def test_a_stream_without_an_answer_and_its_end_is_held_and_not_bought_again(
    bench: Bench,
    gateway: ScriptedGateway,
    answers: list[Answer | CutShort],
    answer: Answer | CutShort,
    words: str,
) -> None:
    answers[0] = answer
    first = ask(bench)
    answers[0] = Answer(200, WHOLE, SSE)

    second = ask(bench)

    assert (3, 3, 1) == (first.status, second.status, len(gateway.requests))
    assert words in first.held[0].message


@pytest.mark.parametrize("last", [chunk(reason="stop"), "[DONE]"])
def test_either_sign_of_the_end_is_enough(
    bench: Bench, answers: list[Answer | CutShort], last: str
) -> None:
    answers[0] = Answer(200, events(chunk("Hello"), last), SSE)

    assert "Hello" == ask(bench).results["answer"].text


def test_an_answer_that_was_kept_as_a_stream_is_read_after_a_crash(
    bench: Bench, gateway: ScriptedGateway
) -> None:
    first = ask(bench)
    ledger = bench.ledger()
    attempt = first.results["answer"].attempt
    ledger._file.write("DELETE FROM results WHERE attempt = ?", attempt)
    ledger._file.write("UPDATE attempts SET state = 'open' WHERE id = ?", attempt)
    ledger.close()

    second = bench.resume(first.run)

    assert (0, "Hello", 1) == (second.status, second.results["answer"].text, len(gateway.requests))


def test_pieces_of_an_answer_are_told_and_not_kept(bench: Bench) -> None:
    result = ask(bench)
    ledger = bench.ledger()
    kept = {one["event"] for one in ledger.events(result.run)}
    ledger.close()

    assert ("step-text" in bench.told(), "step-text" in kept) == (True, False)


def test_the_longest_answer_is_capped(bench: Bench, answers: list[Answer | CutShort]) -> None:
    bench.bounds = attrs.evolve(bench.bounds, reply_bytes=50)

    assert 3 == ask(bench).status


def test_the_key_is_in_no_result_even_where_two_pieces_hold_it(
    bench: Bench, answers: list[Answer | CutShort]
) -> None:
    pieces = (chunk(KEY[:9]), chunk(KEY[9:]), chunk(reason="stop"), "[DONE]")
    answers[0] = Answer(200, events(*pieces), SSE)

    assert "***" == ask(bench).results["answer"].text
