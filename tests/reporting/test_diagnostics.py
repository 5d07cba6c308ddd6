"""The report that people read, and the one that programs read."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from omnidsl.language.diagnostics import Diagnostic, Edit, Fix, Label
from omnidsl.language.source import Source, Span
from omnidsl.reporting.diagnostics import in_order, summary
from omnidsl.reporting.formats.full import render_full
from omnidsl.reporting.formats.json_document import render_json
from omnidsl.reporting.terminal import columns
from tests.timing import growth

CODE = "OM903"  # a code of the settings serves as an example: its message, label and lack of help are known
VALUES = {"key": "x"}


def at(text: str, part: str, name: str = "hero.omni") -> tuple[Source, Span]:
    start = text.index(part)
    return Source(text, name), Span(start, start + len(part))


def finding(source: Source, span: Span | None, **more: object) -> Diagnostic:
    return Diagnostic(CODE, span, source=source, values=VALUES, **more)  # type: ignore[arg-type]  # passed on as given


def full(*diagnostics: Diagnostic, width: int = 100) -> str:
    return render_full(diagnostics, colour=False, width=width, language="en")


def marked(report: str) -> str:
    """Return the text above the first run of carets, measured in columns."""
    lines = report.splitlines()
    row = next(number for number, line in enumerate(lines) if "^" in line)
    before = columns(lines[row].split("^")[0])
    carets = lines[row].count("^")
    code, start, end = lines[row - 1], 0, 0
    while columns(code[:start]) < before:
        start += 1
    end = start
    while columns(code[start:end]) < carets:
        end += 1
    return code[start:end]


def test_a_finding_shows_code_name_message_place_line_and_label() -> None:
    source, span = at("let a = 1\nlet b = x\n", "x")
    expected = """\
error[OM903] unknown-setting: there is no setting `x`
 --> hero.omni:2:9
  |
2 | let b = x
  |         ^ not a setting
"""

    assert expected == full(finding(source, span))


def test_the_report_speaks_chinese() -> None:
    source, span = at("let b = x", "x")
    expected = """\
错误[OM903] unknown-setting: 没有名为 `x` 的设置项
 --> hero.omni:1:9
  |
1 | let b = x
  |         ^ 不是设置项
"""

    assert expected == render_full([finding(source, span)], colour=False, language="zh")


def test_second_places_of_the_same_text_are_shown_in_reading_order() -> None:
    source, span = at("let a = 1\n\nlet b = x\n", "x")
    expected = """\
1 | let a = 1
  |     - not a setting
...
3 | let b = x
  |         ^ not a setting
"""

    assert expected in full(finding(source, span, labels=[Label(Span(4, 5), "label")]))


def test_a_second_place_in_another_text_names_it() -> None:
    source, span = at("let b = x", "x")
    label = Label(Span(4, 5), "label", Source("let y = 2", "brand.omni"))
    expected = """\
 ::: brand.omni:1:5
  |
1 | let y = 2
  |     - not a setting
"""

    assert expected in full(finding(source, span, labels=[label]))


def test_two_marks_on_one_line_show_it_once() -> None:
    source, span = at("let b = x", "x")

    report = full(finding(source, span, labels=[Label(Span(4, 5), "label")]))

    assert report.count("let b = x") == 1


def test_suggestions_and_a_fix_come_last() -> None:
    source, span = at("let b = x", "x")
    fix = Fix([Edit(span, "y")], safe=True)

    report = full(finding(source, span, suggestions=["y", "z"], fix=fix))

    assert report.endswith(
        "  |\n  = help: did you mean `y` or `z`?\n  = fix: replace with `y` (safe)\n"
    )


def test_a_fix_that_only_takes_the_suggestion_is_not_said_twice() -> None:
    source, span = at("let b = x", "x")
    fix = Fix([Edit(span, "y")], safe=False)

    report = full(finding(source, span, suggestions=["y"], fix=fix))

    assert report.endswith("  |\n  = help: did you mean `y`?\n")


@pytest.mark.parametrize(
    ("edit", "safe", "words"),
    [
        (Edit(Span(8, 9), "y"), True, "= fix: replace with `y` (safe)"),
        (Edit(Span(8, 8), "y"), True, "= fix: insert `y` (safe)"),
        (Edit(Span(8, 9), ""), False, "= fix: remove `x` (unsafe: the meaning may change)"),
    ],
)
def test_a_fix_says_what_it_does_and_whether_it_is_safe(edit: Edit, safe: bool, words: str) -> None:
    source, span = at("let b = x", "x")

    assert words in full(finding(source, span, fix=Fix([edit], safe=safe)))


@pytest.mark.parametrize(
    "text",
    [
        "let 猫 = X",
        "\t\tlet a = X",
        "let cafe\u0301 = X",
        'let a = "👨‍👩‍👧" + X',
        'let a = "❤️" X',
        "ﾊﾝｶｸ X",
        "a\u3000X",
        "x" * 500 + "X" + "y" * 500,
        "猫" * 500 + "X" + "猫" * 500,
        "\t" * 300 + "X",
    ],
)
def test_the_mark_stands_under_its_place_whatever_the_width_of_what_is_before(text: str) -> None:
    source, span = at(text, "X")

    assert marked(full(finding(source, span))) == "X"


def test_a_mark_is_as_wide_as_the_characters_above_it() -> None:
    source, span = at('let a = "可爱的猫"', "可爱的猫")

    assert marked(full(finding(source, span))) == "可爱的猫"


@pytest.mark.parametrize("width", [20, 60, 100])
def test_no_line_of_source_is_wider_than_asked(width: int) -> None:
    source, span = at("猫" * 300 + "BAD" * 100 + "x" * 300, "BAD" * 100)

    report = full(finding(source, span), width=width)

    code = next(line for line in report.splitlines() if line.startswith("1 |"))
    assert columns(code) <= len("1 | ") + width


def test_a_long_line_is_cut_on_both_sides_of_the_place() -> None:
    source, span = at("a" * 500 + "BAD" + "b" * 500, "BAD")

    code = next(line for line in full(finding(source, span)).splitlines() if line.startswith("1 |"))

    assert code.startswith("1 | …aaa")
    assert "aBADb" in code
    assert code.endswith("bbb…")


def test_a_span_over_several_lines_shows_its_first_and_its_last() -> None:
    source, span = at('x = """one\ntwo\n  three""" y\n', '"""one\ntwo\n  three"""')
    expected = """\
1 | x = \"""one
  |     ^^^^^^
...
3 |   three\""" y
  |   ^^^^^^^^ not a setting
"""

    assert expected in full(finding(source, span))


def test_a_span_that_takes_its_newline_stays_on_its_line() -> None:
    source, span = at("one\ntwo\n", "one\n")

    assert "1 | one\n  | ^^^ not a setting\n" in full(finding(source, span))


def test_the_end_of_a_file_is_marked_below_its_last_line() -> None:
    source = Source("one {\n")

    report = full(finding(source, Span(6, 6)))

    assert "--> <text>:2:1\n  |\n1 | one {\n2 |\n  | ^ not a setting\n" in report


def test_the_end_of_a_file_without_a_newline_is_marked_after_its_last_character() -> None:
    source = Source("one {")

    assert "1 | one {\n  |      ^ not a setting\n" in full(finding(source, Span(5, 5)))


def test_an_empty_text_has_a_place_too() -> None:
    assert "--> <text>:1:1\n  |\n1 |\n  | ^ not a setting\n" in full(
        finding(Source(""), Span(0, 0))
    )


def test_windows_line_ends_are_not_shown() -> None:
    source, span = at("one\r\ntwo\r\n", "one\r\n")

    assert "1 | one\n  | ^^^ not a setting\n" in full(finding(source, span))


def test_a_finding_about_a_whole_file_names_it() -> None:
    assert full(finding(Source("x", "omni.toml"), None)).endswith("\n --> omni.toml\n")


def test_a_finding_about_no_text_is_its_message() -> None:
    assert (
        full(Diagnostic(CODE, values=VALUES))
        == "error[OM903] unknown-setting: there is no setting `x`\n"
    )


def test_hostile_text_names_and_values_cannot_steer_the_terminal() -> None:
    text = "\x1b]0;owned\x07 \x9b2J \u202e X"
    source = Source(text, "\x1b[2J\n.omni")
    hostile = Diagnostic(
        CODE,
        Span(len(text) - 1, len(text)),
        source=source,
        values={"key": "\x1b[31m\n\n::error::"},
        suggestions=["\x1b[1m"],
        fix=Fix([Edit(Span(0, 1), "\x1b\n")], safe=True),
    )

    report = full(hostile)

    assert all(line.isprintable() for line in report.splitlines())
    assert len(report.splitlines()) == 8


def test_colour_changes_no_character_that_is_seen() -> None:
    source, span = at("let b = x", "x")
    diagnostic = finding(source, span, labels=[Label(Span(4, 5), "label")], suggestions=["y"])

    coloured = render_full([diagnostic], colour=True, language="en")

    assert coloured != full(diagnostic)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == full(diagnostic)


def test_findings_are_sorted_by_file_place_and_code() -> None:
    a, b = Source("xxxx", "a"), Source("xxxx", "b")
    expected = [
        Diagnostic("OM909", values={"problem": ""}),
        Diagnostic("OM903", Span(0, 1), source=a),
        Diagnostic("OM904", Span(0, 1), source=a),
        Diagnostic("OM901", Span(2, 3), source=a),
        Diagnostic("OM901", Span(0, 1), source=b),
    ]

    assert expected == in_order(reversed(expected))


def test_an_empty_line_stands_between_two_findings() -> None:
    source, span = at("let b = x", "x")

    report = full(finding(source, span), finding(source, Span(0, 3)))

    assert report.count("\n\n") == 1


def test_no_findings_make_no_report() -> None:
    assert full() == ""


@pytest.mark.parametrize(
    ("codes", "english", "chinese"),
    [
        ([], "Found nothing wrong.", "未发现问题。"),
        (["OM903"], "Found 1 error.", "发现 1 个错误。"),
        (["OM903", "OM904"], "Found 2 errors.", "发现 2 个错误。"),
    ],
)
def test_the_summary_counts_by_severity(codes: list[str], english: str, chinese: str) -> None:
    diagnostics = [Diagnostic(code) for code in codes]

    assert (english, chinese) == (summary(diagnostics, "en"), summary(diagnostics, "zh"))


def test_json_holds_everything_with_places_from_one_and_offsets_from_zero() -> None:
    source, span = at("let a = 1\nlet 猫 = x\n", "x")
    fix = Fix([Edit(span, "y")], safe=False)
    label = Label(Span(4, 5), "label", Source("let y = 2", "brand.omni"))
    place = {
        "filename": "hero.omni",
        "location": {"row": 2, "column": 9, "offset": 18},
        "end_location": {"row": 2, "column": 10, "offset": 19},
    }
    expected = {
        "format_version": "1.0",
        "diagnostics": [
            {
                "code": "OM903",
                "name": "unknown-setting",
                "severity": "error",
                "message": "there is no setting `x`",
                "label": "not a setting",
                **place,
                "labels": [
                    {
                        "message": "not a setting",
                        "filename": "brand.omni",
                        "location": {"row": 1, "column": 5, "offset": 4},
                        "end_location": {"row": 1, "column": 6, "offset": 5},
                    }
                ],
                "help": ["did you mean `y`?"],
                "url": None,
                "fix": {
                    "applicability": "unsafe",
                    "message": "replace with `y`",
                    "edits": [
                        {
                            "content": "y",
                            "location": place["location"],
                            "end_location": place["end_location"],
                        }
                    ],
                },
            }
        ],
    }

    document = render_json(
        [finding(source, span, labels=[label], suggestions=["y"], fix=fix)], language="en"
    )

    assert expected == json.loads(document)


def test_json_about_no_text_has_no_places() -> None:
    (item,) = json.loads(render_json([Diagnostic(CODE, values=VALUES)]))["diagnostics"]

    assert (item["filename"], item["location"], item["end_location"], item["fix"]) == (
        None,
        None,
        None,
        None,
    )


def test_json_is_ascii_whatever_the_text_holds() -> None:
    document = render_json([finding(Source("猫 \x9b \x1b", "\udcff"), Span(0, 1))], language="zh")

    assert document.isascii()
    assert "\x1b" not in document


@given(
    text=st.text(
        alphabet=st.one_of(
            st.sampled_from("ab \t\r\n猫é\u0301\u200d👩❤\ufe0f\x1b"), st.characters()
        ),
        max_size=300,
    ),
    start=st.integers(0, 300),
    size=st.integers(0, 300),
    width=st.integers(20, 120),
)
@example(text="0" * 21, start=21, size=0, width=20)
def test_any_place_of_any_text_can_be_drawn(text: str, start: int, size: int, width: int) -> None:
    diagnostic = finding(
        Source(text), Span(start, start + size), labels=[Label(Span(0, size), "label")]
    )

    report = full(diagnostic, width=width)

    assert "^ not a setting" in report
    assert "- not a setting" in report
    assert all(
        columns(line.split("| ", 1)[-1]) <= width
        for line in report.splitlines()
        if line[:1].isdigit()
    )


def test_findings_on_one_line_of_a_megabyte_are_drawn_in_time_that_grows_with_their_number() -> (
    None
):
    source = Source("x" * 1_000_000 + "\n" + "y\n" * 10)

    def some(number: int) -> list[Diagnostic]:
        return [finding(source, Span(at * 100, at * 100 + 50)) for at in range(number)]

    assert 4_000 == full(*some(4_000)).count("^ not a setting")
    assert growth(lambda found: full(*found), some, 1_000, 4_000, below=8) < 8


def test_long_spans_of_a_long_text_are_drawn_in_time_that_grows_with_their_number() -> None:
    source = Source("x" * 1_000_000 + "\n" + "y" * 1_000_000)

    def some(number: int) -> list[Diagnostic]:
        return [finding(source, Span(at, 2_000_000 - at)) for at in range(number)]

    assert 400 == full(*some(400)).count("^ not a setting")
    assert growth(lambda found: full(*found), some, 100, 400, below=8) < 8


def test_a_message_of_a_megabyte_is_cut() -> None:
    report = full(Diagnostic(CODE, values={"key": "x" * 1_000_000}))

    assert len(report) < 1_000
