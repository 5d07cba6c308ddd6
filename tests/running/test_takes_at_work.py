"""Equal requests at work: each is bought once, in whatever order they come, and found by the next run."""

from pathlib import Path

from omnidsl.planning.values import PromptInput, Value
from omnidsl.running import Gateway
from omnidsl.testing import Bench, MidjourneyScript, ScriptedGateway, step


def test_requests_that_only_results_make_equal_are_bought_once_each(tmp_path: Path) -> None:
    script = MidjourneyScript()
    fox: dict[str, Value] = {"prompt": PromptInput(("a red fox",))}
    # Planned as different requests, two steps may come to the same take.
    takes = [1, 2, 2, 3, 1]
    steps = [
        step(f"s{number}", "midjourney.imagine", fox, take=take)
        for number, take in enumerate(takes)
    ]
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.at(gateway.url, key="sk-example"))
        first = bench.run(bench.plan(*steps))
        second = bench.run(bench.plan(*reversed(steps)))

    assert (0, 0, len(takes)) == (first.status, second.status, len(script.submitted))
    keys = {one.step for one in first.results.values()}
    assert (len(takes), keys) == (len(keys), {one.step for one in second.results.values()})
