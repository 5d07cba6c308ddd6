"""Tasks: asked about together, understood, collected."""

import attrs

from omnidsl.plugins.backend import Receipt, Status
from omnidsl.plugins.media import Made
from omnidsl.running.payment import FreeContext
from omnidsl.testing.cases import Sample, StatusCase
from omnidsl.testing.laws.base import Law, Rehearse
from omnidsl.testing.rehearsal import Rehearsal


def poll(there: Rehearsal, receipts: list[Receipt]) -> dict[str, Status]:
    """Ask the backend about tasks, and nothing else."""

    async def asked(context: FreeContext) -> dict[str, Status]:
        return dict(await there.backend().poll(receipts, context))

    return there.ask(asked)


class Polling(Law):
    """Laws of tasks."""

    def _bought(self, task: Sample, rehearse: Rehearse, copies: int = 1) -> Rehearsal:
        there = rehearse(task, copies=copies)
        result = there.run()
        assert result.status == 0, f"the sample fails: {[one.message for one in result.failures]}"
        return there

    def test_many_tasks_are_asked_about_at_once(self, task: Sample, rehearse: Rehearse) -> None:
        """Three tasks take as many requests as one does, and each of them is told of."""
        there = self._bought(task, rehearse, copies=3)
        receipts = there.receipts
        poll(there, receipts[:1])
        before = len(there.server.requests)
        poll(there, receipts[:1])
        one = len(there.server.requests) - before
        found = poll(there, receipts)
        three = len(there.server.requests) - before - one
        assert {each.task for each in receipts} == set(found), "a task that is there is left out"
        if self.cases.batched:
            assert three <= one, (
                f"{three} requests for three tasks, {one} for one: ask about all in one, or say `batched=False`"
            )

    def test_unknown_tasks_are_left_out(self, task: Sample, rehearse: Rehearse) -> None:
        """A task that the gateway does not know raises nothing, is left out, and hides no other."""
        there = self._bought(task, rehearse)
        receipt = there.receipts[0]
        stranger = attrs.evolve(receipt, task=self.cases.stranger)
        found = poll(there, [stranger, receipt])
        assert set(found) == {receipt.task}, f"told of: {sorted(found)}"

    def test_the_order_of_receipts_does_not_matter(self, task: Sample, rehearse: Rehearse) -> None:
        """The same tasks in another order stand as they do."""
        there = self._bought(task, rehearse, copies=2)
        receipts = there.receipts
        ahead, back = poll(there, receipts), poll(there, receipts[::-1])
        states = [{task: one.state for task, one in found.items()} for found in (ahead, back)]
        assert states[0] == states[1], "their order changes what is told"

    def test_collecting_twice_gives_the_same(self, task: Sample, rehearse: Rehearse) -> None:
        """A finished task is collected as often as one likes, and nothing is bought by it."""
        there = self._bought(task, rehearse)
        receipt = there.receipts[0]
        status = poll(there, [receipt])[receipt.task]

        async def collect(context: FreeContext) -> Made:
            return await there.backend().collect(receipt, status, context)

        first, second = there.ask(collect), there.ask(collect)
        assert first == second, "the second time it gives something else"
        assert len(there.till.asked) == there.sales, "collecting paid for something"

    def test_a_receipt_is_all_that_a_new_process_needs(
        self, task: Sample, rehearse: Rehearse
    ) -> None:
        """A backend that is made anew, as after a crash, polls and collects from the stored receipt alone."""
        there = self._bought(task, rehearse)
        receipt = there.receipts[0]
        found = poll(there, [receipt])
        assert receipt.task in found, "a new backend does not know the task of a stored receipt"

    def test_a_status_means_what_the_table_says(
        self, status_case: StatusCase, rehearse: Rehearse
    ) -> None:
        """Every status of the table is understood as the table says."""
        named = status_case.operation or next(
            one.operation for one in self.cases.samples if self.kind(one) == "task"
        )
        there = self._bought(self.cases.sample(named), rehearse)
        receipt = there.receipts[0]
        reply = status_case.reply
        there.till.free = lambda request, _: reply(request) if callable(reply) else reply
        found = poll(there, [receipt]).get(receipt.task)
        state = found.state if found else None
        assert state == status_case.state, f"{status_case.name}: taken for {state}"
        if status_case.words:
            reason = found.reason if found else ""
            assert status_case.words in reason, f"{status_case.name}: the reason is {reason!r}"
