"""Whole runs against gateways in trouble: who goes first, what is left alone, when a step's time is over."""

import threading
from pathlib import Path

import attrs

from omnidsl.planning.plan import Options, Plan, PlanNode
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.events import Notice
from omnidsl.running.scheduler import chains
from omnidsl.testing import Answer, Bench, MidjourneyScript, Request, ScriptedGateway, step

BROKEN = Answer(502, b"<html></html>", {"content-type": "text/html"})


def grid(name: str, *, take: int = 1, options: Options | None = None) -> PlanNode:
    words = PromptInput((f"a fox called {name}",))
    return step(name, "midjourney.imagine", {"prompt": words}, take=take, options=options)


def hero(name: str, parent: str) -> PlanNode:
    return step(name, "midjourney.upscale", {"grid": Ref(parent), "index": 1})


def chatty(bench: Bench, count: int) -> Plan:
    return bench.plan(*(grid(f"g{number}") for number in range(count)))


def notices(bench: Bench) -> list[str]:
    return [one.reason for one in bench.events if isinstance(one, Notice)]


def test_urgent_chains_go_first_and_nobody_starves(tmp_path: Path) -> None:
    script = MidjourneyScript()
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.sandbox(gateway.url))
        bench.limits = attrs.evolve(bench.limits, tasks=1)
        again = PromptInput(("once more: ", Ref("root", "prompt")))
        second = step("second", "midjourney.imagine", {"prompt": again})
        leaves = [grid(f"leaf{one}") for one in range(4)]
        result = bench.run(bench.plan(*leaves, grid("root"), second, hero("end", "second")))
        bought = [one.json().get("prompt", "") for one in script.submitted]

    assert 0 == result.status
    assert "a fox called root" == bought[0]
    assert "once more" in " ".join(bought[1:3])
    assert 7 == len(bought)


def test_the_chains_behind_steps_are_counted() -> None:
    needs = {"a": (), "b": ("a",), "c": ("b",), "d": ("a",), "e": ()}

    assert {"a": 2, "b": 1, "c": 0, "d": 0, "e": 0} == chains(needs)


def test_a_gateway_that_loses_every_answer_is_not_fed_on(tmp_path: Path) -> None:
    script = MidjourneyScript()
    script.on("/mj/submit/", lambda _: BROKEN)
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.sandbox(gateway.url))
        result = bench.run(chatty(bench, 40))
        sent = len(gateway.paths("/mj/submit/"))

    assert 3 == result.status
    assert 5 <= sent <= 10
    assert sent == len(result.held)
    assert {"gateway-trouble"} == {one.reason for one in result.failures}
    assert ["gateway-rests", "gateway-given-up"] == [
        one for one in notices(bench) if one.startswith("gateway-")
    ]


def test_a_gateway_that_recovers_gets_everything_that_was_not_lost(tmp_path: Path) -> None:
    script = MidjourneyScript()
    lock, counts = threading.Lock(), iter(range(10_000))

    def moody(request: Request) -> Answer:
        with lock:
            number = next(counts)
        return BROKEN if 2 <= number < 10 else script.usual(request)

    script.on("/mj/submit/", moody)
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.sandbox(gateway.url))
        result = bench.run(chatty(bench, 30))

    assert (3, 8, 22, ()) == (
        result.status,
        len(result.held),
        len(result.results),
        result.failures,
    )
    assert {"gateway-rests", "gateway-back"} <= set(notices(bench))


def test_the_time_of_a_step_covers_its_download_and_what_is_paid_for_stays(tmp_path: Path) -> None:
    script = MidjourneyScript()
    go = threading.Event()

    def slowly(request: Request) -> Answer:
        go.wait(20)
        return script.usual(request)

    script.on("/mj/image/", slowly)
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.sandbox(gateway.url))
        first = bench.run(bench.plan(grid("fox", options=Options(timeout=1.0))))
        go.set()
        second = bench.run(bench.plan(grid("fox")))

    assert (1, ["time-out"]) == (first.status, [one.reason for one in first.failures])
    assert (0, 1) == (second.status, len(script.submitted))


def test_the_time_of_a_step_ends_its_tries(tmp_path: Path) -> None:
    script = MidjourneyScript()
    script.on("/mj/submit/", lambda _: Answer(429, b"{}", {"retry-after": "30"}))
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.sandbox(gateway.url))
        result = bench.run(bench.plan(grid("fox", options=Options(timeout=5.0, retries=9))))
        sent = len(gateway.paths("/mj/submit/"))

    assert (1, 1, ["rate-limited"]) == (
        result.status,
        sent,
        [one.reason for one in result.failures],
    )
