"""Tables of prompts: the fields that Python's own reader finds, and where each stands."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.language.source import Source, Span
from omnidsl.prompts.tables import BrokenTableError, Table, rows

TEXTS = st.lists(
    st.sampled_from(["a", "猫", '"', '""', ",", "\t", "\n", "\r\n", "\r", " ", "--ar 1:1"]),
    max_size=16,
).map("".join)
VALUES = st.lists(
    st.lists(st.text(st.sampled_from('a猫",\n\r \t')), min_size=2, max_size=3), max_size=4
)


@given(TEXTS, st.sampled_from(",\t"))
def test_fields_are_those_of_pythons_reader(text: str, delimiter: str) -> None:
    try:
        read = [[one.value for one in row] for row in rows(text, delimiter)]
    except BrokenTableError:
        read = []
        with pytest.raises(csv.Error):
            list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        return

    expected = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    assert [row for row in expected if row] == read


@given(VALUES)
def test_a_written_table_is_read_back(values: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(values)

    read = [[one.value for one in row] for row in rows(file.getvalue())]

    assert values == read


@given(VALUES)
def test_every_character_of_a_prompt_is_found_in_the_file(values: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(values)
    source = Source(file.getvalue())

    for entry in Table(source, "1").entries:
        found = [source[entry.span(Span(at, at + 1))] for at in range(len(entry.text))]
        assert [sign * 2 if sign == '"' and '""' in found else sign for sign in entry.text] == found


@given(VALUES, st.text(st.sampled_from('a",\n猫')).filter(lambda text: bool(text.strip())))
def test_another_prompt_is_written_so_that_it_is_read(values: list[list[str]], new: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(values)
    text = file.getvalue()

    for entry in Table(Source(text), "1").entries:
        changed = text[: entry.start] + entry.written(new) + text[entry.end :]
        count = sum(1 for row in rows(text[: entry.start]))
        assert new == list(rows(changed))[count][0].value


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("id,prompt\n1,a\n", "", ["a"]),
        ("id, Prompt \n1,a\n", "", ["a"]),
        ("序号,提示词\n1,猫\n", "", ["猫"]),
        ("a cat\na dog\n", "", ["a cat", "a dog"]),
        ("prompt\na cat\n", "", ["a cat"]),
        ("id,idea\n1,a\n", "idea", ["a"]),
        ("id,idea\n1,a\n", "2", ["idea", "a"]),
        ("prompt,id\n,1\n  ,2\n\na,3\n", "", ["a"]),
    ],
)
def test_the_column_of_the_prompts(text: str, column: str, expected: list[str]) -> None:
    table = Table(Source(text), column)

    assert (expected, []) == ([one.text for one in table.entries], table.faults)


@pytest.mark.parametrize(
    ("text", "column", "code", "place"),
    [
        ("id,idea\n1,a\n", "", "OM441", "id,idea"),
        ("id,idea\n1,a\n", "ideas", "OM441", "id,idea"),
        ("id,idea\n1,a\n", "3", "OM441", "id,idea"),
        ("id,idea\n1,a\n", "9" * 5000, "OM441", "id,idea"),
        ("prompt\na,b\n", "2", "OM441", "prompt"),
        ('prompt\n"a\n', "", "OM442", '"'),
        ('prompt\n"a"b\n', "", "OM442", "b"),
        ("id,prompt\n1\n2,a\n", "", "OM442", "1"),
    ],
)
def test_a_fault_of_a_table_has_its_place(text: str, column: str, code: str, place: str) -> None:
    source = Source(text)

    (fault,) = Table(source, column).faults

    assert fault.span is not None
    assert (code, place) == (fault.code, source[fault.span])
