"""How the results of a run are kept."""

import weakref
from pathlib import Path

from omnidsl.plugins.media import Image
from omnidsl.running import Result
from omnidsl.running.finished import Finished


def result(name: str, *, reused: bool = False) -> Result:
    return Result(
        node=name,
        operation="s.o",
        type="image",
        step=f"{name}.1",
        number=1,
        attempt=f"omni-{name}.1.1",
        gateway="g",
        text="说",
        files=(Image(Path("a.png"), "0" * 64, 3, "image/png"),),
        facts={"buttons": [{"customId": f"MJ::{name}", "label": "U1"}]},
        reused=reused,
    )


def test_a_result_that_was_let_go_is_the_same_when_somebody_looks_at_it() -> None:
    finished = Finished(["a", "b"], at_hand=0)
    for name in ("b", "a"):
        finished.add(result(name))
        finished.let_go(name)

    assert {"a": result("a"), "b": result("b")} == dict(finished)


def test_what_was_let_go_is_no_longer_held() -> None:
    finished = Finished(["a"], at_hand=0)
    made = result("a")
    held = weakref.ref(made)
    finished.add(made)
    del made
    finished.let_go("a")

    assert held() is None


def test_results_come_in_the_order_of_the_plan() -> None:
    finished = Finished(["a", "b", "c"], at_hand=1)
    for name in ("c", "a"):
        finished.add(result(name))
        finished.let_go(name)

    assert (["a", "c"], 2, False) == (list(finished), len(finished), "b" in finished)


def test_the_first_ones_stay_at_hand() -> None:
    finished = Finished(["a", "b"], at_hand=1)
    made = {name: result(name) for name in ("a", "b")}
    for one in made.values():
        finished.add(one)
        finished.let_go(one.node)

    assert [True, False] == [finished[name] is made[name] for name in ("a", "b")]


def test_what_was_paid_for_before_is_counted() -> None:
    finished = Finished(["a", "b"])
    finished.add(result("a", reused=True))
    finished.add(result("b"))

    assert (1, 2) == (finished.reused, len(finished))
