"""Death: a process that is killed at any moment of a purchase leaves nothing that is paid for twice."""

from collections.abc import Iterator
from typing import ClassVar

import pytest

from omnidsl.testing.cases import Sample
from omnidsl.testing.crash_points import POINTS, STREAMING
from omnidsl.testing.deaths import Deaths
from omnidsl.testing.laws.base import Law, Rehearse
from omnidsl.testing.rehearsal import key_in_environment

DOUBTFUL = frozenset(
    (
        "after the intent",
        "while the request is under way",
        "after the reply, before it is on the disk",
        "while the reply is written",
    )
)
"""Where nobody can tell from this side what became of the request."""

BY_ALL = DOUBTFUL | {
    "before the purchase",
    "before the intent",
    "after the reply is on the disk",
    "after the reply is settled",
    "before the result is kept",
}
"""Points that every operation comes to."""

BY_TASKS = frozenset(("before the receipt", "while polling", "while collecting"))
"""Points that every task comes to as well."""


class Dying(Law):
    """The law of death; `points` are where runs are killed, `killed` the operations that are (empty: all)."""

    points: ClassVar[tuple[str, ...]] = tuple(one for one in POINTS if one != STREAMING)
    killed: ClassVar[tuple[str, ...]] = ()

    @pytest.fixture(scope="class")
    @classmethod
    def deaths(cls) -> Iterator[Deaths]:
        """Start the process that kills."""
        with key_in_environment(cls.cases.service), Deaths() as found:
            yield found

    def test_a_kill_at_any_moment_buys_nothing_twice(
        self, doomed: Sample, point: str, deaths: Deaths, rehearse: Rehearse
    ) -> None:
        """A run is killed (SIGKILL) at a point of its purchase; those that go on with it buy nothing twice."""
        there = rehearse(doomed)
        death = deaths.at(
            point, folder=there.folder, url=there.server.url, service=self.cases.service
        )
        sold = len(there.till.sold)
        if point in BY_ALL or (point in BY_TASKS and self.kind(doomed) == "task"):
            assert death.killed, f"the run never came to the point `{point}`"
        assert sold <= there.sales, f"{sold} were sold instead of {there.sales}"
        assert set(death.statuses) <= {0, 3}, f"the runs after it ended with {death.statuses}"
        if death.status == 0:
            assert sold == there.sales, f"it is done, and {sold} of {there.sales} were sold"
        else:
            assert point in DOUBTFUL, "it is held although nothing is in doubt"
        if doomed.listing == "complete":
            assert death.status == 0, "it is held although `find` can tell"
