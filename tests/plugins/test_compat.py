"""The guide's own Python class: its examples as the guide prints them, and what it must bear."""

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from omnidsl import OmniError
from omnidsl.plugins import Ambiguous, ArgumentError, GatewayError, Rejected, RetryLater
from omnidsl.testing import (
    Answer,
    CutShort,
    HangUp,
    MidjourneyScript,
    Request,
    ScriptedGateway,
)
from omnidsl.testing.scripted import PIXEL
from omnidsl_midjourney import direct
from omnidsl_midjourney.compat import (
    MJImageGenerator,
    ModalWaitingError,
    TaskCancelledError,
    TaskFailedError,
    UnknownTaskError,
    WaitError,
)
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.profiles import PROFILES

EXAMPLES = (Path(__file__).parent / "data" / "guide_examples.txt").read_text("utf-8")
BARE = base64.b64encode(PIXEL).decode()
KEY = "sk-planted-4711"


class Waits:
    """Remembers how long it was asked to wait, and waits a moment."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        time.sleep(0.005)


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def generator(script: MidjourneyScript, waits: Waits) -> Iterator[MJImageGenerator]:
    with ScriptedGateway(script) as gateway:
        yield MJImageGenerator(gateway.url, KEY, sleep=waits)


def answers(
    script: MidjourneyScript, *rows: dict[str, Any] | Answer, part: str = "/fetch"
) -> list[Request]:
    """Answer requests with these in turn, the last one for ever; return the requests."""
    seen: list[Request] = []

    def reply(request: Request) -> Answer:
        seen.append(request)
        found = rows[min(len(seen), len(rows)) - 1]
        return found if isinstance(found, Answer) else Answer.of(found)

    script.on(part, reply)
    return seen


def receipt(code: object, result: object = "17", description: str = "", **known: object) -> Answer:
    return Answer.of(
        {"code": code, "description": description, "result": result, "properties": known}
    )


# ---- the guide's examples


@pytest.mark.parametrize("profile", PROFILES)
def test_the_guides_four_examples_run_as_printed(
    profile: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Quick(MJImageGenerator):
        def __init__(self) -> None:
            super().__init__(sleep=lambda _: time.sleep(0.02))

    told = EXAMPLES.replace("your_base64_image_string", BARE)
    room: dict[str, Any] = {"MJImageGenerator": Quick}
    exec(compile(told, "guide", "exec"), room)  # noqa: S102  # the guide's own words, from this repository

    with Sandbox(profile=profile, duration=0.05) as sandbox:
        monkeypatch.setenv("OMNI_BASE_URL", sandbox.url)
        monkeypatch.setenv("OMNI_API_KEY", KEY)
        made = [
            room[name]()
            for name in (
                "generate_basic_image",
                "generate_with_reference",
                "image_operations",
                "custom_zoom",
            )
        ]
        room["main"]()
        books = sandbox.books()

    assert ["SUCCESS"] * 4 == [one["status"] for one in made]
    assert (9, False) == (books.submissions, "发生错误" in capsys.readouterr().out)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("turned", [False, True])
def test_a_custom_zoom_goes_through_code_21_and_takes_both_orders_of_the_guide(
    profile: str, turned: bool
) -> None:
    with Sandbox(profile=profile, duration=0.05) as sandbox:
        generator = MJImageGenerator(sandbox.url, KEY, sleep=lambda _: time.sleep(0.02))

        def press(part: str, task: str) -> str:
            row = generator.wait_for_completion(task)
            button = next(one for one in row["buttons"] if part in one["customId"])
            return generator.action(button["customId"], task)

        single = press("upsample::1", generator.submit_task("Cyberpunk cat --q 2"))
        window = press("CustomZoom", single)
        asked = ("Cyberpunk cat --q 2 --zoom 1.8", window)
        done = generator.wait_for_completion(generator.modal(*(asked if turned else asked[::-1])))

    assert ("SUCCESS", "U1") == (done["status"], done["buttons"][0]["label"])


@pytest.mark.parametrize("profile", PROFILES)
def test_describe_and_shorten_give_their_texts(profile: str) -> None:
    with Sandbox(profile=profile, duration=0.05) as sandbox:
        generator = MJImageGenerator(
            sandbox.url, KEY, mode="relax", sleep=lambda _: time.sleep(0.02)
        )
        described = generator.wait_for_completion(generator.describe(BARE, "MID_JOURNEY"))
        shortened = generator.wait_for_completion(generator.shorten("a red fox", "MID_JOURNEY"))

    assert "4️⃣" in described["properties"]["finalPrompt"]
    assert "## Shortened prompts" in shortened["properties"]["finalPrompt"]


# ---- what is sent


def test_the_key_travels_in_both_headers_and_the_mode_in_the_path(
    script: MidjourneyScript, waits: Waits
) -> None:
    with ScriptedGateway(script) as gateway:
        MJImageGenerator(gateway.url + "/mj-turbo/", KEY, sleep=waits).submit_task("a fox")

    sent = script.submitted[0]
    assert ("/mj-turbo/mj/submit/imagine", KEY, f"Bearer {KEY}") == (
        sent.path,
        sent.headers["mj-api-secret"],
        sent.headers["authorization"],
    )


@pytest.mark.parametrize(
    ("given", "mode", "path"),
    [("", None, "/mj-fast"), ("", "relax", "/mj-relax"), ("/mj-fast", "turbo", "/mj-turbo")],
)
def test_a_mode_is_the_arguments_or_the_addresss_or_fast(given: str, mode: Any, path: str) -> None:
    found = MJImageGenerator("https://gateway.example" + given, KEY, mode=mode)

    assert f"https://gateway.example{path}" == found.base_url


@pytest.mark.parametrize(
    ("picture", "form"),
    [
        (BARE, "png"),
        (f"data:image/jpeg;base64,{BARE}", "png"),
        (base64.b64encode(b"\xff\xd8\xff\xe0 rest").decode().rstrip("="), "jpeg"),
        (base64.urlsafe_b64encode(b"GIF89a\xfb\xff\xfe").decode(), "gif"),
        (base64.b64encode(b"RIFF....WEBPVP8 ").decode(), "webp"),
        (PIXEL, "png"),
    ],
)
def test_a_bare_picture_becomes_a_data_address_of_its_true_type(
    generator: MJImageGenerator, script: MidjourneyScript, picture: object, form: str
) -> None:
    generator.submit_task({"prompt": "a fox", "base64Array": [picture]})

    assert script.submitted[0].json()["base64Array"][0].startswith(f"data:image/{form};base64,")


@pytest.mark.parametrize(
    "asked",
    [
        "  ",
        {"prompt": None},
        {"prompt": "a fox", "base64Array": ["your_base64_image_string"]},
        {"prompt": "a fox", "base64Array": [BARE] * 6},
        {"prompt": "a fox", "base64Array": BARE},
        {"prompt": "a fox", "base64Array": [base64.b64encode(PIXEL + bytes(2**20)).decode()]},
        {"prompt": "a fox", "base64Array": ["data:image/png;base64,@@@"]},
        {"prompt": "a fox", "base64Array": [7]},
    ],
)
def test_what_the_gateway_would_refuse_is_not_sent(
    generator: MJImageGenerator, script: MidjourneyScript, asked: Any
) -> None:
    with pytest.raises(ArgumentError):
        generator.submit_task(asked)

    assert [] == script.submitted


def test_a_whole_request_goes_out_with_all_that_it_holds(
    generator: MJImageGenerator, script: MidjourneyScript
) -> None:
    generator.submit_task({"prompt": "a fox", "botType": "NIJI_JOURNEY", "state": "mine"})

    expected = {"prompt": "a fox", "botType": "NIJI_JOURNEY", "state": "mine", "base64Array": []}
    assert expected == script.submitted[0].json()


def test_a_picture_on_the_web_is_described_by_its_address(
    generator: MJImageGenerator, script: MidjourneyScript
) -> None:
    generator.describe("https://example.com/a.png")

    assert "https://example.com/a.png" == script.submitted[0].json()["link"]


@pytest.mark.parametrize(
    "order", [("17", "a cat --zoom 1.8"), ("a cat --zoom 1.8", "17"), (17, "a cat --zoom 1.8")]
)
def test_an_answer_to_a_window_is_told_from_its_number(
    generator: MJImageGenerator, script: MidjourneyScript, order: tuple[Any, Any]
) -> None:
    generator.modal(*order)

    sent = script.submitted[0].json()
    assert ("17", "a cat --zoom 1.8") == (sent["taskId"], sent["prompt"])


@pytest.mark.parametrize(
    "call",
    [
        lambda one: one.modal("a cat", "a dog"),
        lambda one: one.action("nothing", "17"),
        lambda one: one.action("MJ::JOB::upsample::1::u", "../17"),
        lambda one: one.fetch_task_status("17/../.."),
        lambda one: one.shorten(" "),
        lambda one: one.describe("ftp://example.com/a.png"),
    ],
)
def test_what_makes_no_request_is_an_argument_error(
    generator: MJImageGenerator, script: MidjourneyScript, call: Callable[[Any], object]
) -> None:
    with pytest.raises(ArgumentError):
        call(generator)

    assert [] == script.submitted


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("", KEY),
        ("ftp://x", KEY),
        ("https://me:pw@x", KEY),
        ("https://x", ""),
        ("https://x", "sk-é"),
    ],
)
def test_without_a_gateway_or_a_key_nothing_is_made(
    url: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMNI_BASE_URL", raising=False)
    monkeypatch.delenv("OMNI_API_KEY", raising=False)

    with pytest.raises(ArgumentError) as raised:
        MJImageGenerator(url, key)

    assert "pw" not in str(raised.value)
    assert "sk-é" not in str(raised.value)


# ---- what comes back


@pytest.mark.parametrize(
    ("reply", "task"),
    [
        (receipt(1), "17"),
        (receipt(22, numberOfQueues=3), "17"),
        (receipt(21), "17"),
        (receipt(21, 18, "任务已存在", status="SUCCESS", imageUrl="x"), "18"),
        (receipt("1", 1724963337114767), "1724963337114767"),
        (receipt(1, ["19", "20"]), "19"),
    ],
)
def test_these_receipts_carry_a_tasks_number(
    generator: MJImageGenerator, script: MidjourneyScript, reply: Answer, task: str
) -> None:
    answers(script, reply, part="/submit/action")

    assert task == generator.action("MJ::CustomZoom::u", "16")


@pytest.mark.parametrize(
    ("reply", "expected", "words"),
    [
        (receipt(3, None, "关联任务不存在或已失效"), Rejected, "关联任务不存在"),
        (receipt(4, None, "prompt不能为空"), Rejected, "prompt不能为空"),
        (receipt(24, None, "可能包含敏感词", bannedWord="x"), Rejected, "可能包含敏感词"),
        (receipt(23, None, "队列已满，请稍后尝试"), RetryLater, "队列已满"),
        (Answer.of({"code": 30, "description": "当前分组负载已饱和"}, 429), RetryLater, "饱和"),
        (Answer(429), RetryLater, "empty body"),
        (Answer.of({"error": {"message": "无可用渠道"}}, 503), RetryLater, "无可用渠道"),
        (receipt(9, None, "提交失败，系统异常"), Ambiguous, "系统异常"),
        (Answer.of({"code": 5, "description": "do_request_failed "}, 400), Ambiguous, "do_request"),
        (receipt(1, None), Ambiguous, "taken"),
        (Answer(200, b"<html>bad gateway"), Ambiguous, "<html>"),
        (Answer(502, b"<html>"), Ambiguous, "502"),
        (Answer(401), Rejected, "401"),
        (Answer(401, b"Authorization header missing."), Rejected, "header missing"),
        (Answer(403, "未登录".encode()), Rejected, "未登录"),
        (Answer.of({"error": {"message": "无效的令牌"}}, 401), Rejected, "无效的令牌"),
        (Answer(302, b"", {"location": "http://127.0.0.1:9/"}), Rejected, "302"),
        (
            Answer.of({"code": 4, "description": "insert_midjourney_task_failed "}, 400),
            Ambiguous,
            "insert_midjourney",
        ),
    ],
)
def test_every_other_receipt_is_an_error_of_ours_with_the_gateways_words(
    generator: MJImageGenerator,
    script: MidjourneyScript,
    reply: Answer,
    expected: type[OmniError],
    words: str,
) -> None:
    sent = answers(script, reply, part="/submit/")

    with pytest.raises(expected, match=words):
        generator.submit_task("a fox")

    assert 1 == len(sent)


@pytest.mark.parametrize(
    "written", [KEY, KEY.removeprefix("sk-"), "".join(f"\\u{ord(one):04x}" for one in KEY)]
)
def test_a_key_that_a_reply_repeats_is_cut_out(
    generator: MJImageGenerator, script: MidjourneyScript, written: str
) -> None:
    body = f'{{"error": {{"message": "bad key {written}"}}}}'.encode()
    answers(script, Answer(401, body, {"x-request-id": f"for {KEY}"}), part="/submit/")

    with pytest.raises(Rejected) as raised:
        generator.submit_task("a fox")

    shown = str(raised.value) + repr(raised.value.reply) + repr(generator)
    assert KEY.removeprefix("sk-") not in shown


def test_a_redirect_takes_the_key_nowhere(
    generator: MJImageGenerator, script: MidjourneyScript
) -> None:
    with ScriptedGateway(MidjourneyScript()) as other:
        answers(script, Answer(307, b"", {"location": f"{other.url}/mj/submit/imagine"}), part="/")

        with pytest.raises(Rejected):
            generator.submit_task("a fox")
        with pytest.raises(GatewayError):
            generator.fetch_task_status("17")

        assert [] == other.requests


def test_a_reply_without_end_is_cut_off(
    generator: MJImageGenerator, script: MidjourneyScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct, "_LARGEST", 1000)
    answers(script, Answer(200, b"x" * 5000), part="/")

    with pytest.raises(Ambiguous, match="larger"):
        generator.submit_task("a fox")
    with pytest.raises(GatewayError, match="larger"):
        generator.fetch_task_status("17")


@pytest.mark.parametrize("lost", [HangUp(), CutShort(b'{"code":1,')])
def test_a_lost_answer_is_in_doubt_and_not_sent_again(
    generator: MJImageGenerator, script: MidjourneyScript, lost: HangUp | CutShort
) -> None:
    sent: list[Request] = []

    def lose(request: Request) -> HangUp | CutShort:
        sent.append(request)
        return lost

    script.on("/submit/", lose)

    with pytest.raises(Ambiguous):
        generator.submit_task("a fox")

    assert 1 == len(sent)


def test_where_nobody_listens_nothing_was_sent() -> None:
    with pytest.raises(RetryLater):
        MJImageGenerator("http://127.0.0.1:9", KEY).submit_task("a fox")


# ---- waiting


def row(status: str, **fields: object) -> dict[str, object]:
    return {"id": "17", "status": status, "progress": "0%", "buttons": None, **fields}


def test_waiting_begins_late_and_grows_to_fifteen_seconds(
    generator: MJImageGenerator, script: MidjourneyScript, waits: Waits
) -> None:
    answers(script, *[row("IN_PROGRESS")] * 9, row("SUCCESS"))

    generator.wait_for_completion("17")

    assert (15.0, 5.0, 15.0) == (waits.seconds[0], waits.seconds[1], waits.seconds[-1])
    assert sorted(waits.seconds[1:]) == waits.seconds[1:]


def test_buttons_that_are_null_are_none(
    generator: MJImageGenerator, script: MidjourneyScript
) -> None:
    answers(script, row("SUCCESS", prompt=None, promptEn=None, imageUrl=None))

    done = generator.wait_for_completion("17")

    assert ([], "", "") == (done["buttons"], done["imageUrl"], done["promptEn"])


def test_a_label_that_is_null_is_empty(
    generator: MJImageGenerator, script: MidjourneyScript
) -> None:
    answers(script, row("SUCCESS", buttons=[{"customId": "MJ::x", "label": None, "emoji": "🔄"}]))

    assert [{"customId": "MJ::x", "label": "", "emoji": "🔄"}] == generator.wait_for_completion(17)[
        "buttons"
    ]


@pytest.mark.parametrize(
    ("last", "expected", "words"),
    [
        (
            row("FAILURE", failReason="[Banned prompt detected] no"),
            TaskFailedError,
            "Banned prompt",
        ),
        (row("FAILURE", failReason=None, progress=""), TaskFailedError, "no reason"),
        (row("CANCEL"), TaskCancelledError, "cancelled"),
        (row("MODAL"), ModalWaitingError, "modal"),
    ],
)
def test_a_task_that_ends_otherwise_is_an_error_with_its_row(
    generator: MJImageGenerator,
    script: MidjourneyScript,
    last: dict[str, object],
    expected: type[Any],
    words: str,
) -> None:
    answers(script, row(""), last)

    with pytest.raises(expected, match=words) as raised:
        generator.wait_for_completion("17")

    assert ("17", last["status"]) == (raised.value.task, raised.value.row["status"])


def test_a_window_that_was_answered_may_be_printed_for_a_while(
    generator: MJImageGenerator, script: MidjourneyScript
) -> None:
    answers(script, row("MODAL"), row("MODAL"), row("SUBMITTED"), row("SUCCESS"))

    assert "SUCCESS" == generator.wait_for_completion("17")["status"]


@pytest.mark.parametrize(
    "unknown",
    [
        Answer(204),
        Answer(200),
        Answer.of({"code": 4, "description": "task_no_found ", "type": "upstream_error"}, 400),
    ],
)
def test_an_unknown_task_is_one_in_every_servers_words(
    generator: MJImageGenerator, script: MidjourneyScript, unknown: Answer
) -> None:
    answers(script, unknown)

    with pytest.raises(UnknownTaskError):
        generator.fetch_task_status("17")


def test_a_new_task_may_be_unknown_for_a_moment(
    generator: MJImageGenerator, script: MidjourneyScript
) -> None:
    answers(script, Answer(204), row("SUCCESS"))

    assert "SUCCESS" == generator.wait_for_completion("17")["status"]


def test_a_task_that_stays_unknown_is_not_waited_for(
    generator: MJImageGenerator, script: MidjourneyScript, waits: Waits
) -> None:
    answers(script, Answer(204))

    with pytest.raises(UnknownTaskError):
        generator.wait_for_completion("17")

    assert sum(waits.seconds) < 60


@pytest.mark.parametrize("trouble", [Answer(502, b"<html>"), Answer(429), Answer(200, b"{cut")])
def test_looks_that_fail_are_tried_again_and_not_for_ever(
    generator: MJImageGenerator, script: MidjourneyScript, trouble: Answer
) -> None:
    answers(script, trouble, row("SUCCESS"))
    assert "SUCCESS" == generator.wait_for_completion("17")["status"]
    seen = answers(script, trouble)

    with pytest.raises(GatewayError):
        generator.wait_for_completion("17")

    assert 6 == len(seen)


def test_a_refused_key_ends_the_wait_at_once(
    generator: MJImageGenerator, script: MidjourneyScript
) -> None:
    seen = answers(script, Answer(401))

    with pytest.raises(GatewayError):
        generator.wait_for_completion("17")

    assert 1 == len(seen)


def test_waiting_ends_with_its_patience(script: MidjourneyScript, waits: Waits) -> None:
    answers(script, row("IN_PROGRESS"))

    with ScriptedGateway(script) as gateway, pytest.raises(WaitError):
        MJImageGenerator(gateway.url, KEY, patience=60, sleep=waits).wait_for_completion("17")

    assert 60 == sum(waits.seconds)


def test_every_row_is_heard(script: MidjourneyScript, waits: Waits) -> None:
    heard: list[object] = []
    answers(script, row("SUBMITTED"), row("SUCCESS"))

    with ScriptedGateway(script) as gateway:
        one = MJImageGenerator(
            gateway.url, KEY, sleep=waits, heard=lambda seen: heard.append(seen["status"])
        )
        one.wait_for_completion("17")

    assert ["SUBMITTED", "SUCCESS"] == heard
