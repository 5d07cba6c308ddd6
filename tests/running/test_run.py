"""Runs against the sandbox, over a socket, with the ledger on disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from omnidsl.planning.plan import Options, Save
from omnidsl.planning.values import FileInput, MessagesInput, PromptInput, Ref, TextInput, TurnInput
from omnidsl.running import Gateway, Result
from omnidsl.running.errors import SettingsError
from omnidsl.running.events import Notice, StepFailed
from omnidsl.testing import Bench, step
from omnidsl_sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(state=tmp_path / "sandbox", duration=0.1, seed=1) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, sandbox: Sandbox) -> Bench:
    return Bench(tmp_path / "project", Gateway.sandbox(sandbox.url))


def fox(text: str = "a red fox") -> PromptInput:
    return PromptInput((text,))


def test_a_prompt_becomes_a_saved_picture(bench: Bench) -> None:
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": fox()}),
        saves=[Save(Ref("grid"), "sub/fox.png")],
    )

    result = bench.run(plan)

    assert (0, (bench.output / "sub" / "fox.png",)) == (result.status, result.saved)
    assert result.saved[0].read_bytes().startswith(b"\x89PNG")


def test_a_result_knows_its_task_its_prompts_and_its_buttons(bench: Bench) -> None:
    grid = bench.run(bench.plan(step("grid", "midjourney.imagine", {"prompt": fox()}))).results[
        "grid"
    ]

    labels = [one["label"] for one in grid.buttons if isinstance(one, dict)]
    assert ["U1", "U2", "U3", "U4"] == labels[:4]
    assert ("a red fox", "a red fox") == (grid.prompt, grid.prompt_en)
    assert grid.task_id is not None
    assert grid.task_id.isdecimal()


def test_steps_act_on_the_results_of_steps(bench: Bench) -> None:
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": fox()}),
        step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 2}),
        step("alt", "midjourney.describe", {"picture": Ref("hero")}),
        step("caption", "openai.chat", {"messages": TextInput(("shorten: ", Ref("alt")))}),
        saves=[Save(Ref("alt"), "alt.txt"), Save(Ref("caption", "text"), "caption.txt")],
    )

    result = bench.run(plan)

    assert 0 == result.status
    assert 4 == len((bench.output / "alt.txt").read_text("utf-8").splitlines())
    assert result.results["caption"].text == (bench.output / "caption.txt").read_text("utf-8")


def test_a_second_run_of_the_same_plan_pays_nothing(bench: Bench, sandbox: Sandbox) -> None:
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": fox()}),
        step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
        step("says", "openai.chat", {"messages": "hello"}),
    )
    first = bench.run(plan)
    paid = sandbox.books().submissions

    second = bench.run(plan)

    assert (3, paid) == (paid, sandbox.books().submissions)
    assert [True, True, True] == [one.reused for one in second.results.values()]
    assert [one.path for one in first.results.values()] == [
        one.path for one in second.results.values()
    ]


def test_equal_steps_of_one_plan_are_bought_independently(bench: Bench, sandbox: Sandbox) -> None:
    plan = bench.plan(
        step("a", "midjourney.imagine", {"prompt": fox()}),
        step("b", "midjourney.imagine", {"prompt": fox()}, take=2),
    )

    results = bench.run(plan).results

    assert 2 == sandbox.books().submissions
    assert results["a"].files[0].sha256 != results["b"].files[0].sha256


def test_steps_that_become_equal_when_they_run_take_the_next_free_take(
    bench: Bench, sandbox: Sandbox
) -> None:
    plan = bench.plan(
        step("one", "openai.chat", {"messages": "hello"}),
        step("two", "openai.chat", {"messages": "hello"}, take=2),
        step("a", "openai.chat", {"messages": TextInput(("say ", Ref("one")))}),
        step("b", "openai.chat", {"messages": TextInput(("say ", Ref("two")))}),
    )

    results = bench.run(plan).results

    equal = results["one"].text == results["two"].text
    keys = {results["a"].step, results["b"].step}
    assert (4, 2) == (sandbox.books().submissions, len(keys))
    assert not equal or {one.rpartition(".")[2] for one in keys} == {"1", "2"}


def test_a_renamed_step_keeps_its_result(bench: Bench, sandbox: Sandbox) -> None:
    bench.run(bench.plan(step("before", "midjourney.imagine", {"prompt": fox()})))

    again = bench.run(bench.plan(step("after", "midjourney.imagine", {"prompt": fox()})))

    assert (1, True) == (sandbox.books().submissions, again.results["after"].reused)


def test_without_cache_every_run_buys_anew_and_a_resumed_one_does_not(
    bench: Bench, sandbox: Sandbox
) -> None:
    plan = bench.plan(step("says", "openai.chat", {"messages": "hi"}, options=Options(cache=False)))
    bench.run(plan)

    second = bench.run(plan)
    bench.resume(second.run)

    assert 2 == sandbox.books().submissions


def test_a_failed_step_costs_only_those_that_need_it(bench: Bench) -> None:
    plan = bench.plan(
        step("bad", "midjourney.imagine", {"prompt": fox("[[sandbox:fail]] fox")}),
        step("after", "midjourney.upscale", {"grid": Ref("bad"), "index": 1}),
        step("good", "midjourney.imagine", {"prompt": fox()}),
        saves=[Save(Ref("good"), "good.png"), Save(Ref("after"), "after.png")],
    )

    result = bench.run(plan)

    assert (1, ["good"]) == (result.status, list(result.results))
    assert {"bad": "task-failed", "after": "needs"} == {
        one.node: one.reason for one in result.failures
    }
    assert "[Invalid parameter] Invalid value" in result.failures[0].message
    assert (bench.output / "good.png",) == result.saved


def test_a_failed_task_is_bought_again_as_often_as_repurchase_says(
    bench: Bench, sandbox: Sandbox
) -> None:
    options = Options(repurchase=1)
    plan = bench.plan(
        step("bad", "midjourney.imagine", {"prompt": fox("[[sandbox:fail]] x")}, options=options)
    )

    result = bench.run(plan)

    assert (1, 2, 0) == (result.status, sandbox.books().submissions, sandbox.books().duplicates)


def test_a_resumed_run_buys_a_failed_task_again_only_when_told_to(
    bench: Bench, sandbox: Sandbox
) -> None:
    failed = bench.run(
        bench.plan(step("bad", "midjourney.imagine", {"prompt": fox("[[sandbox:fail]] y")}))
    )

    bench.resume(failed.run)
    untold = sandbox.books().submissions
    bench.resume(failed.run, retry=True)

    assert (1, 2) == (untold, sandbox.books().submissions)


def test_a_banned_word_is_refused_and_costs_nothing(bench: Bench, sandbox: Sandbox) -> None:
    result = bench.run(
        bench.plan(step("bad", "midjourney.imagine", {"prompt": fox("[[sandbox:banned]] x")}))
    )

    assert ("banned-word", 0) == (result.failures[0].reason, sandbox.books().submissions)


def test_a_full_queue_is_tried_again(bench: Bench, sandbox: Sandbox) -> None:
    result = bench.run(
        bench.plan(step("late", "midjourney.imagine", {"prompt": fox("[[sandbox:queue-full]] x")}))
    )

    assert (0, 1) == (result.status, sandbox.books().submissions)
    assert ["waiting"] == [one.reason for one in bench.events if isinstance(one, Notice)]


@pytest.mark.parametrize(
    ("key", "reason"), [("sk-denied-123456", "auth"), ("sk-broke-123456", "quota")]
)
def test_a_shut_out_key_stops_the_account_and_not_only_a_step(
    tmp_path: Path, sandbox: Sandbox, key: str, reason: str
) -> None:
    bench = Bench(tmp_path, Gateway.at(sandbox.url, key=key))
    steps = [
        step(f"s{number}", "midjourney.imagine", {"prompt": fox(f"fox {number}")})
        for number in range(30)
    ]

    result = bench.run(bench.plan(*steps))

    assert {reason} == {one.reason for one in result.failures}
    assert (1, 30) == (result.status, len(result.failures))
    assert sandbox.books().requests <= bench.limits.submissions


def test_a_typed_binding_gives_a_value_of_its_type(bench: Bench) -> None:
    talk = MessagesInput((TurnInput("user", ("Which is best? ", Ref("grid"))),))
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": fox()}),
        step("best", "openai.chat", {"messages": talk}, expects="int(1..4)", result="int"),
        step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": Ref("best")}),
    )

    result = bench.run(plan)

    assert 0 == result.status
    assert result.results["best"].value in (1, 2, 3, 4)


def test_a_file_that_changed_since_the_plan_fails_its_step_before_anything_is_sent(
    bench: Bench, sandbox: Sandbox
) -> None:
    bench.folder.mkdir(parents=True)
    (bench.folder / "ref.png").write_bytes(b"another")
    file = FileInput("ref.png", "0" * 64, 7)
    plan = bench.plan(step("with", "midjourney.imagine", {"prompt": PromptInput(("x",), (file,))}))

    result = bench.run(plan)

    assert ("file-changed", 0) == (result.failures[0].reason, sandbox.books().submissions)


def test_a_file_outside_the_project_is_not_read(bench: Bench) -> None:
    bench.folder.mkdir(parents=True)
    (bench.folder.parent / "secret.png").write_bytes(b"x")
    file = FileInput("../secret.png", "0" * 64, 1)
    plan = bench.plan(step("with", "midjourney.imagine", {"prompt": PromptInput(("x",), (file,))}))

    assert "file-outside" == bench.run(plan).failures[0].reason


def test_a_text_that_a_step_gave_is_data_in_a_prompt(bench: Bench) -> None:
    plan = bench.plan(
        step("idea", "openai.chat", {"messages": "{a, b} --v 99 :: https://example.com/x.png"}),
        step(
            "grid",
            "midjourney.imagine",
            {"prompt": PromptInput(("a fox, ", Ref("idea"), " --ar 16:9"))},
        ),
    )

    result = bench.run(plan)

    assert 0 == result.status, result.failures
    prompt = result.results["grid"].prompt
    assert prompt is not None
    assert prompt.endswith("--ar 16:9")
    assert "--v" not in prompt


def test_a_prompt_that_became_invalid_is_refused_before_it_is_sent(
    bench: Bench, sandbox: Sandbox
) -> None:
    plan = bench.plan(
        step("idea", "openai.chat", {"messages": "hello"}),
        step("grid", "midjourney.imagine", {"prompt": PromptInput((Ref("idea"), " --s 999999"))}),
    )

    result = bench.run(plan)

    assert ("invalid-prompt", 1) == (result.failures[0].reason, sandbox.books().submissions)


def test_a_lost_file_is_fetched_again_without_paying(bench: Bench, sandbox: Sandbox) -> None:
    plan = bench.plan(step("grid", "midjourney.imagine", {"prompt": fox()}))
    path = bench.run(plan).results["grid"].files[0].path
    path.unlink()

    again = bench.run(plan)

    assert (0, 1, True) == (again.status, sandbox.books().submissions, path.exists())
    assert ["refetch"] == [one.reason for one in bench.events if isinstance(one, Notice)]


def test_a_corrupted_file_of_the_store_is_not_passed_on(bench: Bench) -> None:
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": fox()}), saves=[Save(Ref("grid"), "g.png")]
    )
    path = bench.run(plan).results["grid"].files[0].path
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-10] + b"0123456789")

    again = bench.run(plan)

    assert whole == again.results["grid"].files[0].path.read_bytes()


def test_steps_are_at_the_gateway_at_the_same_time_and_asked_about_together(tmp_path: Path) -> None:
    with Sandbox(duration=1, artifact="fixed:2k") as sandbox:
        bench = Bench(tmp_path, Gateway.sandbox(sandbox.url))
        bench.usual_seconds = None
        steps = [
            step(f"s{number}", "midjourney.imagine", {"prompt": fox(f"fox {number}")})
            for number in range(20)
        ]

        result = bench.run(bench.plan(*steps))

        polls = sandbox.books().polls
    told = [one.event for one in bench.events]
    assert 0 == result.status
    assert told[: told.index("step-done")].count("step-submitted") > 1
    assert polls <= 60


def test_a_run_takes_its_plan_from_the_ledger_when_it_is_resumed(
    bench: Bench, sandbox: Sandbox
) -> None:
    first = bench.run(
        bench.plan(step("grid", "midjourney.imagine", {"prompt": fox()}), returns=Ref("grid"))
    )

    resumed = bench.resume(first.run)

    assert isinstance(resumed.returned, Result)
    assert (first.run, 0, 1) == (resumed.run, resumed.status, sandbox.books().submissions)


def test_events_of_a_run_are_numbered_and_stored(bench: Bench) -> None:
    first = bench.run(bench.plan(step("says", "openai.chat", {"messages": "hi"})))
    bench.resume(first.run)

    ledger = bench.ledger()
    stored = ledger.events(first.run)
    ledger.close()

    assert list(range(1, len(stored) + 1)) == [one["sequence"] for one in stored]
    assert [one.to_json() for one in bench.events] == stored


def test_the_state_directory_hides_itself_from_version_control(bench: Bench) -> None:
    bench.run(bench.plan())

    assert "*\n" == (bench.state / ".gitignore").read_text("utf-8")


def test_a_plan_for_another_gateway_is_refused(bench: Bench, tmp_path: Path) -> None:
    elsewhere = Bench(tmp_path / "b", Gateway.at("https://api.example.com", key="k"))

    with pytest.raises(SettingsError, match="the plan was made for sandbox"):
        elsewhere.run(bench.plan())


def test_a_plan_that_goes_in_a_circle_is_refused(bench: Bench) -> None:
    plan = bench.plan(
        step("a", "openai.chat", {"messages": TextInput((Ref("b"),))}),
        step("b", "openai.chat", {"messages": TextInput((Ref("a"),))}),
    )

    with pytest.raises(SettingsError, match="circle"):
        bench.run(plan)


def test_a_run_that_is_unknown_is_refused(bench: Bench) -> None:
    with pytest.raises(SettingsError, match="there is no run nowhere"):
        bench.resume("nowhere")


def test_an_operation_that_no_plugin_brings_fails_its_step(bench: Bench) -> None:
    result = bench.run(bench.plan(step("x", "nobody.does", {})))

    assert "plan-broken" == result.failures[0].reason


def test_a_wrong_argument_fails_its_step_before_anything_is_sent(
    bench: Bench, sandbox: Sandbox
) -> None:
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": fox()}),
        step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 9}),
    )

    result = bench.run(plan)

    assert [("hero", "argument")] == [(one.node, one.reason) for one in result.failures]
    assert 1 == sandbox.books().submissions


def test_every_failure_was_told_as_an_event(bench: Bench) -> None:
    result = bench.run(
        bench.plan(step("bad", "midjourney.imagine", {"prompt": fox("[[sandbox:banned]] x")}))
    )

    told = [
        (one.node, one.reason, one.message) for one in bench.events if isinstance(one, StepFailed)
    ]
    assert [(one.node, one.reason, one.message) for one in result.failures] == told
