import httpx
import pytest

from omnidsl_sandbox import Sandbox

PLACES = [
    ("POST", "/mj/submit/imagine"),
    ("POST", "/mj-fast/mj/submit/action"),
    ("POST", "/mj/submit/change"),
    ("POST", "/mj/submit/modal"),
    ("POST", "/mj/submit/describe"),
    ("GET", "/mj/task/1/fetch"),
    ("POST", "/mj/task/list-by-condition"),
    ("POST", "/v1/chat/completions"),
    ("GET", "/v1/models"),
]


@pytest.mark.parametrize(("method", "path"), PLACES)
@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "未提供令牌"),
        ({"Authorization": "Bearer"}, "未提供令牌"),
        ({"Authorization": "Bearer sk-"}, "未提供令牌"),
        ({"Authorization": "Bearer sk-denied-1"}, "无效的令牌"),
        ({"mj-api-secret": "sk-denied"}, "无效的令牌"),
    ],
)
def test_a_missing_or_refused_key_is_401_everywhere(
    sandbox: Sandbox, method: str, path: str, headers: dict[str, str], words: str
) -> None:
    answer = httpx.request(method, sandbox.url + path, headers=headers)

    number = answer.headers["x-oneapi-request-id"]
    expected = {"error": {"message": f"{words} (request id: {number})", "type": "new_api_error"}}
    assert (401, expected) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer sk-any"},
        {"Authorization": "Bearer any"},
        {"Authorization": "any"},
        {"mj-api-secret": "any"},
        {"mj-api-secret": "Bearer sk-any"},
        {"Authorization": "", "mj-api-secret": "any"},
        {"Authorization": "midjourney-proxy", "mj-api-secret": "any"},
    ],
)
def test_any_other_key_is_taken_where_new_api_reads_it(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    answer = httpx.post(
        f"{sandbox.url}/mj/submit/imagine", headers=headers, json={"prompt": "a cat"}
    )

    assert (200, 1) == (answer.status_code, answer.json()["code"])


def test_authorization_wins_over_the_secret(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Bearer sk-denied", "mj-api-secret": "any"}

    assert 401 == httpx.get(f"{sandbox.url}/v1/models", headers=headers).status_code


def test_a_broke_key_cannot_buy_a_task(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Bearer sk-broke"}

    answer = httpx.post(
        f"{sandbox.url}/mj/submit/imagine", headers=headers, json={"prompt": "a cat"}
    )

    expected = {"code": 4, "description": "quota_not_enough ", "type": "upstream_error"}
    assert (400, expected) == (answer.status_code, answer.json())


def test_a_broke_key_cannot_buy_a_chat(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Bearer sk-broke-2"}
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}

    answer = httpx.post(f"{sandbox.url}/v1/chat/completions", headers=headers, json=body)

    error = answer.json()["error"]
    assert (403, "insufficient_user_quota", "new_api_error") == (
        answer.status_code,
        error["code"],
        error["type"],
    )


def test_a_broke_key_may_still_look(sandbox: Sandbox) -> None:
    assert (
        200
        == httpx.get(f"{sandbox.url}/v1/models", headers={"Authorization": "sk-broke"}).status_code
    )
