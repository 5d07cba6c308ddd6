"""The process that a soak runs in, and may kill: `soak_child.py URL FOLDER KEY [PLAN]`; without a plan it goes on with the last run.

Ends with the run's status. Everything that a run tells goes to stdout and stderr, everything that libraries log to a file.
"""

import json
import logging
import sys
from pathlib import Path

from omnidsl.planning.plan import Plan
from omnidsl.reporting.progress import progress
from omnidsl.running import Gateway
from omnidsl.running.breaker import Fuse
from omnidsl.running.limits import Limits
from omnidsl.running.transport import Bounds
from omnidsl.testing import Bench
from tests.running.soak_judge import ends_of

LIMITS = Limits(
    tasks=48,
    submissions=8,
    rate=1000.0,
    burst=1000,
    backoff=0.02,
    backoff_cap=0.2,
    fuse=Fuse(rest=0.05, longest=0.2),
)
BOUNDS = Bounds(connect=5.0, answer=20.0, download=20.0, tries=5, backoff=0.02, backoff_cap=0.2)


def main(url: str, folder: str, key: str, stored: str = "") -> int:
    """Run or go on; return the exit status."""
    home = Path(folder)
    logging.basicConfig(filename=home / f"log.{len(list(home.glob('log.*')))}", level=logging.DEBUG)
    bench = Bench(home, Gateway.at(url, key=key, name="soak"))
    bench.limits, bench.bounds, bench.settling_seconds = LIMITS, BOUNDS, 0.5
    # Three protocols of chats: the one that all share for OpenAI's models, and the vendors' own.
    bench.settings = {"claude": {"native": True}, "gemini": {"native": True}}
    with (
        progress(sys.stderr, sys.stdout, form="plain") as people,
        progress(sys.stderr, sys.stdout, form="json") as programs,
    ):
        bench.listeners = [people, programs]
        if stored:
            # Answers are streamed here, and come whole in a run that goes on: both ways are tried.
            bench.listening = True
            result = bench.run(Plan.from_json(json.loads(Path(stored).read_text("utf-8"))))
        else:
            ledger = bench.ledger()
            last = ledger.runs()[0].id
            ledger.close()
            result = bench.resume(last)
    (home / "ends.json").write_text(json.dumps(ends_of(result)), "utf-8")
    return result.status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
