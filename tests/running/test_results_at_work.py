"""What depends on results, from a recipe's text to a gateway's books: branches, loops, choices, expectations."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from omnidsl.planning.plan import Plan
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.running import Gateway, RunResult, SettingsError
from omnidsl.running.choosing import choose
from omnidsl.running.events import Notice, StepFailed, StepHeld, StepSkipped
from omnidsl.testing import Answer, Bench, MidjourneyScript, Request, ScriptedGateway
from omnidsl_sandbox import Sandbox
from tests.checking.conftest import catalogue
from tests.planning.test_plans import inspection

__all__ = ["catalogue"]  # the fixture

ROOT = Path(__file__).parents[2]
HEAD = 'prompt cat(what: text = "a cat") {\n    ${what} --v 6.1\n}\n'
Works = Callable[..., tuple[Bench, Plan]]
Asked = Callable[..., tuple[Bench, RunResult]]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(state=tmp_path / "sandbox", duration=0.1) as running:
        yield running


def planned(
    body: str, folder: Path, catalogue: Catalogue, gateway: str, head: str = HEAD, **given: object
) -> Plan:
    text = f"{head}pipeline p {{\n{body}\n}}\n"
    plan = inspection(text, folder, catalogue).plan("p", given, gateway=gateway)
    assert plan is not None
    return plan


@pytest.fixture
def at_work(tmp_path: Path, sandbox: Sandbox, catalogue: Catalogue) -> Works:
    """Plan a pipeline's body for the sandbox, with a bench to run it."""
    bench = Bench(tmp_path, Gateway.sandbox(sandbox.url))

    def make(body: str, head: str = HEAD) -> tuple[Bench, Plan]:
        return bench, planned(body, tmp_path, catalogue, bench.gateway.identity, head)

    return make


def says(answers: dict[str, str]) -> Callable[[Request], Answer]:
    """Answer a chat by the words that its question holds."""

    def behaviour(request: Request) -> Answer:
        asked = json.dumps(request.json(), ensure_ascii=False)
        text = next(answer for question, answer in answers.items() if question in asked)
        message = {"role": "assistant", "content": text}
        return Answer.of(
            {"id": "c", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        )

    return behaviour


@pytest.fixture
def gateway() -> Iterator[tuple[MidjourneyScript, ScriptedGateway]]:
    script = MidjourneyScript()
    with ScriptedGateway(script) as server:
        yield script, server


@pytest.fixture
def asked(
    tmp_path: Path, catalogue: Catalogue, gateway: tuple[MidjourneyScript, ScriptedGateway]
) -> Asked:
    """Run a pipeline's body at a gateway whose chat answers as it is told; pictures are as usual."""
    script, server = gateway
    bench = Bench(tmp_path, Gateway.at(server.url, key="sk-x", name="ours"))

    def run(body: str, head: str = HEAD, **answers: str) -> tuple[Bench, RunResult]:
        script.on("/chat/completions", says(answers))
        return bench, bench.run(planned(body, tmp_path, catalogue, "ours", head))

    return run


def saved(result: RunResult) -> list[str]:
    return sorted(one.name for one in result.saved)


def skipped(bench: Bench) -> list[str]:
    return [one.node for one in bench.events if isinstance(one, StepSkipped)]


def told(bench: Bench, kind: type[Notice] | type[StepFailed] | type[StepHeld]) -> Sequence[str]:
    return [one.message for one in bench.events if isinstance(one, kind)]


BRANCHES = (
    't = "how is it" -> openai.chat\n'
    'if t contains "SIMULATED" {\na = cat("one") -> midjourney.imagine\n}\n'
    'else {\na = cat("two") -> midjourney.imagine\n}\n'
    'u = a -> upscale(1)\nsave u as "u.png"\nif t == "" {\nsave t as "empty.txt"\n}'
)


def test_only_the_branch_that_is_taken_is_paid_for(at_work: Works, sandbox: Sandbox) -> None:
    bench, plan = at_work(BRANCHES)
    result = bench.run(plan)
    assert (0, ["u.png"], ("a[2]",)) == (result.status, saved(result), result.skipped)
    assert {"a", "t", "u"} == set(result.results)
    assert (3, 0) == (sandbox.books().submissions, sandbox.books().duplicates)


@pytest.mark.parametrize(("answer", "left"), [("yes", ["b"]), ("no", ["a"])])
def test_the_other_branch_is_skipped_and_says_so(
    asked: Asked, answer: str, left: list[str]
) -> None:
    bench, result = asked(
        'good: bool = "good?" -> openai.chat\nif good {\na = cat -> midjourney.imagine\n'
        'save a as "a.png"\n}\nelse {\nb = cat -> midjourney.imagine\nsave b as "b.png"\n}',
        good="true" if answer == "yes" else "false",
    )
    assert (0, left) == (result.status, skipped(bench))
    assert ["a.png" if answer == "yes" else "b.png"] == saved(result)
    assert 1 == bench.events[-1].to_json()["skipped"]


@pytest.mark.parametrize("count", [0, 2, 3, 5])
def test_a_loop_goes_round_as_often_as_the_list_and_its_bound_allow(
    asked: Asked, count: int
) -> None:
    names = [f"n{number}" for number in range(1, count + 1)]
    bench, result = asked(
        'names: list[text] = "names" -> openai.chat\n'
        "for name in names max 3 {\na = cat(name) -> midjourney.imagine\n"
        'save a as "${name}.png"\n}\nb = a -> upscale(1)\n'
        'save b as "b-${index}.png"\nsave "${len(b)} of ${len(names)}" as "count.txt"',
        names=json.dumps(names),
    )
    rounds = min(count, 3)
    numbers = range(1, rounds + 1)
    assert 0 == result.status
    expected = [*(f"b-{n}.png" for n in numbers), "count.txt", *(f"n{n}.png" for n in numbers)]
    assert expected == saved(result)
    assert f"{rounds} of {count}" == (bench.output / "count.txt").read_text("utf-8")
    assert 2 * (3 - rounds) == len(skipped(bench))
    left = [line for line in told(bench, Notice) if "`max`" in line]
    assert [count > 3] * len(left) == ["items left out: 2" in line for line in left]
    assert (count > 3) == bool(left)


PICK = (
    "g = cat -> midjourney.imagine\nbest = pick(g)\nu = g -> upscale(best)\n"
    'save u as "u.png"\nother = cat("other") -> midjourney.imagine\nsave other as "other.png"'
)


def test_a_choice_is_waited_for_and_then_nothing_is_paid_twice(
    at_work: Works, sandbox: Sandbox
) -> None:
    bench, plan = at_work(PICK)
    held = bench.run(plan)
    again = bench.resume(held.run)
    bought = sandbox.books().submissions
    chosen = choose(bench.state, "best", 3)
    resumed = bench.resume(held.run)
    rerun = bench.run(plan)

    assert (3, 3, 2) == (held.status, again.status, bought)
    assert [("best", "pick")] == [
        (one.node, one.reason) for one in bench.events if isinstance(one, StepHeld)
    ][:1]
    assert f"omni pick best 2 --run {held.run}" in held.held[0].help
    assert ["other.png"] == saved(held)
    assert (held.run, "best", 3, None) == (
        chosen.run,
        chosen.node,
        chosen.choice,
        chosen.before,
    )
    assert (0, ["other.png", "u.png"]) == (resumed.status, saved(resumed))
    assert 3 == resumed.results["best"].value
    assert (0, True) == (rerun.status, all(one.reused for one in rerun.results.values()))
    assert (3, 0) == (sandbox.books().submissions, sandbox.books().duplicates)


def test_a_later_choice_replaces_an_earlier_one(at_work: Works, sandbox: Sandbox) -> None:
    bench, plan = at_work(PICK)
    held = bench.run(plan)
    choose(bench.state, "best", 1)
    bench.resume(held.run)
    replaced = choose(bench.state, "best", 4, run=held.run)
    resumed = bench.run(plan)
    assert (1, 4) == (replaced.before, resumed.results["best"].value)
    assert (4, 0) == (sandbox.books().submissions, sandbox.books().duplicates)


@pytest.mark.parametrize(
    ("step", "choice", "reason"),
    [("best", 5, "no-such-picture"), ("bst", 1, "asks-elsewhere"), ("u", 2, "asks-elsewhere")],
)
def test_only_a_picture_of_a_step_that_asks_can_be_chosen(
    at_work: Works, step: str, choice: int, reason: str
) -> None:
    bench, plan = at_work(PICK)
    bench.run(plan)
    with pytest.raises(SettingsError) as refused:
        choose(bench.state, step, choice)
    assert reason == refused.value.reason


def test_a_held_choice_is_no_purchase_to_decide_about(at_work: Works) -> None:
    bench, plan = at_work(PICK)
    held = bench.run(plan)
    with pytest.raises(SettingsError) as refused:
        bench.resume(held.run, resubmit=["best"])
    assert "not-held" == refused.value.reason


@pytest.mark.parametrize(
    "point", ["before the receipt", "while polling", "before the result is kept"]
)
def test_a_run_killed_in_a_branch_is_resumed_there(
    at_work: Works, sandbox: Sandbox, tmp_path: Path, point: str
) -> None:
    bench, plan = at_work(BRANCHES.replace('"how is it"', '"how is it, killed?"'))
    stored = tmp_path / "plan.json"
    stored.write_text(json.dumps(plan.to_json()), "utf-8")
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.running.child",
            sandbox.url,
            str(tmp_path),
            point,
            str(stored),
        ],
        cwd=ROOT,
    ) as child:
        assert -9 == child.wait(60)
    ledger = bench.ledger()
    run = ledger.runs()[0].id
    ledger.close()

    result = bench.resume(run)

    assert (0, ["u.png"], ("a[2]",)) == (result.status, saved(result), result.skipped)
    assert 0 == sandbox.books().duplicates
    assert {1} == set(sandbox.books().by_prompt.values())


EXPECTS = (
    'n: int(1..9) = "how many" -> openai.chat\n'
    'early = "early ${n}" -> openai.chat\nsave early as "early.txt"\n'
    'expect n < 5, "too many: ${n}"\n'
    'late = "late ${n}" -> openai.chat\nsave late as "late.txt"\nsave "${n}" as "n.txt"\n'
    'free = cat -> midjourney.imagine\nsave free as "free.png"'
)


@pytest.mark.parametrize(
    ("count", "status", "files"),
    [("2", 0, ["early.txt", "free.png", "late.txt", "n.txt"]), ("7", 1, ["early.txt", "free.png"])],
)
def test_an_expectation_that_fails_leaves_out_what_depends_on_it_and_nothing_else(
    asked: Asked, count: str, status: int, files: list[str]
) -> None:
    bench, result = asked(EXPECTS, many=count, early="e", late="l")
    assert (status, files) == (result.status, saved(result))
    expected = [] if status == 0 else ["expectation failed: too many: 7"]
    assert expected == [one for one in told(bench, StepFailed) if "needs" not in one]


def test_a_parameter_that_a_result_gives_is_judged_before_its_request(
    asked: Asked, gateway: tuple[MidjourneyScript, ScriptedGateway]
) -> None:
    head = "prompt wide(shape: text) {\n    a cat --v 6.1 --ar ${shape}\n}\n"
    body = (
        'shape = "which shape" -> openai.chat\na = wide(shape) -> midjourney.imagine\n'
        'save a as "a.png"'
    )
    _, good = asked(body, head, shape="16:9")
    _, bad = asked(body.replace("which", "what"), head, shape="sixteen")
    sent = [one.json()["prompt"] for one in gateway[1].requests if "imagine" in one.path]
    assert (0, ["a cat --v 6.1 --ar 16:9"]) == (good.status, sent)
    assert [("a", "invalid-prompt")] == [(one.node, one.reason) for one in bad.failures]


def test_a_picture_that_a_step_made_travels_as_a_reference(at_work: Works) -> None:
    head = HEAD + "prompt like(hero: grid) {\n    image: ${hero}\n    a dog\n}\n"
    bench, plan = at_work(
        'g = cat -> midjourney.imagine\nh = like(g) -> midjourney.imagine\nsave h as "h.png"', head
    )
    result = bench.run(plan)
    assert (0, ["h.png"]) == (result.status, saved(result))


@pytest.mark.parametrize(
    ("name", "file"),
    [(" Blue cat\n", "Blue cat.png"), ("a/b", "a-b.png"), ("../up", "..-up.png")],
)
def test_a_result_names_a_file_as_far_as_it_can(asked: Asked, name: str, file: str) -> None:
    _, result = asked(
        't = "title" -> openai.chat\na = cat -> midjourney.imagine\nsave a as "${t}.png"',
        title=name,
    )
    assert (0, [file]) == (result.status, saved(result))


@pytest.mark.parametrize("name", ["what?", "con", "x" * 300, "a\nb", "c|d"])
def test_a_name_that_no_file_can_have_costs_that_file_and_not_the_result(
    asked: Asked, name: str
) -> None:
    _, result = asked(
        't = "title" -> openai.chat\na = cat -> midjourney.imagine\nsave a as "${t}"', title=name
    )
    assert (1, [], ["bad-name"]) == (
        result.status,
        saved(result),
        [one.reason for one in result.unsaved],
    )
    assert {"t", "a"} == set(result.results)


def test_two_results_that_give_one_name_do_not_overwrite_each_other(
    asked: Asked,
) -> None:
    _, result = asked(
        'names: list[text] = "names" -> openai.chat\n'
        'for name in names max 2 {\nsave "text of ${name}" as "${name}.txt"\n}',
        names='["Cat", "cat"]',
    )
    assert (1, 1) == (len(result.saved), len(result.unsaved))


@pytest.mark.parametrize(
    ("expression", "reason"),
    [("8 / (n - 3)", "division"), ("[1, 2][n]", "out-of-range")],
)
def test_a_result_that_cannot_be_computed_with_fails_only_what_needs_it(
    asked: Asked, expression: str, reason: str
) -> None:
    _, result = asked(
        f'n: int(1..9) = "how many" -> openai.chat\nm = {expression}\n'
        'a = "about ${m}" -> openai.chat\nb = cat -> midjourney.imagine\nsave b as "b.png"',
        many="3",
    )
    assert (1, ["b.png"]) == (result.status, saved(result))
    assert [("a", reason)] == [(one.node, one.reason) for one in result.failures]


def test_what_a_pipeline_returns_may_be_either_branch(
    asked: Asked,
) -> None:
    _, result = asked(
        'good: bool = "good?" -> openai.chat\nif good {\na = "one" -> openai.chat\n}\n'
        'else {\na = "two" -> openai.chat\n}\nreturn a',
        good="false",
        one="1",
        two="2",
    )
    assert result.returned is not None
    assert "2" == result.returned.text


def test_a_text_put_together_from_results_is_returned(asked: Asked) -> None:
    _, result = asked(
        'names: list[text] = "names" -> openai.chat\nreturn join(names, " and ")',
        names='["A", "B"]',
    )
    _, joined = asked('t = "word" -> openai.chat\nreturn "so: ${t}"', word="yes")
    assert ("A and B", "so: yes") == (result.returns, joined.returns)
