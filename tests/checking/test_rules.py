"""Lint: what each rule finds, what it leaves alone, and what its fix makes of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.checking.removal import removal
from omnidsl.checking.rules import ALWAYS, WITHOUT_ERRORS
from omnidsl.checking.rules.survey import walk
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.parser import parse
from omnidsl.language.source import Source, Span
from omnidsl.planning.inspection import inspect_source
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.settings.house import AS_SHIPPED
from tests.checking.conftest import Inspect, about
from tests.strategies import recipes

RULES = (*ALWAYS, *WITHOUT_ERRORS)
CAT = "prompt cat {\n    a cat --v 6.1\n}\n"


def found(inspect: Inspect, text: str, **files: str | bytes) -> list[Diagnostic]:
    inspection = inspect(text, **files)
    inspection.lint()
    return inspection.diagnostics


def hero(body: str, parameters: str = "") -> str:
    """Return a recipe whose pipeline buys a grid, does `body`, and saves the grid."""
    lines = body.replace("\n", "\n    ")
    return f'{CAT}pipeline hero{parameters} {{\n    grid = cat -> midjourney.imagine\n    {lines}\n    save grid as "a.png"\n}}\n'


BRAND = 'let palette = "teal"\n'
FOUND: list[tuple[str, str, str]] = [
    ("OM130", 'use "brand.omni"\n' + CAT, '"brand.omni"'),
    ("OM130", 'use "brand.omni" as house\n' + CAT, "house"),
    ("OM131", "let look = 1\n" + hero(""), "look"),
    ("OM131", "let look = 1\n" + hero('words = openai.chat("look")\nsave words as "a.txt"'), "look"),
    ("OM140", "let palete = 1\nprompt cat {\n    ${palette} and ${palette}\n}\n", "palete"),
    ("OM132", 'prompt cat(who: text = "x") {\n    a cat\n}\n', "who"),
    ("OM132", 'prompt cat(who: text = "x") = "a cat"\n', "who"),
    ("OM132", "chat critic(picture: grid) {\n    user: Which is best?\n}\n", "picture"),
    ("OM132", hero("", '(mood: text = "calm")'), "mood"),
    ("OM132", 'prompt cat(who: text = "x") {\n    ${who}\n}\nprompt dog(who: text = "x") {\n    a dog\n}\n', "who"),
    ("OM133", hero("size = 3 + 4"), "size"),
    ("OM134", "let look = 1\nlet other = look\n" + hero('for look in ["a", "b"] {\nsave grid as "${look}-${other}.png"\n}'), "look"),
    ("OM134", 'use "brand.omni"\nprompt cat(brand: text = "x") {\n    ${brand}, a cat\n}\nlet p = brand.palette\n', "brand"),
    ("OM510", hero("best = grid -> upscale(1)"), "best"),
    ("OM510", hero('for look in ["a", "b"] {\nbest = grid -> upscale(1)\n}'), "best"),
    ("OM510", hero('words = openai.chat("hi") -> openai.chat'), "words"),
    ("OM511", hero('if false {\nsave grid as "b.png"\n}'), "false"),
    ("OM511", hero('if 1 + 1 == 2 {\nsave grid as "b.png"\n}\nelse {\nsave grid as "c.png"\n}'), "1 + 1 == 2"),
    ("OM512", hero('if mood == "calm" {\nsave grid as "b.png"\n}\nelse {\nsave  grid as "b.png"\n}', '(mood: text = "calm")'), 'mood == "calm"'),
    ("OM513", hero('for look in [] {\nsave grid as "b.png"\n}'), "[]"),
    ("OM513", hero('for look in 4..1 {\nsave grid as "b.png"\n}'), "4..1"),
    ("OM514", hero('for look in ["a", "b", "a"] {\nexpect look != "c"\n}', ""), '"a"'),
    ("OM515", hero("expect mood == mood", '(mood: text = "calm")'), "mood == mood"),
    ("OM515", "let a = [1, 2]\nlet b = a[1] < a[1]\n", "a[1] < a[1]"),
    ("OM516", hero('if mood == "a" {\nsave grid as "b.png"\n}\nelse if mood == "b" {\nsave grid as "c.png"\n}\nelse if mood == "a" {\nsave grid as "d.png"\n}', '(mood: text = "a")'), 'mood == "a"'),
    ("OM517", hero('if mode == "turb" {\nsave grid as "b.png"\n}', '(mode: midjourney.mode = "fast")'), '"turb"'),
]  # fmt: skip  # a table of cases reads best one a line


@pytest.mark.parametrize(
    ("code", "text", "place"), FOUND, ids=[f"{one[0]}-{one[2][:12]}" for one in FOUND]
)
def test_a_rule_reports_once_at_the_place(
    inspect: Inspect, code: str, text: str, place: str
) -> None:
    told = found(inspect, text, brand_omni=BRAND)

    assert [(code, place)] == [(one.code, about(one)) for one in told]


def test_every_code_of_a_rule_has_a_case() -> None:
    assert {code for rule in RULES for code in rule.codes} == {code for code, *_ in FOUND}


LEFT_ALONE = [
    'use "brand.omni"\nprompt cat {\n    a cat, ${brand.palette}\n}\n',
    'use "brand.omni"\nprompt cat: brand.base {\n    a cat\n}\n',
    'use "brand.omni" as _brand\n' + CAT,
    "let look = 1\n",
    "let _look = 1\n" + hero(""),
    "let look = 1\nlet other = look\n" + hero("expect other == 1"),
    'prompt cat(_who: text = "x") {\n    a cat\n}\n',
    'prompt base(who: text = "cat") {\n    an animal\n}\nprompt cat: base {\n    ${who}\n}\n',
    'prompt base(who: text = "x") {\n    ${who}\n}\nprompt cat(name: text = "x"): base(who: name) {\n    --v 6.1\n}\n',
    hero("_scrap = grid -> upscale(1)"),
    hero("wait = grid -> upscale(1)\nexpect true, wait.id").replace("expect true, wait.id", 'save wait as "b.png"'),
    hero('one = grid -> upscale(1)\ntwo = one -> midjourney.describe\nsave two as "b.txt"'),
    hero('if mood == "a" {\none = grid -> upscale(1)\n}\nelse {\none = grid -> upscale(2)\n}\nsave one as "b.png"', '(mood: text = "a")'),
    hero('for n in 1..2 {\none = grid -> upscale(n)\n}\nsave one as "b-${index}.png"'),
    "let fast = false\n" + hero('if fast {\nsave grid as "b.png"\n}'),
    hero('if true {\nsave grid as "b.png"\n}'),
    'let subject = "cat"\nprompt dog(subject: text = subject) {\n    ${subject}\n}\n',
    CAT + 'pipeline hero {\n    cat = cat -> midjourney.imagine\n    save cat as "a.png"\n}\n',
    hero('for a in ["x", "y"], b in ["x", "y"] {\nsave grid as "${a}-${b}.png"\n}'),
    'let twice = ["a", "a"]\n',
]  # fmt: skip  # as above


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_meant_is_left_alone(inspect: Inspect, text: str) -> None:
    brand = BRAND + "prompt base {\n    a house\n}\n"

    assert [] == found(inspect, text, brand_omni=brand)


@pytest.mark.parametrize(
    ("before", "after", "safe"),
    [
        ('use "brand.omni"\n' + CAT, CAT, True),
        ('use "brand.omni"   # the house\n' + CAT, "# the house\n" + CAT, True),
        (CAT + 'use "brand.omni"', CAT[:-1], True),
        ('use "brand.omni"\r\nlet a = 1\r\n', "let a = 1\r\n", True),
        (hero("size = 3"), hero("").replace("    \n", ""), True),
        (hero("one = grid -> upscale(1)"), hero("").replace("    \n", ""), False),
        (hero("one = grid\n    -> upscale(1)"), hero("").replace("    \n", ""), False),
        ("let a = 1\n" + hero(""), hero(""), False),
        (hero('for a in ["x", "x"] {\nx = a\nexpect x == a\n}'), hero('for a in ["x"] {\nx = a\nexpect x == a\n}'), False),
        (hero("for a in 4..1 {\nexpect a > 0\n}"), hero("for a in 1..4 {\nexpect a > 0\n}"), False),
    ],
)  # fmt: skip  # as above
def test_a_fix_takes_out_what_is_not_used(
    inspect: Inspect, before: str, after: str, safe: bool
) -> None:
    (finding,) = found(inspect, before, brand_omni=BRAND)
    assert finding.fix is not None
    (edit,) = finding.fix.edits

    fixed = before[: edit.span.start] + edit.content + before[edit.span.end :]

    assert (after, safe) == (fixed, finding.fix.safe)


def test_disuse_waits_until_there_is_no_error(inspect: Inspect) -> None:
    told = found(inspect, "let look = 1\n" + hero('if false {\nsave gird as "b.png"\n}'))

    assert ["OM511", "OM101"] == [one.code for one in told]


def test_what_cannot_be_read_is_not_taken_for_equal(inspect: Inspect) -> None:
    branch = "{\n        save grid as as as\n    }"

    told = found(inspect, hero(f"if mood == 1 {branch}\n    else {branch}", "(mood: int = 1)"))

    assert {"OM0"} == {one.code[:3] for one in told}


def names_in(value: object) -> list[syntax.Name]:
    """Return every name below a value, found by looking everywhere."""
    if isinstance(value, syntax.Name):
        return [value]
    if isinstance(value, syntax.Node):
        return [one for field in value.fields for one in names_in(getattr(value, field))]
    return [one for each in value for one in names_in(each)] if isinstance(value, tuple) else []


@given(recipes())
def test_a_walk_passes_every_name_in_the_order_of_the_text(text: str) -> None:
    tree, _ = parse(Source(text))
    assert tree is not None

    passed = [one for one in walk(tree) if isinstance(one, syntax.Name)]

    assert [id(one) for one in names_in(tree)] == [id(one) for one in passed]


@given(recipes())
def test_every_fix_of_a_rule_removes_its_finding(
    tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, text: str
) -> None:
    root = tmp_path_factory.mktemp("project")

    def told(text: str) -> list[Diagnostic]:
        source = Source(text, "a.omni")
        inspection = inspect_source(
            source, Path(root / "a.omni"), root=root, catalogue=catalogue, rules=AS_SHIPPED
        )
        inspection.lint()
        return inspection.diagnostics

    before = told(text)
    for one in before:
        if one.fix is not None and any(one.code in rule.codes for rule in RULES):
            (edit,) = one.fix.edits
            after = told(text[: edit.span.start] + edit.content + text[edit.span.end :])
            assert len([each for each in after if each.code == one.code]) < len(
                [each for each in before if each.code == one.code]
            )


@given(st.text(alphabet="ab #\n\r\t"), st.data())
def test_a_removal_takes_blanks_and_ends_of_lines_only(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    edit = removal(Source(text), Span(start, end))

    assert "" == edit.content
    assert edit.span.start <= start <= end <= edit.span.end
    assert "" == (text[edit.span.start : start] + text[end : edit.span.end]).strip(" \t\r\n")
