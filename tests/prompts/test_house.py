"""What a project says about prompts: plans, own options, lengths; the same in a parse, a builder and in JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.prompts import HouseRules, InvalidPrompt, Prompt, UnknownName, load_rules, parse
from omnidsl.prompts.rulesets import PLANS

OWN = load_rules("omniai").adapted(allowed=["mood", "Team_Look"])


def codes(prompt: str, **changes: object) -> list[str]:
    rules = load_rules("omniai").adapted(**changes)  # type: ignore[arg-type]  # what each test says
    return [one.code for one in parse(prompt, rules=rules).diagnostics]


def permuted(jobs: int) -> str:
    return f"{{{', '.join(f'cat{number}' for number in range(jobs))}}} --v 6.1"


@pytest.mark.parametrize(("plan", "most"), PLANS.items())
def test_a_plan_bounds_how_many_jobs_a_prompt_makes(plan: str, most: int) -> None:
    assert [[], ["OM426"]] == [codes(permuted(most + more), plan=plan) for more in (0, 1)]


@pytest.mark.parametrize(("plan", "most"), [("basic", 4), ("standard", 10)])
def test_repeats_count_and_are_blamed_where_they_alone_are_too_many(plan: str, most: int) -> None:
    rules = load_rules("omniai").adapted(plan=plan)
    prompt = f"cat --repeat {most + 1}"

    [found] = parse(prompt, rules=rules).diagnostics

    assert found.span is not None
    assert ("OM426", f"--repeat {most + 1}") == (
        found.code,
        prompt[found.span.start : found.span.end],
    )
    assert [] == codes(f"cat --repeat {most}", plan=plan)


def test_permutations_are_multiplied_by_the_repeats_of_each_job() -> None:
    assert ["OM426"] == codes("a {red, blue} cat --repeat 3", plan="basic")
    assert [] == codes("a {red, blue} cat --repeat 2", plan="basic")


def test_without_a_plan_many_jobs_are_a_warning_and_too_many_an_error() -> None:
    assert [[], ["OM418"], ["OM418"], ["OM411"]] == [
        codes(permuted(jobs)) for jobs in (10, 11, 40, 41)
    ]


def test_the_warning_says_what_smaller_plans_take() -> None:
    [found] = parse(permuted(11)).diagnostics

    assert all("Basic" in found.help(one)[0] and "4" in found.help(one)[0] for one in ("en", "zh"))


def test_a_plan_that_takes_many_silences_the_warning() -> None:
    assert [] == codes(permuted(40), plan="mega")


@pytest.mark.parametrize(
    ("length", "expected"), [(None, [[], ["OM417"]]), (100, [["OM417"], ["OM417"]])]
)
def test_a_length_of_the_project_goes_over_that_of_the_rule_set(
    length: int | None, expected: list[list[str]]
) -> None:
    assert expected == [codes("c" * size, length=length) for size in (2000, 2001)]


def test_a_prompt_that_gateways_refuse_for_its_length_is_an_error_however_long_it_may_be() -> None:
    assert [[], ["OM427"]] == [codes("c" * size, length=100_000) for size in (8192, 8193)]


def test_the_jobs_of_a_prompt_are_too_long_together() -> None:
    assert ["OM417"] == codes(f"{{red, blue, g}} {'c' * 120}", length=100)


def test_an_own_option_takes_all_up_to_the_next_parameter_as_text() -> None:
    read = parse("cat --mood calm, :: and  soft!! --v 6.1", rules=OWN)

    assert ({"mood": "calm, :: and soft!!", "version": "6.1"}, []) == (
        dict(read.parameters),
        [one.code for one in read.diagnostics],
    )
    assert "cat --mood calm, :: and soft!! --v 6.1" == read.canonical


def test_an_own_option_may_stand_alone_and_in_any_case() -> None:
    read = parse("cat --team_look --MOOD x", rules=OWN)

    assert {"team_look": True, "mood": "x"} == dict(read.parameters)
    assert ["OM324"] == [one.code for one in read.diagnostics]


def test_an_own_option_is_among_the_parameters_in_json() -> None:
    assert {"mood": "calm"} == parse("cat --mood calm", rules=OWN).as_json()["parameters"]


def test_a_stranger_is_told_of_own_options_that_are_near() -> None:
    [found] = parse("cat --moood x", rules=OWN).diagnostics

    assert ("OM301", ("--mood",)) == (found.code, found.suggestions)


def test_what_nobody_allows_stays_unknown() -> None:
    assert ["OM301"] == [one.code for one in parse("cat --mood x").diagnostics]


@given(value=st.text("ab -,:.0{}“猫", max_size=12).map(str.strip))
def test_a_canonical_prompt_with_an_own_option_means_the_same(value: str) -> None:
    first = parse(f"cat --mood {value} --v 6.1", rules=OWN)
    if first.permutations == 1 and first.valid:
        assert first.parameters == parse(first.canonical, rules=OWN).parameters


def test_equal_houses_have_their_rules_once() -> None:
    one, other = (HouseRules("omniai", plan="pro") for _ in range(2))

    assert (one, one.rules) == (other, other.rules)
    assert one.rules is not load_rules("omniai")
    assert HouseRules("omniai").rules is load_rules("omniai")


@pytest.mark.parametrize(
    "house", [HouseRules("omnia"), HouseRules("omniai", default_version="8.3")]
)
def test_a_house_of_unknown_names_says_so_when_it_is_asked_for_rules(house: HouseRules) -> None:
    with pytest.raises(UnknownName):
        _ = house.rules


def test_a_command_line_goes_over_a_house() -> None:
    house = HouseRules("omniai", default_version="7", plan="pro", allowed=["mood"])

    made = house.overridden(default_version="niji 6")

    assert made == HouseRules("omniai", default_version="niji 6", plan="pro", allowed=["mood"])
    assert house.overridden() is house


def test_a_builder_for_a_team_knows_its_options() -> None:
    built = Prompt("cat", rules=OWN).parameter("mood", "calm, soft {a}").version("6.1")

    assert r"cat --mood calm, soft \{a\} --v 6.1" == str(built)
    assert [] == built.validate()
    assert built == Prompt.parse(str(built), rules=OWN)
    assert "cat --v 6.1" == str(built.without("--mood"))
    assert ["OM301"] == [one.code for one in built.validate("omniai")]


def test_a_builder_without_rules_does_not() -> None:
    with pytest.raises(UnknownName, match="mood"):
        Prompt("cat").parameter("mood", "calm")


def test_a_prompt_is_held_to_the_rules_that_it_is_for() -> None:
    rules = load_rules("omniai").adapted(plan="basic", banned=["blood"])
    prompt = Prompt.parse("blood on {a, b, c, d, e} --v 6.1", rules=rules)

    assert {"OM425", "OM426"} == {one.code for one in prompt.text("cat").validate()}
    assert {"OM425", "OM426"} == {one.code for one in prompt.validate()}
    assert [{"OM425"}] * 5 == [{one.code for one in job.validate()} for job in prompt.expand()]
    with pytest.raises(InvalidPrompt):
        prompt.checked()
