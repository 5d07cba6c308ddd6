"""One picture from Python: the prompt built part by part, and `../cat.omni` run on the sandbox.

Run it with `python examples/python/cat.py`. The sandbox is a simulator: nothing is paid, and every picture says so.
"""

from pathlib import Path

from omnidsl import Prompt, load

# A prompt is a value: every call returns a new one. Terms go by English name, abbreviation or Chinese name.
cat = (
    Prompt("可爱的猫")
    .style("赛博朋克")
    .view("Wide view")
    .shot("VCU")
    .light("冷光")
    .quality(2)
    .stylize(50)
    .version("6.1")
    .aspect(4, 3)
)
print(cat)

# The recipe holds the same prompt as Midjourney users paste it. Prompts are equal when they mean the same.
recipe = load(Path(__file__).parents[1] / "cat.omni")
print("same prompt:", recipe.prompt("cat") == cat)

# `check` lists what is wrong, before anything is paid. `run` pays once: a second run finds the result in the ledger.
for finding in recipe.check():
    print(finding)
result = recipe.run(sandbox=True)
for path in result.saved:
    print("saved:", path.name)
if result.returned is not None:
    print("prompt as sent:", result.returned.prompt)
raise SystemExit(result.status)
