"""The pytest plugin: fixtures that work, and nothing that is loaded before one is asked for."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

from omnidsl.testing import Answer, LedgerInspection, ManualClock, Project, ScriptedGateway
from omnidsl.testing.scripted import Behaviour

Start = Callable[[Behaviour], ScriptedGateway]

RECIPE = """
pipeline main {
    name = "Name a fox." -> openai.chat()
    save name as "name.txt"
}
"""


def reply(words: str) -> Answer:
    choice = {"index": 0, "message": {"role": "assistant", "content": words}}
    return Answer.of({"id": "1", "model": "gpt-4o-mini", "choices": [choice]})


def loaded(folder: Path, *options: str) -> set[str]:
    """Return what a pytest that runs one empty test has loaded at its end."""
    (folder / "test_nothing.py").write_text("def test_nothing() -> None: ...\n", "utf-8")
    program = (
        "import json, sys, pytest; "
        f"status = pytest.main(['-q', '-p', 'no:cacheprovider', *{list(options)!r}]); "
        "print(); print(json.dumps(sorted(sys.modules))); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_pytest_loads_nothing_of_it_where_no_fixture_is_asked_for(tmp_path: Path) -> None:
    more = loaded(tmp_path, "-p", "omnidsl.testing.pytest_plugin") - loaded(tmp_path)

    assert {
        "omnidsl",
        "omnidsl._lazy",
        "omnidsl.testing",
        "omnidsl.testing.pytest_plugin",
    } == more


def test_pytest_finds_it_by_its_entry_point() -> None:
    (found,) = (one for one in entry_points(group="pytest11") if one.name == "omnidsl")

    assert "omnidsl.testing.pytest_plugin" == found.value


def test_a_recipe_runs_against_a_scripted_gateway(
    omni_project: Project, omni_gateway: Start, omni_ledger: LedgerInspection
) -> None:
    gateway = omni_gateway(lambda _: reply("Vixen"))

    first, second = (omni_project.run(RECIPE, gateway=gateway) for _ in range(2))

    assert (0, 0) == (first.status, second.status)
    assert "Vixen" == first.results["name"].text
    assert 1 == len(gateway.requests)
    (attempt,) = omni_ledger.attempts("name")
    (stage,) = omni_ledger.stages("name")
    assert ("done", "answered") == (attempt.state, stage.state)
    assert ["Vixen"] == [one.text for one in omni_ledger.results()]


def test_the_ledger_tells_what_each_step_has_cost(
    omni_project: Project, omni_gateway: Start, omni_ledger: LedgerInspection
) -> None:
    omni_project.write("omni.toml", '[prices]\n"openai.chat" = "0.25"\n')

    omni_project.run(RECIPE, gateway=omni_gateway(lambda _: reply("Vixen")))

    assert {"name": 250_000} == omni_ledger.spending()


def test_a_recipe_runs_on_the_sandbox(omni_project: Project) -> None:
    result = omni_project.run(RECIPE)

    assert 0 == result.status
    assert "run-finished" == omni_project.events[-1].event


def test_a_recipe_is_checked(omni_project: Project) -> None:
    found = omni_project.check("pipeline main {\n    a = 1 -> nobody.draws()\n}\n")

    assert "OM201" in [one.code for one in found] or found


def test_an_empty_project_has_an_empty_ledger(omni_ledger: LedgerInspection) -> None:
    assert ([], [], {}) == (omni_ledger.attempts(), omni_ledger.stages(), omni_ledger.spending())


async def _sleeper(clock: ManualClock) -> float:
    await clock.sleep(60)
    return clock.now()


def test_time_passes_only_when_a_test_says_so(omni_clock: ManualClock) -> None:
    import asyncio

    began = omni_clock.now()

    assert began + 60 == asyncio.run(omni_clock.run(_sleeper(omni_clock)))
