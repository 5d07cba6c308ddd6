"""The parser: what a recipe's text becomes, and how a wrong one is told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.language import syntax
from omnidsl.language.catalogue import codes
from omnidsl.language.parser import parse
from omnidsl.language.source import Source, Span

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*.omni"))


def tree(text: str) -> syntax.Recipe:
    recipe, findings = parse(Source(text))
    assert [] == findings
    assert recipe is not None
    return recipe


def expression(text: str) -> syntax.Expression:
    item = tree(f"let x = {text}").items[0]
    assert isinstance(item, syntax.Let)
    return item.value


def findings(text: str) -> list[tuple[str, str]]:
    source = Source(text)
    return [(one.code, source[one.span] if one.span else "") for one in parse(source)[1]]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_parses(path: Path) -> None:
    assert tree(path.read_text("utf-8")).items


def test_spans_point_at_what_was_written() -> None:
    text = 'let subject = "猫"\n\npipeline p {\n    a = subject -> openai.chat\n}\n'
    source = Source(text)
    recipe, _ = parse(source)
    assert recipe is not None
    pipeline = recipe.items[1]
    assert isinstance(pipeline, syntax.Pipeline)
    bind = pipeline.body[0]
    assert isinstance(bind, syntax.Bind)
    assert "a = subject -> openai.chat" == source[bind.span]
    assert "subject -> openai.chat" == source[bind.value.span]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 + 2 * 3", "Binary(operator='+', left=Number(value=1), right=Binary(operator='*', left=Number(value=2), right=Number(value=3)))"),
        ("1..2 + 3", "RangeLiteral(low=Number(value=1), high=Binary(operator='+', left=Number(value=2), right=Number(value=3)))"),
        ("not a == b", "Unary(operator='not', operand=Binary(operator='==', left=Name(text='a'), right=Name(text='b')))"),
        ("a or b and c", "Binary(operator='or', left=Name(text='a'), right=Binary(operator='and', left=Name(text='b'), right=Name(text='c')))"),
        ("1 - 2 - 3", "Binary(operator='-', left=Binary(operator='-', left=Number(value=1), right=Number(value=2)), right=Number(value=3))"),
        ("-1", "Unary(operator='-', operand=Number(value=1))"),
        (".5", "Number(value=0.5)"),
        ("16:9", "RatioLiteral(width=16, height=9)"),
        ("1.5h", "DurationLiteral(seconds=5400.0)"),
        ("250ms", "DurationLiteral(seconds=0.25)"),
        ("[1, 2,]", "ListLiteral(items=(Number(value=1), Number(value=2)))"),
        ("a.in[1](x: 2)", "Call(function=Index(of=Member(of=Name(text='a'), name=Word(text='in')), index=Number(value=1)), arguments=(Argument(name=Word(text='x'), value=Number(value=2)),))"),
    ],
)  # fmt: skip  # a table of cases reads best one a line
def test_expressions_bind_as_the_language_says(text: str, shown: str) -> None:
    assert shown == repr(expression(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\"b\\c\n\t\$"', 'a"b\\c\n\t$'),
        (r'"\u{732B}\u{41}"', "猫A"),
        ('"""\n    one\n      two\n    """', "one\n  two\n"),
        ('"""a\\n"""', "a\\n"),
        ('""', ""),
    ],
)
def test_strings_read_their_escapes(text: str, value: str) -> None:
    read = expression(text)
    assert isinstance(read, syntax.Text)
    assert value == read.literal


def test_an_interpolation_keeps_its_place() -> None:
    source = Source('let x = "a ${b.c[1]} d"')
    recipe, _ = parse(source)
    assert recipe is not None
    item = recipe.items[0]
    assert isinstance(item, syntax.Let)
    assert isinstance(item.value, syntax.Text)
    assert ["a ", "b.c[1]", " d"] == [source[part.span] for part in item.value.parts]


def line(text: str) -> syntax.PromptLine:
    prompt = tree(f"prompt p {{\n{text}\n}}").items[0]
    assert isinstance(prompt, syntax.Prompt)
    assert 1 == len(prompt.lines)
    return prompt.lines[0]


@pytest.mark.parametrize(
    ("text", "category", "words", "parameters"),
    [
        ("style: Manga", "style", "Manga", []),
        ("风格：水墨", "风格", "水墨", []),
        ("a #ff8800 ground  # said so", None, "a #ff8800 ground", []),
        (
            "a {red {cat, dog}, green} scarf --ar 4:3",
            None,
            "a {red {cat, dog}, green} scarf",
            [("ar", "4:3")],
        ),
        (
            "space::2 ship --v 6.1 --no text, a b",
            None,
            "space::2 ship",
            [("v", "6.1"), ("no", "text, a b")],
        ),
        ("https://x.org/a.png a cat", None, "https://x.org/a.png a cat", []),
        ("--tile --seed 1", None, None, [("tile", None), ("seed", "1")]),
        ("liquid--pink, yellow", None, "liquid--pink, yellow", []),
        ("drop: image, --tile", "drop", "image,", [("tile", None)]),
        ("a } b", None, "a } b", []),
        ("text:", "text", None, []),
        ("#1 in town", None, "#1 in town", []),
    ],
)
def test_a_prompt_line_is_category_text_and_parameters(
    text: str, category: str | None, words: str | None, parameters: list[tuple[str, str | None]]
) -> None:
    read = line(text)
    shown = [(one.name.text, one.value.literal if one.value else None) for one in read.parameters]
    said = read.text.literal if read.text else None
    assert (category, words, parameters) == (
        read.category.text if read.category else None,
        said,
        shown,
    )


def test_a_brace_that_is_last_on_its_line_closes_the_block() -> None:
    prompt = tree("prompt wide: brand.cat { a {red, blue} cat --ar 16:9 }\nlet x = 1").items[0]
    assert isinstance(prompt, syntax.Prompt)
    assert "a {red, blue} cat" == (prompt.lines[0].text.literal if prompt.lines[0].text else None)


def test_a_statement_goes_on_before_an_arrow_and_else() -> None:
    text = (
        "pipeline p {\n a = x -> f\n\n   -> g # so\n   -> h\n if a { b = c }\n\n else { b = d }\n}"
    )
    pipeline = tree(text).items[0]
    assert isinstance(pipeline, syntax.Pipeline)
    assert [syntax.Bind, syntax.If] == [type(one) for one in pipeline.body]


def test_words_are_free_behind_a_dot_and_before_a_colon() -> None:
    assert "Member" in repr(expression("a.if"))
    assert "name=Word(text='for')" in repr(expression("f(for: 1)"))


SYNTAX_FAULTS = [
    ("let x 3", "OM001", "3"),
    ("lett x = 3", "OM012", "lett"),
    ("let x = “a”", "OM002", "“"),
    ("let x = [1，2]", "OM002", "，"),
    ("let save = 3", "OM003", "save"),
    ("pipeline p {\n a = b\n", "OM004", "{"),
    ('let x = "abc\nlet y = 1', "OM005", '"abc'),
    ("pipeline p {\n a = f(1\n}\n", "OM004", "("),
    ("let x =\nlet y = 2", "OM001", "\n"),
    ("let x = 1 +\n 2", "OM001", "\n "),
    ('pipeline p {\n save x "y.png"\n}', "OM001", '"y.png"'),
    ("pipeline p {\n a = b => c\n}", "OM011", "=>"),
    ("pipeline p {\n a = b → c\n}", "OM011", "→"),
    ("let x = 'a'", "OM011", "'"),
    ("pipeline p {\n cat -> midjourney.imagine\n}", "OM014", "cat ->"),
    ("#note\nlet x = 1", "OM015", "#"),
    ('let a = "${${${"', "OM007", "${"),
    ("let x = True && y", "OM011", "&&"),
    ('pipeline p {\n savee x as "y"\n}', "OM012", "savee"),
    ("let x = " + "9" * 5001, "OM013", "9" * 5001),
    ("let x = @", "OM001", "@"),
    ('let x = "${a + 1"', "OM007", "${"),
    ('let x = "${}"', "OM008", "${}"),
    ('let x = "a\\q"', "OM009", "\\q"),
    ('let x = "\\u{110000}"', "OM009", "\\u{110000}"),
    ("chat c { user: hi }", "OM001", "user:"),
    ("let\u00a0x = 1", "OM006", "\u00a0"),
    ("let x\x0b= 1", "OM006", "\x0b"),
    ("let x = " + "[" * 300 + "]" * 300, "OM010", "[" * 201 + "]" * 201),
]


@pytest.mark.parametrize(("text", "code", "place"), SYNTAX_FAULTS)
def test_a_syntax_error_has_its_code_and_place(text: str, code: str, place: str) -> None:
    assert [(code, place)] == findings(text)


def test_a_misspelt_keyword_gets_a_did_you_mean() -> None:
    assert ("let",) == parse(Source("lett x = 3"))[1][0].suggestions


def test_a_full_width_sign_gets_a_safe_fix() -> None:
    fix = parse(Source("let x = f（1)"))[1][0].fix
    assert fix is not None
    assert (True, "(") == (fix.safe, fix.edits[0].content)


@pytest.mark.parametrize(
    "text",
    [
        "let x = " + "[" * 300 + "]" * 300,
        "let x = a" + ".b" * 300,
        "let x = 1" + " + 1" * 5000,
        "pipeline p {" + "if a { " * 250 + "}" * 250 + "}",
        "let x: " + "list[" * 300 + "text" + "]" * 300 + " = 1",
        'let x = "${' + "a(" * 300 + ")" * 300 + '}"',
    ],
    ids=["lists", "members", "sum", "blocks", "types", "interpolation"],
)
def test_deep_nesting_is_an_error_and_no_crash(text: str) -> None:
    assert "OM010" in [code for code, _ in findings(text)]


def test_two_hundred_levels_are_enough_for_anybody() -> None:
    assert [] == findings("let x = " + "[" * 190 + "]" * 190)


@given(st.text(alphabet='ab猫 \n{}[]()"$\\#-:：,，.=->1', max_size=60))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    source = Source(text)
    recipe, found = parse(source)
    assert recipe is not None or found
    for one in found:
        assert one.span is not None
        assert 0 <= one.span.start <= one.span.end <= len(text)
        assert one.message("en")
        assert one.message("zh")


@given(st.text(max_size=40))
def test_a_string_literal_means_what_it_holds(value: str) -> None:
    escaped = "".join(
        f"\\u{{{ord(sign):x}}}" if not "\ud800" <= sign <= "\udfff" and sign != "\0" else ""
        for sign in value
    )
    read = expression(f'"{escaped}"')
    assert isinstance(read, syntax.Text)
    kept = "".join(sign for sign in value if not "\ud800" <= sign <= "\udfff" and sign != "\0")
    assert kept == read.literal


def test_positions_count_characters_from_one() -> None:
    source = Source("ab\n猫c\n")
    assert [(1, 1), (2, 2), (3, 1)] == [
        (at.row, at.column) for at in map(source.position, (0, 4, 6))
    ]
    assert "猫c" == source.line(2)
    assert Span(0, 5) == Span(0, 2).to(Span(4, 5))


def test_every_syntax_code_has_a_case() -> None:
    cases = {code for _, code, _ in SYNTAX_FAULTS}
    assert [] == [one for one in codes() if one.startswith("OM0") and one not in cases]


@pytest.mark.parametrize(
    "text",
    [
        'let a = [\n  "x",\n  "y"\n]',
        "let a = f(\n  1\n  ,\n  2\n)",
        "let a = (1\n + 2)",
        'let z = [ "x" # c\n , "y"]',
        'prompt p(a: text = "a"\n, b: int) {\n x\n}',
        "pipeline p {\n a = (b -> c\n)\n d = e ->\n   # so\n   f\n}",
    ],
)
def test_inside_brackets_and_around_arrows_a_newline_ends_nothing(text: str) -> None:
    assert [] == findings(text)


def test_a_pair_of_full_width_quotes_is_mended_as_a_pair() -> None:
    text = "let x = “猫”"
    fix = parse(Source(text))[1][0].fix
    assert fix is not None
    for edit in sorted(fix.edits, key=lambda one: one.span.start, reverse=True):
        text = text[: edit.span.start] + edit.content + text[edit.span.end :]
    assert 'let x = "猫"' == text
