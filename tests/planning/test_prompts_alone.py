"""A file with prompts and no pipeline runs: each prompt is imagined, and saved under its name."""

import pytest

from omnidsl.planning.plan import Plan
from tests.checking.conftest import Inspect, about, catalogue, inspect  # noqa: F401  # fixtures


def planned(inspect: Inspect, text: str) -> tuple[Plan | None, list[tuple[str, str]]]:  # noqa: F811  # as above
    found = inspect(text)
    assert [] == [one for one in found.diagnostics if one.severity == "error"]
    plan = found.plan("prompts", {}, gateway="x")
    return plan, [(one.code, about(one)) for one in found.diagnostics]


def test_each_prompt_is_imagined_and_saved_under_its_name(inspect: Inspect) -> None:  # noqa: F811  # as above
    text = 'prompt cat { a cat }\nprompt 猫(who: text = "dog") { a ${who} }\nprompt two { a {red, blue} cat }\n'
    plan, _ = planned(inspect, text)
    assert plan is not None
    assert ["cat", "猫", "two[1]", "two[2]"] == [one.id for one in plan.nodes]
    assert ["cat.png", "猫.png", "two-1.png", "two-2.png"] == [one.path for one in plan.saves]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("prompt con { a cat }", "OM608", "con"),
        ("prompt cat { a cat }\nprompt Cat { a dog }", "OM609", "Cat"),
        ("prompt é { a cat }\nprompt É { a dog }", "OM609", "É"),
        ("prompt q(w: text) { ${w} cat }", "OM202", "q"),
    ],
)
def test_what_cannot_run_by_itself_is_told_when_it_is_to_run(
    inspect: Inspect,  # noqa: F811  # as above
    text: str,
    code: str,
    place: str,
) -> None:
    plan, found = planned(inspect, f"{text}\n")
    assert (None, [(code, place)]) == (plan, found)
