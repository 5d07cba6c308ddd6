"""The one form of a recipe: it says what was read, comments included, and formatting it again changes nothing."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from omnidsl.language import engine, formatting
from omnidsl.language.formatting import TooDeepError, UnfaithfulError, formatted
from omnidsl.language.formatting.columns import columns
from omnidsl.language.formatting.formatter import verify
from omnidsl.language.parser import parse
from omnidsl.language.source import Source
from omnidsl.language.syntax import Prompt, PromptLine, Recipe, Text
from tests.strategies import recipe, recipes

CASES = sorted((Path(__file__).parents[1] / "format").glob("*.omni"))
EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*.omni"))


def tree(text: str) -> Recipe:
    made, findings = parse(Source(text))
    assert made is not None, findings
    return made


def terms(line: PromptLine) -> list[str]:
    """Return the literal terms of a line, cut at any comma: what `omni check` sees of them."""
    parts = line.text.parts if line.text else ()
    text = "".join(getattr(part, "text", "\0") for part in parts)
    for comma in "，、":
        text = text.replace(comma, ",")
    return [term.strip() for term in text.split(",") if term.strip()]


def without_commas(made: Recipe) -> Recipe:
    """Put lists of terms in place of the texts of categories: only there a comma may be spelled anew."""
    for item in made.items:
        for line in item.lines if isinstance(item, Prompt) else ():
            if line.category and line.category.text != "text" and line.text:
                line.text = Text(line.text.span, tuple(terms(line)))  # type: ignore[arg-type]  # compared, nothing else
    return made


def comments(text: str) -> list[str]:
    """Return comments by another way than the formatter: what is left between the tokens of the engine."""
    tokens: list[engine.Leaf] = []
    engine.parse(text, tokens=tokens)
    found, at = [], 0
    spans = [one.span for one in tokens if one.kind != "_NL"]
    for start, end in [*((one.start, one.end) for one in spans), (len(text), len(text))]:
        found += [line.strip(" \t\r\ufeff").rstrip() for line in text[at:start].split("\n")]
        at = end
    return [one for one in found if one]


@given(recipes())
def test_the_tree_stays_as_it_was(text: str) -> None:
    assert without_commas(tree(text)) == without_commas(tree(formatted(text)))


@given(recipes())
def test_comments_stay_in_order(text: str) -> None:
    assert comments(text) == comments(formatted(text))


@given(recipes())
def test_formatting_again_changes_nothing(text: str) -> None:
    once = formatted(text)
    assert once == formatted(once)


@given(recipes())
def test_blanks_and_empty_lines_have_one_form(text: str) -> None:
    result = formatted(text).replace("\r\n", "\n")
    for line in result.split("\n"):
        assert line.rstrip(" \t") == line or '"""' in text
    assert not result.startswith("\n")
    assert "\n\n\n" not in result
    assert result == "" or (result.endswith("\n") and not result.endswith("\n\n"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_has_the_form_beside_it(path: Path) -> None:
    expected = path.with_suffix(".formatted").read_bytes().decode()
    assert expected == formatted(path.read_bytes().decode())
    assert expected == formatted(expected)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_formatted(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == formatted(text)


def test_a_bracket_is_not_broken_where_another_will_be() -> None:
    options = ", ".join(["timeout: 2m"] * 6)
    text = f"pipeline a {{\n    b: list[text] = [-a] contains c with {options}\n}}\n"
    assert text.replace("[-a]", "[\n        -a,\n    ]") == formatted(text)
    assert formatted(text) == formatted(formatted(text))


def test_lines_that_can_be_broken_keep_to_a_hundred_columns() -> None:
    names = ["猫" * 9, "subject", "grid", "x"]
    for seed in range(200):
        chance = Random(seed)  # noqa: S311  # repeatable on purpose
        values = [f"{chance.choice(names)}({', '.join(chance.choices(names, k=chance.randrange(9)))})" for _ in range(chance.randrange(8))]  # fmt: skip  # one line says it
        steps = "".join(
            f" -> {chance.choice(names)}({', '.join(chance.choices(values or ['a'], k=4))})"
            for _ in range(chance.randrange(4))
        )
        text = f"let all = [{', '.join(values)}]\npipeline main({'a: text, ' * chance.randrange(20)}) {{\n x = a{steps} with timeout: 2m\n}}\n"
        result = formatted(text)
        assert result == formatted(result)
        assert [] == [line for line in result.splitlines() if columns(line) > 100]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ""), (" \n\t\n", ""), ("# c", "# c\n"), ("\n\n# a\n\n\n# b\n\n", "# a\n\n# b\n")],
)
def test_a_file_without_items_keeps_its_comments(text: str, expected: str) -> None:
    assert expected == formatted(text)


@pytest.mark.parametrize(
    ("text", "newline"),
    [
        ("let a = 1\r\nlet b = 2\r\nlet c = 3\n", "\r\n"),
        ("let a = 1\r\nlet b = 2\nlet c = 3\n", "\n"),
        ("let a = 1\r\nlet b = 2\n", "\n"),
    ],
)
def test_lines_end_as_most_of_them_did(text: str, newline: str) -> None:
    assert newline.join(["let a = 1", "let b = 2", *(["let c = 3"] * ("c" in text)), ""]) == formatted(text)  # fmt: skip  # as it reads


def test_line_ends_inside_a_long_text_stay() -> None:
    text = 'let a = """x\r\ny"""\nlet b = 1\nlet c = 1\n'
    assert text.replace("\nlet b", "\n\nlet b") == formatted(text)


@pytest.mark.parametrize(
    "line",
    [
        "style: a，--x 3",  # would be a parameter behind a blank
        "style: a，# b，c",  # would be a comment
        "style: {红，绿}",  # a comma of the permutation
        "style: a，b \\$5",  # one term for the checker
        "style: a，${x",  # what follows is told by `omni check`, not changed
        "text: a，b、c",
        "文本: a，b",
        "a，b",
        "--no a，b",
    ],
)
def test_commas_stay_where_they_might_mean_something_else(line: str) -> None:
    text = f"prompt a {{\n    {line}\n}}\n"
    assert text == formatted(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prompt a {x\ny} }", "prompt a {\n    x\n    y} }\n"),
        ("prompt a {x\n} }", "prompt a {\n    x\n    } }\n"),
        ("prompt a {x\n{y} }", "prompt a {\n    x\n    {y}\n}\n"),
        ("prompt a {x\ny\\} }", "prompt a {\n    x\n    y\\}\n}\n"),
        ("prompt a {x} }", "prompt a { x} }\n"),
        ("prompt a {#}", "prompt a { #}\n"),
        ("prompt a {\nx #}", "prompt a {\n    x #}\n"),
    ],
)
def test_a_brace_in_the_last_text_does_not_end_its_block(text: str, expected: str) -> None:
    assert expected == formatted(text)
    assert expected == formatted(expected)


@pytest.mark.parametrize(
    "text",
    [
        f"prompt a {{ {'very ' * 20}long }}  # omni: ignore[OM421]\n",
        f"# omni: ignore[OM421]\nprompt a {{ {'very ' * 20}long }}\nlet b = 1\n",
        f"let a = [{', '.join(['12345'] * 20)}]  # omni: ignore[OM130]\n",
        f"pipeline a {{\n    b = c{' -> ddddd(1)' * 20}  # omni：ignore[OM130]\n}}\n",
    ],
)
def test_a_line_that_a_suppression_speaks_of_stays_one_line(text: str) -> None:
    assert text == formatted(text)


def test_a_text_that_breaks_the_grammar_is_refused() -> None:
    with pytest.raises(engine.Unexpected):
        formatted("let = 3\n")


@pytest.mark.parametrize(
    "nested",
    [
        lambda depth: "let a = " + "(" * depth + "1" + ")" * depth,
        lambda depth: "let a = " + "[ # c\n" * depth + "1" + "]" * depth,
        lambda depth: "pipeline a " + "{\nif a " * depth + "{}" + "\n}" * depth,
        lambda depth: "pipeline a {\n" + "for a in b { if c\t{\n" * (depth // 2) + "}}" * (depth // 2) + "\n}",
    ],
)  # fmt: skip  # one line a shape
def test_nesting_has_a_limit_and_no_crash(nested: Callable[[int], str]) -> None:
    assert formatted(nested(190))
    with pytest.raises(TooDeepError):
        formatted(nested(300))


@pytest.mark.parametrize(
    "result",
    ["let a = 2\n", "let a = 1\n", "# c\nlet a = \n", "# d\nlet a = 1\n", "let b = 1 # c\n"],
)
def test_a_result_that_says_something_else_is_refused(result: str) -> None:
    text = "# c\nlet a = 1\n"
    with pytest.raises(UnfaithfulError):
        verify(text, engine.read_tokens(text), result)


def test_the_same_text_is_faithful() -> None:
    text = recipe(Random(3))  # noqa: S311  # repeatable on purpose
    verify(text, engine.read_tokens(text), text)
    assert formatting.__all__ == ["TooDeepError", "UnfaithfulError", "formatted"]
