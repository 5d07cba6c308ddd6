"""Backends with one fault each, and the law that catches it.

`python -m tests.testing.mutants` holds each to the whole suite and prints every law that it breaks.
"""

import sys
import tempfile
from pathlib import Path

import attrs

from tests.testing.sketchy import broken, judged


@attrs.frozen
class Mutant:
    """A fault: what is replaced by what in a new plugin, and the law that must fail for it."""

    name: str
    law: str
    before: str
    after: str

    def applied(self, package: Path) -> None:
        """Put the fault into the one file that has the place for it; ValueError where none or several have."""
        files = [one for one in package.glob("*.py") if one.name != "conformance.py"]
        found = [one for one in files if self.before in one.read_text("utf-8")]
        if len(found) != 1:
            raise ValueError(f"{self.name}: {len(found)} files have what is replaced")
        found[0].write_text(found[0].read_text("utf-8").replace(self.before, self.after), "utf-8")


_TAG = '            "tag": call.attempt_id,\n        }\n'
_ORDER = '        reply = await context.pay("/sketchy/posters", body)\n'
_DRAW = '        reply = await context.pay("/sketchy/draw", body)\n'
_ASK = '        ids: list[JSON] = [one.task for one in receipts]\n        reply = await context.post("/sketchy/status", {"ids": ids})\n        rows = reply.json()\n'
_PROBE = '        return await probe_task(context, "/sketchy/posters")\n'
_MADE = '        return Made(files=(File("image", url=url),), facts={"task_id": receipt.task})\n'
_SERVICES = '''@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `sketchy`."""
    return [
        Service(
            name="sketchy",
            api=1,
            operations=(Draw, Poster),
'''

MUTANTS = (
    Mutant(
        "pays twice",
        "test_an_attempt_pays_once",
        _DRAW,
        f'        await context.pay("/sketchy/draw", body, stage="first")\n{_DRAW}',
    ),
    Mutant(
        "pays past the ledger",
        "test_an_attempt_pays_once",
        _ORDER,
        '        reply = await context.post("/sketchy/posters", body)\n',
    ),
    Mutant(
        "drops the attempt's id",
        "test_a_purchase_carries_its_attempt",
        _TAG,
        "        }\n",
    ),
    Mutant(
        "ignores kept replies",
        "test_a_kill_at_any_moment_buys_nothing_twice",
        _ORDER,
        '        import os\n        reply = await context.pay("/sketchy/posters", body, stage=f"submit-{os.getpid()}")\n',
    ),
    Mutant(
        "keeps what it needs in memory",
        "test_a_receipt_is_all_that_a_new_process_needs",
        _ASK,
        '        self.seen = getattr(self, "seen", set())\n'
        "        receipts = [one for one in receipts if one.task in self.seen]\n"
        f"{_ASK}",
    ),
    Mutant(
        "leaks the key into facts",
        "test_no_key_is_seen_anywhere",
        _MADE,
        '        import os\n        facts = {"debug": os.environ["OMNI_API_KEY"]}\n'
        '        return Made(files=(File("image", url=url),), facts=facts)\n',
    ),
    Mutant(
        "leaks the key into an address",
        "test_no_key_is_seen_anywhere",
        _ASK,
        f'        import os\n        await context.get("/sketchy/x?key=" + os.environ["OMNI_API_KEY"])\n{_ASK}',
    ),
    Mutant(
        "returns a wrong type",
        "test_a_sample_is_sound_and_makes_what_it_declares",
        '                return Made(files=(File("image", data=base64.b64decode(picture)),))\n',
        '                return Made(text="a picture")\n',
    ),
    Mutant(
        "blocks the loop",
        "test_the_event_loop_is_never_blocked",
        _DRAW,
        f"        import time\n        time.sleep(2)\n{_DRAW}",
    ),
    Mutant(
        "asks whether a service answers by buying from it",
        "test_a_probe_is_free_and_told_in_words_of_ours",
        _PROBE,
        f'        await context.post("/sketchy/draw", {{"text": "a dot", "size": "small"}})\n{_PROBE}',
    ),
    Mutant(
        "tells how a service answers in words of its own",
        "test_a_probe_is_free_and_told_in_words_of_ours",
        _PROBE,
        '        await context.get("/sketchy/posters")\n        return Probe("up")\n',
    ),
    Mutant(
        "prints",
        "test_nothing_is_printed",
        _DRAW,
        f'        print("drawing")\n{_DRAW}',
    ),
    Mutant(
        "polls one by one",
        "test_many_tasks_are_asked_about_at_once",
        _ASK,
        "        rows = []\n"
        "        for one in receipts:\n"
        '            reply = await context.post("/sketchy/status", {"ids": [one.task]})\n'
        "            rows += reply.json()\n",
    ),
    Mutant(
        "polls the first only",
        "test_many_tasks_are_asked_about_at_once",
        "ids: list[JSON] = [one.task for one in receipts]",
        "ids: list[JSON] = [one.task for one in receipts[:1]]",
    ),
    Mutant(
        "invents unknown tasks",
        "test_unknown_tasks_are_left_out",
        "        return found\n",
        '        return {one.task: found.get(one.task, Status("waiting")) for one in receipts}\n',
    ),
    Mutant(
        "goes by the order of receipts",
        "test_the_order_of_receipts_does_not_matter",
        "        return found\n",
        "        if len(receipts) > 1:\n"
        '            found[receipts[0].task] = Status("running")\n'
        "        return found\n",
    ),
    Mutant(
        "gives something else the second time",
        "test_collecting_twice_gives_the_same",
        _MADE,
        '        import uuid\n        facts = {"task_id": uuid.uuid4().hex}\n'
        '        return Made(files=(File("image", url=url),), facts=facts)\n',
    ),
    Mutant(
        "takes failure for waiting",
        "test_a_status_means_what_the_table_says",
        '"broken": "failed"',
        '"broken": "waiting"',
    ),
    Mutant(
        "takes a refusal for success",
        "test_a_reply_means_what_the_table_says",
        'verdict="rejected", status=(402,), reason="quota", fault="account"',
        'verdict="accepted", status=(402,)',
    ),
    Mutant(
        "takes doubt for a refusal",
        "test_a_reply_means_what_the_table_says",
        'ReplyRule(verdict="rejected", status=(402,)',
        'ReplyRule(verdict="rejected", status=(402, 502)',
    ),
    Mutant(
        "says absent without looking",
        "test_a_lost_answer_is_held_or_found",
        "            return Unknown()\n",
        "            return Absent()\n",
    ),
    Mutant(
        "takes whatever is listed for its own",
        "test_a_lost_answer_is_held_or_found",
        " if tag == call.attempt_id:",
        " if tag:",
    ),
    Mutant(
        "gives a part of another type",
        "test_a_sample_is_sound_and_makes_what_it_declares",
        '    """Lay a picture out as a poster."""\n',
        '    """Lay a picture out as a poster."""\n\n    parts = {"task_id": float}\n',
    ),
    Mutant(
        "finds another's purchase",
        "test_a_lost_request_is_sent_again_only_where_its_absence_is_proven",
        "            return Unknown()\n",
        '            return Found({"picture": "AAAA"})\n',
    ),
    Mutant(
        "does not hold to its bounds",
        "test_an_argument_beyond_its_bound_is_refused",
        '    columns: int = argument(default=1, minimum=1, maximum=4, help="of text", zh="栏数")\n',
        "    columns: int = attrs.field(\n"
        "        default=1, kw_only=True,\n"
        '        metadata=argument(default=1, minimum=1, maximum=4, help="of text", zh="栏数").metadata,\n'
        "    )\n",
    ),
    Mutant(
        "is stricter than it says",
        "test_an_argument_at_its_bound_passes",
        '    columns: int = argument(default=1, minimum=1, maximum=4, help="of text", zh="栏数")\n',
        "    columns: int = attrs.field(\n"
        "        default=1, kw_only=True, validator=attrs.validators.lt(4),\n"
        '        metadata=argument(default=1, minimum=1, maximum=4, help="of text", zh="栏数").metadata,\n'
        "    )\n",
    ),
    Mutant(
        "explains nothing",
        "test_every_operation_and_argument_is_explained",
        ', help="how large"',
        "",
    ),
    Mutant(
        "brings an operation that nobody tried",
        "test_every_operation_has_a_sample",
        _SERVICES,
        f'@attrs.frozen\nclass Sign(Draw):\n    """Paint a sign."""\n\n\n{_SERVICES}'.replace(
            "(Draw, Poster)", "(Draw, Poster, Sign)"
        ),
    ),
    Mutant(
        "was written for another version",
        "test_the_service_is_installed_and_sound",
        "api=1",
        "api=99",
    ),
    Mutant(
        "forgets to collect",
        "test_the_backend_has_what_its_operations_need",
        "    async def collect(",
        "    async def gather(",
    ),
    Mutant(
        "spends while it collects",
        "test_collecting_twice_gives_the_same",
        _MADE,
        f'        await context.pay("/sketchy/draw", {{}})\n{_MADE}',
    ),
)


def main() -> int:
    """Hold every mutant to every law; return 1 where one gets through."""
    through = []
    for one in MUTANTS:
        with tempfile.TemporaryDirectory() as folder:
            found = broken(judged(Path(folder), fault=one.applied))
        print(f"{one.name}: {', '.join(sorted(found)) or 'NOTHING'}", flush=True)
        if one.law not in found:
            through.append(one.name)
    print(f"{len(MUTANTS)} mutants, not caught by their law: {', '.join(through) or 'none'}")
    return 1 if through else 0


if __name__ == "__main__":
    sys.exit(main())
