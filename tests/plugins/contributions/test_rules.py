"""Rules for prompts that plugins bring. OM429."""

import json

import pytest

from omnidsl.prompts import HouseRules, parse
from tests.plugins.contributions.house import House, Install, built

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
