"""Settings and prices that plugins bring, wrong answers of every kind, and two plugins that bring one name."""

import json

import pytest

from omnidsl.plugins.building import build
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.installed import EntryPoint
from tests.plugins.contributions.house import HEAD, RUN, House, Install, built

SETTINGS = """
@hookimpl
def omnidsl_settings():
    return [ServiceSetting("most", int, default=3), ServiceSetting("word", str)]

@hookimpl
def omnidsl_before_submit(call, settings):
    own = settings["brand"]
    return f"{own['word']} {own['most']}"
"""


def test_a_plugin_has_its_own_table_of_the_settings(house: House) -> None:
    house.plugin(SETTINGS)
    house.write("omni.toml", 'plugin-folders = ["plugins"]\n[plugin.brand]\nword = "no"\n')
    house.write("one.omni", RUN)

    finished = house.omni("run", "one.omni", "--sandbox", "--json")

    events = [json.loads(line) for line in finished.stdout.splitlines()]
    assert ["veto"] == [one["reason"] for one in events if "veto" in one.values()]
    assert "no 3" in finished.stdout


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("[plugin.brand]\nwort = 'x'", "OM903"),
        ("[plugin.brand]\nmost = 'x'", "OM904"),
        ("[plugin.brandy]\nmost = 1", "OM903"),
        ("[plugin]\nbrand = 1", "OM904"),
        ("[plugin.brand]\ntoken = 'sk-0123456789'", "OM906"),
    ],
)
def test_a_setting_that_a_plugin_does_not_have_is_found(
    house: House, table: str, code: str
) -> None:
    house.plugin(SETTINGS)
    house.write("omni.toml", f'plugin-folders = ["plugins"]\n{table}\n')

    assert [code] == house.codes(RUN)


def test_prices_of_a_plugin_go_before_estimates_and_behind_a_projects_own(house: House) -> None:
    house.plugin(
        "@hookimpl\ndef omnidsl_prices():\n    return [Price(operation='midjourney.imagine', parts={'each': [7000000, 7000000]})]\n"
    )
    recipe = 'prompt cat = "a cat --v 6.1"\npipeline main {\n    x = cat -> midjourney.imagine\n    save x as "x.png"\n}\n'
    house.write("one.omni", recipe)

    theirs = house.omni("plan", "one.omni").stdout
    house.write("omni.toml", 'plugin-folders = ["plugins"]\n[prices]\n"midjourney.imagine" = 9\n')
    ours = house.omni("plan", "one.omni").stdout

    assert ("7.00" in theirs, "9.00" in ours) == (True, True), (theirs, ours)


@pytest.mark.parametrize(
    ("hook", "answer", "problem"),
    [
        ("omnidsl_prices", "[Price(operation='imagine', parts={'each': [1, 1]})]", "is no `service.operation`"),
        ("omnidsl_prices", "[7]", "must return a list of Price, not of int"),
        ("omnidsl_settings", "[7]", "is no ServiceSetting"),
        ("omnidsl_engines", "[NamedEngine(name='Two Rooms', implementation='a:b')]", "small words with dashes"),
        ("omnidsl_engines", "5", "must return a list, not int"),
        ("omnidsl_functions", "['x']", "must return a list of Function, not of str"),
        ("omnidsl_prompt_rules", "1 / 0", "ZeroDivisionError"),
    ],
)  # fmt: skip  # a case a line
def test_an_answer_of_the_wrong_kind_is_a_problem(
    install: Install, monkeypatch: pytest.MonkeyPatch, hook: str, answer: str, problem: str
) -> None:
    [found] = built(
        install, monkeypatch, f"@hookimpl\ndef {hook}():\n    return {answer}\n"
    ).problems

    assert (hook, True) == (found.hook, problem in found.problem), found.problem


@pytest.mark.parametrize(
    ("hook", "answer", "what"),
    [
        ("omnidsl_functions", "[Function(name='brand.slug', implementation='a:b', arguments={})]", "function"),
        ("omnidsl_engines", "[NamedEngine(name='two-rooms', implementation='a:b')]", "engine"),
    ],
)  # fmt: skip  # a case a line
def test_two_plugins_that_bring_one_name_are_both_named(
    install: Install, monkeypatch: pytest.MonkeyPatch, hook: str, answer: str, what: str
) -> None:
    source = f"{HEAD}@hookimpl\ndef {hook}():\n    return {answer}\n"
    for name in ("first", "second"):
        monkeypatch.syspath_prepend(install(name, source))
    catalogue = Catalogue.from_json(
        build([EntryPoint(one, one, one, "1") for one in ("first", "second")])
    )

    [found] = catalogue.problems

    told = found.diagnostic().message("en")
    assert ("OM920", True) == (
        found.code,
        f"plugin `second` brings the {what} " in told and "`first`" in told,
    )
