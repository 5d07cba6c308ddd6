"""The fake server that we did not write."""

import httpx

from tests.peers.conftest import Aimock


def test_it_answers_by_its_fixtures_and_keeps_a_journal(aimock: Aimock) -> None:
    address = aimock({"match": {"userMessage": "hello"}, "response": {"content": "Hi there!"}})

    answer = httpx.post(
        f"{address}/v1/chat/completions",
        json={"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]},
    ).json()

    assert "Hi there!" == answer["choices"][0]["message"]["content"]
    (entry,) = httpx.get(f"{address}/__aimock/journal").json()
    assert "gpt-4o" == entry["body"]["model"]
