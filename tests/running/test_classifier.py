"""The table of replies to paid requests, row by row from the wire reference."""

import json

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


def openai_error(message: str, **fields: object) -> dict[str, object]:
    return {"error": {"message": message, "type": "new_api_error", **fields}}


MIDJOURNEY = [
    # Submit response, every code (wire reference 1.5)
    (
        200,
        {"code": 1, "description": "提交成功", "result": "1700000000000001", "properties": {}},
        "accepted",
        "",
    ),
    (200, {"code": 1, "description": "Submit success", "result": 1700000000000001}, "accepted", ""),
    (200, {"code": 22, "description": "排队中，前面还有2个任务", "result": "17"}, "accepted", ""),
    (
        200,
        {
            "code": 21,
            "description": "任务已存在",
            "result": "17",
            "properties": {"status": "SUCCESS"},
        },
        "accepted",
        "",
    ),
    (
        200,
        {"code": 21, "description": "Waiting for window confirm", "result": "18"},
        "accepted",
        "",
    ),
    (200, {"code": 1, "description": "提交成功", "result": ["https://x/a.png"]}, "accepted", ""),
    (200, {"code": 1, "description": "提交成功", "result": None}, "ambiguous", "no-id"),
    (200, {"code": 1, "description": "提交成功", "result": ""}, "ambiguous", "no-id"),
    (
        200,
        {"code": 3, "description": "无可用的账号实例", "result": None},
        "rejected",
        "no-capacity",
    ),
    (
        200,
        {"code": 3, "description": "关联任务不存在或已失效", "result": None},
        "rejected",
        "parent-not-found",
    ),
    (404, {"code": 3, "description": "关联任务不存在或已失效"}, "rejected", "parent-not-found"),
    (
        200,
        {"code": 4, "description": "prompt不能为空", "result": None},
        "rejected",
        "invalid-request",
    ),
    (200, {"code": 4, "description": "base64格式错误"}, "rejected", "invalid-request"),
    (200, {"code": 9, "description": "提交失败，系统异常"}, "ambiguous", "lost-by-gateway"),
    (200, {"code": 23, "description": "队列已满，请稍后尝试"}, "retry-later", "queue-full"),
    (200, {"code": 23, "description": "队列已满", "result": "17"}, "retry-later", "queue-full"),
    (
        200,
        {"code": 24, "description": "可能包含敏感词", "properties": {"bannedWord": "x"}},
        "rejected",
        "banned-word",
    ),
    (429, {"code": 30, "description": "当前分组负载已饱和"}, "retry-later", "rate-limited"),
    # new-api's own errors (1.9)
    (
        400,
        {"code": 4, "description": "quota_not_enough ", "type": "upstream_error"},
        "rejected",
        "quota",
    ),
    (
        400,
        {"code": 4, "description": "prompt_is_required ", "type": "upstream_error"},
        "rejected",
        "invalid-request",
    ),
    (
        400,
        {"code": 4, "description": "task_not_found ", "type": "upstream_error"},
        "rejected",
        "parent-not-found",
    ),
    (
        400,
        {"code": 4, "description": "task_status_not_success ", "type": "upstream_error"},
        "rejected",
        "invalid-request",
    ),
    (
        400,
        {"code": 4, "description": "insert_midjourney_task_failed ", "type": "x"},
        "ambiguous",
        "lost-by-gateway",
    ),
    (
        400,
        {"code": 5, "description": "do_request_failed ", "type": "upstream_error"},
        "ambiguous",
        "lost-by-gateway",
    ),
    (
        400,
        {"code": 5, "description": "unmarshal_response_body_failed "},
        "ambiguous",
        "lost-by-gateway",
    ),
    (401, openai_error("无效的令牌 (request id: 1)"), "rejected", "auth"),
    (401, "Authorization header missing.", "rejected", "auth"),
    (403, "账号不可用", "rejected", "forbidden"),
    (403, openai_error("普通用户不支持指定渠道"), "rejected", "forbidden"),
    (400, openai_error("Invalid request, unknown_action"), "rejected", "invalid-request"),
    (503, openai_error("当前分组 G 下对于模型 mj_imagine 无可用渠道"), "retry-later", "overloaded"),
    (429, "", "retry-later", "rate-limited"),
    (503, "", "ambiguous", "unreadable"),
    (502, "<html>502</html>", "ambiguous", "unreadable"),
    (200, "<html>200</html>", "ambiguous", "unreadable"),
    (200, '{"code":1,"desc', "ambiguous", "unreadable"),
    (500, openai_error("panic"), "ambiguous", "unknown-reply"),
    (524, "", "ambiguous", "unreadable"),
    (408, "", "ambiguous", "unreadable"),
    (409, {}, "ambiguous", "unknown-reply"),
    (200, {"code": True, "result": "17"}, "ambiguous", "unknown-reply"),
    (200, {"code": "1", "result": "17"}, "accepted", ""),
    (200, [], "ambiguous", "unknown-reply"),
]

OPENAI = [
    # Chat and its errors (4.1, 4.5)
    (200, {"choices": [{"message": {"content": "hi"}}]}, "accepted", ""),
    (200, {"choices": []}, "ambiguous", "no-answer"),
    (200, openai_error("upstream"), "ambiguous", "no-answer"),
    (403, openai_error("额度不足", code="insufficient_user_quota"), "rejected", "quota"),
    (403, openai_error("预扣费失败", code="pre_consume_token_quota_failed"), "rejected", "quota"),
    (403, openai_error("no access", code="model_not_allowed"), "rejected", "forbidden"),
    (400, openai_error("bad", code="invalid_request"), "rejected", "invalid-request"),
    (400, openai_error("bad words", code="sensitive_words_detected"), "rejected", "banned-word"),
    (404, openai_error("Invalid URL (POST /x)"), "rejected", "no-such-address"),
    (404, openai_error("no model", code="model_not_found"), "rejected", "no-such-model"),
    (413, "too large", "rejected", "invalid-request"),
    (429, openai_error("slow", code="rate_limit_exceeded"), "retry-later", "rate-limited"),
    (
        429,
        openai_error("pay", code="insufficient_quota", type="insufficient_quota"),
        "rejected",
        "quota",
    ),
    (429, "", "retry-later", "rate-limited"),
    (503, openai_error("无可用渠道", code="model_not_found"), "retry-later", "overloaded"),
    (
        500,
        openai_error("do_request_failed", code="do_request_failed"),
        "ambiguous",
        "unknown-reply",
    ),
    (
        501,
        openai_error("API not implemented", code="api_not_implemented"),
        "rejected",
        "no-such-address",
    ),
    (301, "", "rejected", "redirect"),
]


@pytest.mark.parametrize(("status", "body", "verdict", "reason"), MIDJOURNEY)
def test_a_midjourney_reply_is_what_the_reference_says(
    status: int, body: object, verdict: str, reason: str
) -> None:
    found = classify(reply(status, body), REPLIES)

    assert (verdict, reason) == (found.verdict, found.reason)


@pytest.mark.parametrize(("status", "body", "verdict", "reason"), OPENAI)
def test_an_openai_reply_is_what_the_reference_says(
    status: int, body: object, verdict: str, reason: str
) -> None:
    found = classify(reply(status, body), OpenAI.replies)

    assert (verdict, reason) == (found.verdict, found.reason)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({"task_id": "x", "status": "queued"}, "accepted"),
        ({"code": "success", "message": "", "data": "uuid"}, "accepted"),
        ({"code": "success", "data": None}, "ambiguous"),
        ({"created": 1, "data": [{"url": "https://x/a.png"}]}, "accepted"),
        ({"id": "video_1", "object": "video"}, "accepted"),
        ({}, "ambiguous"),
        (openai_error("sorry"), "ambiguous"),
    ],
)
def test_a_service_without_rows_of_its_own_is_read_by_the_shared_ones(
    body: object, verdict: str
) -> None:
    assert verdict == classify(reply(200, body)).verdict


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
