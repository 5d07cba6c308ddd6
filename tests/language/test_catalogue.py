"""The words of every diagnostic: complete, in both languages, about the same values."""

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from omnidsl.language import catalogue
from omnidsl.language.catalogue import LANGUAGES, codes, entry, phrase

FILES = sorted((Path(catalogue.__file__).parent / "codes").glob("*.toml"))
SEVERITIES = ("error", "warning", "info")
# Midjourney's own words, by which people search, and names.
OWN_WORDS = (
    "Unrecognized parameter(s):",
    "Invalid parameter:",
    "Invalid prompt:",
    "Invalid link:",
    "Midjourney",
    "OmniDSL",
    "Chinese",
)
LONGEST_MESSAGE, LONGEST_LABEL = 120, 60


def tables() -> Iterator[tuple[str, str, Mapping[str, object]]]:
    for file in FILES:
        for key, table in tomllib.loads(file.read_text("utf-8")).items():
            yield file.stem, key, table


def phrases() -> list[tuple[str, Mapping[str, str]]]:
    return [
        (name, words)
        for _, key, table in tables()
        if key == "phrases"
        for name, words in table.items()
        if isinstance(words, dict)
    ]


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("code", codes())
def test_a_code_stands_in_the_file_of_its_family(code: str) -> None:
    (home,) = (stem for stem, key, _ in tables() if key == code)

    assert code.startswith(home)


@pytest.mark.parametrize("code", codes())
def test_a_code_is_om_and_three_digits(code: str) -> None:
    assert re.fullmatch(r"OM\d{3}", code)


@pytest.mark.parametrize("code", codes())
def test_a_code_has_a_kebab_name_of_its_own(code: str) -> None:
    name = entry(code).name

    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)
    assert [code] == [one for one in codes() if entry(one).name == name]


@pytest.mark.parametrize("code", codes())
def test_a_code_has_a_severity(code: str) -> None:
    assert entry(code).severity in SEVERITIES


@pytest.mark.parametrize("code", codes())
def test_a_code_has_nothing_but_what_the_catalogue_reads(code: str) -> None:
    (table,) = (table for _, key, table in tables() if key == code)

    assert {"name", "severity", *LANGUAGES} == set(table) - {"quiet"}


@pytest.mark.parametrize("code", codes())
def test_both_languages_have_the_same_parts_about_the_same_values(code: str) -> None:
    english, chinese = (
        {part: placeholders(template) for part, template in entry(code).texts[language].items()}
        for language in LANGUAGES
    )

    assert english == chinese


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", codes())
def test_a_code_has_a_short_message_and_a_short_label(code: str, language: str) -> None:
    texts = entry(code).texts[language]

    assert 0 < len(texts["message"]) <= LONGEST_MESSAGE
    assert len(texts["label"]) <= LONGEST_LABEL


@pytest.mark.parametrize("code", codes())
def test_an_english_message_begins_small_and_ends_without_a_full_stop(code: str) -> None:
    message = entry(code).texts["en"]["message"]

    assert message.startswith(OWN_WORDS) or not re.match(r"[A-Z][a-z]", message)
    assert not message.endswith(".")


@pytest.mark.parametrize("code", codes())
def test_chinese_is_chinese_wherever_english_has_words(code: str) -> None:
    english, chinese = (entry(code).texts[language] for language in LANGUAGES)
    untranslated = [
        part
        for part, words in english.items()
        if re.search(r"[a-z]{2}", re.sub(r"\{\w*\}|`[^`]*`", "", words))
        and not re.search("[\u4e00-\u9fff]", chinese[part])
    ]

    assert untranslated == []


@pytest.mark.parametrize("name", [name for name, _ in phrases()])
def test_a_phrase_stands_once_in_both_languages_about_the_same_values(name: str) -> None:
    (words,) = (words for other, words in phrases() if other == name)

    assert set(LANGUAGES) == set(words)
    assert placeholders(words["en"]) == placeholders(words["zh"])
    assert words["en"] == phrase(name, "en")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "OMNI_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "OMNI_LANG": "en"}, "en"),
    ],
)
def test_who_says_which_language(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name in ("OMNI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert expected == catalogue.preferred_language.__wrapped__()
