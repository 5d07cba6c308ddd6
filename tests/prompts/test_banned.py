"""Banned words: whole words in any case, Chinese ones anywhere, in the text, in terms and in what `--no` says."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import omnidsl.prompts
from omnidsl.prompts import load_rules, parse
from omnidsl.prompts.banned import LONGEST_WORD, BannedWords, load_banned_words

DATA = Path(omnidsl.prompts.__file__).parent / "data" / "banned-words.toml"


def found(text: str, *words: str) -> list[str]:
    return [text[start:end] for start, end, _ in BannedWords(words).find(text, 0, len(text))]


def told(prompt: str, *words: str) -> list[str]:
    rules = load_rules("omniai").adapted(banned=words)
    read = parse(prompt, rules=rules)
    return [
        prompt[one.span.start : one.span.end]
        for one in read.diagnostics
        if one.code == "OM425" and one.span
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a BLOOD moon", ["BLOOD"]),
        ("bloodless, half-blooded", []),
        ("half-blood prince", ["blood"]),
        ("ｂｌｏｏｄ", ["ｂｌｏｏｄ"]),  # full-width letters, as somebody may hide a word
        ("blood月", ["blood"]),
        ("blood_moon", ["blood"]),
        ("", []),
    ],
)
def test_a_word_is_found_where_it_stands_by_itself(text: str, expected: list[str]) -> None:
    assert expected == found(text, "blood")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme cola", ["acme cola"]),
        ("an Acme-Cola can", ["Acme-Cola"]),
        ("acme\n cola", []),
        ("acme, cola", []),
        ("acme", []),
        ("acme acme cola cola", ["acme cola"]),
    ],
)
def test_a_phrase_is_found_across_blanks_and_hyphens_only(text: str, expected: list[str]) -> None:
    assert expected == found(text, "acme cola", "acme cola deluxe can")


def test_chinese_words_are_found_anywhere() -> None:
    assert ["血腥", "R级"] == found("一个血腥的场景，R级", "血腥", "r级")


def test_terms_and_what_no_says_are_read_too_and_other_parameters_are_not() -> None:
    prompt = "Cyberpunk,a cat --no red t-shirt --sref https://x.example/cyberpunk.png --v 6.1"

    assert ["Cyberpunk", "red"] == told(prompt, "cyberpunk", "red", "example")


def test_a_word_is_told_once_a_prompt_wherever_it_stands() -> None:
    assert ["blood"] == told("blood and blood on {snow, sand}", "blood")


def test_nothing_is_banned_where_nobody_says_so() -> None:
    assert [] == told("blood and gore")


def test_default_stands_for_the_list_that_comes_with_the_package() -> None:
    assert ["gore", "rival"] == told("gore of a rival", "default", "rival")


def test_midjourneys_own_words_are_said() -> None:
    [one] = parse("gore", rules=load_rules("omniai").adapted(banned=["default"])).diagnostics

    assert all("Banned prompt detected" in one.label(language) for language in ("en", "zh"))


def test_the_list_is_in_its_form() -> None:
    tables = tomllib.loads(DATA.read_text("utf-8"))

    for table in tables.values():
        assert {"en", "zh"} == set(table)
        assert all(re.fullmatch(r"[a-z]+( [a-z]+)*", word) for word in table["en"])
        assert all(re.fullmatch(r"[\u4e00-\u9fff]+", word) for word in table["zh"])
        assert table["en"] == sorted(table["en"])
    words = load_banned_words()
    assert len(words) == len(set(words))
    assert max(map(len, words)) <= LONGEST_WORD


signs = st.text("aAb 血腥-,", max_size=12)


@given(text=signs, words=st.lists(st.text("ab 血腥", min_size=1, max_size=4), max_size=4))
def test_what_is_found_lies_in_the_text_and_is_banned(text: str, words: list[str]) -> None:
    banned = BannedWords(words)
    for start, end, word in banned.find(text, 0, len(text)):
        assert 0 <= start < end <= len(text)
        assert word in words
        assert word.split() == re.sub(r"[-\s]+", " ", text[start:end].lower()).split()


@given(text=signs)
def test_words_are_found_as_a_naive_search_finds_them(text: str) -> None:
    naive = {one.span() for one in re.finditer(r"(?i)(?<![ab])ab?(?![ab])", text)}
    naive |= {one.span() for one in re.finditer("血腥", text)}

    assert naive == {
        (s, e) for s, e, _ in BannedWords(["a", "ab", "血腥"]).find(text, 0, len(text))
    }


@pytest.mark.parametrize("sign", ["a ", "a-", "a", "血", "血a", "ａ"])  # full-width
def test_the_steps_of_a_search_grow_with_the_text_alone(sign: str) -> None:
    words = [f"{'a ' * size}b" for size in range(30)] + ["血" * size + "腥" for size in range(59)]
    banned = BannedWords(words)

    def steps(length: int) -> int:
        seen = 0

        class Counted(dict[str, str]):
            def get(self, *_: object) -> None:  # type: ignore[override]  # counts only
                nonlocal seen
                seen += 1

        banned._phrases = Counted(banned._phrases)
        banned._runs = Counted(banned._runs)
        list(banned.find(sign * length, 0, len(sign) * length))
        return seen

    assert steps(4000) <= 2.5 * steps(2000) + 100
