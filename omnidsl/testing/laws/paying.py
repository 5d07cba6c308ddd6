"""Money: every purchase goes through the ledger, once."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from omnidsl.running.results import Failure, Held, Result
from omnidsl.testing.cases import ReplyCase, Sample
from omnidsl.testing.laws.base import Law, Rehearse
from omnidsl.testing.till import as_usual, never_taken, taken_and_lost

_REASONS = 'see "The backend" in docs/plugins.md'


class Paying(Law):
    """Laws of purchases."""

    def test_an_attempt_pays_once(self, sample: Sample, rehearse: Rehearse) -> None:
        """A whole run asks for as many paid requests as the sample says, and the ledger has each of them."""
        there = rehearse(sample)
        result = there.run()
        assert result.status == 0, f"the sample fails: {_told(result.failures, result.held)}"
        asked = Counter(one.path for one in there.till.asked)
        written = Counter(one.path for one in there.ledger.stages())
        assert len(there.till.sold) == there.sales, (
            f"{len(there.till.sold)} paid requests instead of {there.sales}: {sorted(asked)}"
        )
        assert asked == written, (
            f"paid for past the ledger: {sorted((asked - written).elements())}; every paid request goes "
            f"through `context.pay`, {_REASONS}"
        )

    def test_a_purchase_carries_its_attempt(self, sample: Sample, rehearse: Rehearse) -> None:
        """The attempt's id is in the headers or the body of what is bought, so that it can be found again."""
        there = rehearse(sample)
        there.run()
        ids = [one.id for one in there.ledger.attempts()]
        bare = [
            request.path
            for request in there.till.asked[there.till.after :]
            if not any(
                one in request.headers.values() or one.encode() in request.body for one in ids
            )
        ]
        if self.cases.carries(sample.operation):
            assert not bare, (
                f"no attempt id in the request to {bare[0]}: send `call.attempt_id`, or say `carries_attempt=False`; "
                "where some operations have a place for it, name those"
            )

    def test_what_was_bought_is_not_bought_again(self, sample: Sample, rehearse: Rehearse) -> None:
        """A second run of the same recipe asks for nothing that costs money, and gives the same."""
        there = rehearse(sample)
        first = there.run()
        second = there.run()
        assert (first.status, second.status) == (0, 0), _told(second.failures, second.held)
        assert len(there.till.asked) == there.sales, "the second run paid again"
        assert _made(first.results) == _made(second.results), "the second run gives something else"

    def test_a_lost_answer_is_held_or_found(self, bought: Sample, rehearse: Rehearse) -> None:
        """A purchase whose answer is lost is never repeated blindly: `find` sees it, or it waits for a person."""
        copies = 1 if bought.listing == "none" else 2  # two, so that one can be taken for the other
        there = rehearse(bought, copies=copies)
        there.till.paid = taken_and_lost
        first = there.run()
        there.till.paid = as_usual
        last = there.resume(first.run)
        if bought.listing == "none":
            assert (first.status, last.status) == (3, 3), "it is not held: `find` claims to know"
        else:
            assert last.status == 0, (
                f"`listing` says that `find` sees it: {_told(last.failures, last.held)}"
            )
            tasks = [one.task for one in there.receipts]
            assert len(set(tasks)) == len(tasks), (
                "`find` took another's purchase for this one: go by `call.attempt_id` alone"
            )
        before = there.sales - bought.sales
        most = before + copies * bought.sales if last.status == 0 else before + 1
        assert len(there.till.sold) <= most, "it was bought twice"

    def test_a_lost_request_is_sent_again_only_where_its_absence_is_proven(
        self, bought: Sample, rehearse: Rehearse
    ) -> None:
        """What never arrived is bought after all where the listing is complete, and held otherwise."""
        there = rehearse(bought)
        there.till.paid = never_taken
        first = there.run()
        there.till.paid = as_usual
        last = there.resume(first.run)
        expected = 0 if bought.listing == "complete" else 3
        assert last.status == expected, (
            f"`listing={bought.listing!r}`, and it ended with {last.status}: "
            f"{_told(last.failures, last.held)}"
        )
        assert len(there.till.sold) <= there.sales, "it was bought twice"

    def test_a_reply_means_what_the_table_says(
        self, reply_case: ReplyCase, rehearse: Rehearse
    ) -> None:
        """Every reply of the table is taken for what the table says, in a whole run."""
        sample = self.cases.sample(reply_case.operation)
        there = rehearse(sample)
        there.till.paid = lambda _, __: reply_case.reply
        result = there.run()
        asked = len(there.till.asked) - there.till.after
        stage = there.ledger.stages()[-1]
        attempt = there.ledger.attempts()[-1]
        reason = result.failures[-1].reason if result.failures else attempt.reason
        verdict = _verdict(stage.state, asked)
        words = f"{reply_case.name}: taken for {verdict} ({reason}), not for {reply_case.verdict}"
        assert verdict == reply_case.verdict, words
        if reply_case.reason:
            assert reason == reply_case.reason, (
                f"{reply_case.name}: the reason is `{reason}`, not `{reply_case.reason}`"
            )
        if verdict == "ambiguous" and sample.listing != "complete":
            assert asked == 1, f"{reply_case.name}: it was sent {asked} times while in doubt"


def _verdict(state: str, asked: int) -> str:
    if state == "refused":
        return "retry-later" if asked > 1 else "rejected"
    return {"answered": "accepted", "ambiguous": "ambiguous"}.get(state, state)


def _told(failures: Sequence[Failure], held: Sequence[Held]) -> str:
    """Return what a run said of failures and held steps, in a line."""
    said = [one.message for one in failures] + [one.message for one in held]
    return "; ".join(said) or "nothing is said"


def _made(results: Mapping[str, Result]) -> object:
    return {
        node: (one.text, [file.sha256 for file in one.files], json.dumps(one.facts, sort_keys=True))
        for node, one in results.items()
    }
