"""Making a saved file again: what is bought anew, what is used, what is refused."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from omnidsl.planning.costs import Prices
from omnidsl.planning.plan import Plan, Save
from omnidsl.planning.values import FileInput, PromptInput, Ref, TextInput
from omnidsl.running import Gateway, SettingsError
from omnidsl.running.artifacts import FolderStore
from omnidsl.running.forecast import forecast
from omnidsl.running.origins import Origin, find_origin
from omnidsl.running.provenance import sidecar_of
from omnidsl.running.reproducing import fresh_name, reproduction
from omnidsl.testing import Bench, step
from omnidsl.testing.scripted import PIXEL
from omnidsl_sandbox import Sandbox

SHA256 = hashlib.sha256(PIXEL).hexdigest()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(state=tmp_path / "sandbox", duration=0.05, artifact="fixed:2k") as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, sandbox: Sandbox) -> Bench:
    return Bench(tmp_path / "project", Gateway.sandbox(sandbox.url))


def chain(bench: Bench) -> Plan:
    return bench.plan(
        step("grid", "midjourney.imagine", {"prompt": PromptInput(("a fox",))}),
        step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
        step("words", "openai.chat", {"messages": "hello"}),
        saves=[
            Save(Ref("hero"), "hero.png"),
            Save(TextInput(("it says: ", Ref("words"))), "words.txt"),
        ],
    )


Again = Callable[[Path], Plan]


@pytest.fixture
def again(bench: Bench) -> Again:
    def make(path: Path) -> Plan:
        origin = find_origin(path, [bench.state], Prices(bench.catalogue()))
        assert origin is not None
        store = FolderStore(bench.state / "artifacts")
        return reproduction(origin, bench.catalogue(), store, bench.folder)

    return make


def test_the_step_is_bought_anew_and_what_it_takes_is_used(
    bench: Bench, again: Again, sandbox: Sandbox
) -> None:
    bench.run(chain(bench))

    result = bench.run(again(bench.output / "hero.png"))

    assert (0, ["hero-again.png"]) == (result.status, [one.name for one in result.saved])
    assert [True, False] == [result.results[one].reused for one in ("grid", "hero")]
    assert (4, 0) == (sandbox.books().submissions, sandbox.books().duplicates)


def test_a_text_of_several_steps_has_all_of_them_asked_anew(
    bench: Bench, again: Again, sandbox: Sandbox
) -> None:
    bench.run(chain(bench))

    result = bench.run(again(bench.output / "words.txt"))

    assert (0, ["words-again.txt"]) == (result.status, [one.name for one in result.saved])
    assert (bench.output / "words-again.txt").read_text("utf-8").startswith("it says: ")
    assert 4 == sandbox.books().submissions


def test_what_was_made_again_can_be_made_again(bench: Bench, again: Again) -> None:
    bench.run(chain(bench))
    bench.run(again(bench.output / "hero.png"))

    result = bench.run(again(bench.output / "hero-again.png"))

    assert ["hero-again-again.png"] == [one.name for one in result.saved]


def test_where_no_ledger_knows_it_everything_is_bought(
    bench: Bench, again: Again, tmp_path: Path, sandbox: Sandbox
) -> None:
    bench.run(chain(bench))
    plan = again(bench.output / "hero.png")
    elsewhere = Bench(tmp_path / "elsewhere", bench.gateway)

    result = elsewhere.run(plan)

    assert (0, 5) == (result.status, sandbox.books().submissions)


def with_picture(bench: Bench) -> Path:
    bench.folder.mkdir(exist_ok=True)
    picture = bench.folder / "ref.png"
    picture.write_bytes(PIXEL)
    prompt = PromptInput(("a fox",), (FileInput("ref.png", SHA256, len(PIXEL)),))
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": prompt}), saves=[Save(Ref("grid"), "g.png")]
    )
    assert 0 == bench.run(plan).status
    return picture


def test_a_file_that_went_in_is_taken_from_the_store(bench: Bench, again: Again) -> None:
    with_picture(bench).unlink()

    assert 0 == bench.run(again(bench.output / "g.png")).status


def test_a_file_that_went_in_and_is_gone_is_named(bench: Bench, again: Again) -> None:
    picture = with_picture(bench)
    FolderStore(bench.state / "artifacts").drop(SHA256)
    still = again(bench.output / "g.png")
    picture.write_bytes(PIXEL + b"x")

    with pytest.raises(SettingsError, match=r"the file ref\.png went into it") as caught:
        again(bench.output / "g.png")

    assert still.nodes
    assert ("input-missing", SHA256) == (caught.value.reason, caught.value.values["sha256"])


def harmed(path: Path, change: Callable[[Any], None]) -> None:
    sidecar = sidecar_of(path)
    said = json.loads(sidecar.read_text("utf-8"))
    change(said)
    sidecar.write_text(json.dumps(said), "utf-8")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda plan: plan.clear(), "no-plan"),
        (lambda plan: plan.update(format=99), "no-plan"),
        (lambda plan: plan.update(nodes=7), "no-plan"),
        (lambda plan: plan.update(saves=[]), "no-plan"),
        (lambda plan: plan["nodes"][0].update(operation="nobody.knows"), "plan-broken"),
        (lambda plan: plan["nodes"].append(plan["nodes"][0]), "plan-broken"),
        (lambda plan: plan.update(nodes=plan["nodes"][1:]), "plan-broken"),
        (lambda plan: plan.update(rules="nonsense"), "plan-broken"),
    ],
    ids=["none", "format", "nodes", "saves", "operation", "twice", "missing", "rules"],
)
def test_a_plan_that_cannot_be_followed_is_refused_in_words(
    bench: Bench, again: Again, change: Callable[[Any], None], reason: str
) -> None:
    bench.run(chain(bench))
    harmed(bench.output / "hero.png", lambda said: change(said["plan"]))

    with pytest.raises(SettingsError) as caught:
        again(bench.output / "hero.png")

    assert reason == caught.value.reason


def test_an_input_outside_of_the_project_is_not_read(bench: Bench, again: Again) -> None:
    with_picture(bench)
    (bench.folder.parent / "away.png").write_bytes(PIXEL)
    FolderStore(bench.state / "artifacts").drop(SHA256)

    def outside(said: Any) -> None:
        said["plan"]["nodes"][0]["arguments"]["prompt"]["$prompt"]["images"][0]["$file"]["path"] = "../away.png"  # fmt: skip  # one place

    harmed(bench.output / "g.png", outside)

    with pytest.raises(SettingsError, match="went into it"):
        again(bench.output / "g.png")


def test_a_name_that_is_free_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.b.png"
    names = []
    for _ in range(3):
        names.append(fresh_name(path))
        (tmp_path / names[-1]).touch()
    (tmp_path / "a.b-again-4-1.png").touch()
    names.append(fresh_name(path))

    assert ["a.b-again.png", "a.b-again-2.png", "a.b-again-3.png", "a.b-again-5.png"] == names


def test_an_origin_without_a_plan_has_none(tmp_path: Path) -> None:
    origin = Origin(
        path=tmp_path, sha256="", size=0, media_type="", document={"plan": [1]}, teller="embedded"
    )

    assert None is origin.plan


def forged(bench: Bench, change: Callable[[Any], None]) -> Path:
    """Return a saved file whose sidecar was changed by somebody."""
    path = bench.output / "hero.png"
    document = json.loads(sidecar_of(path).read_text("utf-8"))
    change(document)
    sidecar_of(path).write_text(json.dumps(document), "utf-8")
    return path


def test_a_file_cannot_say_that_other_work_is_paid_for_already(bench: Bench, again: Again) -> None:
    bench.run(chain(bench))

    def change(document: Any) -> None:
        grid, _ = document["plan"]["nodes"]
        grid["arguments"]["prompt"]["$prompt"]["text"] = ["something else"]
        document["step"]["id"] = "nobody"

    plan = again(forged(bench, change))

    assert 2 == forecast(plan, bench.state, bench.catalogue()).send


def test_a_file_cannot_have_a_purchase_repeated(bench: Bench, again: Again) -> None:
    bench.run(chain(bench))

    def change(document: Any) -> None:
        for one in document["plan"]["nodes"]:
            one["options"] = {"repurchase": 1000, "on_ambiguous": "resubmit", "timeout": 60}

    options = [one.options for one in again(forged(bench, change)).nodes]

    assert [(0, None, 60)] * 2 == [(o.repurchase, o.on_ambiguous, o.timeout) for o in options]


def test_steps_that_a_file_does_not_need_are_not_taken(bench: Bench, again: Again) -> None:
    bench.run(chain(bench))

    def change(document: Any) -> None:
        grid = document["plan"]["nodes"][0]
        document["plan"]["nodes"].append({**grid, "id": "grid[2]"})

    assert ["grid", "hero"] == [one.id for one in again(forged(bench, change)).nodes]


def test_a_plan_whose_steps_stand_in_the_wrong_order_is_refused(bench: Bench, again: Again) -> None:
    bench.run(chain(bench))

    with pytest.raises(SettingsError, match="stands before"):
        again(forged(bench, lambda document: document["plan"]["nodes"].reverse()))
