"""`omni history`: what became of runs, by the ledger alone, in any width and both languages."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from wcwidth import wcswidth

from omnidsl.planning.plan import PICK, Options, Plan, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.reporting.progress_words import Words
from omnidsl.reporting.runs import Page
from omnidsl.running import Gateway, schemas
from omnidsl.running.history import History, RunSummary, StepRecord
from omnidsl.running.owners import Owners
from omnidsl.testing import Answer, Bench, HangUp, MidjourneyScript, ScriptedGateway, step
from tests.conftest import Omni


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def gateway(script: MidjourneyScript) -> Iterator[ScriptedGateway]:
    with ScriptedGateway(script) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, gateway: ScriptedGateway) -> Bench:
    return Bench(tmp_path, Gateway.sandbox(gateway.url))


def plan(bench: Bench) -> Plan:
    return bench.plan(
        step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))}),
        step("best", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
        step("other", "midjourney.imagine", {"prompt": PromptInput(("a blue fox",))}),
        saves=[Save(Ref("other"), "other.png")],
    )


@contextmanager
def history(bench: Bench) -> Iterator[History]:
    ledger = bench.ledger()
    try:
        yield History(ledger, bench.state)
    finally:
        ledger.close()


def steps(bench: Bench, run: str) -> dict[str, StepRecord]:
    """Return the steps of a run by name."""
    with history(bench) as past:
        record = past._ledger.run(run)
        assert record is not None
        return {one.node: one for one in past.steps(record)}


def test_a_run_that_is_done_says_what_it_made_and_what_it_cost(bench: Bench) -> None:
    run = bench.run(plan(bench)).run

    found = steps(bench, run)
    with history(bench) as past:
        (summary,) = past.runs()

    assert {"done"} == {one.state for one in found.values()}
    assert [str(bench.output / "other.png")] == list(found["other"].files)
    assert all(one.attempt and one.task for one in found.values())
    assert ("done", 3, 3, sum(one.charged for one in found.values())) == (
        summary.state,
        summary.steps,
        summary.done,
        summary.charged,
    )


def test_an_equal_run_paid_nothing(bench: Bench) -> None:
    bench.run(plan(bench))
    run = bench.run(plan(bench)).run

    assert [("reused", 0)] * 3 == [(one.state, one.charged) for one in steps(bench, run).values()]


def test_what_another_run_began_and_this_one_bought_is_its_own(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on("/mj/submit/", lambda _: Answer(429, b"{}"))
    first = bench.run(plan(bench)).run
    script.on("/mj/submit/", script.usual)
    second = bench.run(plan(bench)).run

    bought = [one.charged > 0 for one in steps(bench, second).values()]

    assert {"done"} == {one.state for one in steps(bench, second).values()}
    assert ([True] * 3, 0) == (bought, sum(one.charged for one in steps(bench, first).values()))


def test_what_is_held_says_why_and_what_to_type(bench: Bench, script: MidjourneyScript) -> None:
    script.on("/mj/submit/", lambda one: HangUp() if b"red" in one.body else script.usual(one))
    run = bench.run(plan(bench)).run

    found = steps(bench, run)

    assert ("held", "held", "left") == (
        found["grid"].state,
        found["grid"].reason,
        found["best"].state,
    )
    assert (
        f"omni resume {run} --resubmit grid",
        f"omni resume {run} --abandon grid",
    ) == found["grid"].commands


def test_a_choice_that_nobody_made_is_held(bench: Bench) -> None:
    asks = step("best", PICK, {"grid": Ref("grid")}, result="int")
    grid = step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))})
    run = bench.run(bench.plan(grid, asks)).run

    found = steps(bench, run)["best"]

    assert ("held", f"omni pick best 2 --run {run}") == (found.state, found.commands[0])


def test_what_failed_says_why_and_how_to_buy_it_again(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on(
        "/mj/submit/",
        lambda one: (
            Answer(200, b'{"code":24,"description":"banned","properties":{}}')
            if b"red" in one.body
            else script.usual(one)
        ),
    )
    run = bench.run(plan(bench)).run

    found = steps(bench, run)["grid"]

    assert ("failed", "banned-word", ()) == (found.state, found.reason, found.commands)


def test_what_another_run_has_done_since_is_done(bench: Bench, script: MidjourneyScript) -> None:
    script.on("/mj/submit/", lambda one: HangUp() if b"red" in one.body else script.usual(one))
    held = bench.run(plan(bench)).run
    script.on("/mj/submit/", script.usual)
    bench.resume(held, resubmit=["grid"])

    assert {"done"} == {one.state for one in steps(bench, held).values()}


def test_a_task_that_nobody_fetches_is_told(bench: Bench, script: MidjourneyScript) -> None:
    script.on("/mj/task/", lambda _: Answer(200, b"[]"))
    late = step(
        "grid",
        "midjourney.imagine",
        {"prompt": PromptInput(("a red fox",))},
        options=Options(timeout=0.3),
    )
    run = bench.run(bench.plan(late)).run

    with history(bench) as past:
        (orphan,) = past.orphans(past.runs())
    found = steps(bench, run)["grid"]

    assert ("unfetched", (f"omni resume {run}",)) == (found.state, found.commands)
    assert (run, "grid", found.task) == (orphan.run, orphan.node, orphan.task)


def killed(bench: Bench, run: str) -> None:
    """Leave a run as if its process had been killed before it could say how it ended."""
    with sqlite3.connect(bench.state / "ledger.sqlite3") as ledger:
        ledger.execute("UPDATE runs SET state = 'running', ended = NULL WHERE id = ?", (run,))
        ledger.execute(
            "DELETE FROM events WHERE run = ? AND body LIKE '%\"run-finished\"%'", (run,)
        )
    ledger.close()


def test_a_run_that_was_killed_is_counted_by_its_events(bench: Bench) -> None:
    run = bench.run(plan(bench)).run
    killed(bench, run)

    with history(bench) as past:
        (summary,) = past.runs()

    assert ("killed", 3, 3, None) == (summary.state, summary.steps, summary.done, summary.ended)


def test_a_request_that_a_killed_run_left_behind_is_in_doubt(bench: Bench) -> None:
    run = bench.run(plan(bench)).run
    attempt = steps(bench, run)["other"].attempt
    killed(bench, run)
    with sqlite3.connect(bench.state / "ledger.sqlite3") as ledger:
        ledger.execute(
            "UPDATE attempts SET state = 'open', receipt = NULL WHERE id = ?", (attempt,)
        )
        ledger.execute("UPDATE stages SET state = 'intent' WHERE attempt = ?", (attempt,))
        ledger.execute("DELETE FROM events WHERE run = ? AND body LIKE '%\"other\"%'", (run,))
    ledger.close()

    found = steps(bench, run)["other"]

    assert ("in-doubt", (f"omni resume {run}",)) == (found.state, found.commands)


def test_a_live_run_shows_what_it_holds_and_what_it_gave_up(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on("/mj/submit/", lambda one: HangUp() if b"red" in one.body else script.usual(one))
    run = bench.run(plan(bench)).run
    ledger = bench.ledger()
    with Owners(bench.state / "owners").enter() as owner:
        record = ledger.run(run)
        assert record is not None
        (grid,) = ledger.attempts(ledger.assignments(run)["grid"])
        ledger.take_over(grid.id, owner, grid.fence)
        states = {one.node: one.state for one in History(ledger, bench.state).steps(record)}
    ledger.close()

    assert {"grid": "held", "best": "left", "other": "done"} == states


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [32, 40, 80, 200])
def test_every_line_fits(bench: Bench, script: MidjourneyScript, language: str, width: int) -> None:
    script.on("/mj/submit/", lambda one: HangUp() if b"red" in one.body else script.usual(one))
    bench.run(plan(bench))
    page = Page(Words(language), width=width, colour=False)

    with history(bench) as past:
        (summary,) = past.runs()
        wordy = attrs.evolve(summary, recipe="名字很长的配方" * 4)
        lines = [
            *page.runs([wordy]),
            *page.run(wordy, past.steps(past._ledger.runs()[0]), everything=False),
        ]

    # A command stays in one piece as far as its words do: it is to be copied.
    loose = [one for one in lines if wcswidth(one) > width and " " in one.strip()]
    assert [] == loose


def test_of_many_steps_those_that_are_done_are_counted() -> None:
    done = [StepRecord(node=f"s{at}", operation="o.p", state="done") for at in range(60)]
    held = StepRecord(node="x", operation="o.p", state="held", commands=("omni resume r",))
    page = Page(Words("en"), width=80, colour=False)

    lines = list(page.run(_summary(), [*done, held], everything=False))

    assert "not listed: done 60; --all lists them" == lines[-1]
    assert not any(" s1 " in one for one in lines)


def test_no_step_of_a_killed_run_is_at_work_and_the_sandbox_costs_nothing() -> None:
    killed = attrs.evolve(_summary(), state="killed", gateway="sandbox", at_work=6, charged=100_000)

    (line,) = Page(Words("en"), width=200, colour=False).runs([killed])

    assert "cut off 6" in line
    assert line.endswith("USD 0.10 (simulated)")


def _summary() -> RunSummary:
    return RunSummary(
        run="r", recipe="a.omni", pipeline="p", gateway="g", started=0.0, ended=1.0, state="held",
        steps=61, done=60, reused=0, failed=0, held=1, left=0, skipped=0, at_work=0,
        currency="USD", charged=0, reserved=0,
    )  # fmt: skip  # a row of values


def test_published_schemas_are_those_of_the_classes() -> None:
    assert [] == schemas.stale(), "python -m omnidsl.running.schemas"


def test_every_event_of_a_run_is_as_its_schema_says(bench: Bench, script: MidjourneyScript) -> None:
    script.on("/mj/submit/", lambda one: HangUp() if b"red" in one.body else script.usual(one))
    bench.run(plan(bench))
    schema = Draft202012Validator(schemas.events())

    found = [json.loads(json.dumps(one.to_json())) for one in bench.events]

    assert [] == [error.message for one in found for error in schema.iter_errors(one)]
    assert {one.event for one in schemas.event_classes()} >= {one["event"] for one in found}


ONE = "prompt cat {\n    可爱的猫 --v 6.1\n}\n"


def test_history_on_the_command_line(omni: Omni, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "one.omni").write_text(ONE, "utf-8")

    before = omni("history")
    omni("run", "one.omni", "--sandbox", "--quiet")
    listed = json.loads(omni("history", "--json").stdout)
    run = listed["runs"][0]["run"]
    shown = omni("history", run)
    one = json.loads(omni("history", run, "--json").stdout)
    unknown = omni("history", "nothing")

    schema = Draft202012Validator(schemas.history())
    assert "no runs yet\n" == before.stdout
    assert [] == [*schema.iter_errors(listed), *schema.iter_errors(one)]
    assert (0, True) == (shown.returncode, run in shown.stdout)
    assert (2, True) == (unknown.returncode, "there is no run" in unknown.stderr)


def test_a_live_run_of_another_process_is_live_until_it_is_killed(
    omni: Omni,
    child_environment: dict[str, str],
    tmp_path: Path,
    gateway: ScriptedGateway,
    script: MidjourneyScript,
) -> None:
    folder = tmp_path / "folder"
    (folder / "one.omni").write_text(ONE, "utf-8")
    script.on("/mj/task/", lambda _: Answer(200, b"[]"))
    known = {"OMNI_BASE_URL": gateway.url, "OMNI_API_KEY": "sk-any"}
    command = [sys.executable, "-m", "omnidsl", "run", "one.omni", "--json"]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=child_environment | known,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as child:
        assert child.stdout is not None
        any(json.loads(line)["event"] == "step-submitted" for line in child.stdout)
        (live,) = json.loads(omni("history", "--json").stdout)["runs"]
        child.kill()
    after = json.loads(omni("history", "--json").stdout)

    assert ("running", 1, 0) == (live["state"], live["at_work"], live["done"])
    assert ("killed", 1) == (after["runs"][0]["state"], len(after["orphans"]))
