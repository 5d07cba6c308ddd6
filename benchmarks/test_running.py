"""Parts of the runner alone: `pytest benchmarks --benchmark-only`. They time, and judge nothing."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import Ref, TextInput
from omnidsl.plugins.outcomes import Reply
from omnidsl.running import Result
from omnidsl.running.clerk import Clerk
from omnidsl.running.engines import Windowed
from omnidsl.running.records import RunRecord, Stage
from omnidsl.running.scheduler import Outcome, check_order
from omnidsl.running.spool import Spool
from omnidsl.running.sqlite_ledger import SqliteLedger
from omnidsl.testing import step

STEPS = 1000


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    ledger.add_run(
        RunRecord(id="r", recipe="a", pipeline="p", gateway="g", plan={}, owner="o", started=1.0)
    )
    clerk = Clerk(ledger)
    yield clerk
    clerk.close()
    ledger.close()


def chains(length: int) -> list[PlanNode]:
    """Return as many steps in chains of a length."""
    return [
        step(
            str(number),
            "s.o",
            {"a": TextInput((Ref(str(number - 1)),) if number % length else ())},
        )
        for number in range(STEPS)
    ]


@pytest.mark.parametrize("length", [1, 10])
def test_a_thousand_steps_that_do_nothing(benchmark: BenchmarkFixture, length: int) -> None:
    nodes = chains(length)

    async def perform(node: PlanNode, results: Mapping[str, Result]) -> Result:
        del results
        return Result(
            node=node.id, operation="s.o", type="text", step="s", number=1, attempt="a", gateway="g"
        )

    async def settled(node: PlanNode, outcome: Outcome) -> None:
        heard.append((node, outcome))

    def run() -> None:
        heard.clear()
        asyncio.run(Windowed(42).perform_all(nodes, perform, settled))

    heard: list[tuple[PlanNode, Outcome]] = []
    benchmark(run)

    assert len(heard) == STEPS


def test_the_order_of_a_thousand_steps(benchmark: BenchmarkFixture) -> None:
    benchmark(check_order, chains(10))


@pytest.mark.parametrize("at_a_time", [1, 16, 64])
def test_two_hundred_durable_entries(
    benchmark: BenchmarkFixture, clerk: Clerk, at_a_time: int
) -> None:
    numbers = iter(range(1, 1_000_000))

    async def write() -> None:
        async def one() -> None:
            for _ in range(192 // at_a_time):
                await clerk.do(
                    lambda ledger: ledger.append("r", next(numbers), {"event": "notice"})
                )

        await asyncio.gather(*(one() for _ in range(at_a_time)))

    benchmark(lambda: asyncio.run(write()))


def test_a_reply_on_the_disk(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    numbers = iter(range(1_000_000))
    reply = Reply(200, {"content-type": "application/json"}, b'{"code":1,"result":"1795359504"}')

    def keep() -> None:
        stage = Stage(attempt=f"omni-{next(numbers)}", name="submit", path="/x", request="0" * 64)
        spool.keep(stage, reply)

    benchmark(keep)
