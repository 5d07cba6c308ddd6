"""Signs that look like those of a prompt, and dashes too many: what was typed is told, and mended without losing words."""

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
        ("cat ---ar 1:2", "cat --ar 1:2"),
        ("cat ----ar 1:2", "cat --ar 1:2"),
        ("hand-made----ar 1:2", "hand-made-- --ar 1:2"),
        ("cat --ar16:9--v7", "cat --ar 16:9 --v 7"),
        ("cat --ar 16:9--v7", "cat --ar 16:9 --v 7"),
        ("cat --ar 16\u22369", "cat --ar 16:9"),
        ("cat --ar 16\ua7899", "cat --ar 16:9"),
        ("cat --ar 16:9\u200b", "cat --ar 16:9"),
        ("cat --chaos \ufeff5", "cat --chaos 5"),
    ],
)
def test_a_slip_of_signs_in_a_parameter_is_mended_safely(prompt: str, expected: str) -> None:
    assert expected == mended(prompt)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("cat \u2011\u2011ar 1:2", "cat --ar 1:2"),
        ("cat \u2e3aar 1:2", "cat --ar 1:2"),
        ("一只猫：：2 狗 --v 6.1", "一只猫::2 狗 --v 6.1"),
        ("一只猫：:2 狗 --v 6.1", "一只猫::2 狗 --v 6.1"),
        ("一只猫::２ 狗 --v 6.1", "一只猫::2 狗 --v 6.1"),
    ],
)
def test_what_looks_like_a_sign_of_the_language_is_mended_when_asked(
    prompt: str, expected: str
) -> None:
    assert (prompt, expected) == (mended(prompt), mended(prompt, unsafe=True))


@pytest.mark.parametrize("prompt", ["标题：一只猫", "liquid--pink, yellow", "夜——安静"])
def test_prose_stays_as_it_is(prompt: str) -> None:
    assert () == parse(prompt).diagnostics


def test_a_host_may_be_a_number_in_brackets() -> None:
    read = parse("http://[::1]/a.png a cat --sref http://[2001:db8::1]/b.png::2 --v 7")

    assert (("http://[::1]/a.png",), "a cat", ()) == (read.images, read.text, read.diagnostics)


@pytest.mark.parametrize("address", ["https:///x.png", "https://?", "https://"])
def test_an_address_names_a_host(address: str) -> None:
    assert ["OM309"] == [one.code for one in parse(f"cat --sref {address} --v 7").diagnostics]
