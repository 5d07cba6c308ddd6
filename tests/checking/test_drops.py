"""`drop:` takes out what it names, in every spelling, and nothing else; conversations know their roles in two languages."""

import pytest

from omnidsl.checking.values import Instance
from omnidsl.language.line_names import ROLES
from omnidsl.planning.values import MessagesInput
from tests.checking.conftest import Inspect

PARENT = """prompt p {
    style: Manga
    light: Cold light
    a cat
    image: https://x.org/a.png
    --ar 4:3 --no text --v 6.1
}
"""
WHOLE = "https://x.org/a.png Manga,Cold light,a cat --ar 4:3 --no text --v 6.1"


def canonical(inspect: Inspect, dropped: str) -> str:
    found = inspect(f"{PARENT}prompt q: p {{\n    {dropped}\n}}\nlet x = q\n")
    assert [] == [one for one in found.diagnostics if one.severity == "error"]
    assert found.recipe is not None
    (value,) = found.recipe.facts.lets.values()
    assert isinstance(value, Instance)
    plan = found.plan("prompts", {}, gateway="x")
    assert plan is not None
    return str(plan.nodes[-1].arguments["prompt"].parts[0])  # type: ignore[union-attr]  # a prompt that is known


@pytest.mark.parametrize(
    ("dropped", "expected"),
    [
        ("drop: style", WHOLE.replace("Manga,", "")),
        ("drop: 风格", WHOLE.replace("Manga,", "")),
        ("去掉：风格，光线", WHOLE.replace("Manga,Cold light,", "")),
        ("drop: image", WHOLE.replace("https://x.org/a.png ", "")),
        ("drop: 图片", WHOLE.replace("https://x.org/a.png ", "")),
        ("drop: 垫图、style", "Cold light,a cat --ar 4:3 --no text --v 6.1"),
        ("drop: text", WHOLE.replace(",a cat", "")),
        ("drop: --no", WHOLE.replace(" --no text", "")),
        ("drop: --AR, --version", WHOLE.replace(" --ar 4:3", "").replace(" --v 6.1", "")),
        ("drop: style，--aspect", WHOLE.replace("Manga,", "").replace(" --ar 4:3", "")),
        ("drop: --niji", WHOLE.replace(" --v 6.1", "")),
    ],
)
def test_what_is_dropped_is_gone(inspect: Inspect, dropped: str, expected: str) -> None:
    assert expected == canonical(inspect, dropped)


def test_a_dropped_name_may_be_set_anew(inspect: Inspect) -> None:
    expected = WHOLE.replace("Manga", "Cyberpunk").replace(" --ar 4:3", "") + " --ar 1:1"
    assert expected == canonical(inspect, "drop: style, --ar\n    style: Cyberpunk\n    --ar 1:1")


@pytest.mark.parametrize(
    ("written", "role"), [(written, role) for role, names in ROLES.items() for written in names]
)
def test_a_role_has_its_name_in_every_language(inspect: Inspect, written: str, role: str) -> None:
    text = (
        f"chat c {{\n    user: hello\n    {written}: hi\n}}\n"
        'pipeline main {\n    w = c -> openai.chat\n    save w as "w.txt"\n}\n'
    )
    plan = inspect(text).plan("main", {}, gateway="x")
    assert plan is not None
    messages = plan.nodes[0].arguments["messages"]
    assert isinstance(messages, MessagesInput)
    assert ["user", role] == [one.role for one in messages.turns]
