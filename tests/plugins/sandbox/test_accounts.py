import httpx
import pytest

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


@pytest.fixture
def nobody(client: httpx.Client) -> httpx.Client:
    """A client without a key."""
    del client.headers["Authorization"]
    return client


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
    nobody: httpx.Client, method: str, path: str, headers: dict[str, str], words: str
) -> None:
    answer = nobody.request(method, path, headers=headers)

    number = answer.headers["x-oneapi-request-id"]
    unknown = {"param": None, "code": None} if path.startswith("/v1/") else {}
    said = {"message": f"{words} (request id: {number})", "type": "new_api_error"}
    expected = {"error": {**said, **unknown}}
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
    nobody: httpx.Client, headers: dict[str, str]
) -> None:
    answer = nobody.post("/mj/submit/imagine", headers=headers, json={"prompt": "a cat"})

    assert (200, 1) == (answer.status_code, answer.json()["code"])


def test_authorization_wins_over_the_secret(nobody: httpx.Client) -> None:
    headers = {"Authorization": "Bearer sk-denied", "mj-api-secret": "any"}

    assert 401 == nobody.get("/v1/models", headers=headers).status_code


def test_a_broke_key_cannot_buy_a_task(nobody: httpx.Client) -> None:
    headers = {"Authorization": "Bearer sk-broke"}

    answer = nobody.post("/mj/submit/imagine", headers=headers, json={"prompt": "a cat"})

    expected = {"code": 4, "description": "quota_not_enough ", "type": "upstream_error"}
    assert (400, expected) == (answer.status_code, answer.json())


def test_a_broke_key_cannot_buy_a_chat(nobody: httpx.Client) -> None:
    headers = {"Authorization": "Bearer sk-broke-2"}
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}

    answer = nobody.post("/v1/chat/completions", headers=headers, json=body)

    error = answer.json()["error"]
    assert (403, "insufficient_user_quota", "new_api_error") == (
        answer.status_code,
        error["code"],
        error["type"],
    )


def test_a_broke_key_may_still_look(nobody: httpx.Client) -> None:
    assert 200 == nobody.get("/v1/models", headers={"Authorization": "sk-broke"}).status_code
