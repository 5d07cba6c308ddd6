"""`python -m tests`: every test, a folder at a time, as many at once as there are processors.

Each folder is a pytest of its own, whose output is printed when it ends. The longest folders begin first.
"""

import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
LONGEST = ("running", "docs", "cases", "prompts", "cli", "language")
"""Folders that take minutes: none of them may be left for the end."""

_COUNTS = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|deselected)")


def groups() -> list[list[str]]:
    """Return what is given to one pytest each: every folder with tests, and the files that lie in none."""
    folders = [one.name for one in HERE.iterdir() if one.is_dir() and one.name[0] not in "._"]
    order = {name: place for place, name in enumerate(LONGEST)}
    folders.sort(key=lambda name: (order.get(name, len(order)), name))
    files = sorted(str(one) for one in HERE.glob("test_*.py"))
    return [*([str(HERE / name)] for name in folders), files]


def main() -> int:
    """Run all groups; the worst of their exit statuses."""
    began = time.monotonic()
    counts: dict[str, int] = {}
    worst = 0
    printing = threading.Lock()

    def one(paths: list[str]) -> None:
        nonlocal worst
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *paths]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
        if done.returncode == 5:  # a folder of helpers, with no tests in it
            return
        with printing:
            print(done.stdout, done.stderr, sep="", end="", flush=True)
            worst = max(worst, done.returncode)
            for count, what in _COUNTS.findall(done.stdout.rsplit("\n", 2)[-2]):
                counts[what] = counts.get(what, 0) + int(count)

    with ThreadPoolExecutor(max(1, os.cpu_count() or 1)) as pool:
        list(pool.map(one, groups()))
    summed = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    print(f"all folders: {summed} in {time.monotonic() - began:.0f} s")
    return worst


if __name__ == "__main__":
    sys.exit(main())
