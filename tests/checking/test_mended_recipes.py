"""Real recipes with slips, mended by the fixes of the real findings."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnidsl.checking.fixes import Find, mend
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.planning.inspection import inspect_source
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.settings.house import AS_SHIPPED
from tests.checking.test_mutants import mutant
from tests.strategies import recipes

EXAMPLES = Path(__file__).parents[2] / "examples"
HERO = (EXAMPLES / "hero.omni").read_text("utf-8")

SLIPS = [
    (r"(?<=\w)\(", "（"),
    (r"\)", "）"),
    (r",", "，"),
    (r'"', "“"),
    (r"->", "=>"),
    (r" = ", " := "),
    (r" --(?=\w)", "--"),
    (r" --(?=\w)", " —"),
    (r" --(?=\w)", " -- "),
    (r'"turbo"', "turbo"),
    (r"palette", "pallete"),
    (r"midjourney", "midjuorney"),
    (r"imagine", "imagin"),
    (r"style:", "stile:"),
    (r"Cyberpunk", "Cyberpnk"),
    (r"prompt ", "promt "),
    (r"# ", "#"),
    (r"\{", "｛"),
    (r" ", "\u00a0"),
    (r"--ar 4:3", "--ar 4：3"),
    (r"--v 6.1", "--version6.1"),
    (r"--v 6.1", "--v 6.1 --v 6.1"),
]
"""What people write by mistake, and most of what can be mended."""


@pytest.fixture(scope="module")
def find(catalogue: Catalogue) -> Find:
    def found(source: Source) -> list[Diagnostic]:
        path = EXAMPLES / "x.omni"
        inspection = inspect_source(
            source, path, root=EXAMPLES, catalogue=catalogue, rules=AS_SHIPPED
        )
        inspection.dry_run()
        return inspection.diagnostics

    return found


def slipped(text: str, chance: random.Random) -> str:
    """Return a text with one to three slips at places of their own."""
    for pattern, slip in chance.sample(SLIPS, chance.randint(1, 3)):
        places = list(re.finditer(pattern, text))
        if places:
            place = chance.choice(places)
            text = text[: place.start()] + slip + text[place.end() :]
    return text


def hold(text: str, find: Find, *, unsafe: bool) -> None:
    """Assert that nothing is left to mend but what was tried in vain, and no syntax error is new."""
    source = Source(text, "x.omni")

    once = mend(source, find, unsafe=unsafe)
    again = mend(once.source, find, unsafe=unsafe)

    left = [
        one for one in once.findings
        if one.source is once.source and one.fix is not None and (unsafe or one.fix.safe)
    ]  # fmt: skip  # one expression
    assert {one.code for one in left} <= {one.code for one in once.abandoned}
    assert (once.source.text, []) == (again.source.text, again.fixed)
    assert any(is_syntax(one) for one in find(source)) or not any(map(is_syntax, once.findings))


def is_syntax(one: Diagnostic) -> bool:
    return one.code.startswith("OM0")


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), unsafe=st.booleans())
def test_a_recipe_with_slips_has_nothing_left_to_mend(find: Find, seed: int, unsafe: bool) -> None:
    hold(slipped(HERO, random.Random(seed)), find, unsafe=unsafe)  # noqa: S311  # repeatable on purpose


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), unsafe=st.booleans())
def test_a_recipe_broken_at_random_has_nothing_left_to_mend(find: Find, seed: int, unsafe: bool) -> None:  # fmt: skip  # one line
    hold(mutant(HERO, random.Random(seed)), find, unsafe=unsafe)  # noqa: S311  # repeatable on purpose


@settings(max_examples=40)
@given(text=recipes(), unsafe=st.booleans())
def test_a_recipe_made_by_chance_has_nothing_left_to_mend(find: Find, text: str, unsafe: bool) -> None:  # fmt: skip  # one line
    hold(text, find, unsafe=unsafe)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("--style raw --v 8.1", "--raw --v 8.1"),
        ("--ar 1.39:1 --seed 2", "--ar 139:100 --seed 2"),
        ("--q 3 --v 7", "--q 4 --v 7"),
        ("--v 7 --seed 2 --seed 3", "--v 7 --seed 2 "),
    ],
)
def test_a_parameter_of_a_block_is_mended_as_in_a_prompt(
    lines: str, expected: str, find: Find
) -> None:
    recipe = "prompt cat {{\n    a cat\n    {}\n}}\n"

    assert recipe.format(expected) == mend(Source(recipe.format(lines)), find).source.text


def test_what_a_value_says_is_not_mended_in_the_block_that_takes_it(find: Find) -> None:
    recipe = 'prompt cat(s: text = "raw") {\n    a cat\n    --style ${s} --v 8.1\n}\n'

    assert recipe == mend(Source(recipe), find).source.text


@pytest.mark.parametrize(
    ("let", "voice", "mended"),
    [
        ("let tale =", "tale -> openai.speech", True),
        ("let tale =", "openai.speech(tale)", True),
        ("let tale: text =", "tale -> openai.speech", False),
        ("let tale =", '[tale, "The end."] -> openai.speech', False),
        ("let tale =", "tale -> openai.speech\n    told = tale -> openai.chat", False),
    ],
)
def test_a_long_text_with_a_name_is_split_where_it_is_written_if_nothing_else_needs_it(
    find: Find, let: str, voice: str, mended: bool
) -> None:
    tale = "The ferry leaves at nine. 渡轮九点出发。" * 150
    text = f'{let} "{tale}"\npipeline main {{\n    voice = {voice}\n    save voice as "voice-${{index}}.mp3"\n}}\n'

    done = mend(Source(text, "x.omni"), find, unsafe=True)

    left = [one.code for one in find(done.source)]
    assert (mended, not mended, []) == (
        "OM248" not in left,
        done.source.text == text,
        done.abandoned,
    )


@pytest.mark.parametrize("default", ['"Ann"', f'"{"b" * 3000}"', '"安"'])
def test_a_text_that_a_parameter_fills_is_split_with_room_for_its_default(
    find: Find, default: str
) -> None:
    words = "The ferry leaves at nine. 渡轮九点出发。" * 100
    text = (
        f"pipeline main(who: text = {default}) {{\n"
        f'    voice = openai.speech("{words}${{who}} {words}")\n'
        '    save voice as "voice.mp3"\n}\n'
    )

    mended = mend(Source(text, "x.omni"), find, unsafe=True).source

    assert 1 == mended.text.count("${who}")
    assert [] == find(mended)
