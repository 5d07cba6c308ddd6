"""The recipe `../hero.omni` from Python: planned, run on the sandbox, its results looked at.

Run it with `python examples/python/hero.py`. The sandbox is a simulator: nothing is paid, and every picture says so.
"""

from pathlib import Path

from omnidsl import RecipeError, load
from omnidsl.running import Event

recipe = load(Path(__file__).parents[1] / "hero.omni")

# Keyword arguments bind the parameters of the pipeline. What does not fit is refused here, with every finding.
try:
    recipe.plan(moood="bold")
except RecipeError as error:
    print("refused:", error)

# A plan is plain data: what a run would buy, at which gateway. Nothing is sent yet.
plan = recipe.plan(gateway="sandbox", mood="bold")
print(f"{len(plan.nodes)} paid jobs, {len(plan.saves)} files to save")

# A prompt of the recipe with its parameters bound, as it will be sent: permutations make several jobs of it.
for job in recipe.prompt("banner", look="Manga", shape=(16, 9)).expand():
    print("banner:", job)


def listen(event: Event) -> None:
    """Hear what happens while it happens; the command line's progress is made of the same events."""
    if event.event in ("step-failed", "step-held", "notice"):
        print(event.to_json())


result = recipe.run(sandbox=True, listeners=[listen], mood="bold")

# Results go by the names of the recipe. A step that asked for `int(1..4)` has an int as its value.
print("best of four:", result.results["best"].value)
print("caption:", result.results["words"].text)
print(f"{len(result.saved)} files saved, exit status {result.status}")
raise SystemExit(result.status)
