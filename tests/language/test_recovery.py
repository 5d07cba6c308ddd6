"""Every true error in one go: a report at each faulty statement, and none elsewhere."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.language.builder import TreeBuilder
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.parser import NODES, parse
from omnidsl.language.recovery import Recovery
from omnidsl.language.source import Source
from omnidsl.language.text import TextReader
from tests.language.mutations import Statement, applied, broken, statements

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*.omni"))
MUTANTS = 2_000
SEEDS = 4


def rows(text: str) -> list[int]:
    """Return the rows that have a report, and check that a text is read or refused."""
    source = Source(text)
    tree, findings = parse(source)
    assert tree is not None or findings
    return [source.position(one.span.start).row for one in findings if one.span is not None]


def mutants(seed: int, number: int) -> list[tuple[str, list[Statement]]]:
    """Return recipes with one to ten faulty statements; a change that leaves its recipe sound does not count."""
    choice = random.Random(seed)  # noqa: S311  # repeatable on purpose
    texts = [path.read_text("utf-8") for path in EXAMPLES]
    recipes = [(text, statements(Source(text))) for text in texts]
    made: list[tuple[str, list[Statement]]] = []
    while len(made) < number:
        text, all_ = choice.choice(recipes)
        pool = [token.text for one in all_ for token in one.tokens if token.kind not in FREE]
        edits: list[tuple[int, int, str]] = []
        faulty = []
        for one in choice.sample(all_, choice.randint(1, min(10, len(all_)))):
            edit = broken(text, one, choice, pool)
            if edit and rows(applied(text, edit)):
                edits += edit
                faulty.append(one)
        if faulty:
            made.append((applied(text, edits), faulty))
    return made


FREE = ("TEXT", "CHATTEXT", "PVALUE", "LONGSTRING")


def right(text: str, faulty: list[Statement]) -> bool:
    told = rows(text)
    everywhere = {row for one in faulty for row in one.rows}
    return all(any(row in one.rows for row in told) for one in faulty) and everywhere >= set(told)


def test_nine_of_ten_mutants_have_a_report_at_each_faulty_statement_and_none_elsewhere() -> None:
    found = [
        right(text, faulty)
        for seed in range(SEEDS)
        for text, faulty in mutants(seed, MUTANTS // SEEDS)
    ]

    assert MUTANTS == len(found)
    assert sum(found) >= 0.9 * len(found)


FAULTS = """\
use "brand.omni
let subject "cat"
lett looks = ["a", "b"]

prompt cat(who text = subject) {
    style: Manga
}

pipline hero(mood: text = "calm") -> image {
    grid  cat -> midjourney.imagine(mode: "turbo")
    best: int(1..4) = critic(grid -> claude.chat
    sav hero as "x.png"
    for look looks {
        wide = banner(look， shape) -> midjourney.imagine
    }
    if mood = "calm" {
        save song as "hero.mp3
    }
    return return hero
}

test "x" {
    expect cat.text contains contains "fur"
}
"""


def told(text: str) -> list[Diagnostic]:
    return sorted(parse(Source(text))[1], key=lambda one: one.span.start if one.span else 0)


def test_fifteen_slips_give_fifteen_reports() -> None:
    source = Source(FAULTS)
    assert [
        (1, "OM005"), (2, "OM001"), (3, "OM012"), (5, "OM001"), (9, "OM012"), (10, "OM001"), (11, "OM004"), (12, "OM012"),
        (13, "OM001"), (14, "OM002"), (16, "OM011"), (17, "OM005"), (19, "OM001"), (23, "OM001"),
    ] == [
        (source.position(one.span.start).row, one.code) for one in told(FAULTS) if one.span
    ]  # fmt: skip  # a table


def test_what_follows_a_syntax_error_is_read() -> None:
    tree, _ = parse(Source("let a = = 1\nlet b = 2\n"))
    assert tree is not None
    assert ["a", "b"] == [getattr(one, "name").text for one in tree.items]  # noqa: B009  # items have different names


@pytest.mark.parametrize(
    ("text", "opener"),
    [
        ("pipeline p {\n    for a in b {\n        c = a\n    d = c\n}\nlet x = 1\n", 28),
        ("prompt p {\n    a cat\n\nprompt q {\n    a dog\n}\n", 9),
        ("prompt p { a cat\nlet x = 1\n", 9),
        ("chat c {\n    user: hi\n\nlet x = 1\n", 7),
        ('pipeline p {\n    a = b\n\ntest "t" {\n    expect a\n}\n', 11),
        ("let a = [1, 2\nlet b = 3\n", 8),
        ("pipeline p {\n    a = f(1,\n        2\n    b = 3\n}\n", 22),
        ("pipeline p {\n    a = f(\npipeline q {\n    b = 1\n}\n", 22),
        ("let a = f([1]\n\npipeline q {\n    b = 1\n}\n", 9),
        ("prompt p(a: text {\na cat\nstyle: Manga\n}\nlet x = 1\n", 8),
    ],
)  # fmt: skip  # a table
def test_a_bracket_that_is_never_closed_is_told_where_it_opens(text: str, opener: int) -> None:
    assert [("OM004", opener)] == [(one.code, one.span.start) for one in told(text) if one.span]


@pytest.mark.parametrize(
    "text",
    ["let a = 1\n}\nlet b = 2\n", "pipeline p {\n    a = b }\n    c = d\n}\n", "pipeline p {\n    a = f(1))\n}\n"],
)  # fmt: skip  # a table
def test_a_bracket_too_many_is_one_report(text: str) -> None:
    assert 1 == len(told(text))


@given(st.text(alphabet='ab猫 \n{}[]()"$\\#-:：,，.=->1', max_size=80))
def test_any_text_is_a_tree_or_a_report(text: str) -> None:
    rows(text)


@given(st.lists(st.sampled_from(FAULTS.splitlines()), max_size=30))
def test_any_lines_are_a_tree_or_a_report(lines: list[str]) -> None:
    rows("\n".join(lines))


def test_a_brace_that_does_not_help_is_not_tried_again() -> None:
    text = (Path(__file__).parents[1] / "data" / "braces-in-circles.omni").read_text("utf-8")
    source = Source(text)
    builder = TreeBuilder(source, TextReader(source, [], lambda _: None))
    recovery = Recovery(NODES, source, builder)

    recovery.run()

    assert 0 < len(recovery.findings) <= recovery._faults < 30
