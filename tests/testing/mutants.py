"""Backends with one fault each, and the law that catches it.

`python -m tests.testing.mutants` holds each to the whole suite and prints every law that it breaks.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import attrs

HERE = Path(__file__).parent


@attrs.frozen
class Mutant:
    """A fault: what is replaced by what in `sketchy.py`, and the law that must fail for it."""

    name: str
    law: str
    before: str
    after: str

    @property
    def source(self) -> str:
        """The mutant's module."""
        text = (HERE / "sketchy.py").read_text("utf-8")
        if self.before not in text:
            raise ValueError(f"{self.name}: there is nothing to replace")
        return text.replace(self.before, self.after)


_TAG = '            "tag": call.attempt_id,\n        }\n'
_ORDER = '        reply = await context.pay("/sketchy/posters", body)\n'
_DRAW = '        reply = await context.pay("/sketchy/draw", body)\n'
_ASK = '        reply = await context.post("/sketchy/status", {"ids": [one.task for one in receipts]})\n        rows = reply.json()\n'
_MADE = '        return Made(files=(File("image", url=url),), facts={"task_id": receipt.task})\n'
_SERVICES = '''@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `sketchy`."""
    return [
        Service(
            name="sketchy",
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
        '{"ids": [one.task for one in receipts]}',
        '{"ids": [one.task for one in receipts[:1]]}',
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
        '            name="sketchy",\n',
        '            name="sketchy",\n            api=99,\n',
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


def judged(source: str, folder: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """Install a module as a plugin, and hold it to the laws that `more` selects."""
    site = folder / "site"
    info = site / "omnidsl_sketchy-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text("[omnidsl]\nsketchy = omnidsl_sketchy\n", "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: omnidsl-sketchy\nVersion: 1.0\n")
    (site / "omnidsl_sketchy.py").write_text(source, "utf-8")
    (site / "sketchy_cases.py").write_text((HERE / "sketchy_cases.py").read_text("utf-8"), "utf-8")
    (folder / "test_sketchy.py").write_text(
        "from omnidsl.testing import BackendSuite\nfrom sketchy_cases import CASES\n\n\n"
        "class TestSketchy(BackendSuite):\n    cases = CASES\n",
        "utf-8",
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(site),
        "OMNI_CACHE_DIR": str(folder / "cache"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    command = [
        "-m",
        "pytest",
        "-q",
        "-rf",
        "-p",
        "no:cacheprovider",
        "-p",
        "omnidsl.testing.pytest_plugin",
    ]
    return subprocess.run(
        [sys.executable, *command, *more, "test_sketchy.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )


def broken(done: "subprocess.CompletedProcess[str]") -> set[str]:
    """Return the laws that failed."""
    lines = (one for one in done.stdout.splitlines() if one.startswith(("FAILED ", "ERROR ")))
    return {one.split("::")[2].split("[")[0].split(" ")[0] for one in lines if one.count("::") > 1}


def main() -> int:
    """Hold every mutant to every law; return 1 where one gets through."""
    through = []
    for one in MUTANTS:
        with tempfile.TemporaryDirectory() as folder:
            found = broken(judged(one.source, Path(folder)))
        print(f"{one.name}: {', '.join(sorted(found)) or 'NOTHING'}", flush=True)
        if one.law not in found:
            through.append(one.name)
    print(f"{len(MUTANTS)} mutants, not caught by their law: {', '.join(through) or 'none'}")
    return 1 if through else 0


if __name__ == "__main__":
    sys.exit(main())
