"""A planted key is nowhere: not in files, events, errors or what is printed."""

import io
import json
from pathlib import Path

import pytest

from omnidsl.planning.plan import Options, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.reporting.progress import Form, progress
from omnidsl.running import Gateway
from omnidsl.testing import Answer, Bench, MidjourneyScript, Request, ScriptedGateway, step

KEY = "sk-planted-secret-0123456789"
NEEDLE = "planted-secret-0123456789"


def everything(folder: Path) -> bytes:
    return b"\n".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())


def echo(status: int) -> "Answer":
    body = {
        "error": {"message": f"the key {KEY} ({NEEDLE}) is bad"},
        "description": KEY,
        "failReason": KEY,
    }
    return Answer.of(body, status, x_request_id=KEY)


@pytest.mark.parametrize("status", [200, 401, 429, 500])
@pytest.mark.parametrize("place", ["/mj/submit/", "list-by-condition", "/mj/image/"])
def test_a_gateway_that_repeats_the_key_cannot_spread_it(
    tmp_path: Path, status: int, place: str
) -> None:
    script = MidjourneyScript()
    script.on(place, lambda _: echo(status))
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.at(gateway.url, key=KEY))
        plan = bench.plan(
            step(
                "grid",
                "midjourney.imagine",
                {"prompt": PromptInput(("fox",))},
                options=Options(timeout=0.3),
            )
        )
        result = bench.run(plan)

    assert result.status in (1, 3)
    assert NEEDLE.encode() not in everything(tmp_path)
    assert NEEDLE not in repr(result) + json.dumps([one.to_json() for one in bench.events])


@pytest.mark.parametrize("form", ["plain", "json", "live", "quiet"])
def test_a_run_in_good_order_prints_and_keeps_no_key(tmp_path: Path, form: Form) -> None:
    script = MidjourneyScript()
    failing = {"status": "FAILURE", "failReason": f"bad {KEY}"}

    def poll(request: Request) -> Answer:
        rows = [
            script.task(one, **(failing if one.endswith("2") else {}))
            for one in request.json()["ids"]
        ]
        return Answer.of(rows)

    script.on("list-by-condition", poll)
    out, err = io.StringIO(), io.StringIO()
    with ScriptedGateway(script) as gateway, progress(err, out, form=form) as listener:
        bench = Bench(tmp_path, Gateway.at(gateway.url, key=KEY))
        bench.listeners.append(listener)
        plan = bench.plan(
            step("a", "midjourney.imagine", {"prompt": PromptInput(("one",))}),
            step("b", "midjourney.imagine", {"prompt": PromptInput(("two",))}),
            saves=[Save(Ref("a"), "a.png"), Save(Ref("b"), "b.png")],
        )
        result = bench.run(plan)

    assert (1, 1) == (result.status, len(result.saved))
    assert f"Bearer {KEY}" == gateway.requests[0].headers["authorization"]
    assert NEEDLE.encode() not in everything(tmp_path)
    assert NEEDLE not in out.getvalue() + err.getvalue() + repr(result) + repr(bench.gateway)
