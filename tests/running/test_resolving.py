"""What becomes of a paid request whose answer was lost, where the gateway can tell."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from email.utils import formatdate
from pathlib import Path

import attrs
import pytest

from omnidsl.planning.plan import Options
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.plugins.backend import Receipt
from omnidsl.plugins.declarations import OnAmbiguous
from omnidsl.running import Gateway, RunResult
from omnidsl.running.events import Notice
from omnidsl.testing import (
    Answer,
    Bench,
    HangUp,
    MidjourneyScript,
    Request,
    ScriptedGateway,
    step,
)

Rows = list[dict[str, object]]


class Listing:
    """A gateway that loses the answers to its first submissions and prints a list of its tasks.

    `takes` says whether it took what it lost; `hidden` lists are printed before the task shows; `older` rows stand in
    the list beside, each `aged` seconds old and of `owner`; `clock` is how far the gateway's clock is from ours, in seconds.
    """

    def __init__(self, script: MidjourneyScript) -> None:
        self.script = script
        self.losses = 1
        self.takes = True
        self.hidden = 0
        self.older = 0
        self.aged = 60.0
        self.owner: str | None = "x"
        self.clock = 0.0
        self.looks = 0
        script.on("/mj/submit/", self.submit)
        script.on("/mj/task/list", self.list)

    def submit(self, request: Request) -> Answer | HangUp:
        self.losses -= 1
        if self.losses < 0:
            return self.script.usual(request)
        if self.takes:
            self.script.usual(request)
        return HangUp()

    def list(self, request: Request) -> Answer:
        if not request.path.endswith("/task/list"):
            return self.script.usual(request)
        self.looks += 1
        now = time.time() + self.clock
        rows: Rows = [
            {"id": str(one), "state": self.owner, "submitTime": int((now - self.aged) * 1000)}
            for one in range(self.older)
        ]
        if self.looks > self.hidden:
            rows += [
                self.script.task(
                    str(1_700_000_000_000_001 + place),
                    state=one.json()["state"],
                    submitTime=int(now * 1000),
                )
                for place, one in enumerate(self.script.submitted)
            ]
        return Answer.of(rows, date=formatdate(now, usegmt=True))


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def listing(script: MidjourneyScript) -> Listing:
    return Listing(script)


@pytest.fixture
def gateway(script: MidjourneyScript) -> Iterator[ScriptedGateway]:
    with ScriptedGateway(script) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, gateway: ScriptedGateway) -> Bench:
    return Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))


@pytest.fixture
def imagine(bench: Bench) -> Callable[..., RunResult]:
    def run(options: Options | None = None) -> RunResult:
        prompt = PromptInput(("a red fox",))
        return bench.run(
            bench.plan(step("grid", "midjourney.imagine", {"prompt": prompt}, options=options))
        )

    return run


def sent(gateway: ScriptedGateway) -> int:
    return len(gateway.paths("/mj/submit/"))


def notices(bench: Bench) -> list[str]:
    found = [one.reason for one in bench.events if isinstance(one, Notice)]
    return [one for one in found if one != "rebased"]


Imagine = Callable[..., RunResult]


def test_a_lost_task_that_the_gateway_lists_is_gone_on_with(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, bench: Bench
) -> None:
    result = imagine()

    assert (0, 1, ["found-again"]) == (result.status, sent(gateway), notices(bench))
    assert "1700000000000001" == result.results["grid"].task_id


def test_a_lost_task_is_found_when_the_listing_shows_it_late(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, bench: Bench
) -> None:
    listing.hidden = 1

    result = imagine()

    assert (0, 1, ["resolving", "found-again"]) == (result.status, sent(gateway), notices(bench))


def test_what_the_gateway_never_took_is_sent_again_under_the_same_attempt(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    listing.takes = False

    result = imagine()

    assert (0, 2, 1) == (result.status, sent(gateway), len(script.submitted))
    assert result.results["grid"].attempt.endswith(".1")


def test_absence_proves_nothing_before_the_settling_time_is_over(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, bench: Bench
) -> None:
    bench.settling_seconds = 1.5
    listing.hidden = 2

    result = imagine()

    assert (0, 1, 3) == (result.status, sent(gateway), listing.looks)


def test_absence_from_a_list_that_is_cut_before_the_request_proves_nothing(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway
) -> None:
    listing.takes = False
    listing.older, listing.aged = 100, 0.0

    assert (3, 1) == (imagine().status, sent(gateway))


@pytest.mark.parametrize(("aged", "status", "requests"), [(0.0, 3, 1), (60.0, 0, 2)])
def test_a_recent_task_that_does_not_say_whose_it_is_may_be_the_lost_one(
    imagine: Imagine,
    listing: Listing,
    gateway: ScriptedGateway,
    aged: float,
    status: int,
    requests: int,
) -> None:
    listing.takes = False
    listing.older, listing.aged, listing.owner = 1, aged, None

    assert (status, requests) == (imagine().status, sent(gateway))


@pytest.mark.parametrize("clock", [0.0, 5000.0, -5000.0])
def test_a_cut_list_that_reaches_back_behind_the_request_by_the_gateways_clock_is_complete(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, clock: float
) -> None:
    listing.takes = False
    listing.older, listing.aged, listing.clock = 100, 60.0, clock

    assert (0, 2) == (imagine().status, sent(gateway))


def test_our_own_clock_may_jump_without_making_a_cut_list_complete(
    imagine: Imagine,
    listing: Listing,
    gateway: ScriptedGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listing.takes = False
    listing.older, listing.aged = 100, 0.0
    shown = time.time
    monkeypatch.setattr(time, "time", lambda: shown() + 3600 * (1 if listing.looks % 2 else -1))

    assert (3, 1) == (imagine().status, sent(gateway))


def test_an_older_task_with_the_same_prompt_is_no_evidence(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    listing.takes = False
    row = script.task("17", state="", prompt="a red fox", submitTime=1000)
    script.on("/mj/task/list", lambda request: Answer.of([row]) if request.path.endswith("list") else script.usual(request))  # fmt: skip  # one behaviour

    result = imagine()

    assert (0, 2) == (result.status, sent(gateway))
    assert "17" != result.results["grid"].task_id


def test_without_a_listing_the_step_is_held_at_once(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    script.on("/mj/task/list", script.usual)

    assert (3, 1, 1) == (imagine().status, sent(gateway), len(gateway.paths("/mj/task/list")))


def test_a_listing_that_fails_holds_the_step_and_a_later_run_finds_the_task(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    script.on("/mj/task/list", lambda _: Answer(500))
    held = imagine()
    script.on("/mj/task/list", listing.list)

    found = imagine()

    assert (3, 0, 1) == (held.status, found.status, sent(gateway))


def test_a_gateway_that_takes_nothing_and_loses_every_answer_is_not_asked_for_ever(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, bench: Bench
) -> None:
    listing.takes, listing.losses = False, 100
    bench.limits = attrs.evolve(bench.limits, retries=2)

    assert (3, 4) == (imagine().status, sent(gateway))


@pytest.mark.parametrize("policy", ["resubmit", "fail"])
def test_what_can_be_known_comes_before_what_a_step_does_in_doubt(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, policy: OnAmbiguous
) -> None:
    assert (0, 1) == (imagine(Options(on_ambiguous=policy)).status, sent(gateway))


def test_a_person_who_asks_to_buy_again_does_not_pay_for_what_is_there(
    imagine: Imagine,
    listing: Listing,
    gateway: ScriptedGateway,
    script: MidjourneyScript,
    bench: Bench,
) -> None:
    script.on("/mj/task/list", lambda _: Answer(500))
    held = imagine()
    script.on("/mj/task/list", listing.list)

    result = bench.resume(held.run, resubmit=["grid"])

    assert (0, 1) == (result.status, sent(gateway))


def test_a_receipt_that_comes_while_a_step_is_in_doubt_ends_the_doubt(
    imagine: Imagine, script: MidjourneyScript, gateway: ScriptedGateway, bench: Bench
) -> None:
    """As when another process, which was taken for dead, wakes and gets its answer."""

    def answer_elsewhere(request: Request) -> HangUp:
        reply = script.usual(request)
        assert isinstance(reply, Answer)
        task = json.loads(reply.body)["result"]
        with closing(bench.ledger()) as ledger:
            ledger.receive(request.json()["state"], Receipt(task))
        return HangUp()

    script.on("/mj/submit/", answer_elsewhere)

    assert (0, 1) == (imagine().status, sent(gateway))


def test_a_found_task_that_a_full_disk_has_no_room_for_is_held_and_found_again(
    imagine: Imagine, listing: Listing, gateway: ScriptedGateway, bench: Bench
) -> None:
    bench.state.mkdir()
    (bench.state / "replies").write_text("in the way of every reply", "utf-8")
    held = imagine()
    (bench.state / "replies").unlink()

    found = imagine()

    assert (3, 0, 1) == (held.status, found.status, sent(gateway))


# ---- windows


WINDOW = "18"


@pytest.fixture
def zoom(bench: Bench, script: MidjourneyScript) -> Callable[[str], RunResult]:
    """Zoom where the first answer to the window is lost, and its task has a status from then on."""
    buttons = [
        {"customId": "MJ::JOB::upsample::1::x", "label": "U1", "emoji": ""},
        {"customId": "MJ::CustomZoom::x", "label": "Custom Zoom", "emoji": ""},
    ]
    losses = [HangUp()]

    def press(request: Request) -> Answer:
        if "CustomZoom" not in request.json().get("customId", ""):
            return script.usual(request)
        return Answer.of({"code": 21, "description": "Waiting for window confirm", "result": WINDOW})  # fmt: skip  # one row

    def answer(_: Request) -> Answer | HangUp:
        if losses:
            return losses.pop()
        return Answer.of({"code": 1, "description": "提交成功", "result": WINDOW})

    def rows(request: Request) -> Answer:
        if request.path.endswith("/task/list"):
            return Answer(404)
        return Answer.of([script.task(one, buttons=buttons) for one in request.json()["ids"]])

    def run(status: str) -> RunResult:
        script.on("/mj/submit/action", press)
        script.on("/mj/submit/modal", answer)
        script.on("/mj/task/list", rows)
        window = script.task(WINDOW, status=status)
        script.on(f"/mj/task/{WINDOW}/fetch", lambda _: Answer.of(window))
        plan = bench.plan(
            step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))}),
            step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
            step("wide", "midjourney.zoom", {"picture": Ref("hero"), "factor": 1.3}),
        )
        return bench.run(plan)

    return run


Zoom = Callable[[str], RunResult]


@pytest.mark.parametrize("status", ["SUBMITTED", "IN_PROGRESS", "SUCCESS"])
def test_a_window_whose_task_has_gone_on_was_answered(
    zoom: Zoom, gateway: ScriptedGateway, status: str
) -> None:
    result = zoom(status)

    assert (0, 1) == (result.status, len(gateway.paths("/mj/submit/modal")))
    assert WINDOW == result.results["wide"].task_id


def test_a_window_that_still_waits_is_answered_again(zoom: Zoom, gateway: ScriptedGateway) -> None:
    result = zoom("MODAL")

    assert (0, 2) == (result.status, len(gateway.paths("/mj/submit/modal")))
    assert 1 == len([one for one in gateway.requests if b"CustomZoom" in one.body])


def test_a_window_of_which_the_gateway_says_nothing_yet_is_held(
    zoom: Zoom, gateway: ScriptedGateway
) -> None:
    result = zoom("")

    assert (3, ["wide"]) == (result.status, [one.node for one in result.held])
    assert 1 == len(gateway.paths("/mj/submit/modal"))
