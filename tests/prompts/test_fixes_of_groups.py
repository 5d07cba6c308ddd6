"""What mends one job of a permutation leaves the others as they are."""

import pytest

from omnidsl.checking.fixes import mend
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.prompts import parse


def found(source: Source) -> list[Diagnostic]:
    return list(parse(source.text, source=source).diagnostics)


def mended(prompt: str, *, unsafe: bool = False) -> str:
    return mend(Source(prompt), found, unsafe=unsafe).source.text


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("cat --q {1, 2}", "cat --v 7 --q {1, 2}"),
        ("cat --q {1, 2, .5}", "cat --v 6.1 --q {1, 2, .5}"),
        ("cat --{q 2, stop 30}", "cat --v 6.1 --{q 2, stop 30}"),
        ("{cat --q 2, dog --stop 30}", "{cat --v 7 --q 2, dog --v 6.1 --stop 30}"),
        ("a {cat::2 dog, bird} --stop 50", "a {cat::2 dog, bird} --v 6.1 --stop 50"),
    ],
)
def test_the_version_that_is_pinned_takes_every_job(prompt: str, expected: str) -> None:
    assert expected == mended(prompt)


@pytest.mark.parametrize(
    "prompt",
    ["{cat --v 6.1, dog} --q 2", "cat --q 2 {--v 6.1, --tile}", "cat --{q 4, stop 30}"],
)
def test_no_version_is_pinned_where_a_job_would_refuse_it_or_has_one(prompt: str) -> None:
    assert prompt == mended(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "{cat --tile, dog} --tile",
        "{cat --seed 2, dog} --seed 3",
        "a {cat --ar 1:1, dog} fur",
        "a {https://x.com/a.png, https://x.com/b.png} cat",
    ],
)
def test_what_other_jobs_need_is_neither_taken_out_nor_moved(prompt: str) -> None:
    assert prompt == mended(prompt, unsafe=True)


def test_what_is_superfluous_in_each_job_is_taken_out() -> None:
    assert "cat --tile {--ar 1:1, }" == mended("cat --tile {--ar 1:1, --tile}")


def test_addresses_count_wherever_they_stand() -> None:
    prompt = "cat --oref https://x.com/a.png --oref https://x.com/b.png --v 7"

    assert ["OM313"] == [one.code for one in parse(prompt).diagnostics]
