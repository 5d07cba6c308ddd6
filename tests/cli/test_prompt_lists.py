"""Mending of lists of prompts, whatever stands in them: it ends, it stays in its field, and nothing is left to do."""

import csv
import io
import pickle

from hypothesis import example, given
from hypothesis import strategies as st

from omnidsl.cli.file_check import Wishes
from omnidsl.cli.projects import Projects
from omnidsl.cli.prompt_commands.list_check import ListChecker
from omnidsl.language.source import Source
from omnidsl.prompts import parse

SLIPS = (
    *("cat", "猫", " ", " ", ",", "，", "--ar 16x9", "--ar 1.39:1", "——ar 4:3", "- -v 6", "--v 6.1", "－－s 5", "--tile", "--tile"),
    *("--foo", "--no a,", "{a, b}", "{", "}", "::", " : :", "“a”", '"', "--ar 4：3", "。--q 2", "/imagine prompt:", "https://x.test/a.png"),
    *("# ", "#", "# omni: ignore[OM325]", "# omni: ignore[]", "\t", "\\", "--", "--seed 1 --seed 2"),
)  # fmt: skip  # slips read best side by side
PROMPTS = st.lists(st.sampled_from(SLIPS), max_size=7).map("".join) | st.lists(
    st.sampled_from(SLIPS), max_size=7
).map(" ".join)


def checker() -> ListChecker:
    return ListChecker(Projects(isolated=True), Wishes())


@given(st.lists(PROMPTS, max_size=5), st.sampled_from(["\n", "\r\n"]), st.booleans())
@example(["# omni: ignore[OM325]", "cat--ar 4:3", "dog--ar 4:3"], "\n", False)
def test_a_mended_list_has_its_lines_and_needs_no_more(
    prompts: list[str], end: str, unsafe: bool
) -> None:
    source = Source(end.join(prompts), "cats.txt")

    once = checker().mended("cats.txt", source, unsafe=unsafe).source
    again = checker().mended("cats.txt", once, unsafe=unsafe).source

    # an unsafe fix that spoiled a torn prompt is given up, and may be good for what the others made of it
    assert unsafe or once.text == again.text
    assert once.text.count("\n") <= source.text.count("\n")


@given(st.lists(PROMPTS, max_size=5), st.booleans())
def test_a_mended_table_has_its_rows_and_its_other_columns(
    prompts: list[str], unsafe: bool
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["id", "prompt", "note"]])
    csv.writer(file).writerows([[number, text, 'a "b", c'] for number, text in enumerate(prompts)])
    source = Source(file.getvalue(), "cats.csv")

    mended = checker().mended("cats.csv", source, unsafe=unsafe).source

    rows = list(csv.reader(io.StringIO(mended.text, newline=""), strict=True))[1:]
    expected = [(str(number), 'a "b", c') for number in range(len(prompts))]
    assert expected == [(row[0], row[2]) for row in rows]
    assert mended.text == checker().mended("cats.csv", mended, unsafe=unsafe).source.text


@given(st.lists(PROMPTS.filter(str.strip), max_size=5))
def test_a_place_in_a_table_shows_what_the_place_in_the_prompt_does(prompts: list[str]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["prompt"], *([text] for text in prompts)])
    source = Source(file.getvalue(), "cats.csv")

    found = [one for one in checker().find("cats.csv", source) if one.span is not None]

    expected = [
        (one.code, text[one.span.start : one.span.end])
        for text in prompts
        for one in parse(text).diagnostics
        if one.span is not None
    ]
    assert expected == [
        (one.code, source[one.span].replace('""', '"')) for one in found if one.span is not None
    ]


def test_another_process_finds_the_same() -> None:
    here = ListChecker(Projects(isolated=True), Wishes(default_version="5"), "2")
    source = Source("1,cat --foo\n", "cats.csv")

    there = pickle.loads(pickle.dumps(here))  # noqa: S301  # made here

    assert [repr(one) for one in here.find("cats.csv", source)] == [
        repr(one) for one in there.find("cats.csv", source)
    ]
