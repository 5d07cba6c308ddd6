"""The conformance suite of backends: inherit it, give it a table, and it holds a service to every law.

```python
from omnidsl.testing import BackendSuite
from omnidsl_sketch.conformance import CASES

class TestSketch(BackendSuite):
    cases = CASES
```
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar
from zlib import crc32

from omnidsl.testing.cases import Code, Part, Sample
from omnidsl.testing.laws.base import Law
from omnidsl.testing.laws.behaving import Behaving
from omnidsl.testing.laws.declared import ConformanceWarning, Declared
from omnidsl.testing.laws.dying import Dying
from omnidsl.testing.laws.limits import Limited, bounds_of, conditions_of
from omnidsl.testing.laws.paying import Paying
from omnidsl.testing.laws.polling import Polling

if TYPE_CHECKING:
    import pytest

__all__ = ["BackendSuite", "ConformanceWarning", "Law"]


class BackendSuite(Declared, Limited, Behaving, Paying, Polling, Dying):
    """Every law, over the samples and replies of `cases`.

    A class that inherits it sets `cases`. Where many services are tested at once, `most` is how many samples each law
    judges (0: all; which ones differs from law to law), and `points` and `killed` make the law of death smaller.
    """

    most: ClassVar[int] = 0

    def pytest_generate_tests(self, metafunc: "pytest.Metafunc") -> None:
        """Have each law judge each row of the table that it is about."""
        cases, wanted = type(self).cases, metafunc.fixturenames
        samples = cases.samples
        tasks = [one for one in samples if self.kind(one) == "task"]
        bought = [one for one in samples if one.sales]
        doomed = [one for one in bought if not self.killed or one.operation in self.killed]
        law = metafunc.function.__name__
        for name, rows in (
            ("sample", self._some(samples, law)),
            ("task", self._some(tasks, law)),
            ("bought", self._some(bought, law)),
            ("plain", self._some([one for one in samples if _is_plain(one)], law)),
            ("doomed", doomed),
        ):
            if name in wanted:
                metafunc.parametrize(name, rows, ids=[one.operation for one in rows])
        if "bound" in wanted:
            bounds = [bound for view in self.views().values() for bound in bounds_of(view, cases)]
            metafunc.parametrize("bound", bounds, ids=str)
        if "beside" in wanted:
            limits = [row for view in self.views().values() for row in conditions_of(view, cases)]
            metafunc.parametrize("beside", limits, ids=str)
        if "reply_case" in wanted:
            metafunc.parametrize(
                "reply_case", cases.replies, ids=[one.name for one in cases.replies]
            )
        if "status_case" in wanted:
            metafunc.parametrize(
                "status_case", cases.statuses, ids=[one.name for one in cases.statuses]
            )
        if "point" in wanted:
            metafunc.parametrize("point", self.points)

    def _some(self, rows: Sequence[Sample], law: str) -> list[Sample]:
        """Return the samples that a law judges: as many as may be, beginning elsewhere for each law."""
        if not self.most or len(rows) <= self.most:
            return list(rows)
        start = crc32(law.encode()) % len(rows)
        return [*rows, *rows][start : start + self.most]


def _is_plain(sample: Sample) -> bool:
    """Tell whether a program can give a sample's arguments as they stand: without an expression of the language."""
    steps = (*sample.before, sample)
    return not any(
        isinstance(one, Code | Part) for step in steps for one in step.arguments.values()
    )
