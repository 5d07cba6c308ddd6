"""A plan of a hundred thousand steps, from a recipe as somebody may write it."""

import json
import subprocess
from pathlib import Path

import attrs

from benchmarks.installation import Installation

STEPS = 100_000

_COLORS = "{red, green, blue, teal, gold, pink, grey, black, white, brown}"
_LOOP = f"""\
let places = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]

prompt cat(one: text, two: text, three: text, four: text) {{
    a {_COLORS} cat in ${{one}} ${{two}} ${{three}} ${{four}} --ar 4:3
}}

pipeline main {{
    for one in places, two in places, three in places, four in places {{
        grid = cat(one, two, three, four) -> midjourney.imagine
__SAVE__    }}
}}
"""

RECIPES = {
    "loops and a permutation": _LOOP.replace("__SAVE__", ""),
    "the same, each step saved": _LOOP.replace(
        "__SAVE__", '        save grid as "${one}${two}${three}${four}-${index}.png"\n'
    ),
}
"""Ten thousand rounds of a loop, ten jobs of a prompt in each."""

_SCRIPT = """\
import json, resource, sys, time
from omnidsl import load
began, before = time.perf_counter(), time.process_time()
plan = load(sys.argv[1]).plan(gateway="benchmark")
print(json.dumps({
    "steps": len(plan.nodes),
    "processor": time.process_time() - before,
    "wall": time.perf_counter() - began,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


@attrs.frozen
class Planned:
    """What a plan took: seconds of the processor and on the clock, megabytes at most."""

    steps: int
    processor: float
    wall: float
    memory: float


def best(installation: Installation, folder: Path, recipe: str, runs: int) -> Planned:
    """Plan a recipe in processes of their own and return the best; RuntimeError where it fails."""
    folder.mkdir()
    (folder / "omni.toml").touch()
    path = folder / "many.omni"
    path.write_text(recipe, "utf-8")
    found = []
    for _ in range(runs):
        done = subprocess.run(
            [installation.python, "-c", _SCRIPT, str(path)],
            cwd=folder,
            env=installation.environment(),
            capture_output=True,
            encoding="utf-8",
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        found.append(Planned(**json.loads(done.stdout)))
    if found[0].steps != STEPS:
        raise RuntimeError(f"{found[0].steps} steps instead of {STEPS}")
    return min(found, key=lambda one: one.processor)
