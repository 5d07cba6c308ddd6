"""Engines that plugins bring."""

import json

import pytest

from tests.plugins.contributions.house import RUN, House

ENGINES = """
from omnidsl.running.engines import Serial

@hookimpl
def omnidsl_engines():
    return [
        NamedEngine(name="loud", implementation="brand:Loud"),
        NamedEngine(name="empty", implementation="brand:nothing_much"),
        NamedEngine(name="broken", implementation="brand:breaks"),
        NamedEngine(name="gone", implementation="brand:gone"),
    ]

class Loud(Serial):
    def __init__(self, limits):
        print("engine for", limits.tasks)

def nothing_much(limits):
    return object()

def breaks(limits):
    raise SystemExit(3)
"""


def test_a_run_is_given_to_the_engine_that_is_named(house: House) -> None:
    house.plugin(ENGINES)
    house.write("one.omni", RUN)

    finished = house.omni("run", "one.omni", "--sandbox", "--json", "--engine", "loud")

    assert 0 == finished.returncode, finished.stderr
    assert "[brand] engine for 8" in finished.stderr
    assert [json.loads(line) for line in finished.stdout.splitlines()]


def test_the_settings_name_an_engine_too(house: House) -> None:
    house.plugin(ENGINES)
    house.write("omni.toml", 'plugin-folders = ["plugins"]\nengine = "loud"\n')
    house.write("one.omni", RUN)

    assert "[brand] engine for 8" in house.omni("run", "one.omni", "--sandbox").stderr


@pytest.mark.parametrize(
    ("engine", "problem"),
    [
        ("lout", "there is no engine `lout`"),
        ("empty", "`brand:nothing_much` makes no engine"),
        ("broken", "SystemExit: 3"),
        ("gone", "`brand:gone` does not load"),
    ],
)
def test_an_engine_that_cannot_be_had_is_told_before_anything_runs(
    house: House, engine: str, problem: str
) -> None:
    house.plugin(ENGINES)
    house.write("one.omni", RUN)

    finished = house.omni("run", "one.omni", "--sandbox", "--engine", engine)

    assert (2, True) == (finished.returncode, problem in finished.stderr), finished.stderr
    assert "Traceback" not in finished.stderr
