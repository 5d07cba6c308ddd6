"""What plugins bring beside services: rules, functions, engines, settings, prices. OM251, OM252, OM429, OM921."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from omnidsl.plugins.building import build
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.installed import EntryPoint
from omnidsl.prompts import HouseRules, parse

Install = Callable[..., Path]

HEAD = """
from omnidsl.plugins import Function, NamedEngine, Price, PromptRule, ServiceSetting, hookimpl

"""


class House:
    """A project that trusts its own plugin, `plugins/brand.py`."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        (folder / "plugins").mkdir(parents=True)
        self.write("omni.toml", 'plugin-folders = ["plugins"]\n')

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def plugin(self, text: str) -> None:
        self.write("plugins/brand.py", HEAD + text)

    def omni(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        program = "import sys; del sys.path[0]; from omnidsl.__main__ import main; sys.exit(main())"
        return subprocess.run(
            [sys.executable, "-c", program, *arguments, "--trust"],
            capture_output=True,
            encoding="utf-8",
            env=self.environment,
            cwd=self.folder,
        )

    def check(self, recipe: str) -> list[dict[str, Any]]:
        self.write("one.omni", recipe)
        finished = self.omni("check", "--output-format", "json", "one.omni")
        found: list[dict[str, Any]] = json.loads(finished.stdout)["diagnostics"]
        return found

    def codes(self, recipe: str) -> list[str]:
        return [one["code"] for one in self.check(recipe)]


@pytest.fixture
def house(tmp_path: Path, child_environment: dict[str, str]) -> House:
    return House(tmp_path / "house", child_environment)


def built(install: Install, monkeypatch: pytest.MonkeyPatch, source: str) -> Catalogue:
    monkeypatch.syspath_prepend(install("brand", HEAD + source))
    return Catalogue.from_json(build([EntryPoint("brand", "brand", "brand_plugin", "1")]))


# ---- rules

RULES = """
@hookimpl
def omnidsl_prompt_rules():
    return [
        PromptRule(name="no-rivals", banned=("acme", "竞品"), help="never name a rival", zh="不提竞品"),
        PromptRule(name="wide", parameter="ar", choices=("16:9", "21:9"), when="hd"),
        PromptRule(name="calm", parameter="chaos", most=30),
        PromptRule(name="no-turbo", parameter="turbo", given=False),
        PromptRule(name="styled", parameter="sref", given=True, when="v", values=("7",)),
        PromptRule(name="mood-of-ours", option="mood"),
    ]
"""


@pytest.mark.parametrize(
    ("prompt", "rules"),
    [
        ("a cat by ACME --v 6.1", ["no-rivals"]),
        ("一只猫，竞品 --v 6.1", ["no-rivals"]),
        ("a cat --ar 1:1 --v 6.1", []),
        ("a cat --hd --ar 1:1 --v 8.1", ["wide"]),
        ("a cat --hd --ar 16:9 --v 8.1", []),
        ("a cat --chaos 30 --v 6.1", []),
        ("a cat --chaos 31 --v 6.1", ["calm"]),
        ("a cat --turbo --v 6.1", ["no-turbo"]),
        ("a cat --v 7", ["styled"]),
        ("a cat --sref 123 --v 7", []),
        ("a cat --mood calm --v 6.1", []),
    ],
)
def test_a_prompt_is_held_to_the_rules_of_plugins(
    install: Install, monkeypatch: pytest.MonkeyPatch, prompt: str, rules: list[str]
) -> None:
    catalogue = built(install, monkeypatch, RULES)
    assert () == catalogue.problems

    found = parse(prompt, rules=catalogue.house(HouseRules("latest")).rules).diagnostics

    told = [one.message("en").split("`")[1] for one in found if one.code == "OM429"]
    assert rules == told
    assert "OM301" not in [one.code for one in found]


def test_a_rule_speaks_both_languages(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    house = built(install, monkeypatch, RULES).house(HouseRules("latest"))

    [found] = [
        one for one in parse("acme --v 6.1", rules=house.rules).diagnostics if one.code == "OM429"
    ]

    assert (
        "against the house rule `no-rivals`: never name a rival",
        "违反本团队规则 `no-rivals`：不提竞品",
    ) == (
        found.message("en"),
        found.message("zh"),
    )


def test_a_recipe_is_held_to_the_rules_of_plugins_and_can_say_otherwise(house: House) -> None:
    house.plugin(RULES)
    prompt = "prompt cat {\n    a cat by acme --v 6.1\n}\n"

    assert ["OM429"] == house.codes(prompt)
    assert [] == house.codes(prompt.replace("6.1\n", "6.1 # omni: ignore[OM429]\n"))


def test_rules_travel_with_a_plan_to_prompts_that_are_judged_late(house: House) -> None:
    house.plugin(RULES)
    house.write(
        "one.omni",
        'prompt cat = "a cat --v 6.1"\npipeline main {\n    x = cat -> midjourney.imagine\n    save x as "x.png"\n}\n',
    )

    plan = json.loads(house.omni("plan", "--json", "one.omni").stdout)

    assert "no-rivals" in json.dumps(plan)


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("name='Wide Only', banned=('x',)", "small words with dashes"),
        ("name='x'", "`banned` words, an `option` or a `parameter`"),
        ("name='x', banned=('a',), option='b'", "`banned` words, an `option` or a `parameter`"),
        ("name='x', parameter='arr', given=True", "Midjourney has no parameter `arr`"),
        ("name='x', parameter='ar'", "says nothing of the parameter"),
        ("name='x', parameter='ar', choices=('wide',)", "`--aspect` takes no `wide`"),
        ("name='x', banned=('a',), when='ar'", "`when` is for a rule about a parameter"),
        ("name='x', option='stylize'", "cannot be the name of an option"),
        ("name='x', banned=(7,)", "`banned` is a list of texts"),
        ("name='x', parameter='chaos', most='high'", "`most` is a number"),
        ("name='x', banned=('a',), help=7", "`help` is a text"),
        ("name=7, banned=('a',)", "small words with dashes"),
    ],
)  # fmt: skip  # a case a line
def test_a_rule_that_is_none_is_a_problem_and_costs_no_other(
    install: Install, monkeypatch: pytest.MonkeyPatch, rule: str, problem: str
) -> None:
    source = f"@hookimpl\ndef omnidsl_prompt_rules():\n    return [PromptRule({rule}), PromptRule(name='good', banned=('b',))]\n"

    catalogue = built(install, monkeypatch, source)

    [found] = catalogue.problems
    assert ("omnidsl_prompt_rules", True) == (found.hook, problem in found.problem), found.problem
    assert 1 == len(catalogue.brought.rules)


# ---- functions

FUNCTIONS = """
import random
from pathlib import Path

@hookimpl
def omnidsl_functions():
    here = dict(arguments={"text": str})
    return [
        Function(name="brand.slug", implementation="brand:slug", arguments={"text": str, "most": int}),
        Function(name="brand.words", implementation="brand:words", returns=list[str], **here),
        Function(name="brand.breaks", implementation="brand:breaks", **here),
        Function(name="brand.leaves", implementation="brand:leaves", **here),
        Function(name="brand.lies", implementation="brand:lies", **here),
        Function(name="brand.dices", implementation="brand:dices", returns=float, **here),
        Function(name="brand.prints", implementation="brand:prints", **here),
        Function(name="brand.gone", implementation="brand:nothing", **here),
        Function(name="brand.endless", implementation="brand:endless", returns=float, **here),
    ]

def slug(text, most):
    Path("called").touch()
    return "-".join(text.lower().split())[:most]

def words(text):
    return text.split()

def breaks(text):
    raise LookupError(text)

def leaves(text):
    raise SystemExit(3)

def lies(text):
    return 7

def dices(text):
    return random.random()

def prints(text):
    print("from the function", text)
    return text

def endless(text):
    return float("inf")
"""
SAVE = 'pipeline main(title: text = "A Quiet Day") {\n    said = "x" -> openai.chat\n    save said as "${EXPRESSION}.txt"\n}\n'


def saved(expression: str) -> str:
    return SAVE.replace("EXPRESSION", expression)


def test_a_check_knows_a_functions_types_and_calls_it_not(house: House) -> None:
    house.plugin(FUNCTIONS)

    assert [] == house.codes(saved("brand.slug(title, 5)"))
    assert not (house.folder / "called").exists()


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("brand.slug(title)", "OM202"),
        ("brand.slug(7, 5)", "OM221"),
        ("brand.slug(title, five: 5)", "OM203"),
        ("brand.slag(title, 5)", "OM251"),
        ("brandy.slug(title, 5)", "OM109"),
        ("brand.slug(said, 5)", "OM252"),
    ],
)
def test_a_call_that_a_function_does_not_take_is_found(
    house: House, expression: str, code: str
) -> None:
    house.plugin(FUNCTIONS)

    assert code in house.codes(saved(expression))


def plan(house: House, recipe: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    house.write("one.omni", recipe)
    return house.omni("plan", "--json", "one.omni", *arguments)


def test_a_plan_has_what_functions_give(house: House) -> None:
    house.plugin(FUNCTIONS)

    finished = plan(house, saved("brand.slug(title, 7)"), "title=Rain At Noon")

    assert "rain-at.txt" in finished.stdout, finished.stderr


def test_a_let_has_what_functions_give(house: House) -> None:
    house.plugin(FUNCTIONS)
    recipe = 'let name = brand.slug("Our House", 20)\n' + saved("name")

    assert "our-house.txt" in plan(house, recipe).stdout


def test_a_prompt_has_what_functions_give(house: House) -> None:
    house.plugin(FUNCTIONS)
    recipe = 'prompt cat(who: text = "A Cat") {\n    ${brand.slug(who, 9)} on a sill --v 6.1\n}\n'
    recipe += 'pipeline main {\n    for one in brand.words("Big Small") {\n        grid = cat(one) -> midjourney.imagine\n        save grid as "${one}.png"\n    }\n}\n'

    finished = plan(house, recipe)

    assert {"big on a sill", "small on a sill"} <= {
        part for part in ("big on a sill", "small on a sill") if part in finished.stdout
    }, finished.stderr


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("breaks", "LookupError: A Quiet Day"),
        ("leaves", "SystemExit: 3"),
        ("lies", "gave int where `text` was declared"),
        ("dices", "gave another value when it was asked again"),
        ("gone", "`brand:nothing` does not load: AttributeError"),
        ("endless", "gave float where `number` was declared"),
    ],
)
def test_a_function_that_fails_costs_the_plan_with_its_name(
    house: House, name: str, problem: str
) -> None:
    house.plugin(FUNCTIONS)

    finished = plan(house, saved(f"brand.{name}(title)"))

    assert finished.returncode != 0
    assert f"the function `brand.{name}` of plugin `brand` failed: {problem}" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_what_a_function_prints_leaves_the_output_alone(house: House) -> None:
    house.plugin(FUNCTIONS)

    finished = plan(house, saved("brand.prints(title)"))

    assert json.loads(finished.stdout)
    assert "[brand] from the function A Quiet Day" in finished.stderr.splitlines()


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        ("name='slug', implementation='a:b', arguments={}", "a name has two parts"),
        ("name='a.b', implementation='a.b', arguments={}", "`package.module:name`"),
        ("name='a.b', implementation='a:b', arguments={'x': bytes}", "the language has no type for"),
        ("name='a.b', implementation='a:b', arguments={'x': dict}", "is str, int, float, bool"),
        ("name='a.b', implementation='a:b', arguments={'no name': str}", "an argument cannot be called"),
        ("name='a.b', implementation='a:b', arguments={}, returns=None", "the language has no type"),
        ("name='a.b', implementation='a:b', arguments={}), Function(name='a.b', implementation='a:b', arguments={}", "brings it twice"),
    ],
)  # fmt: skip  # a case a line
def test_a_function_that_is_none_is_a_problem(
    install: Install, monkeypatch: pytest.MonkeyPatch, function: str, problem: str
) -> None:
    source = f"@hookimpl\ndef omnidsl_functions():\n    return [Function({function})]\n"

    [found] = built(install, monkeypatch, source).problems

    assert ("omnidsl_functions", True) == (found.hook, problem in found.problem), found.problem


# ---- engines

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
RUN = 'pipeline main {\n    said = "x" -> openai.chat\n    save said as "said.txt"\n}\n'


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


# ---- settings and prices

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
