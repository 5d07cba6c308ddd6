"""Comments that suppress findings: whom they reach, whom they do not, and what is said of those that do nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.checking.suppressions import apply
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from tests.checking.conftest import Inspect, about
from tests.timing import growth


def left(inspect: Inspect, text: str, **files: str | bytes) -> list[tuple[str, str]]:
    """Return what is left of the findings of a recipe."""
    inspection = inspect(text, **files)
    source = inspection.recipe.main.source if inspection.recipe else Source(text, "main.omni")
    return [(one.code, about(one)) for one in apply(inspection.diagnostics, source)]


def fixed(inspect: Inspect, text: str) -> str:
    """Return a recipe after the one fix that its comments have."""
    inspection = inspect(text)
    assert inspection.recipe is not None
    (finding,) = apply(inspection.diagnostics, inspection.recipe.main.source)
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    return text[: edit.span.start] + edit.content + text[edit.span.end :]


def cat(line: str, above: str = "") -> str:
    """Return a prompt with a line, and perhaps one above it."""
    return f"prompt cat {{\n{above}    {line}\n    a cat --v 6.1\n}}\n"


TERM = "style: Cyberpnk"
SUPPRESSED = [
    cat(f"{TERM}   # omni: ignore[OM421]"),
    cat(TERM, "    # omni: ignore[OM421]\n"),
    cat(TERM, "# omni: ignore[OM421]\n"),
    cat(TERM, "# omni: ignore[OM421]\n    # the house's own word\n"),
    cat(TERM, "    # omni: ignore[OM301, OM421] it is our own\n").replace("a cat", "a cat --foo").replace("Cyberpnk", "Cyberpnk --foo"),
    cat(f"{TERM} # omni:ignore[OM421]"),
    cat(f"{TERM} #  OMNI: Ignore[ OM421 ]"),
    cat(f"{TERM} # omni：ignore[OM421]"),
    'prompt cat = """a cat\n--foo""" # omni: ignore[OM301]\n',
    '# omni: ignore[OM301]\nprompt cat = """a cat\n--foo"""\n',
    "let x = nope # omni: ignore[OM101]\n",
    "let x = nope # omni: ignore[OM101]",
    "let x = nope # omni: ignore[OM101]\r\n",
    "\ufeff# omni: ignore[OM101]\nlet x = nope\n",
]  # fmt: skip  # one recipe a line


@pytest.mark.parametrize("text", SUPPRESSED)
def test_a_comment_suppresses_on_its_line_and_on_the_line_below(
    inspect: Inspect, text: str
) -> None:
    told = [
        one for one in left(inspect, text) if one != ("OM301", "--foo") or "it is our" not in text
    ]

    assert [] == [one for one in told if one[0] != "OM910"]


KEPT = [
    cat(TERM, "    # omni: ignore[OM421]\n\n"),
    cat(TERM, f"    {TERM} # omni: ignore[OM421]\n"),
    cat(f"{TERM} #omni: ignore[OM421]"),
    cat(f"{TERM}, #omni: ignore[OM421]"),
    "# omni: ignore[OM421]\n" + cat(TERM),
    cat(TERM, '    text: "# omni: ignore[OM421]"\n').replace('"# ', '" #'),
    cat(f"{TERM} # omni: ignore[OM301]"),
    cat(f"{TERM} # omni: ignore[OM4]"),
    cat(f"{TERM} # omni: ignore[unknown-term]"),
    cat(f"{TERM} # omni: ignore"),
    cat(f"{TERM} # omni: ignore[]"),
]


@pytest.mark.parametrize("text", KEPT)
def test_a_comment_reaches_no_further(inspect: Inspect, text: str) -> None:
    assert "OM421" in [code for code, _ in left(inspect, text)]


@pytest.mark.parametrize(
    "text",
    [
        'let x = "# omni: ignore[OM101]" + nope\n',
        'let x = """\n# omni: ignore[OM101]\n""" + nope\n',
        'let x = ["a",\n  "# omni: ignore[OM101]", nope]\n',
        "chat c {\n    user: hello\n    sytem: x  #omni: ignore[OM117]\n}\n",
    ],
)
def test_text_suppresses_nothing(inspect: Inspect, text: str) -> None:
    assert {"OM101", "OM117"} & {code for code, _ in left(inspect, text)}


def test_a_comment_behind_a_text_that_looks_like_one_suppresses(inspect: Inspect) -> None:
    text = 'let x = "# omni: ignore[OM301]" + nope # omni: ignore[OM101]\n'

    assert [] == left(inspect, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (cat("style: Manga # omni: ignore[OM421]"), [("OM910", "OM421")]),
        (cat(f"{TERM} # omni: ignore[OM301, OM421, OM302]"), [("OM910", "OM301, OM421, OM302")]),
        (cat(f"{TERM} # omni: ignore[OM421, OM421]"), [("OM910", "OM421")]),
        (cat("style: Manga # omni: ignore"), [("OM911", "# omni: ignore")]),
        (cat("style: Manga # omni: noqa"), [("OM911", "# omni: noqa")]),
        (cat("style: Manga # omni: ignore[ , ]"), [("OM911", "# omni: ignore[ , ]")]),
        (cat("style: Manga # omni: ignore[OM421"), [("OM911", "# omni: ignore[OM421")]),
        (cat("style: Manga # omni: ignore[OM999]"), [("OM912", "OM999")]),
        (cat("style: Manga # omni: hero of the house"), []),
        (cat("style: Manga # omni: ignore[OM001]"), [("OM910", "OM001")]),
    ],
)
def test_a_comment_that_does_nothing_is_told(
    inspect: Inspect, text: str, expected: list[tuple[str, str]]
) -> None:
    assert expected == left(inspect, text)


def test_an_unknown_code_is_suggested_by_its_name(inspect: Inspect) -> None:
    inspection = inspect(cat("style: Manga # omni: ignore[unknown-term]"))
    assert inspection.recipe is not None

    (finding,) = apply(inspection.diagnostics, inspection.recipe.main.source)

    assert ("OM912", ("OM421",)) == (finding.code, finding.suggestions)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("style: Manga   # omni: ignore[OM421]", "style: Manga"),
        ("style: Manga # omni: ignore[OM421] it is ours", "style: Manga # it is ours"),
        (f"{TERM} # omni: ignore[OM301, OM421]", f"{TERM} # omni: ignore[OM421]"),
        (f"{TERM} # omni: ignore[OM421,OM421] x", f"{TERM} # omni: ignore[OM421] x"),
    ],
)
def test_the_fix_takes_out_what_does_nothing(inspect: Inspect, before: str, after: str) -> None:
    assert cat(after) == fixed(inspect, cat(before))


def test_a_comment_alone_goes_with_its_line(inspect: Inspect) -> None:
    text = cat("style: Manga", "    # omni: ignore[OM421]\n")

    assert cat("style: Manga") == fixed(inspect, text)


def test_while_there_are_errors_no_comment_is_blamed_for_silence(inspect: Inspect) -> None:
    text = 'let x = nope\nlet y = "a" # omni: ignore[OM609]\n'

    assert [("OM101", "nope")] == left(inspect, text)


@pytest.mark.parametrize("comment", ["# omni: ignore[OM001]", "# omni: ignore[OM001, OM101]"])
def test_a_fault_of_syntax_cannot_be_suppressed(inspect: Inspect, comment: str) -> None:
    codes = [code for code, _ in left(inspect, f"let x = 1 2 {comment}\n")]

    assert ["OM0"] == [code[:3] for code in codes]


def test_a_secret_is_suppressed_where_its_file_does_not_parse(inspect: Inspect) -> None:
    key = "sk-abcdefghij0123456789XYZ"
    text = f'let = 1\nlet key = "{key}" # omni: ignore[OM618]\nlet other = "{key} # omni: ignore[OM618]"\n'

    assert 1 == len([one for one in left(inspect, text) if one[0] == "OM618"])


def test_a_used_file_has_comments_of_its_own(inspect: Inspect) -> None:
    brand = cat(f"{TERM} # omni: ignore[OM421]").replace("cat {", "base {")

    assert [] == left(
        inspect, 'use "brand.omni"\nprompt cat: brand.base {\n    --ar 1:1\n}\n', brand_omni=brand
    )


PARTS = [
    "# omni: ignore[OM421]",
    "# omni: ignore",
    "[",
    "]",
    '"',
    '"""',
    "let x = nope",
    "\n",
    ",",
    " ",
    "{",
]


@given(st.lists(st.sampled_from(PARTS)).map("".join))
def test_any_text_can_hold_comments(text: str) -> None:
    source = Source(text)

    for one in apply([Diagnostic("OM101", source=source, values={"name": "x"})], source):
        assert one.message("zh")


@pytest.mark.parametrize(
    "unit",
    ["# omni: ignore[OM421]\n", "let x = 1 # omni: ignore[OM421, OM301]\n", "# omni: ignore[", '"# omni: ignore[OM1]"', "# omni: ignore[OM421] ", '"""# omni: ignore[a]\n', "#" + " " * 50],
)  # fmt: skip  # one text a line
def test_comments_are_read_in_linear_time(unit: str) -> None:
    def read(text: str) -> None:
        apply([], Source(text))

    def make(size: int) -> str:
        return unit * (size // len(unit))

    assert growth(read, make, 100_000, 400_000, 10.0) < 10.0
