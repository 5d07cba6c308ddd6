"""What a plan costs before anything is sent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.planning.costs import NOTHING, PENDING, UNKNOWN, Cost, Prices
from omnidsl.planning.plan import Options, Plan, PlanNode
from omnidsl.planning.values import Ref, TextInput, Value
from omnidsl.plugins.catalogue import Catalogue, ServiceView

if TYPE_CHECKING:
    from omnidsl.plugins.media import JSON

CHAT = {
    "operation": "chat",
    "when": {"model": "small"},
    "parts": {"input": 2_000_000, "output": 8_000_000, "picture": [100, 200], "most_output": 1000},
}
DRAW = [
    {"operation": "draw", "when": {"mode": "fast"}, "parts": {"each": [30_000, 50_000]}, "refunded": True},
    {"operation": "draw", "when": {"mode": "slow*"}, "parts": {"each": [10_000, 20_000]}, "times": "n"},
]  # fmt: skip  # one row a line


def catalogue() -> Catalogue:
    def parameter(name: str, default: object = None) -> dict[str, object]:
        return {"name": name, "accepts": ["text"], "default": default}

    def operation(*parameters: dict[str, object]) -> dict[str, object]:
        return {"doc": "", "kind": "task", "result": "text", "deterministic": False, "on_ambiguous": "hold", "parameters": list(parameters)}  # fmt: skip  # not what this is about

    row = {
        "distribution": "d", "version": "1", "summary": "", "zh": "", "implementation": "d:D", "usual_seconds": 1, "settling_seconds": 1,
        "operations": {"chat": operation(parameter("model", "small")), "draw": operation(parameter("mode", "fast"))},
        "prices": [CHAT, *DRAW],
    }  # fmt: skip  # as above
    return Catalogue([ServiceView("s", row)])


def node(operation: str, arguments: Mapping[str, Value], *, when: Value = None) -> PlanNode:
    return PlanNode("n", operation, arguments, "k", 1, "text", "", Options(), 0, when)


def test_a_job_costs_what_the_row_says_that_fits_its_arguments_and_defaults() -> None:
    prices = Prices(catalogue())

    found = [prices.of(node("s.draw", one)) for one in ({}, {"mode": "slow-2"})]

    assert [Cost(30_000, 50_000, estimated=True), Cost(10_000, 20_000, estimated=True)] == found


def test_an_argument_multiplies() -> None:
    found = Prices(catalogue()).of(node("s.draw", {"mode": "slow", "n": 3}))

    assert Cost(30_000, 60_000, estimated=True) == found


def test_a_mode_that_a_result_decides_costs_between_the_least_and_the_most() -> None:
    found = Prices(catalogue()).of(node("s.draw", {"mode": Ref("other")}))

    assert Cost(10_000, 50_000, estimated=True) == found


def test_tokens_are_bounded_by_bytes_and_by_the_longest_answer() -> None:
    found = Prices(catalogue()).of(node("s.chat", {"messages": "猫" * 8}))

    assert Cost((3 * 2 + 8), (24 + 5 + 16) * 2 + 1000 * 8, estimated=True) == found


def test_max_tokens_bounds_the_answer() -> None:
    prices = Prices(catalogue())

    short, long = (
        prices.of(node("s.chat", {"messages": "", "max_tokens": one})) for one in (10, 10**6)
    )

    assert (990 * 8, 0) == (long.high - short.high, long.low - short.low)


def test_a_text_that_a_step_will_give_counts_as_the_longest() -> None:
    prices = Prices(catalogue())

    known, pending = (
        prices.of(node("s.chat", {"messages": TextInput(parts)})) for parts in ((), (Ref("n"),))
    )

    assert PENDING * 2 == pending.high - known.high


def test_an_operation_without_a_price_is_unknown() -> None:
    prices = Prices(catalogue())

    assert [UNKNOWN, UNKNOWN] == [
        prices.of(node("s.other", {})),
        prices.of(node("s.draw", {"mode": "warp"})),
    ]


def test_a_plan_leaves_conditional_steps_out_of_its_lower_end() -> None:
    plan = Plan("a", "p", "g", {}, (node("s.draw", {}), node("s.draw", {}, when=Ref("x")), node("s.q", {})))  # fmt: skip  # one plan

    assert Cost(30_000, 100_000, 1, estimated=True) == Prices(catalogue()).total(plan.nodes)


def test_a_projects_own_price_replaces_estimates_and_the_closest_one_wins() -> None:
    own = {"s.draw": 0.5, "s.draw mode=slow*": [0.1, 0.2]}
    prices = Prices(catalogue(), own, "EUR")

    found = [prices.of(node("s.draw", {"mode": one})) for one in ("fast", "slow", "warp")]

    assert [Cost(500_000, 500_000), Cost(100_000, 200_000), Cost(500_000, 500_000)] == found
    assert "EUR" == prices.currency


def test_what_tokens_cost_is_told_by_the_answer() -> None:
    usage: dict[str, JSON] = {"usage": {"prompt_tokens": 10, "completion_tokens": 5}}

    assert 10 * 2 + 5 * 8 == Prices(catalogue()).charged("s.chat", {}, usage)


@pytest.mark.parametrize("facts", [{}, {"usage": {}}, {"usage": {"prompt_tokens": -1, "completion_tokens": 2}}, {"usage": 3}])  # fmt: skip  # one table
def test_an_answer_that_does_not_say_leaves_the_reservation(facts: dict[str, object]) -> None:
    assert Prices(catalogue()).charged("s.chat", {}, facts) is None  # type: ignore[arg-type]  # as a gateway may send it


def test_a_failed_task_is_given_back_where_its_price_says_so() -> None:
    prices = Prices(catalogue())

    found = [prices.refunded("s.draw", {"mode": one}) for one in ("fast", "slow", "warp")]

    assert [True, False, False] == found


@given(st.text(max_size=200), st.integers(1, 5000))
def test_the_lower_end_is_never_above_the_upper_one(text: str, limit: int) -> None:
    cost = Prices(catalogue()).of(node("s.chat", {"messages": text, "max_tokens": limit}))

    assert 0 <= cost.low <= cost.high


def test_what_is_free_is_no_paid_job_and_has_no_price_but_a_project_s_own() -> None:
    free = catalogue()
    free.services["s"].operations["draw"].free = True
    nodes = [node("s.draw", {"mode": "warp"}), node("s.chat", {"messages": ""}), node("pick", {})]

    prices, own = Prices(free), Prices(free, {"s.draw": 0.5})

    assert (1, NOTHING, Cost(500_000, 500_000)) == (
        prices.jobs(nodes), prices.of(nodes[0]), own.of(nodes[0])
    )  # fmt: skip  # one thing a line would hide that it is one law
