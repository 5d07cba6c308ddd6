"""What `--faults` does, seen from the other end of the socket, and what the books say of it."""

import json
import socket
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import pytest

from omnidsl_sandbox import Sandbox, SandboxError
from omnidsl_sandbox.faults.kinds import table
from omnidsl_sandbox.faults.mixture import mixture

KEY = {"Authorization": "Bearer sk-buyer", "mj-api-secret": "sk-buyer"}
DONE = ("SUCCESS", "FAILURE", "CANCEL")
Json = dict[str, Any]  # Any: JSON as it came, looked at field by field


class Buyer:
    """A client that asks once and reports what came, whole or broken."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.client = httpx.Client(base_url=sandbox.url, headers=KEY, verify=False, timeout=30)  # noqa: S501  # loopback

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def imagine(self, prompt: str = "a fox") -> httpx.Response:
        return self.client.post("/mj/submit/imagine", json={"prompt": prompt, "state": prompt})

    def fetch(self, task: str) -> httpx.Response:
        return self.client.get(f"/mj/task/{task}/fetch")

    def sold(self) -> int:
        return self.sandbox.books().submissions


def faulty(faults: str, **options: Any) -> Sandbox:
    return Sandbox(duration=0, seed=1, artifact="fixed:1k", faults=faults, **options)


@pytest.fixture
def task(buyer: Buyer) -> str:
    return str(buyer.imagine().json()["result"])


@pytest.fixture
def buyer(request: pytest.FixtureRequest) -> Iterator[Buyer]:
    """A buyer at a sandbox with the faults that the test is parametrized with."""
    with faulty(request.param) as sandbox, Buyer(sandbox) as buyer:
        yield buyer


def at(spec: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("buyer", [spec], indirect=True)


# ---- replies instead of the right one

REPLIES = [
    ("429", 429, "application/json; charset=utf-8", 0),
    ("429-date", 429, "application/json; charset=utf-8", 0),
    ("429-bare", 429, "application/json; charset=utf-8", 0),
    ("429-empty", 429, None, 0),
    ("500", 500, "application/json; charset=utf-8", 0),
    ("500-sold", 500, "application/json; charset=utf-8", 1),
    ("echo", 500, "application/json; charset=utf-8", 0),
    ("502", 502, "text/html; charset=utf-8", 0),
    ("502-sold", 502, "text/html; charset=utf-8", 1),
    ("503", 503, "application/json; charset=utf-8", 0),
    ("503-bare", 503, None, 0),
    ("503-bare-sold", 503, None, 1),
    ("page", 200, "text/html; charset=utf-8", 1),
]


@pytest.mark.parametrize(
    ("buyer", "status", "content", "sold"), REPLIES, indirect=["buyer"], ids=str
)
def test_a_submission_gets_another_reply_and_the_books_say_whether_it_was_sold(
    buyer: Buyer, status: int, content: str | None, sold: int
) -> None:
    reply = buyer.imagine()

    assert (status, content) == (reply.status_code, reply.headers.get("content-type"))
    assert sold == buyer.sold()
    assert 1 == sum(buyer.sandbox.faults().values())


@at("echo")
def test_a_reply_repeats_the_key(buyer: Buyer) -> None:
    assert KEY["Authorization"] in buyer.imagine().json()["error"]["message"]


@at("429,retry-after=3")
def test_retry_after_is_in_seconds(buyer: Buyer) -> None:
    assert "3" == buyer.imagine().headers["retry-after"]


@at("429-date,retry-after=3")
def test_retry_after_is_a_date(buyer: Buyer) -> None:
    reply = buyer.imagine()
    sent = parsedate_to_datetime(reply.headers["date"])
    assert 2 <= (parsedate_to_datetime(reply.headers["retry-after"]) - sent).total_seconds() <= 4


@pytest.mark.parametrize("buyer", ["429-bare", "429-empty"], indirect=True)
def test_retry_after_is_not_said(buyer: Buyer) -> None:
    assert "retry-after" not in buyer.imagine().headers


# ---- broken connections


@pytest.mark.parametrize(
    ("buyer", "sold"), [("reset-before", 0), ("reset-after", 1)], indirect=["buyer"]
)
def test_a_connection_is_reset_with_rst(buyer: Buyer, sold: int) -> None:
    body = json.dumps({"prompt": "a fox"}).encode()
    head = (
        "POST /mj/submit/imagine HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-buyer\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", urlsplit(buyer.sandbox.url).port)) as connection:
        connection.sendall(head.encode() + body)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    assert sold == buyer.sold()


@at("cut")
def test_half_a_reply_comes_and_then_the_end(buyer: Buyer) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        buyer.imagine()
    assert 1 == buyer.sold()


@at("slow,slow-for=0.2")
def test_a_slow_body_is_whole_in_the_end(buyer: Buyer) -> None:
    started = time.monotonic()
    reply = buyer.imagine()

    assert (1, 1) == (reply.json()["code"], buyer.sold())
    assert time.monotonic() - started >= 0.2


@at("latency=0.2")
def test_latency_delays_every_reply(buyer: Buyer) -> None:
    started = time.monotonic()
    buyer.imagine()
    assert time.monotonic() - started >= 0.2


@at("type")
def test_content_is_called_something_else(buyer: Buyer) -> None:
    reply = buyer.imagine()
    assert 1 == reply.json()["code"]
    assert "json" not in reply.headers["content-type"]


# ---- JSON


def replies(spec: str, count: int = 12) -> list[Json]:
    with faulty(spec) as sandbox, Buyer(sandbox) as buyer:
        return [buyer.imagine(f"fox {number}").json() for number in range(count)]


def types(reply: Json) -> Json:
    """Return the shape of a reply to a submission."""
    inner = reply.get("properties")
    return {
        **{key: type(value) for key, value in reply.items()},
        "inner": {key: type(value) for key, value in inner.items()}
        if isinstance(inner, dict)
        else None,
    }


@pytest.mark.parametrize("kind", ["missing", "null", "odd"])
def test_one_place_of_every_reply_is_wrong(kind: str) -> None:
    right = types(replies("")[0])
    assert all(types(one) != right for one in replies(f"submit:{kind}"))


# ---- what is told about a task


@at("fetch:older")
def test_a_finished_task_is_shown_as_it_was(buyer: Buyer, task: str) -> None:
    row = buyer.fetch(task).json()
    assert row["status"] not in DONE
    assert not row["imageUrl"]


@at("twice")
def test_a_listing_has_a_task_twice_in_two_states(buyer: Buyer, task: str) -> None:
    rows = buyer.client.post("/mj/task/list-by-condition", json={"ids": [task]}).json()
    assert [task, task] == [one["id"] for one in rows]
    assert 1 == sum(one["status"] in DONE for one in rows)


@at("backwards")
def test_progress_goes_backwards(buyer: Buyer, task: str) -> None:
    seen = [int(buyer.fetch(task).json()["progress"].rstrip("%")) for _ in range(8)]
    assert seen != sorted(seen)
    assert "SUCCESS" == buyer.fetch(task).json()["status"]


@at("words")
def test_progress_is_text(buyer: Buyer, task: str) -> None:
    seen = {buyer.fetch(task).json()["progress"] for _ in range(8)}
    assert len(seen) > 1
    assert seen <= set(table().progress)


@pytest.mark.parametrize(
    ("buyer", "status", "percent"),
    [("fail", "FAILURE", "100%"), ("cancel", "CANCEL", "93%"), ("stuck", "IN_PROGRESS", "46%")],
    indirect=["buyer"],
)
def test_a_task_comes_to_another_end(buyer: Buyer, task: str, status: str, percent: str) -> None:
    row = buyer.fetch(task).json()
    assert (status, percent, 1) == (row["status"], row["progress"], buyer.sold())


def test_a_task_that_fails_was_at_93_percent_before() -> None:
    with Sandbox(duration=0.4, seed=1, faults="fail") as sandbox, Buyer(sandbox) as buyer:
        task = buyer.imagine().json()["result"]
        seen: list[str] = []
        while "FAILURE" not in seen:
            row = buyer.fetch(task).json()
            seen += [row["progress"], row["status"]]
            time.sleep(0.005)
    assert "93%" in seen


@at("expired=0.5")
def test_an_address_that_ended_is_replaced_by_a_fresh_fetch(buyer: Buyer, task: str) -> None:
    addresses = [buyer.fetch(task).json()["imageUrl"] for _ in range(12)]
    answers = [buyer.client.get(one).status_code for one in addresses]
    assert {200} < set(answers) <= {200, 403, 404}


@pytest.mark.parametrize("profile", ["new-api", "plus", "proxy"])
def test_every_profile_has_its_scopes(profile: str) -> None:
    with (
        faulty("image:503,fetch:429-bare=0.5", profile=profile) as sandbox,
        Buyer(sandbox) as buyer,
    ):
        task = str(buyer.imagine().json()["result"])
        answers = [buyer.fetch(task) for _ in range(12)]
        address = next(one for one in answers if one.status_code == 200).json()["imageUrl"]
        assert {200, 429} == {one.status_code for one in answers}
        assert 503 == buyer.client.get(address).status_code


@at("expired,lifetime=60")
def test_an_address_works_until_its_end(buyer: Buyer, task: str) -> None:
    address = buyer.fetch(task).json()["imageUrl"]
    assert "ex=" in address
    assert 200 == buyer.client.get(address).status_code


# ---- chance


def outcomes(seed: int) -> list[int]:
    with (
        Sandbox(duration=0, seed=seed, artifact="fixed:1k", faults="429-bare=0.5") as sandbox,
        Buyer(sandbox) as buyer,
    ):
        return [buyer.imagine(f"fox {number}").status_code for number in range(24)]


def test_a_seed_repeats_what_goes_wrong_and_another_seed_does_not() -> None:
    first = outcomes(1)
    assert first == outcomes(1)
    assert first != outcomes(2)
    assert {200, 429} == set(first)


def test_a_request_that_is_sent_again_has_another_chance() -> None:
    with faulty("429-bare=0.5") as sandbox, Buyer(sandbox) as buyer:
        assert {200, 429} == {buyer.imagine().status_code for _ in range(16)}


@at("submit:429=0.5,latency=0.001")
def test_faults_keep_to_their_scope_and_are_counted(buyer: Buyer) -> None:
    answers = [buyer.imagine(f"fox {number}").status_code for number in range(12)]
    assert 400 == buyer.fetch("1").status_code
    counted = buyer.client.get("/_sandbox/faults").json()
    assert {"submit:429": answers.count(429)} == counted == buyer.sandbox.faults()


# ---- the words of a mixture


def test_every_named_mixture_can_be_read_and_all_has_every_kind() -> None:
    for name in table().mixtures:
        assert mixture(name)
    assert {name for _, name in mixture("all").rates} == set(table().kinds)


def test_the_last_of_equal_items_counts_and_a_factor_scales_a_mixture() -> None:
    found = mixture("all=2,submit:429=0.25")
    assert 0.25 == found.rates["submit", "429"]
    assert found.rates["fetch", "429"] == 2 * mixture("all").rates["fetch", "429"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("latencey=1", "there is no kind `latencey`; did you mean `latency`?"),
        ("429=2", "`429=2` needs a number from 0 to 1"),
        ("429=", "`429=` needs a number from 0 to 1"),
        ("429=nan", "`429=nan` needs a number from 0 to 1"),
        ("latency=1~x", "`latency=1~x` needs a number from 0 to 3600"),
        ("submit:stuck=1", "`submit:stuck=1` can only be narrowed to `task:`"),
        ("429=0.6,502=0.6", "the rates of `submit:` come to more than 1"),
        ("429=0.1;502=0.1", "`429=0.1;502=0.1` is no item; write as `429=0.05`"),
        ("::", "`::` is no item"),
    ],
)
def test_a_mixture_that_cannot_be_is_refused_with_a_way_out(text: str, words: str) -> None:
    with pytest.raises(SandboxError) as caught:
        mixture(text)
    assert words in str(caught.value)


def test_every_kind_value_and_mixture_is_documented() -> None:
    document = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text("utf-8")
    known = table()
    assert [] == [
        one for one in (*known.kinds, *known.values, *known.mixtures) if f"`{one}`" not in document
    ]
