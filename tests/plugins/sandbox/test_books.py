import json
from collections.abc import Iterator

import attrs
import httpx
import pytest

from omnidsl_sandbox import Sandbox, account_label

HELLO = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(duration=0) as running:
        yield running


def imagine(client: httpx.Client, prompt: str = "a cat", state: str = "") -> str:
    answer = client.post("/mj/submit/imagine", json={"prompt": prompt, "state": state}).json()
    return str(answer.get("result"))


def test_new_books_are_empty(sandbox: Sandbox) -> None:
    expected = {
        "submissions": 0,
        "duplicates": 0,
        "by_account": {},
        "by_operation": {},
        "by_prompt": {},
        "requests": 0,
        "polls": 0,
    }

    assert expected == httpx.get(f"{sandbox.url}/_sandbox/books").json()


def test_the_books_are_the_same_from_inside_and_outside(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    imagine(client)

    assert attrs.asdict(sandbox.books()) == client.get("/_sandbox/books").json()


def test_a_submission_under_a_known_attempt_is_a_duplicate(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    for state in ("one", "two", "one", "one"):
        imagine(client, state=state)

    assert (4, 2) == (sandbox.books().submissions, sandbox.books().duplicates)


def test_submissions_without_an_attempt_are_no_duplicates(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    for _ in range(3):
        imagine(client)

    assert (3, 0) == (sandbox.books().submissions, sandbox.books().duplicates)


def test_fresh_attempts_do_not_hide_equal_requests(sandbox: Sandbox, client: httpx.Client) -> None:
    for number in range(3):
        imagine(client, state=f"attempt {number}")
    imagine(client, "a dog")

    assert {
        '/mj/submit/imagine {"prompt":"a cat"}': 3,
        '/mj/submit/imagine {"prompt":"a dog"}': 1,
    } == dict(sandbox.books().by_prompt)


def test_a_mode_prefix_does_not_hide_equal_requests(sandbox: Sandbox, client: httpx.Client) -> None:
    for mode in ("", "/mj-fast", "/mj-relax"):
        client.post(f"{mode}/mj/submit/imagine", json={"prompt": "a cat"})

    assert [3] == list(sandbox.books().by_prompt.values())


@pytest.mark.parametrize("place", ["header", "field"])
def test_a_chat_carries_its_attempt_in_a_header_or_a_field(
    sandbox: Sandbox, client: httpx.Client, place: str
) -> None:
    for attempt in ("one", "two", "one"):
        headers = {"Idempotency-Key": attempt} if place == "header" else {}
        body = HELLO | ({"user": attempt} if place == "field" else {})
        client.post("/v1/chat/completions", json=body, headers=headers)

    books = sandbox.books()
    assert (3, 1, [3]) == (books.submissions, books.duplicates, list(books.by_prompt.values()))


def test_books_are_kept_by_operation(sandbox: Sandbox, client: httpx.Client) -> None:
    task = imagine(client)
    client.post("/mj/submit/change", json={"taskId": task, "action": "UPSCALE", "index": 2})
    client.post("/v1/chat/completions", json=HELLO)

    assert {"imagine": 1, "upscale": 1, "chat": 1} == dict(sandbox.books().by_operation)


def test_books_are_kept_by_account_and_hold_no_key(client: httpx.Client) -> None:
    imagine(client)
    client.post(
        "/mj/submit/imagine",
        json={"prompt": "x"},
        headers={"Authorization": "Bearer sk-very-secret-key"},
    )

    books = client.get("/_sandbox/books").text
    assert {account_label("buyer"): 1, account_label("very-secret-key"): 1} == json.loads(books)[
        "by_account"
    ]
    assert "very-secret" not in books


def test_refusals_are_not_booked(sandbox: Sandbox, client: httpx.Client) -> None:
    imagine(client, "[[sandbox:banned]]")
    imagine(client, "")
    imagine(client, "[[sandbox:queue-full]]")
    client.post("/mj/submit/imagine", json={"prompt": "x"}, headers={"Authorization": "sk-broke"})
    client.post("/mj/submit/imagine", content=b"{")
    client.post("/v1/chat/completions", json=HELLO | {"response_format": {"type": "x"}})

    assert 0 == sandbox.books().submissions


def test_a_modal_is_paid_for_once_and_its_button_is_not(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    grid = imagine(client)
    single = client.post(
        "/mj/submit/change", json={"taskId": grid, "action": "UPSCALE", "index": 1}
    ).json()["result"]
    buttons = client.get(f"/mj/task/{single}/fetch").json()["buttons"]
    zoom = next(one["customId"] for one in buttons if "CustomZoom" in one["customId"])
    modal = client.post(
        "/mj/submit/action", json={"taskId": single, "customId": zoom, "state": "z"}
    ).json()["result"]
    before = sandbox.books().submissions
    client.post(
        "/mj/submit/modal", json={"taskId": modal, "prompt": "a cat --zoom 2", "state": "z"}
    )

    after = sandbox.books()
    assert (2, 3, 0) == (before, after.submissions, after.duplicates)
    assert 1 == after.by_operation["custom_zoom"]


def test_requests_and_polls_are_counted_apart(sandbox: Sandbox, client: httpx.Client) -> None:
    task = imagine(client)
    client.get(f"/mj/task/{task}/fetch")
    client.get(f"/mj-fast/mj/task/{task}/fetch")
    client.post("/mj/task/list-by-condition", json={"ids": [task]})
    client.get(f"/mj/image/{task}")
    client.get("/nothing")
    client.get("/_sandbox/books")

    assert (6, 3) == (sandbox.books().requests, sandbox.books().polls)


def test_long_pictures_stand_in_the_books_as_digests(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    content = [{"type": "image_url", "image_url": {"url": "https://example.com/" + "x" * 5000}}]
    client.post(
        "/v1/chat/completions", json=HELLO | {"messages": [{"role": "user", "content": content}]}
    )

    (request,) = sandbox.books().by_prompt
    assert (True, True) == ("sha256:" in request, len(request) < 400)
