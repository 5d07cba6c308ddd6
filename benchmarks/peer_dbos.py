"""Steps that do nothing, durable on SQLite with DBOS: run by the interpreter of an environment that has it.

`python -m venv PEER && PEER/bin/pip install dbos==3.4.0`, then `PEER/bin/python benchmarks/peer_dbos.py 1000`. A step of
DBOS keeps its result; nothing is sent, so this is the price of durability alone, beside which ours has HTTP in it.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from dbos import DBOS  # type: ignore[import-not-found]  # it is in the other environment


def main(steps: int) -> None:
    """Run one workflow of so many steps and print what a step took."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'dbos.sqlite'}"
        DBOS(config={"name": "steps", "system_database_url": database, "run_admin_server": False, "log_level": "ERROR"})  # fmt: skip  # one row

        @DBOS.step()  # type: ignore[untyped-decorator]  # as above
        def step(number: int) -> int:
            return number

        @DBOS.workflow()  # type: ignore[untyped-decorator]  # as above
        def workflow(count: int) -> int:
            return sum(step(number) for number in range(count))

        DBOS.launch()
        workflow(8)
        before, began = _processor(), time.perf_counter()
        workflow(steps)
        taken = {
            "CPU ms": round((_processor() - before) / steps * 1000, 2),
            "wall ms": round((time.perf_counter() - began) / steps * 1000, 2),
        }
        DBOS.destroy()
    print(json.dumps(taken))


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(int(sys.argv[1]))
