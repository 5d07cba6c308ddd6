"""What the three families of servers answer to the same requests (wire reference, sections 1.2 to 1.9)."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from omnidsl_sandbox import Sandbox, account_label
from omnidsl_sandbox.profiles import PROFILES

Json = dict[str, Any]  # Any: JSON as it came, looked at field by field
BOTH = {"Authorization": "Bearer sk-buyer", "mj-api-secret": "sk-buyer"}
NEW_API, PLUS, PROXY = "new-api", "plus", "proxy"


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[Callable[[str], Sandbox]]:
    """One sandbox a profile, whose tasks are done at once, started when a test wants it."""
    running: dict[str, Sandbox] = {}

    def of(profile: str) -> Sandbox:
        name, _, remix = profile.partition("+")
        if profile not in running:
            running[profile] = Sandbox(profile=name, duration=0, remix=bool(remix))
            running[profile].__enter__()
        return running[profile]

    yield of
    for one in running.values():
        one.__exit__(None, None, None)


@pytest.fixture
def client(sandboxes: Callable[[str], Sandbox]) -> Iterator[Callable[[str], httpx.Client]]:
    """Return a client of a profile's sandbox that shows its key in both headers."""
    opened: list[httpx.Client] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def of(profile: str) -> httpx.Client:
        url = sandboxes(profile).url
        opened.append(httpx.Client(base_url=url, headers=BOTH, verify=context))
        return opened[-1]

    yield of
    for one in opened:
        one.close()


Clients = Callable[[str], httpx.Client]


def grid(client: httpx.Client, prompt: str = "a red fox --v 6.1") -> str:
    return str(client.post("/mj/submit/imagine", json={"prompt": prompt}).json()["result"])


def shown(client: httpx.Client, task: str) -> Json:
    found: Json = client.get(f"/mj/task/{task}/fetch").json()
    return found


def button(client: httpx.Client, task: str, part: str) -> Json:
    found = (one["customId"] for one in shown(client, task)["buttons"])
    return {"taskId": task, "customId": next(one for one in found if part in one)}


def press(client: httpx.Client, task: str, part: str, **more: object) -> Json:
    body = {**button(client, task, part), **more}
    found: Json = client.post("/mj/submit/action", json=body).json()
    return found


def single(client: httpx.Client) -> str:
    return str(press(client, grid(client), "upsample::1")["result"])


def outcome(answer: httpx.Response) -> tuple[int, object, str]:
    """Return status, code and description; the whole text where it is no submit reply."""
    try:
        body = answer.json()
    except ValueError:
        return answer.status_code, None, answer.text
    code = body.get("code") if isinstance(body, dict) else None
    return answer.status_code, code, str(body.get("description", "")) if code else ""


# fmt: off
KEYS: list[tuple[str, dict[str, str], int, str]] = [
    (NEW_API, {}, 401, "application/json; charset=utf-8"),
    (NEW_API, {"Authorization": "Bearer sk-denied"}, 401, "application/json; charset=utf-8"),
    (NEW_API, {"mj-api-secret": "any"}, 200, "text/plain; charset=utf-8"),
    (NEW_API, {"Authorization": "Bearer any"}, 200, "text/plain; charset=utf-8"),
    (PLUS, {}, 401, ""),
    (PLUS, {"Authorization": "Bearer any"}, 401, ""),
    (PLUS, {"mj-api-secret": "sk-denied"}, 401, ""),
    (PLUS, {"mj-api-secret": "any"}, 200, "application/json; charset=utf-8"),
    (PROXY, {}, 401, "text/plain; charset=utf-8"),
    (PROXY, {"mj-api-secret": "sk-denied"}, 403, "text/plain; charset=utf-8"),
    (PROXY, {"mj-api-secret": "any"}, 200, "application/json; charset=utf-8"),
    (PROXY, {"Authorization": "any"}, 200, "application/json; charset=utf-8"),
    (PROXY, {"Authorization": "sk-denied", "mj-api-secret": "any"}, 403, "text/plain; charset=utf-8"),
]
# fmt: on


@pytest.mark.parametrize(("profile", "headers", "status", "kind"), KEYS)
def test_each_reads_the_key_where_it_looks_for_it(
    sandboxes: Callable[[str], Sandbox],
    profile: str,
    headers: dict[str, str],
    status: int,
    kind: str,
) -> None:
    url = sandboxes(profile).url

    answer = httpx.post(f"{url}/mj/submit/imagine", headers=headers, json={"prompt": "a cat"})

    assert (status, kind) == (answer.status_code, answer.headers.get("content-type", ""))


@pytest.mark.parametrize(
    ("profile", "denied"),
    [
        (PLUS, (b"", b"")),
        (PROXY, (b"Authorization header missing.", "未登录".encode())),
    ],
)
def test_a_server_without_a_gateway_refuses_a_key_without_json(
    sandboxes: Callable[[str], Sandbox], profile: str, denied: tuple[bytes, bytes]
) -> None:
    url = sandboxes(profile).url + "/mj/task/1/fetch"

    found = [httpx.get(url, headers=one).content for one in ({}, {"mj-api-secret": "sk-denied-1"})]

    assert list(denied) == found


def test_both_headers_of_a_client_mean_one_account(
    sandboxes: Callable[[str], Sandbox], client: Clients
) -> None:
    for profile in PROFILES:
        grid(client(profile))
        assert account_label("buyer") in sandboxes(profile).books().by_account


NOT_FOUND = "关联任务不存在或已失效"
# fmt: off
SUBMISSIONS: list[tuple[str, str, Json, tuple[int, object, str]]] = [
    (NEW_API, "imagine", {"prompt": "a cat"}, (200, 1, "Submit success")),
    (PLUS, "imagine", {"prompt": "a cat"}, (200, 1, "提交成功")),
    (PROXY, "imagine", {"prompt": "a cat"}, (200, 1, "提交成功")),
    (NEW_API, "imagine", {"prompt": "a [[sandbox:queued]]"}, (200, 1, "排队中，前面还有3个任务")),
    (PLUS, "imagine", {"prompt": "a [[sandbox:queued]]"}, (200, 22, "排队中，前面还有3个任务")),
    (PROXY, "imagine", {"prompt": "a [[sandbox:queued]]"}, (200, 22, "排队中，前面还有3个任务")),
    (NEW_API, "imagine", {"prompt": "a [[sandbox:queue-full]]"}, (200, 23, "队列已满，请稍后尝试")),
    (PLUS, "imagine", {"prompt": "a [[sandbox:queue-full]]"}, (200, 23, "队列已满，请稍后尝试")),
    (PROXY, "imagine", {"prompt": "a [[sandbox:queue-full]]"}, (200, 23, "队列已满，请稍后尝试")),
    (NEW_API, "imagine", {"prompt": "a [[sandbox:banned]]"}, (200, 24, "可能包含敏感词")),
    (PLUS, "imagine", {"prompt": "a [[sandbox:banned]]"}, (200, 24, "可能包含敏感词")),
    (PROXY, "imagine", {"prompt": "a [[sandbox:banned]]"}, (200, 1, "提交成功")),
    (NEW_API, "imagine", {}, (400, 4, "prompt_is_required ")),
    (PLUS, "imagine", {}, (200, 4, "prompt不能为空")),
    (PROXY, "imagine", {}, (200, 4, "prompt不能为空")),
    (NEW_API, "imagine", {"prompt": " "}, (200, 4, "prompt不能为空")),
    (PLUS, "imagine", {"prompt": " "}, (200, 4, "prompt不能为空")),
    (PROXY, "imagine", {"prompt": " "}, (200, 4, "prompt不能为空")),
    (NEW_API, "imagine", {"prompt": "a", "base64Array": ["x"]}, (200, 4, "base64格式错误")),
    (PLUS, "imagine", {"prompt": "a", "base64Array": ["x"]}, (200, 4, "base64格式错误")),
    (PROXY, "imagine", {"prompt": "a", "base64Array": ["x"]}, (200, 4, "base64格式错误")),
    (NEW_API, "action", {"taskId": "1", "customId": "MJ::JOB::upsample::1::u"}, (400, 4, "task_not_found ")),
    (PLUS, "action", {"taskId": "1", "customId": "MJ::JOB::upsample::1::u"}, (200, 3, NOT_FOUND)),
    (PROXY, "action", {"taskId": "1", "customId": "MJ::JOB::upsample::1::u"}, (404, 3, NOT_FOUND)),
    (NEW_API, "action", {"taskId": "1", "customId": "MJ::BOOKMARK::u"}, (400, None, "")),
    (PLUS, "action", {"taskId": "1", "customId": "MJ::BOOKMARK::u"}, (200, 4, "参数错误")),
    (PROXY, "action", {"taskId": "1", "customId": "MJ::BOOKMARK::u"}, (200, 4, "未知的 Action 类型")),
    (NEW_API, "modal", {"taskId": "1"}, (400, 4, "task_not_found ")),
    (PLUS, "modal", {"taskId": "1"}, (200, 3, NOT_FOUND)),
    (PROXY, "modal", {"taskId": "1"}, (404, 3, NOT_FOUND)),
    (NEW_API, "modal", {}, (400, 4, "task_id_is_required ")),
    (PLUS, "modal", {}, (200, 4, "参数错误")),
    (PROXY, "modal", {}, (200, 4, "参数错误")),
    (NEW_API, "change", {"taskId": "1", "action": "UPSCALE", "index": 1}, (400, 4, "task_not_found ")),
    (PLUS, "change", {"taskId": "1", "action": "UPSCALE", "index": 1}, (200, 3, NOT_FOUND)),
    (PROXY, "change", {"taskId": "1", "action": "UPSCALE", "index": 1}, (404, None, "")),
    (NEW_API, "imagine", {"prompt": 7}, (400, None, "")),
    (PLUS, "imagine", {"prompt": 7}, (400, None, "")),
    (PROXY, "imagine", {"prompt": 7}, (400, None, "")),
]
# fmt: on


@pytest.mark.parametrize(("profile", "name", "body", "expected"), SUBMISSIONS)
def test_each_answers_a_submission_in_its_own_way(
    client: Clients, profile: str, name: str, body: Json, expected: tuple[int, object, str]
) -> None:
    assert expected == outcome(client(profile).post(f"/mj/submit/{name}", json=body))


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (NEW_API, (400, b'{"code":4,"description":"task_no_found ","type":"upstream_error"}')),
        (PLUS, (200, b"")),
        (PROXY, (204, b"")),
    ],
)
def test_each_says_differently_that_it_knows_no_such_task(
    client: Clients, profile: str, expected: tuple[int, bytes]
) -> None:
    answer = client(profile).get("/mj/task/1/fetch")

    assert expected == (answer.status_code, answer.content)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_list_by_condition_leaves_out_what_it_does_not_know(
    client: Clients, profile: str
) -> None:
    asked = client(profile)
    task = grid(asked)

    found = asked.post("/mj/task/list-by-condition", json={"ids": ["1", task]}).json()

    assert [task] == [one["id"] for one in found]


@pytest.mark.parametrize(
    ("profile", "unset"),
    [
        (NEW_API, {"", 0}),
        (PLUS, {None}),
        (PROXY, {None}),
    ],
)
def test_what_a_task_has_not_yet_is_empty_or_null(profile: str, unset: set[object]) -> None:
    fields = ("startTime", "finishTime", "imageUrl", "failReason")
    with (
        Sandbox(profile=profile, duration=60) as sandbox,
        httpx.Client(base_url=sandbox.url, headers=BOTH) as asked,
    ):
        task = shown(asked, grid(asked))

    assert unset == {task[name] for name in fields}
    assert task["buttons"] is None


@pytest.mark.parametrize(
    ("profile", "expected"),
    [(NEW_API, "100%"), (PLUS, ""), (PROXY, "")],
)
def test_the_progress_of_a_failed_task_is_full_or_empty(
    client: Clients, profile: str, expected: str
) -> None:
    asked = client(profile)

    task = shown(asked, grid(asked, "a [[sandbox:fail]]"))

    assert ("FAILURE", expected) == (task["status"], task["progress"])


def test_the_server_that_reads_words_late_fails_the_task(client: Clients) -> None:
    asked = client(PROXY)

    task = shown(asked, grid(asked, "a [[sandbox:banned]]"))

    assert "FAILURE" == task["status"]
    assert task["failReason"].startswith("[Banned prompt detected]")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_finished_task_has_a_picture_that_can_be_fetched(client: Clients, profile: str) -> None:
    asked = client(profile)

    url = shown(asked, grid(asked))["imageUrl"]

    assert "image/png" == httpx.get(url).headers["content-type"]


@pytest.mark.parametrize(
    ("profile", "path", "status"),
    [
        (NEW_API, "/mj/task/list", 404),
        (PLUS, "/mj/task/list", 404),
        (PROXY, "/mj/task/list", 200),
        (PROXY, "/mj-fast/mj/task/list", 200),
        (PROXY, "/any/mj/task/list", 404),
    ],
)
def test_only_one_family_lists_its_tasks(
    client: Clients, profile: str, path: str, status: int
) -> None:
    assert status == client(profile).get(path).status_code


def test_the_list_shows_the_last_hundred_of_an_account_newest_first() -> None:
    others = {"Authorization": "Bearer sk-other"}
    with (
        Sandbox(profile=PROXY, duration=0) as sandbox,
        httpx.Client(base_url=sandbox.url, headers=BOTH) as asked,
    ):
        tasks = [grid(asked, f"cat {number}") for number in range(103)]
        asked.post("/mj/submit/imagine", json={"prompt": "a dog"}, headers=others)

        found = asked.get("/mj/task/list").json()
        times = {task: shown(asked, task)["submitTime"] for task in tasks}

    assert sorted(times.values(), reverse=True)[:100] == [one["submitTime"] for one in found]
    assert set(tasks) > {one["id"] for one in found}


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (NEW_API, (21, "Waiting for window confirm")),
        (PLUS, (21, "窗口等待")),
        (PROXY, (21, "Waiting for window confirm")),
    ],
)
def test_a_custom_zoom_asks_for_its_modal(
    client: Clients, profile: str, expected: tuple[int, str]
) -> None:
    asked = client(profile)

    receipt = press(asked, single(asked), "CustomZoom")

    assert expected == (receipt["code"], receipt["description"])
    assert "MODAL" == shown(asked, receipt["result"])["status"]


REMIXED = [
    ("variation::2", "grid"),
    ("reroll", "grid"),
    ("pan_left", "single"),
    ("low_variation", "single"),
    ("high_variation", "single"),
]


@pytest.mark.parametrize(("part", "under"), REMIXED)
@pytest.mark.parametrize(("profile", "code"), [(NEW_API, 1), (PLUS, 21), (PROXY, 21)])
def test_a_remix_account_asks_for_a_prompt_and_new_api_hides_the_code(
    client: Clients, profile: str, code: int, part: str, under: str
) -> None:
    asked = client(f"{profile}+remix")
    parent = grid(asked) if under == "grid" else single(asked)

    receipt = press(asked, parent, part)
    waiting = shown(asked, receipt["result"])["status"]
    modal = {"taskId": receipt["result"], "prompt": "a blue cat"}
    answered = asked.post("/mj/submit/modal", json=modal).json()

    done = shown(asked, answered["result"])
    assert (code, "MODAL", 1) == (receipt["code"], waiting, answered["code"])
    assert ("SUCCESS", "a blue cat") == (done["status"], done["prompt"])


@pytest.mark.parametrize("part", ["upsample::1", "variation::1"])
def test_what_is_asked_without_remix_and_what_cannot_be_remixed_is_taken_at_once(
    client: Clients, part: str
) -> None:
    asked = client(NEW_API if part.startswith("v") else f"{NEW_API}+remix")

    task = press(asked, grid(asked), part)["result"]

    assert "SUCCESS" == shown(asked, task)["status"]


def test_a_request_may_ask_for_remix_by_itself(client: Clients) -> None:
    asked = client(PROXY)

    receipt = press(asked, grid(asked), "variation::1", enableRemix=True)

    assert 21 == receipt["code"]


def test_the_books_count_a_modal_when_it_is_answered_and_equal_answers_as_equal() -> None:
    with Sandbox(duration=0) as sandbox, httpx.Client(base_url=sandbox.url, headers=BOTH) as asked:
        parent = single(asked)
        before = sandbox.books()
        modals = [press(asked, parent, "CustomZoom")["result"] for _ in range(2)]
        waiting = sandbox.books()
        for modal in modals:
            body = {"taskId": modal, "prompt": "a fox --zoom 1.5", "state": f"attempt-{modal}"}
            asked.post("/mj/submit/modal", json=body)
        after = sandbox.books()

    assert before.submissions == waiting.submissions
    assert 2 == after.submissions - before.submissions
    assert [2] == [n for text, n in after.by_prompt.items() if text.startswith("/mj/submit/modal")]


@pytest.mark.parametrize("profile", PROFILES)
def test_chat_stands_behind_the_same_gateway_in_every_profile(
    client: Clients, profile: str
) -> None:
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}

    answer = client(profile).post("/v1/chat/completions", json=body)
    refused = httpx.get(str(answer.url).replace("chat/completions", "models"))

    assert (200, 401) == (answer.status_code, refused.status_code)
    assert "new_api_error" == refused.json()["error"]["type"]


@pytest.mark.parametrize("profile", PROFILES)
def test_an_address_that_is_not_there_is_404_in_every_profile(
    client: Clients, profile: str
) -> None:
    asked = client(profile)

    assert [404, 404] == [asked.get(one).status_code for one in ("/mj/nothing", "/v1/nothing")]


@pytest.mark.parametrize("profile", PROFILES)
def test_an_empty_purse_buys_nothing(client: Clients, profile: str) -> None:
    broke = {"Authorization": "Bearer sk-broke", "mj-api-secret": "sk-broke"}

    answer = client(profile).post("/mj/submit/imagine", json={"prompt": "a cat"}, headers=broke)

    expected = (400, 4, "quota_not_enough ") if profile == NEW_API else (200, 3, "无可用的账号实例")
    assert expected == outcome(answer)
