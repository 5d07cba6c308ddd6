"""Finding out where a file comes from: well-meant files, renamed ones, changed ones and hostile ones."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnidsl.planning.costs import Prices
from omnidsl.planning.plan import Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.filing import Filing
from omnidsl.running.origins import Origin, find_origin
from omnidsl.running.provenance import sidecar_of
from omnidsl.testing import Bench, MidjourneyScript, ScriptedGateway, step
from omnidsl.testing.scripted import PIXEL

PROMPT = "a red fox --v 6.1"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ScriptedGateway(MidjourneyScript()) as server:
        yield Bench(tmp_path, Gateway.at(server.url, key="sk-x", name="ours"))


@pytest.fixture
def fox(bench: Bench) -> Path:
    return made(bench)


def made(bench: Bench, name: str = "fox.png") -> Path:
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": PromptInput((PROMPT,))}),
        saves=[Save(Ref("grid"), name), Save("words", "words.txt")],
    )
    assert 0 == bench.run(plan).status
    return bench.output / name


Find = Callable[[Path], Origin | None]


@pytest.fixture
def find(bench: Bench) -> Find:
    return lambda path: find_origin(path, [bench.state], Prices(bench.catalogue()))


def told(found: Origin | None) -> tuple[str, str, bool, bool]:
    """Return who tells, of which prompt, whether the file was changed, and whether the ledger knows it."""
    assert found is not None
    prompt: Any = found.document["step"]
    return found.teller, prompt["prompt"], found.changed, found.known


def test_a_saved_file_is_told_of_by_its_sidecar(fox: Path, find: Find) -> None:
    assert ("sidecar", PROMPT, False, True) == told(find(fox))


def test_a_sidecar_that_is_named_stands_for_its_file(fox: Path, find: Find) -> None:
    assert find(fox) == find(sidecar_of(fox))


def test_a_renamed_picture_tells_by_what_it_carries(fox: Path, find: Find) -> None:
    assert ("embedded", PROMPT, False, True) == told(find(fox.rename(fox.with_name("x.dat"))))


def test_a_renamed_file_that_carries_nothing_is_known_to_the_ledger(
    bench: Bench, find: Find
) -> None:
    bench.files = Filing(provenance="none")
    path = made(bench)

    found = find(path.rename(path.with_name("y.png")))

    assert ("ledger", PROMPT, False, True) == told(found)
    assert found is not None
    assert found.stored


def test_the_ledger_tells_what_the_sidecar_told(bench: Bench, fox: Path, find: Find) -> None:
    said = json.loads(sidecar_of(fox).read_text("utf-8"))
    bench.files = Filing(provenance="none")
    found = find(made(bench))

    assert found is not None
    for name in ("recipe", "pipeline", "bindings", "original", "parents", "plan"):
        assert said[name] == found.document[name], name
    step: Any = found.document["step"]
    differ = {
        "reused",
        "arguments",
    }  # the second run reused; the ledger has the arguments as they were planned
    assert {name: one for name, one in said["step"].items() if name not in differ} == {
        name: one for name, one in step.items() if name not in differ
    }


def test_the_original_in_the_store_is_known(bench: Bench, fox: Path, find: Find) -> None:
    del fox
    (stored,) = (bench.state / "artifacts").rglob("*.png")

    assert ("ledger", PROMPT, False, True) == told(find(stored))


def test_a_file_that_was_changed_says_so(fox: Path, find: Find) -> None:
    fox.write_bytes(b"something else")

    assert ("sidecar", PROMPT, True, False) == told(find(fox))


def test_a_sidecar_that_stayed_behind_is_not_believed_where_the_ledger_knows_the_bytes(
    fox: Path, find: Find
) -> None:
    fox.write_bytes(PIXEL)  # the original

    assert ("ledger", PROMPT, False, True) == told(find(fox))


def test_another_file_s_sidecar_is_not_believed(bench: Bench, fox: Path, find: Find) -> None:
    theirs = json.loads(sidecar_of(fox).read_text("utf-8"))
    theirs["file"]["sha256"], theirs["step"]["prompt"] = "0" * 64, "a lie"
    sidecar_of(fox).write_text(json.dumps(theirs), "utf-8")

    assert ("embedded", PROMPT, False, True) == told(find(fox))


def test_elsewhere_a_file_still_tells_and_nobody_confirms_it(fox: Path, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    shutil.copy(fox, away)

    found = find_origin(away / "fox.png", [], Prices(Bench(away, Gateway("x", "", "")).catalogue()))

    assert ("embedded", PROMPT, False, False) == told(found)
    assert found is not None
    assert (False, ["grid"]) == (found.stored, [one.id for one in found.plan.nodes] if found.plan else [])  # fmt: skip  # one row


def test_a_file_that_nobody_knows_is_unknown(tmp_path: Path, find: Find) -> None:
    (tmp_path / "x.png").write_bytes(PIXEL + b"?")

    assert find(tmp_path / "x.png") is None


@pytest.mark.parametrize("name", ["none", ".", "pipe"])
def test_what_is_no_file_is_refused_and_never_waited_for(
    tmp_path: Path, find: Find, name: str
) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(OSError, match="not a file"):
        find(tmp_path / name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip  # one strategy


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sidecar_makes_a_traceback(fox: Path, find: Find, data: st.DataObject) -> None:
    said = json.loads(sidecar_of(fox).read_text("utf-8"))
    for name in data.draw(st.sets(st.sampled_from(sorted(said)))):
        said[name] = data.draw(JSON)
    other = fox.with_name("other.txt")
    other.write_bytes(b"x")
    sidecar_of(other).write_text(json.dumps(said), "utf-8")

    found = find(other)

    assert found is None or "sidecar" == found.teller
    assert found is None or found.plan is None or found.plan.nodes


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"format": 2}', "\0", "1e999"])
def test_a_sidecar_of_another_form_is_none(tmp_path: Path, find: Find, text: str) -> None:
    (tmp_path / "x").write_bytes(b"x")
    sidecar_of(tmp_path / "x").write_text(text, "utf-8")

    assert find(tmp_path / "x") is None


def test_a_ledger_that_is_broken_is_passed_over(bench: Bench, fox: Path) -> None:
    broken = bench.folder / "broken"
    broken.mkdir()
    (broken / "ledger.sqlite3").write_bytes(b"no ledger" * 1000)

    found = find_origin(fox, [broken, bench.state], Prices(bench.catalogue()))

    assert ("sidecar", PROMPT, False, True) == told(found)
