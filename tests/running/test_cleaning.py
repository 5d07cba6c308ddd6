"""What `omni clean` removes, and what it never does."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from omnidsl.planning.plan import Plan, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway, SettingsError, png
from omnidsl.running.cleaning import YOUNG, Cleaned, Wish, clean
from omnidsl.running.owners import Owners
from omnidsl.testing import Answer, Bench, HangUp, MidjourneyScript, Request, ScriptedGateway, step
from omnidsl.testing.scripted import PIXEL
from tests.running.test_soundness import with_chunks


@pytest.fixture
def script() -> MidjourneyScript:
    script = MidjourneyScript()

    def picture(request: Request) -> Answer:
        return Answer(200, with_chunks(png.text_chunk("task", request.path.rpartition("/")[2])))

    script.on("/mj/image/", picture)  # every task has a picture of its own
    return script


@pytest.fixture
def bench(tmp_path: Path, script: MidjourneyScript) -> Iterator[Bench]:
    with ScriptedGateway(script) as server:
        yield Bench(tmp_path, Gateway.at(server.url, key="sk-x", name="ours"))


def of(bench: Bench, *prompts: str) -> Plan:
    nodes = [step(one, "midjourney.imagine", {"prompt": PromptInput((one,))}) for one in prompts]
    return bench.plan(*nodes, saves=[Save(Ref(one), f"{one}.png") for one in prompts])


def sweep(bench: Bench, wish: Wish, *, later: float = 0.0) -> Cleaned:
    return clean(bench.state, bench.output, wish, time.time() + later)


def stored(bench: Bench) -> int:
    return len(list((bench.state / "artifacts").rglob("*.png")))


def counts(cleaned: Cleaned) -> tuple[int, int, int]:
    return cleaned.artifacts.count, cleaned.replies.count, cleaned.litter.count


def test_by_itself_it_removes_nothing_that_somebody_made(bench: Bench) -> None:
    bench.run(of(bench, "a", "b"))

    cleaned = sweep(bench, Wish(), later=10 * YOUNG)

    assert ((0, 0, 0), 2) == (counts(cleaned), stored(bench))


def test_a_run_that_goes_takes_its_files_its_replies_and_its_events_along(bench: Bench) -> None:
    first = bench.run(of(bench, "a", "b"))
    bench.run(of(bench, "c"))

    cleaned = sweep(bench, Wish(run=first.run))

    ledger = bench.ledger()
    left = len(ledger.events(first.run))
    ledger.close()
    assert ((2, 2, 0), 1, 2) == (counts(cleaned), stored(bench), left)
    assert cleaned.events.count > 0


def test_what_another_run_shares_stays(bench: Bench) -> None:
    first = bench.run(of(bench, "a", "b"))
    bench.run(of(bench, "b", "c"))

    cleaned = sweep(bench, Wish(run=first.run))

    assert ((1, 1, 0), 2) == (counts(cleaned), stored(bench))
    assert 0 == bench.run(of(bench, "b", "c")).status


def test_a_saved_file_stays_and_what_is_asked_for_again_is_bought_anew(
    bench: Bench, script: MidjourneyScript
) -> None:
    first = bench.run(of(bench, "a"))
    sweep(bench, Wish(run=first.run))

    assert (bench.output / "a.png").exists()
    assert (0, 2) == (bench.run(of(bench, "a")).status, len(script.submitted))


def test_only_runs_that_ended_before_are_old(bench: Bench) -> None:
    bench.run(of(bench, "a"))
    between = time.time()
    bench.run(of(bench, "b"))

    cleaned = sweep(bench, Wish(before=between))

    assert ((1, 1, 0), 1) == (counts(cleaned), stored(bench))


def test_a_held_run_keeps_all_it_has(bench: Bench, script: MidjourneyScript) -> None:
    bench.run(of(bench, "a"))
    script.on("/submit/", lambda _: HangUp())
    held = bench.run(of(bench, "a", "b"))

    cleaned = sweep(bench, Wish(before=time.time() + 9, unreferenced=True), later=10 * YOUNG)

    assert (3, [held.run], (0, 0, 0)) == (held.status, cleaned.unsettled, counts(cleaned))
    assert 1 == stored(bench)


def test_a_run_that_is_at_work_keeps_all_it_has(bench: Bench) -> None:
    run = bench.run(of(bench, "a")).run
    with Owners(bench.state / "owners").enter() as owner:
        ledger = bench.ledger()
        record = ledger.run(run)
        assert record is not None
        ledger.own_run(run, owner, record.owner)
        ledger.close()

        cleaned = sweep(bench, Wish(run=run, unreferenced=True), later=10 * YOUNG)

    assert ([run], (0, 0, 0), 1) == (cleaned.at_work, counts(cleaned), stored(bench))


@pytest.mark.parametrize("wish", [Wish(before=2e9 + 1e9), Wish(unreferenced=True), Wish()])
def test_a_dry_run_says_what_would_go_and_removes_nothing(bench: Bench, wish: Wish) -> None:
    bench.run(of(bench, "a", "b"))
    stray(bench)
    before = sorted(bench.state.rglob("*"))

    said = sweep(bench, attrs.evolve(wish, dry=True), later=10 * YOUNG)
    untouched = before == sorted(bench.state.rglob("*"))
    done = sweep(bench, wish, later=10 * YOUNG)

    assert untouched
    assert said == done


def stray(bench: Bench) -> list[Path]:
    """Leave an artifact, a reply and two half-written files that nothing refers to."""
    sha256 = "ab" * 32
    paths = [
        bench.state / "artifacts" / "ab" / f"{sha256}.png",
        bench.state / "replies" / f"omni-{'0' * 32}.1.1-submit.1",
        bench.state / "artifacts" / f".{'1' * 32}.new",
        bench.output / f".{'2' * 32}.new",
    ]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PIXEL)
    return paths


@pytest.mark.parametrize(
    ("wish", "later", "gone"),
    [
        (Wish(unreferenced=True), 2 * YOUNG, [True, False, True, True]),
        (Wish(), 2 * YOUNG, [False, False, True, True]),
        (Wish(unreferenced=True), 0, [False, False, False, False]),
    ],
    ids=["unreferenced", "litter", "young"],
)
def test_what_nothing_refers_to_goes_once_it_is_an_hour_old(
    bench: Bench, wish: Wish, later: float, gone: list[bool]
) -> None:
    bench.run(of(bench, "a"))
    paths = stray(bench)

    sweep(bench, wish, later=later)

    assert gone == [not one.exists() for one in paths]
    assert 1 <= stored(bench)
    assert 0 == bench.run(of(bench, "a")).status


def test_the_locks_of_the_dead_go(bench: Bench) -> None:
    bench.run(of(bench, "a"))
    lock = bench.state / "owners" / ("3" * 32)
    lock.touch()

    sweep(bench, Wish())

    assert not lock.exists()


def test_a_link_is_not_followed_out_of_the_folder(bench: Bench, tmp_path: Path) -> None:
    bench.run(of(bench, "a"))
    away = tmp_path / "away"
    away.mkdir()
    theirs = away / f".{'4' * 32}.new"
    theirs.touch()
    (bench.output / "link").symlink_to(away)

    sweep(bench, Wish(), later=10 * YOUNG)

    assert theirs.exists()


def test_a_run_that_nobody_knows_is_refused(bench: Bench) -> None:
    bench.run(of(bench, "a"))

    with pytest.raises(SettingsError, match="no run other"):
        sweep(bench, Wish(run="other"))


def test_beside_a_run_that_works_cleaning_takes_nothing_from_it(bench: Bench) -> None:
    bench.run(of(bench, "old"))
    before, over = time.time(), threading.Event()
    removed: list[Cleaned] = []

    def again_and_again() -> None:
        while not over.is_set():
            removed.append(sweep(bench, Wish(before=before, unreferenced=True)))

    cleaner = threading.Thread(target=again_and_again)
    cleaner.start()
    try:
        result = bench.run(of(bench, *(f"p{number}" for number in range(12))))
    finally:
        over.set()
        cleaner.join()

    assert (0, 12) == (result.status, len(result.saved))
    assert all(one.files[0].path.exists() for one in result.results.values())
    assert len(removed) > 1
    assert not os.listdir(bench.state / "owners")  # noqa: PTH208  # names are enough
