"""Operations that press buttons: on every family of servers, with a window that wants an answer and without."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import PromptInput, Ref, Value
from omnidsl.running import Gateway
from omnidsl.testing import Answer, Bench, HangUp, MidjourneyScript, Request, ScriptedGateway, step
from omnidsl_midjourney import wire
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.profiles import PROFILES

GRID = step("g", "midjourney.imagine", {"prompt": PromptInput(("fox --ar 3:2",))})
SINGLE = step("u", "midjourney.upscale", {"grid": Ref("g"), "index": 1})
DOG = PromptInput(("a dog",))


def press(name: str, operation: str, arguments: dict[str, Value]) -> PlanNode:
    """Return a step that presses: on the grid where `reroll` or `index` say so, else on the single picture."""
    subject = "grid" if operation == "reroll" else "picture"
    parent = "g" if operation == "reroll" or "index" in arguments else "u"
    return step(name, f"midjourney.{operation}", {subject: Ref(parent), **arguments})


def pressed(operation: str, **arguments: Value) -> list[PlanNode]:
    """Return the steps up to a press."""
    last = press("last", operation, arguments)
    parent = [GRID] if Ref("g") in last.arguments.values() else [GRID, SINGLE]
    return [*parent, last]


PLAIN: list[tuple[str, dict[str, Value], str]] = [
    ("vary", {"index": 3}, "variation"),
    ("vary", {}, "high_variation"),
    ("vary", {"strength": "subtle"}, "low_variation"),
    ("reroll", {}, "reroll"),
    ("pan", {"direction": "left"}, "pan"),
    ("zoom", {"factor": 2.0}, "zoom"),
    ("zoom", {"factor": 1.5}, "zoom"),
    ("zoom", {"factor": 1.8}, "custom_zoom"),
]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("remix", [False, True], ids=["plain", "remix"])
def test_a_press_buys_one_of_its_kind_whoever_asks_for_an_answer(
    tmp_path: Path,
    profile: str,
    remix: bool,  # a row of the table
) -> None:
    last = [
        press(f"p{number}", operation, arguments)
        for number, (operation, arguments, _) in enumerate(PLAIN)
    ]
    with Sandbox(profile=profile, remix=remix, duration=0, artifact="fixed:1k") as sandbox:
        bench = Bench(tmp_path, Gateway.at(sandbox.url, key="sk-test-0123456789"))
        result = bench.run(bench.plan(GRID, SINGLE, *last))
        books = sandbox.books()

    expected = Counter(["imagine", "upscale", *(sale for _, _, sale in PLAIN)])
    assert ([], expected) == ([one.message for one in result.failures], books.by_operation)
    assert [".png"] * 10 == [str(one.path)[-4:] for one in result.results.values()]


PROMPTED: list[tuple[str, dict[str, Value], str]] = [
    ("zoom", {"factor": 1.8}, "fox --ar 3:2 --zoom 1.8"),
    ("zoom", {"factor": 2.0, "prompt": DOG}, "a dog --zoom 2"),
    ("zoom", {"factor": 1.25, "prompt": PromptInput(("a dog --zoom 2",))}, "a dog --zoom 1.25"),
    ("vary", {"index": 1, "prompt": DOG}, "a dog"),
    ("vary", {"index": 1}, "fox --ar 3:2"),
    ("pan", {"direction": "up", "prompt": DOG}, "a dog"),
    ("reroll", {"prompt": DOG}, "a dog"),
]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_answer_carries_the_new_prompt_or_the_old_one(tmp_path: Path, profile: str) -> None:
    last = [
        press(f"p{number}", operation, arguments)
        for number, (operation, arguments, _) in enumerate(PROMPTED)
    ]
    with Sandbox(profile=profile, remix=True, duration=0, artifact="fixed:1k") as sandbox:
        bench = Bench(tmp_path, Gateway.at(sandbox.url, key="sk-test-0123456789"))
        result = bench.run(bench.plan(GRID, SINGLE, *last))

    expected = [prompt for _, _, prompt in PROMPTED]
    assert expected == [result.results[one.id].prompt for one in last]


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def bench(tmp_path: Path, script: MidjourneyScript) -> Iterator[Bench]:
    with ScriptedGateway(script) as running:
        yield Bench(tmp_path, Gateway.at(running.url, key="sk-test-0123456789"))


IDS = [
    *(f"MJ::JOB::upsample::{number}::u" for number in range(1, 5)),
    *(f"MJ::JOB::variation::{number}::u" for number in range(1, 5)),
    "MJ::JOB::reroll::0::u::SOLO",
    "MJ::JOB::high_variation::1::u::SOLO",
    "MJ::JOB::pan_left::1::u::SOLO",
    "MJ::CustomZoom::1::u",
]
BUTTONS = [{"customId": one, "emoji": "", "label": "x"} for one in IDS]


def showing(script: MidjourneyScript, buttons: object, **fields: object) -> None:
    """Have every task show these buttons."""
    script.on(
        "list-by-condition",
        lambda request: Answer.of(
            [script.task(one, buttons=buttons, **fields) for one in request.json()["ids"]]
        ),
    )


def names(script: MidjourneyScript) -> list[str]:
    return [one.path.rpartition("/")[2] for one in script.submitted]


def receipt(script: MidjourneyScript, **fields: object) -> Callable[[Request], Answer]:
    """Take an action, with these fields in its receipt."""

    def take(request: Request) -> Answer:
        return Answer.of(json.loads(script.usual(request).body) | fields)

    return take


@pytest.mark.parametrize(
    "fields",
    [
        {"code": 21, "description": "whatever"},
        {"code": "21"},
        {"code": 1, "description": "Waiting for window confirm"},
        {"code": 1, "description": "窗口等待"},
        {"code": 1, "properties": {"remix": True}},
        {"code": 22, "description": "Confirm the window"},
    ],
)
def test_every_way_of_saying_that_a_window_waits_is_understood(
    bench: Bench, script: MidjourneyScript, fields: dict[str, object]
) -> None:
    showing(script, BUTTONS)
    script.on("/submit/action", receipt(script, **fields))

    bench.run(bench.plan(*pressed("vary", index=2)))

    assert ["imagine", "action", "modal"] == names(script)


@pytest.mark.parametrize(
    "fields",
    [
        {"code": 1},
        {"code": 22, "properties": {"numberOfQueues": 3}},
        {"code": 21, "properties": {"status": "SUCCESS", "imageUrl": "http://x"}},
        {"code": 1, "properties": None, "description": None},
    ],
)
def test_what_needs_no_answer_gets_none(
    bench: Bench, script: MidjourneyScript, fields: dict[str, object]
) -> None:
    showing(script, BUTTONS)
    script.on("/submit/action", receipt(script, **fields))

    result = bench.run(bench.plan(*pressed("vary", index=2)))

    assert (0, ["imagine", "action"]) == (result.status, names(script))


def test_a_custom_zoom_is_answered_whatever_its_receipt_says(
    bench: Bench, script: MidjourneyScript
) -> None:
    showing(script, BUTTONS)

    bench.run(bench.plan(*pressed("zoom", factor=1.8)))

    first, second = script.submitted[-2:]
    assert ["imagine", "action", "action", "modal"] == names(script)
    assert second.json() == {
        "taskId": "1700000000000003",
        "prompt": "a red fox --zoom 1.8",
        "state": first.json()["state"],
    }


def test_a_task_that_waits_for_an_answer_nobody_gives_is_not_waited_for(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on(
        "list-by-condition",
        lambda request: Answer.of(
            [
                script.task(
                    one, buttons=BUTTONS, status="SUCCESS" if one.endswith("1") else "MODAL"
                )
                for one in request.json()["ids"]
            ]
        ),
    )

    result = bench.run(bench.plan(*pressed("vary", index=2)))

    assert (1, "task-failed") == (result.status, result.failures[0].reason)
    assert "asks for a `prompt`" in result.failures[0].message


@pytest.mark.parametrize(("status", "sent"), [("MODAL", "modal"), ("IN_PROGRESS", "action")])
def test_with_a_new_prompt_a_silent_server_is_asked_whether_a_window_waits(
    bench: Bench, script: MidjourneyScript, status: str, sent: str
) -> None:
    showing(script, BUTTONS)
    looks = iter([""])
    script.on(
        "/fetch",
        lambda request: Answer.of(
            script.task(request.path.split("/")[-2], status=next(looks, status))
        ),
    )

    result = bench.run(bench.plan(*pressed("vary", index=2, prompt=DOG)))

    assert sent == names(script)[-1]
    refused = "midjourney drew the old prompt again, in the task 1700000000000002"
    expected = [refused] if sent == "action" else []
    assert expected == [one.message.partition(":")[0] for one in result.failures]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("vary", {"index": 2, "strength": "subtle"}),
        ("vary", {"strength": "subtle"}),
        ("pan", {"direction": "up"}),
        ("vary", {"index": 2, "prompt": PromptInput(("a", Ref("g", "sheet")))}),
    ],
)
def test_what_no_button_does_is_refused_before_it_is_sent(
    bench: Bench, script: MidjourneyScript, operation: str, arguments: dict[str, Value]
) -> None:
    showing(script, BUTTONS)

    result = bench.run(bench.plan(*pressed(operation, **arguments)))

    assert "last" in [one.node for one in result.failures]
    assert {"imagine", "action"} >= set(names(script))
    assert len(names(script)) == len(pressed(operation, **arguments)) - 1


@pytest.mark.parametrize(
    ("operation", "arguments", "expected"),
    [
        ("vary", {"index": 3}, {"action": "VARIATION", "index": 3}),
        ("reroll", {}, {"action": "REROLL", "index": 1}),
    ],
)
def test_a_server_without_buttons_gets_the_older_request_for_what_it_knows(
    bench: Bench,
    script: MidjourneyScript,
    operation: str,
    arguments: dict[str, Value],
    expected: dict[str, object],
) -> None:
    showing(script, None)

    bench.run(bench.plan(*pressed(operation, **arguments)))

    sent = script.submitted[-1]
    assert "/mj-fast/mj/submit/change" == sent.path
    assert expected.items() <= sent.json().items()


def test_a_server_without_buttons_cannot_be_asked_for_another_prompt(
    bench: Bench, script: MidjourneyScript
) -> None:
    showing(script, None)

    result = bench.run(bench.plan(*pressed("reroll", prompt=DOG)))

    assert ("argument", ["imagine"]) == (result.failures[0].reason, names(script))


@pytest.mark.parametrize("lost", ["action", "modal"])
def test_a_stage_whose_answer_was_lost_is_held_and_the_one_before_it_is_not_bought_again(
    bench: Bench, script: MidjourneyScript, lost: str
) -> None:
    showing(script, BUTTONS)
    hangs = iter([HangUp()])
    script.on(f"/submit/{lost}", lambda request: next(hangs, None) or script.usual(request))

    plan = bench.plan(GRID, step("last", "midjourney.zoom", {"picture": Ref("g"), "factor": 1.8}))
    first = bench.run(plan)
    again = bench.run(plan)

    expected = ["imagine"] if lost == "action" else ["imagine", "action"]
    assert (["last"], ["last"]) == (
        [one.node for one in first.held],
        [one.node for one in again.held],
    )
    assert expected == names(script)


def test_a_modal_that_is_refused_leaves_the_action_unpaid_and_the_step_failed(
    bench: Bench, script: MidjourneyScript
) -> None:
    showing(script, BUTTONS)
    refusal = {"code": 4, "description": "关联任务状态错误", "result": None, "properties": {}}
    script.on("/submit/modal", lambda _: Answer.of(refusal))

    result = bench.run(bench.plan(*pressed("zoom", factor=1.8)))

    assert (1, "last") == (result.status, result.failures[0].node)


@pytest.mark.parametrize("body", [{}, [], None, {"code": None}, {"properties": 3, "code": 21}])
def test_any_receipt_is_read_without_raising(body: object) -> None:
    row = body if isinstance(body, dict) else {}

    assert isinstance(wire.asks(row), bool)
