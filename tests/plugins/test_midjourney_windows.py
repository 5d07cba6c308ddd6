"""Windows, and what else may come between a press and its picture, on the sandbox under each profile."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import PromptInput, Ref, Value
from omnidsl.running import Gateway, RunResult
from omnidsl.testing import Bench, step
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.profiles import PROFILES

DIRECT = ["plus", "proxy"]
DOG = PromptInput(("a dog",))


def grid(marker: str = "", name: str = "g") -> PlanNode:
    words = f"fox [[sandbox:{marker}]]" if marker else "fox"
    return step(name, "midjourney.imagine", {"prompt": PromptInput((words,))})


def upscale(name: str = "u", take: int = 1) -> PlanNode:
    return step(name, "midjourney.upscale", {"grid": Ref("g"), "index": 1}, take=take)


def on(operation: str, parent: str = "u", **arguments: Value) -> PlanNode:
    subject = "texts" if operation == "imagine_described" else "picture"
    return step("x", f"midjourney.{operation}", {subject: Ref(parent), **arguments})


Run = Callable[..., tuple[RunResult, Counter[str]]]


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[Callable[[str, bool], Sandbox]]:
    """Return the sandbox of a profile, whose accounts are in remix mode or not; each is started once."""
    with ExitStack() as stack:

        @cache
        def started(profile: str, remix: bool) -> Sandbox:
            sandbox = Sandbox(duration=0, artifact="fixed:2k", profile=profile, remix=remix)
            return stack.enter_context(sandbox)

        yield started


@pytest.fixture
def run(tmp_path: Path, sandboxes: Callable[[str, bool], Sandbox]) -> Run:
    """Run steps in a folder of the test's own; return what came of them, and what was sold meanwhile."""

    def perform(
        *steps: PlanNode, profile: str, remix: bool = False
    ) -> tuple[RunResult, Counter[str]]:
        sandbox = sandboxes(profile, remix)
        before = Counter(sandbox.books().by_operation)
        bench = Bench(tmp_path, Gateway.at(sandbox.url, key="sk-test-0123456789"))
        return bench.run(bench.plan(*steps)), Counter(sandbox.books().by_operation) - before

    return perform


@pytest.mark.parametrize("profile", PROFILES)
def test_what_exists_already_is_followed_and_not_bought_again(run: Run, profile: str) -> None:
    result, books = run(grid("exists"), upscale(), upscale("v", take=2), profile=profile)

    tasks = {result.results[one].task_id for one in ("u", "v")}
    assert (0, 1, Counter(imagine=1, upscale=1)) == (result.status, len(tasks), books)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_window_that_is_over_fails_the_step_and_nothing_of_it_is_sold(
    run: Run, profile: str
) -> None:
    result, books = run(grid("modal-timeout"), upscale(), on("zoom", factor=1.8), profile=profile)

    assert ["invalid-request"] == [one.reason for one in result.failures]
    assert Counter(imagine=1, upscale=1) == books


@pytest.mark.parametrize("profile", PROFILES)
def test_a_refusal_is_told_by_its_reason(run: Run, profile: str) -> None:
    expected = {
        "no-account": "no-capacity", "refused": "invalid-request", "cancel": "cancelled",
        "banned": "content-refused" if profile == "proxy" else "banned-word", "fail": "task-failed",
    }  # fmt: skip  # a table
    steps = [grid(marker, marker) for marker in expected]

    result, books = run(*steps, profile=profile)

    assert expected == {one.node: one.reason for one in result.failures}
    assert books.total() == (3 if profile == "proxy" else 2)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_code_that_may_mean_anything_is_held_unless_the_servers_listing_knows(
    run: Run, profile: str
) -> None:
    lost, books = run(grid("lost"), profile=profile)
    known = profile == "proxy"

    assert (0 if known else 3, 1) == (lost.status, books.total())


@pytest.mark.parametrize("profile", PROFILES)
def test_a_gateway_that_is_too_busy_is_asked_again(run: Run, profile: str) -> None:
    result, books = run(grid("busy"), profile=profile)

    assert (0, Counter(imagine=1)) == (result.status, books)


@pytest.mark.parametrize("profile", PROFILES)
def test_without_buttons_the_older_request_does_what_a_server_has_it_for(
    run: Run, profile: str
) -> None:
    result, books = run(grid("no-buttons"), upscale(), profile=profile)

    expected = ([], 2) if profile != "proxy" else (["not-served"], 1)
    assert expected == ([one.reason for one in result.failures], books.total())


def test_what_is_not_served_is_told_with_those_that_serve_it(run: Run) -> None:
    result, books = run(grid(), upscale(), on("animate"), profile="new-api")

    (failed,) = result.failures
    assert ("not-served", 2) == (failed.reason, books.total())
    assert "the gateway does not serve `midjourney.animate`: " in failed.message
    assert "plus, proxy" in failed.help


@pytest.mark.parametrize("profile", DIRECT)
@pytest.mark.parametrize(("prompt", "expected"), [(None, 2), (DOG, "a dog")])
def test_a_described_prompt_is_drawn_with_its_words_or_with_others(
    run: Run, profile: str, prompt: PromptInput | None, expected: int | str
) -> None:
    described = step("d", "midjourney.describe", {"picture": Ref("g", "sheet")})
    drawn = on("imagine_described", "d", index=2, prompt=prompt)

    result, books = run(grid(), described, drawn, profile=profile)

    words = (result.results["d"].text or "").splitlines()
    wanted = words[expected - 1] if isinstance(expected, int) else expected
    assert (wanted, 3) == (result.results["x"].prompt, books.total())


@pytest.mark.parametrize("profile", DIRECT)
@pytest.mark.parametrize("prompt", [None, DOG], ids=["old", "new"])
def test_a_remix_account_is_told_what_to_animate(
    run: Run, profile: str, prompt: PromptInput | None
) -> None:
    animated = on("animate", prompt=prompt)

    result, books = run(grid(), upscale(), animated, profile=profile, remix=True)

    expected = "a dog" if prompt else "fox"
    assert expected == result.results["x"].prompt
    assert Counter(imagine=1, upscale=1, video=1) == books


def test_one_press_that_buys_several_grids_gives_the_first_and_names_all(run: Run) -> None:
    described = step("d", "midjourney.describe", {"picture": Ref("g", "sheet")})
    every = step("x", "midjourney.action_grid", {"parent": Ref("d"), "custom_id": "Imagine all"})

    result, books = run(grid(), described, every, profile="proxy")

    made = result.results["x"]
    tasks = made.facts["tasks"]
    assert isinstance(tasks, list)
    assert (4, made.task_id, 3) == (len(tasks), tasks[0], books.total())


def test_a_text_that_was_not_given_cannot_be_drawn(run: Run) -> None:
    described = step("d", "midjourney.describe", {"picture": Ref("g", "sheet")})
    row = step("x", "midjourney.imagine_shortened", {"texts": Ref("d"), "index": 5})

    result, books = run(grid(), described, row, profile="plus")

    assert (["argument"], 2) == ([one.reason for one in result.failures], books.total())
