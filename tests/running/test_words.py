"""The words of failures and notices."""

import re
import string
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import omnidsl.running
from omnidsl.plugins import JSON
from omnidsl.running.errors import StepError
from omnidsl.running.reading import written
from omnidsl.running.words import Way, reasons, way, words

FOLDER = Path(omnidsl.running.__file__).parent
TABLES = {
    key: row
    for name in ("failures.toml", "notices.toml", "findings.toml")
    for key, row in tomllib.loads((FOLDER / "data" / name).read_text("utf-8")).items()
}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("reason", sorted(TABLES))
def test_both_languages_say_the_same_of_a_reason(reason: str) -> None:
    row = TABLES[reason]

    assert set(row["en"]) == set(row["zh"])
    assert all(fields(row["en"][part]) == fields(row["zh"][part]) for part in row["en"])
    assert re.search(r"[\u4e00-\u9fff]", row["zh"]["message"])


def test_every_way_on_is_one_that_the_summary_knows() -> None:
    known = set(get_args(Way))

    assert {"retry", "change", "nothing"} == {row["way"] for row in TABLES.values() if "way" in row}
    assert {way(reason) for reason in [*TABLES, "unheard-of"]} <= known


def test_every_reason_that_the_code_names_has_words() -> None:
    # What `omni doctor` tells has words of its own.
    files = [path for path in FOLDER.glob("*.py") if path.name != "checkup.py"]
    code = "\n".join(path.read_text("utf-8") for path in files)
    raised = set(
        re.findall(
            r"\b(?:StepError|FetchError|SaveError|SettingsError|LedgerError|Fenced|GatewayError|NothingSent|told"
            r"|failure\(\s*(?:self\.)?_?shop, (?:self\.|step\.)?node,)\(?\s*\"([a-z-]+)\"",
            code,
        )
    )

    assert len(raised) > 30
    assert raised <= set(reasons())


def test_every_reason_is_named_by_the_code_or_the_tables() -> None:
    sources = [
        *FOLDER.parent.rglob("*.py"),
        *FOLDER.parents[1].glob("plugins/omnidsl_*/*.py"),
        *FOLDER.parents[1].glob("plugins/omnidsl_*/*.toml"),
    ]
    everything = "\n".join(
        path.read_text("utf-8") for path in [*sources, FOLDER / "data" / "replies.toml"]
    )

    unused = [one for one in TABLES if one != "other" and f'"{one}"' not in everything]

    assert [] == unused


@given(st.text(), st.text())
def test_no_value_breaks_a_message(name: str, value: str) -> None:
    for reason in ("task-failed", "held", "unheard-of"):
        assert words(reason, {name: value, "words": value})


def test_an_error_carries_its_data_and_speaks_both_languages() -> None:
    error = StepError("task-failed", service="midjourney", task="17", words="no")

    assert {"service": "midjourney", "task": "17", "words": "no"} == error.values
    assert "midjourney took the task 17 and it failed: no" == str(error)
    assert "midjourney 已接受任务 17，但执行失败：no" == error.message("zh")


def test_a_gateways_long_speech_is_cut() -> None:
    assert len(words("other", {"service": "s", "words": "x" * 10_000})) < 700


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (True, "true"),
        (3, "3"),
        ("猫", "猫"),
        (["a", False, ["b"]], "a, false, b"),
        ({"名": [None, True]}, '{"名": [null, true]}'),
        ([{"a": 1}], '{"a": 1}'),
    ],
)
def test_a_result_stands_in_a_text_as_people_write_it(found: JSON, text: str) -> None:
    assert text == written(found)
