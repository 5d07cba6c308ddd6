"""Gateways that answer badly: every step ends with a clear message, other steps finish, nothing paid for is lost."""

import socket
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import attrs
import pytest

from omnidsl.planning.plan import Options, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.artifacts import FileLimits
from omnidsl.running.events import Notice
from omnidsl.running.filing import Filing
from omnidsl.testing import (
    Answer,
    Bench,
    CutShort,
    HangUp,
    MidjourneyScript,
    Request,
    ScriptedGateway,
    Silence,
    step,
)
from omnidsl.testing.scripted import PIXEL

Behaviour = Callable[[Request], Answer | HangUp | Silence | CutShort]

HTML = Answer(502, b"<html><body>Bad Gateway</body></html>", {"content-type": "text/html"})


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def gateway(script: MidjourneyScript) -> Iterator[ScriptedGateway]:
    with ScriptedGateway(script) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, gateway: ScriptedGateway) -> Bench:
    return Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))


def imagine(bench: Bench, options: Options | None = None) -> tuple[int, str, str, int]:
    """Run one picture; return exit status, reason and message of what went wrong, and the number of saved files."""
    node = step(
        "grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))}, options=options
    )
    result = bench.run(bench.plan(node, saves=[Save(Ref("grid"), "grid.png")]))
    wrong = [(one.message, one.reason) for one in result.failures]
    wrong += [(one.message, "held") for one in result.held]
    message, reason = wrong[0] if wrong else ("", "")
    return result.status, reason, message, len(result.saved)


def test_a_gateway_in_good_order_is_no_trouble(bench: Bench) -> None:
    assert (0, "", "", 1) == imagine(bench)


REFUSALS = [
    (
        "401",
        Answer.of(
            {"error": {"message": "无效的令牌 (request id: 1)", "type": "new_api_error"}}, 401
        ),
        "auth",
        "无效的令牌",
    ),
    (
        "401 as text",
        Answer(401, b"Authorization header missing."),
        "auth",
        "Authorization header missing.",
    ),
    (
        "403 quota",
        Answer.of({"error": {"message": "用户额度不足", "code": "insufficient_user_quota"}}, 403),
        "quota",
        "额度不足",
    ),
    (
        "400 quota",
        Answer.of({"code": 4, "description": "quota_not_enough "}, 400),
        "quota",
        "quota_not_enough",
    ),
    (
        "404",
        Answer.of({"error": {"message": "Invalid URL (POST /x)"}}, 404),
        "no-such-address",
        "Invalid URL",
    ),
    ("code 24", Answer.of({"code": 24, "description": "可能包含敏感词"}), "banned-word", "敏感词"),
    ("a redirect", Answer(301, b"", {"location": "https://x.example/"}), "redirect", "redirects"),
    ("429 with no body", Answer(429), "rate-limited", "HTTP 429 with an empty body"),
    (
        "503 no channel",
        Answer.of({"error": {"message": "无可用渠道"}}, 503),
        "overloaded",
        "无可用渠道",
    ),
]


@pytest.mark.parametrize(
    ("answer", "reason", "words"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_a_refused_submission_fails_its_step_in_the_gateways_words(
    bench: Bench, script: MidjourneyScript, answer: Answer, reason: str, words: str
) -> None:
    script.on("/mj/submit/", lambda _: answer)

    status, found, message, saved = imagine(bench)

    assert (1, reason, 0) == (status, found, saved)
    assert words in message


@pytest.mark.parametrize("answer", [row[1] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_after_a_refusal_the_next_run_buys(
    bench: Bench, script: MidjourneyScript, answer: Answer
) -> None:
    answers: list[Answer] = [answer] * 3
    script.on("/mj/submit/", lambda request: answers.pop() if answers else script.usual(request))
    imagine(bench)
    answers.clear()

    assert (0, "", "", 1) == imagine(bench)
    assert 1 == len(script.submitted)


LOSSES: list[tuple[str, Answer | HangUp | Silence | CutShort, str]] = [
    ("502 with HTML", HTML, "HTTP 502 with an HTML page"),
    ("a bare 503", Answer(503), "HTTP 503 with an empty body"),
    ("200 with HTML", Answer(200, b"<html>"), "HTTP 200 with an HTML page"),
    ("cut JSON", Answer(200, b'{"code":1,"resu'), "JSON that is cut short"),
    ("a cut reply", CutShort(b'{"code":1'), "peer closed connection"),
    ("a reset", HangUp(), ""),
    ("silence", Silence(), "no answer within"),
    ("no number", Answer.of({"code": 1, "description": "ok", "result": None}), "ok"),
    (
        "code 5",
        Answer.of({"code": 5, "description": "do_request_failed "}, 400),
        "do_request_failed",
    ),
    ("code 9", Answer.of({"code": 9, "description": "提交失败，系统异常"}), "系统异常"),
    (
        "books failed",
        Answer.of({"code": 4, "description": "insert_midjourney_task_failed "}, 400),
        "insert_mid",
    ),
    ("500", Answer.of({"error": {"message": "boom", "type": "new_api_error"}}, 500), "boom"),
]


@pytest.mark.parametrize(
    ("answer", "words"), [row[1:] for row in LOSSES], ids=[row[0] for row in LOSSES]
)
def test_a_lost_answer_holds_the_step_and_the_next_run_sends_nothing(
    bench: Bench,
    gateway: ScriptedGateway,
    script: MidjourneyScript,
    answer: Answer | HangUp | Silence | CutShort,
    words: str,
) -> None:
    bench.bounds = attrs.evolve(bench.bounds, answer=0.3)
    script.on("/mj/submit/", lambda _: answer)
    first = imagine(bench)
    script.on("/mj/submit/", script.usual)

    second = imagine(bench)

    assert [(3, "held"), (3, "held")] == [first[:2], second[:2]]
    assert words in first[2]
    assert 1 == len(gateway.paths("/mj/submit/"))


def test_a_held_step_says_what_to_type(bench: Bench, script: MidjourneyScript) -> None:
    script.on("/mj/submit/", lambda _: HTML)
    node = step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))})

    result = bench.run(bench.plan(node))

    held = result.held[0]
    assert f"omni resume {result.run} --resubmit grid" in held.help
    assert held.attempt in held.help


def test_a_person_may_have_a_held_step_bought_again(bench: Bench, script: MidjourneyScript) -> None:
    script.on("/mj/submit/", lambda _: HTML)
    node = step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))})
    held = bench.run(bench.plan(node))
    script.on("/mj/submit/", script.usual)

    result = bench.resume(held.run, resubmit=["grid"])

    assert (0, True) == (result.status, result.results["grid"].attempt.endswith(".2"))
    notices = [one for one in bench.events if isinstance(one, Notice)]
    assert ("resubmit-asked", False) == (
        notices[0].reason,
        "on_ambiguous" in notices[0].message,
    )


def test_a_person_may_give_a_held_step_up(
    bench: Bench, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    script.on("/mj/submit/", lambda _: HTML)
    held = bench.run(
        bench.plan(step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))}))
    )

    result = bench.resume(held.run, abandon=["grid"])

    assert (1, "abandoned", 1) == (
        result.status,
        result.failures[0].reason,
        len(gateway.paths("/mj/submit/")),
    )
    assert "on_ambiguous" not in result.failures[0].message + result.failures[0].help


def test_resubmit_as_an_option_buys_once_more_and_then_holds(
    bench: Bench, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    script.on("/mj/submit/", lambda _: HTML)

    status, _, _, _ = imagine(bench, Options(on_ambiguous="resubmit"))

    assert (3, 2) == (status, len(gateway.paths("/mj/submit/")))


def test_fail_as_an_option_gives_a_lost_answer_up(bench: Bench, script: MidjourneyScript) -> None:
    script.on("/mj/submit/", lambda _: HTML)

    assert (1, "ambiguous") == imagine(bench, Options(on_ambiguous="fail"))[:2]


def test_a_gateway_that_refuses_the_connection_fails_the_step_and_nothing_was_sent(
    tmp_path: Path,
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        bench = Bench(
            tmp_path,
            Gateway.at(f"http://127.0.0.1:{closed.getsockname()[1]}", key="sk-test-0123456789"),
        )

        status, reason, message, _ = imagine(bench)

    assert (1, "no-connection") == (status, reason)
    assert "cannot be reached" in message
    assert 2 == sum(isinstance(one, Notice) and one.reason == "waiting" for one in bench.events)


def test_retries_none_tries_once(
    bench: Bench, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    script.on("/mj/submit/", lambda _: Answer(429))

    imagine(bench, Options(retries=0))

    assert 1 == len(gateway.paths("/mj/submit/"))


def flaky(
    script: MidjourneyScript, bad: Answer | HangUp | Silence | CutShort, times: int
) -> Behaviour:
    """Answer badly a number of times, then as usual."""
    left = [bad] * times

    def answer(request: Request) -> Answer | HangUp | Silence | CutShort:
        return left.pop() if left else script.usual(request)

    return answer


@pytest.mark.parametrize(
    "bad", [HTML, HangUp(), Answer(429), Answer(500), CutShort(b"[")], ids=repr
)
def test_trouble_while_polling_is_waited_out(
    bench: Bench, script: MidjourneyScript, bad: Answer | HangUp | CutShort
) -> None:
    script.on("list-by-condition", flaky(script, bad, 1))

    assert (0, "", "", 1) == imagine(bench)


@pytest.mark.parametrize("bad", [HTML, HangUp(), Answer(500), CutShort(b"\x89PNG")], ids=repr)
def test_trouble_while_downloading_is_waited_out(
    bench: Bench, script: MidjourneyScript, bad: Answer | HangUp | CutShort
) -> None:
    script.on("/mj/image/", flaky(script, bad, 1))

    assert (0, "", "", 1) == imagine(bench)


DEAD = [
    ("404", Answer(404, b"{}"), "download-failed", "HTTP 404"),
    (
        "an HTML page",
        Answer(200, b"<html>login</html>", {"content-type": "image/png"}),
        "wrong-content",
        "an HTML page",
    ),
    ("an empty file", Answer(200, b""), "wrong-content", "an empty file"),
    ("a PDF", Answer(200, b"%PDF-1.7 ..."), "wrong-content", "application/pdf"),
    ("half a picture", Answer(200, PIXEL[:-5]), "cut-off", "ends too early"),
    ("a damaged picture", Answer(200, PIXEL.replace(b"IDAT", b"IDAX")), "broken", "checksum"),
    (
        "endless redirects",
        Answer(302, b"", {"location": "/mj/image/again"}),
        "download-failed",
        "redirects without end",
    ),
    (
        "into the network",
        Answer(302, b"", {"location": "http://127.0.0.1:1/x.png"}),
        "address-refused",
        "not a public",
    ),
    (
        "a file address",
        Answer(302, b"", {"location": "file:///etc/passwd"}),
        "address-refused",
        "http",
    ),
]


@pytest.mark.parametrize(
    ("answer", "reason", "words"), [row[1:] for row in DEAD], ids=[row[0] for row in DEAD]
)
def test_a_picture_that_cannot_be_had_fails_the_step_and_the_next_run_fetches_it_without_paying(
    bench: Bench, script: MidjourneyScript, answer: Answer, reason: str, words: str
) -> None:
    script.on("/mj/image/", lambda _: answer)
    status, found, message, _ = imagine(bench)
    script.on("/mj/image/", script.usual)

    again = imagine(bench)

    assert (1, reason) == (status, found)
    assert words in message
    assert (0, "", "", 1) == again
    assert 1 == len(script.submitted)


def test_a_picture_that_is_too_large_is_refused_while_it_comes(
    bench: Bench, script: MidjourneyScript
) -> None:
    bench.files = Filing(limits=FileLimits(image=1000))
    script.on("/mj/image/", lambda _: Answer(200, b"\x89PNG" + bytes(5000)))

    assert (1, "too-large") == imagine(bench)[:2]


def test_a_picture_that_came_in_half_is_fetched_once_more(
    bench: Bench, script: MidjourneyScript
) -> None:
    halves: Iterator[Answer | CutShort] = iter([Answer(200, PIXEL[:-5]), CutShort(PIXEL[:-5])])
    script.on("/mj/image/", lambda request: next(halves, None) or script.usual(request))

    assert (0, "", "", 1) == imagine(bench)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_address_that_has_expired_is_asked_for_anew(
    bench: Bench, script: MidjourneyScript, gateway: ScriptedGateway, status: int
) -> None:
    numbers = count()

    def listed(request: Request) -> Answer:
        picture = f"{gateway.url}/mj/image/signed-{next(numbers)}"
        return Answer.of([script.task(one, imageUrl=picture) for one in request.json()["ids"]])

    script.on("/list-by-condition", listed)
    script.on("/signed-0", lambda _: Answer(status))

    assert (0, "", "", 1) == imagine(bench)
    assert 1 == len(script.submitted)


def test_an_address_that_always_expires_is_given_up(
    bench: Bench, script: MidjourneyScript, gateway: ScriptedGateway
) -> None:
    script.on("/mj/image/", lambda _: Answer(403))

    assert (1, "download-failed") == imagine(bench)[:2]
    assert 3 == len(gateway.paths("/mj/image/"))


def test_a_reply_that_is_too_large_is_not_read_to_its_end(
    bench: Bench, script: MidjourneyScript
) -> None:
    bench.bounds = attrs.evolve(bench.bounds, reply_bytes=1000)
    script.on("/mj/submit/", lambda _: Answer(200, bytes(10_000)))

    status, _, message, _ = imagine(bench)

    assert 3 == status
    assert "larger than 1000 bytes" in message


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/secret.png",
        "http://localhost:9/x",
        "http://[::1]:9/x",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_a_result_inside_the_network_is_refused(
    bench: Bench, script: MidjourneyScript, address: str
) -> None:
    script.picture = address

    status, reason, message, _ = imagine(bench)

    assert (1, "address-refused") == (status, reason)
    assert "not a public address" in message


def test_a_loopback_picture_address_is_fetched_from_the_gateway_with_a_notice(bench: Bench) -> None:
    imagine(bench)

    assert "rebased" in [one.reason for one in bench.events if isinstance(one, Notice)]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "FAILURE", "failReason": "[Invalid parameter] Invalid value", "progress": ""},
        {"status": "FAILURE", "failReason": None, "progress": "100%"},
        {"status": "CANCEL", "failReason": None, "progress": None},
        {"status": "FAILURE", "failReason": "[Banned prompt detected] x"},
        {"status": "SUCCESS", "imageUrl": None},
        {"status": "SUCCESS", "imageUrl": 7, "buttons": "x", "properties": []},
    ],
    ids=repr,
)
def test_a_task_that_ends_without_a_picture_fails_its_step(
    bench: Bench, script: MidjourneyScript, fields: dict[str, object]
) -> None:
    script.on(
        "list-by-condition",
        lambda request: Answer.of([script.task(one, **fields) for one in request.json()["ids"]]),
    )

    status, reason, message, _ = imagine(bench)

    assert 1 == status
    assert reason in ("task-failed", "cancelled", "content-refused", "empty-answer")
    assert message


def test_a_task_that_does_not_end_times_out_and_the_next_run_goes_on_waiting(
    bench: Bench, script: MidjourneyScript
) -> None:
    running = {"status": "IN_PROGRESS", "progress": "100%"}
    script.on(
        "list-by-condition",
        lambda request: Answer.of([script.task(one, **running) for one in request.json()["ids"]]),
    )
    first = imagine(bench, Options(timeout=0.6))
    script.on("list-by-condition", script.usual)

    second = imagine(bench)

    assert (1, "time-out") == first[:2]
    assert (0, "", "", 1) == second
    assert 1 == len(script.submitted)


def test_a_key_that_is_refused_while_polling_loses_nothing(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on("list-by-condition", lambda _: Answer.of({"error": {"message": "该令牌已过期"}}, 401))
    first = imagine(bench)
    script.on("list-by-condition", script.usual)

    second = imagine(bench)

    assert (1, "auth") == first[:2]
    assert (0, "", "", 1) == second
    assert 1 == len(script.submitted)


def test_other_steps_finish_beside_a_lost_one(bench: Bench, script: MidjourneyScript) -> None:
    script.on(
        "/mj/submit/", lambda request: HTML if b"lost" in request.body else script.usual(request)
    )
    plan = bench.plan(
        step("lost", "midjourney.imagine", {"prompt": PromptInput(("lost fox",))}),
        step("after", "midjourney.upscale", {"grid": Ref("lost"), "index": 1}),
        step("good", "midjourney.imagine", {"prompt": PromptInput(("good fox",))}),
        saves=[Save(Ref("good"), "good.png")],
    )

    result = bench.run(plan)

    assert (3, ["good"], ["after"], ["lost"], 1) == (
        result.status,
        list(result.results),
        [one.node for one in result.failures],
        [one.node for one in result.held],
        len(result.saved),
    )


def test_a_save_that_leaves_the_output_folder_is_refused_and_the_run_fails(
    bench: Bench, tmp_path: Path
) -> None:
    bench.output.mkdir(parents=True)
    (bench.output / "way").symlink_to(tmp_path)
    node = step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))})

    result = bench.run(
        bench.plan(node, saves=[Save(Ref("grid"), "way/out.png"), Save(Ref("grid"), "in.png")])
    )

    assert (1, ["save-escapes"], 1) == (
        result.status,
        [one.reason for one in result.unsaved],
        len(result.saved),
    )
    assert not (tmp_path / "out.png").exists()
