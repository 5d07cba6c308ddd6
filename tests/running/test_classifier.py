"""The table of replies to paid requests, row by row from the wire reference."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.plugins import Reply
from omnidsl.running.classifier import classify, shared_rules, spoken
from omnidsl.running.words import reasons
from omnidsl_midjourney.replies import REPLIES
from omnidsl_openai.backend import OpenAI


def reply(status: int, body: object, **headers: str) -> Reply:
    raw = body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


TABLES = {"midjourney": REPLIES, "openai": OpenAI.replies, "shared": ()}

Row = tuple[str, int, str, str, str]


def rows() -> list[tuple[str, Row]]:
    """Return every row of `replies.toml` with the table that it is read by."""
    data = tomllib.loads((Path(__file__).parent / "replies.toml").read_text("utf-8"))
    return [
        (table, tuple(row)) for table in TABLES for group in data[table] for row in group["rows"]
    ]


def test_the_reference_is_quoted_for_every_service_and_often_enough() -> None:
    found = rows()

    assert len(found) >= 60
    assert len(found) == len({(table, row[1], row[2], row[0]) for table, row in found})
    assert {"accepted", "rejected", "retry-later", "ambiguous"} == {row[3] for _, row in found}


@pytest.mark.parametrize(
    ("table", "row"), rows(), ids=[f"{table} {row[1]} {row[0]}" for table, row in rows()]
)
def test_a_reply_is_what_the_reference_says(table: str, row: Row) -> None:
    _, status, body, verdict, reason = row

    found = classify(reply(status, body), TABLES[table])

    assert (verdict, reason) == (found.verdict, found.reason)


def test_every_fault_of_an_account_is_about_key_quota_or_address() -> None:
    found = {rule.reason for rule in (*REPLIES, *shared_rules()) if rule.fault == "account"}

    assert {"auth", "quota", "redirect"} == found


def test_every_refusal_has_words_of_its_own() -> None:
    rules = (*REPLIES, *OpenAI.replies, *shared_rules())
    named = {rule.reason for rule in rules if rule.verdict in ("rejected", "retry-later")}

    assert named <= set(reasons())


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "result", "error", "message", "choices", "data"]), inner
        )
    ),
    max_leaves=8,
)


@given(
    st.integers(100, 599), st.binary() | JSON_VALUES.map(lambda value: json.dumps(value).encode())
)
def test_any_reply_has_a_verdict_and_words(status: int, body: bytes) -> None:
    found = Reply(status, {}, body)

    verdicts = [classify(found, rules).verdict for rules in ((), REPLIES, OpenAI.replies)]

    assert all(one in ("accepted", "rejected", "retry-later", "ambiguous") for one in verdicts)
    assert spoken(found)


@given(st.integers(500, 599), st.binary())
def test_a_server_error_is_never_taken_for_a_refusal(status: int, body: bytes) -> None:
    verdict = classify(Reply(status, {}, body)).verdict

    assert status == 501 or verdict in ("ambiguous", "retry-later")


@given(st.binary(max_size=40))
def test_nothing_is_accepted_without_json(body: bytes) -> None:
    found = Reply(200, {}, b"<" + body)

    assert "ambiguous" == classify(found, REPLIES).verdict


def test_deeply_nested_json_is_only_unreadable() -> None:
    assert "ambiguous" == classify(Reply(200, {}, b"[" * 200_000), REPLIES).verdict
