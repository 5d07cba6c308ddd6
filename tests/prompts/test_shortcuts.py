"""What reading leaves out for the sake of speed would have found nothing: with and without shortcuts, results are equal."""

import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.prompts import permuted, subjects, typical
from omnidsl.prompts import (
    DEFAULT_RULES,
    edition,
    expansion,
    load_rules,
    load_vocabulary,
    parse,
    parser,
    wording,
)
from omnidsl.prompts import settings as reading
from omnidsl.prompts.json_text import json_text
from omnidsl.prompts.vocabulary import folded

SLIPS = (
    "a cat", "可爱的猫", "Cyberpunk,", "赛博朋克，", "Cold light, warm light,", ",", " ", "\n", "\u3000", "::", "::2", "::-.5 ", ":", ": :", "--ar",
    " --ar 4:3", " --ar 16：9", " --ar 9 :16", "—ar 1:1", " ——q 2", " -- ar 2:3", " - -ar 1:1", "-", " -q 2", "--", " -- ", "—", "–", " --v 6.1",
    " --v6", " --v 6", "--niji", " --niji 5", " --no text, watermark,", " --sref 123::2 random", " --sref https://x.com/a.png", " --p",
    " --p m12 --sw 3", " --tile", " --tile dog", " --foo", " －－q 2", " －s 5", "/imagine prompt:", " --ar=1:1", " --seed 1", " --repeat 2",
    " --relax", " --turbo", " --Q 2", " --q 3", " --q 2 ", " --ſ 5", " --q 2 dog", " --s 1.5", " --iw 2", " --video", " --v 7", " --niji 6", " --v 8.1", " --q 4", " --hd", " --ar 5:1", " --sv 4", " --weird 5", " --oref https://x.com/c.png", "https://x.com/a.png ", "<https://x.com/b.png> ",
    "{", "}", "{a, b}", "{, --tile}", "--{v 5, niji}", "{}", "{x}", "{a|b}", "｛a, b｝", "\\", "\\{", "\\,", '"', "“", "”", "1",
)  # fmt: skip  # every family of slip
USUAL = [write(one) for write in (typical, permuted) for one in subjects(30)]


DEEP = (
    "{a, {b, c}}", "{a, {b}} --q 2", "{x {y, z} , w}{1, 2}", "}{", "{a}}", "{{a}", "{\\, , b}", "{, }", "{ a ,b\n}", "{http://x.y/z, b}", "，{a，b}",
)  # fmt: skip  # groups in groups and out of place


def result(text: str) -> tuple[object, ...]:
    """Return all that reading makes of a text."""
    read = parse(text)
    jobs = [
        [(one.name, one.value, one.text, one.span, one.faulty) for one in job.settings]
        for job in read.jobs
    ]
    found = [
        (one.code, one.span, one.values, one.suggestions, repr(one.fix), [label.span for label in one.labels])
        for one in read.diagnostics
    ]  # fmt: skip  # one line of columns
    return json_text(read), jobs, found


@contextmanager
def no_shortcuts() -> Iterator[None]:
    """Read every parameter in full, look for every slip, ask every rule; remember nothing."""
    rules = load_rules(DEFAULT_RULES)
    facts = rules.edition
    assert facts is not None
    remembered = [facts.unopposed, *map(facts.silent, facts.versions.rows)]
    for one in remembered:
        one.clear()
    rules.sound.clear()
    special = [one for one in rules.parameters.rows if not one.special]
    with (
        patch.object(reading, "_LONGEST", -1),
        patch.object(edition, "_LONGEST", -1),
        patch.object(edition, "_LONGEST_OF_ALL", -1),
        patch.object(parser, "read_usual", return_value=None),
        patch.object(expansion, "_flat", return_value=None),
        patch.object(wording, "_SIGNS", re.compile("")),
    ):
        for row in special:
            row.special = True
        try:
            yield
        finally:
            for row in special:
                row.special = False


@settings(max_examples=1000)
@given(st.lists(st.sampled_from((*SLIPS, *DEEP)), max_size=10).map("".join))
def test_slips_are_found_with_shortcuts_and_without(text: str) -> None:
    with no_shortcuts():
        expected = result(text)

    assert [expected] * 2 == [result(text), result(text)]  # the second time with what is remembered


@settings(max_examples=1000)
@given(st.sampled_from(USUAL), st.randoms(use_true_random=False))
def test_mutants_of_usual_prompts_are_read_with_shortcuts_as_without(
    text: str, chance: random.Random
) -> None:
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(SLIPS) + text[at + chance.randrange(4) :]
    with no_shortcuts():
        expected = result(text)

    assert [expected] * 2 == [result(text), result(text)]  # the second time with what is remembered


@settings(max_examples=500)
@given(st.lists(st.sampled_from((*SLIPS, *DEEP, *USUAL)), max_size=6).map(" ".join))
def test_json_that_is_written_at_once_is_the_json_of_the_object(text: str) -> None:
    read = parse(text)

    assert json_text(read) == json.dumps(read.as_json())


@pytest.mark.parametrize(
    "text",
    [
        "cat --q 0.5 --v 6.1",
        "cat --tile --ar 4:3 --niji 6",
        "{Close-Up(CU), 可爱}，a {cat, dog} --fast",
    ],
)
def test_a_usual_prompt_takes_the_shortcut(text: str) -> None:
    with patch.object(parser, "divide", side_effect=AssertionError):
        assert parse(text).valid


def test_a_name_as_it_is_written_means_what_its_folded_form_means() -> None:
    vocabulary = load_vocabulary()
    names = [name for one in vocabulary.categories for term in one.terms for name in term.names()]

    assert [vocabulary.find(folded(name)) for name in names] == [
        vocabulary.find(name) for name in names
    ]


@pytest.mark.parametrize("blank", [" ", "\t", "\u3000"])
def test_a_name_may_have_any_number_of_blanks_in_it(blank: str) -> None:
    vocabulary = load_vocabulary()

    assert vocabulary.find((blank * 9).join("Cyberpunk")) is vocabulary.find("Cyberpunk")
    assert vocabulary.find("Cyberpunk" + "k" * 50) is None
