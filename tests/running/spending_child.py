"""A run of six pictures under a project's limit of seven: `spending_child.py URL FOLDER NAME`."""

import sys
from pathlib import Path

from omnidsl.planning.costs import Prices
from omnidsl.planning.values import PromptInput
from omnidsl.running import Gateway
from omnidsl.running.budget import Budget
from omnidsl.testing import Bench, step


def main(url: str, folder: str, name: str) -> int:
    bench = Bench(Path(folder), Gateway.at(url, key="sk-test-test", name="ours"))
    prices = Prices(bench.catalogue(), {"midjourney.imagine": 0.1})
    bench.budget = Budget(prices=prices, project=700_000)
    steps = [
        step(f"cat[{one}]", "midjourney.imagine", {"prompt": PromptInput((f"cat {name} {one}",))})
        for one in range(6)
    ]
    return bench.run(bench.plan(*steps)).status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
