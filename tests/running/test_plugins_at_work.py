# ruff: noqa: ARG002  # a backend has arguments that a small one does not need
"""Plugins that veto, listen, break, or buy in several stages."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

from omnidsl.plugins import (
    Backend,
    Call,
    Context,
    File,
    Immediate,
    Made,
    Receipt,
    Service,
    Status,
    Task,
    argument,
    hookimpl,
)
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.describing import describe
from omnidsl.plugins.manager import Plugins
from omnidsl.plugins.media import Image
from omnidsl.running import Gateway
from omnidsl.running.events import Event, Notice, StepDone
from omnidsl.testing import Answer, Bench, HangUp, Request, ScriptedGateway, step
from omnidsl.testing.scripted import PIXEL


@attrs.frozen
class Draw(Task[Image]):
    """Draw in two paid stages."""

    what: str = argument(subject=True)


@attrs.frozen
class Say(Immediate[str]):
    """Say something."""

    what: str = argument(subject=True)


class TwoStages(Backend):
    """Orders a window, then a picture; the picture comes in the reply to the poll."""

    async def submit(self, call: Call, context: Context) -> Receipt:
        await context.pay("/window", {"state": call.attempt_id}, stage="window")
        reply = await context.pay("/picture", {"state": call.attempt_id}, stage="picture")
        body = reply.json()
        assert isinstance(body, dict)
        return Receipt(str(body["id"]))

    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        return {one.task: Status("done") for one in receipts}

    async def collect(self, receipt: Receipt, status: Status, context: Context) -> Made:
        return Made(files=(File("image", data=PIXEL),), facts={"task_id": receipt.task})

    async def call(self, call: Call, context: Context) -> Made:
        await context.pay("/say", {"state": call.attempt_id})
        return Made(text="said")


class Broken(TwoStages):
    async def collect(self, receipt: Receipt, status: Status, context: Context) -> Made:
        raise KeyError("a field that is not there")


class Spendthrift(TwoStages):
    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        await context.pay("/more", {})
        return {}


SERVICE = Service(
    name="twice", operations=(Draw, Say), implementation="test:TwoStages", usual_seconds=0.1
)


def bench_with(folder: Path, url: str, backend: type[Backend], **hooks: Any) -> Bench:
    """Return a bench whose only plugin is made of these parts."""
    module = ModuleType("twice_plugin")
    row = {"distribution": "test", "version": "1", **describe(SERVICE)}
    catalogue = Catalogue.from_json({"services": {"twice": row}, "problems": []})
    module.omnidsl_services = hookimpl(lambda: [SERVICE])  # type: ignore[attr-defined]  # a module made here
    for name, hook in hooks.items():
        setattr(module, name, hookimpl(hook))
    plugins = Plugins([], catalogue.services)
    plugins.manager.register(module)
    plugins._operations.update({"twice.draw": Draw, "twice.say": Say})
    plugins._backends["twice"] = backend()
    bench = Bench(folder, Gateway.at(url, key="sk-test-0123456789"), catalogue=catalogue)
    bench.plugins = plugins
    return bench


def draw() -> Any:
    return step("picture", "twice.draw", {"what": "x"}, result="image")


def accept(request: Request) -> Answer:
    return Answer.of({"id": f"task{request.path}"})


def test_a_purchase_may_have_two_stages(tmp_path: Path) -> None:
    with ScriptedGateway(accept) as gateway:
        bench = bench_with(tmp_path, gateway.url, TwoStages)

        result = bench.run(bench.plan(draw()))

    assert (0, ["/window", "/picture"]) == (result.status, [one.path for one in gateway.requests])
    ids = {one.json()["state"] for one in gateway.requests}
    assert {result.results["picture"].attempt} == ids


def test_a_second_stage_that_was_refused_does_not_repeat_the_first(tmp_path: Path) -> None:
    answers = [
        Answer.of({"id": "w"}),
        Answer.of({"error": {"message": "busy"}}, 503),
        Answer.of({"id": "p"}),
    ]
    with ScriptedGateway(lambda _: answers.pop(0)) as gateway:
        bench = bench_with(tmp_path, gateway.url, TwoStages)

        result = bench.run(bench.plan(draw()))

    assert (0, ["/window", "/picture", "/picture"]) == (
        result.status,
        [one.path for one in gateway.requests],
    )


def test_a_second_stage_whose_answer_was_lost_holds_the_step(tmp_path: Path) -> None:
    with ScriptedGateway(
        lambda request: HangUp() if request.path == "/picture" else accept(request)
    ) as gateway:
        bench = bench_with(tmp_path, gateway.url, TwoStages)

        statuses = [bench.run(bench.plan(draw())).status for _ in range(2)]

    assert ([3, 3], ["/window", "/picture"]) == (statuses, [one.path for one in gateway.requests])


def test_a_plugin_may_veto_a_purchase(tmp_path: Path) -> None:
    def veto(call: Call) -> str:
        return f"no {type(call.operation).__name__} today"

    with ScriptedGateway(accept) as gateway:
        bench = bench_with(tmp_path, gateway.url, TwoStages, omnidsl_before_submit=veto)

        result = bench.run(bench.plan(draw()))

    assert ("veto", []) == (result.failures[0].reason, gateway.requests)
    assert "no Draw today" in result.failures[0].message


def test_plugins_hear_every_event(tmp_path: Path) -> None:
    heard: list[str] = []

    def hear(event: dict[str, Any]) -> None:
        heard.append(event["event"])

    with ScriptedGateway(accept) as gateway:
        bench = bench_with(tmp_path, gateway.url, TwoStages, omnidsl_event=hear)
        bench.run(bench.plan(draw()))

    assert [one.event for one in bench.events] == heard


def test_a_listener_that_breaks_costs_nothing_and_is_told_of_once(tmp_path: Path) -> None:
    def break_down(event: Event) -> None:
        raise RuntimeError(event.event)

    with ScriptedGateway(accept) as gateway:
        bench = bench_with(tmp_path, gateway.url, TwoStages)
        bench.listeners.append(break_down)
        result = bench.run(bench.plan(draw()))

    assert 0 == result.status
    assert 1 == sum(isinstance(one, Notice) and one.reason == "listener" for one in bench.events)


def test_a_plugin_that_breaks_after_the_purchase_loses_nothing(tmp_path: Path) -> None:
    with ScriptedGateway(accept) as gateway:
        broken = bench_with(tmp_path, gateway.url, Broken)
        first = broken.run(broken.plan(draw()))
        mended = bench_with(tmp_path, gateway.url, TwoStages)
        second = mended.run(mended.plan(draw()))

    assert ("plugin", "KeyError: 'a field that is not there'") == (
        first.failures[0].reason,
        first.failures[0].values["words"],
    )
    assert (0, 2) == (second.status, len(gateway.requests))


def test_nothing_can_be_bought_while_polling(tmp_path: Path) -> None:
    with ScriptedGateway(accept) as gateway:
        bench = bench_with(tmp_path, gateway.url, Spendthrift)
        result = bench.run(bench.plan(draw()))

    assert (1, "plugin") == (result.status, result.failures[0].reason)
    assert [] == gateway.paths("/more")


def test_an_immediate_answer_is_kept_when_its_result_was_not(tmp_path: Path) -> None:
    with ScriptedGateway(accept) as gateway:
        bench = bench_with(tmp_path, gateway.url, TwoStages)
        plan = bench.plan(step("says", "twice.say", {"what": "x"}))
        run = bench.run(plan)
        ledger = bench.ledger()
        ledger._file.database.execute("DELETE FROM results")
        ledger._file.database.execute("UPDATE attempts SET state = 'open'")
        ledger.close()

        again = bench.resume(run.run)

    assert (0, "said", 1) == (again.status, again.results["says"].text, len(gateway.requests))


def test_a_backend_that_cannot_be_imported_fails_its_steps_in_words(tmp_path: Path) -> None:
    with ScriptedGateway(accept) as gateway:
        bench = bench_with(tmp_path, gateway.url, TwoStages)
        assert bench.plugins is not None
        bench.plugins._backends.clear()
        result = bench.run(bench.plan(draw()))

    assert ("plugin", []) == (result.failures[0].reason, gateway.requests)


def test_a_done_step_tells_where_its_files_lie(tmp_path: Path) -> None:
    with ScriptedGateway(accept) as gateway:
        bench = bench_with(tmp_path, gateway.url, TwoStages)
        bench.run(bench.plan(draw()))

    done = next(one for one in bench.events if isinstance(one, StepDone))
    assert PIXEL == Path(done.files[0]).read_bytes()


@pytest.mark.parametrize("wanted", ["picture.jpg", "猫/图 片.png"])
def test_a_saved_picture_has_its_own_extension(tmp_path: Path, wanted: str) -> None:
    from omnidsl.planning.plan import Save
    from omnidsl.planning.values import Ref

    with ScriptedGateway(accept) as gateway:
        bench = bench_with(tmp_path, gateway.url, TwoStages)
        result = bench.run(bench.plan(draw(), saves=[Save(Ref("picture"), wanted)]))

    assert (bench.output / wanted).with_suffix(".png") == result.saved[0]
