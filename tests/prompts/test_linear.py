"""Time grows with the length of a prompt and no faster, whatever somebody pastes."""

from collections.abc import Callable

import pytest

from omnidsl.checking.fixes import mend
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.prompts import Prompt, neutralise, parse
from omnidsl.prompts.findings import LONGEST
from tests.timing import growth, seconds

FAMILIES: dict[str, Callable[[int], str]] = {
    "words": lambda n: "cat dog " * n,
    "words and a warning": lambda n: "cat dog " * n + '"',
    "white space": lambda n: "a" + " " * n + "b",
    "ideographic space": lambda n: "a" + "\u3000" * n,
    "open braces": lambda n: "{" * n,
    "closed braces": lambda n: "}" * n,
    "nested braces": lambda n: "{" * n + "}" * n,
    "torn dashes": lambda n: "-- v 6 " * n,
    "full-width dashes": lambda n: "－" * n + " －－q" * n,
    "commands": lambda n: "/imagine prompt " * n,
    "groups": lambda n: "{a,b}" * n,
    "commas in a group": lambda n: "{" + "," * n + "}",
    "escapes in a group": lambda n: "{" + " \\," * n + "}",
    "spaces in a group": lambda n: "{a" + " " * n + ",b}",
    "backslashes": lambda n: "\\" * n,
    "backslashes before a word": lambda n: "\\" * n + "a",
    "dashes before a word": lambda n: "-" * n + " a",
    "dashes": lambda n: "-" * n,
    "pairs of dashes": lambda n: "-- " * n,
    "single dashes": lambda n: "- " * n,
    "long dashes": lambda n: "—ar " * n,
    "glued parameters": lambda n: "a--ar" * n,
    "unknown parameters": lambda n: "".join(f" --x{i}" for i in range(n)),
    "known parameters": lambda n: " --v 6" * n,
    "colons": lambda n: ":" * n,
    "colons and spaces": lambda n: ": " * n,
    "weights": lambda n: "a::2 " * n,
    "digits of a weight": lambda n: "a::" + "9" * n,
    "digits of a value": lambda n: "a --s " + "9" * n,
    "quotes": lambda n: '"' * n,
    "curly quotes": lambda n: "“" * n,
    "addresses": lambda n: "https://a " * n,
    "an address of addresses": lambda n: "https://" * n,
    "brackets": lambda n: "<" * n,
    "words of a list": lambda n: "a --no " + "b," * n,
    "references": lambda n: "a --sref " + "1::" * n,
    "terms": lambda n: "Cyberpunk," * n,
    "a long name": lambda n: "a --" + "x" * n,
    "addresses in brackets": lambda n: "<https://a> " * n,
    "full-width colons": lambda n: "：" * n,
    "full-width ratio": lambda n: "a" + " --ar 16：9" * n,
    "full-width numbers": lambda n: "a --s " + "１" * n,
    "full-width commas": lambda n: "，" * n,
    "full-width commas in a group": lambda n: "{" + "a，" * n + "b}",
    "bars": lambda n: "{" + "a|" * n + "b}",
    "words to leave out": lambda n: "a --no " + "b " * n,
    "lists to leave out": lambda n: "a" + " --no b" * n,
    "different lists": lambda n: "a" + "".join(f" --no b{i}," for i in range(n)),
    "seeds": lambda n: "a" + "".join(f" --seed {i}" for i in range(n)),
    "values in conflict": lambda n: "a" + "".join(f" --s {i % 1000}" for i in range(n)),
    "style references": lambda n: "a" + "".join(f" --sref {i}" for i in range(n)),
    "profiles": lambda n: "a --p " + "d7lggfi " * n,
    "flags": lambda n: "a" + " --tile" * n,
    "speeds": lambda n: "a" + " --fast --relax" * n,
    "sizes": lambda n: "a" + " --w 512 --h 768" * n,
    "weights with spaces": lambda n: "a :: 2 " * n,
    "empty segments": lambda n: "a" + "::" * n,
    "broken separators": lambda n: "a: :" * n,
    "text behind values": lambda n: "a" + " --v 6 word" * n,
    "commas behind values": lambda n: "a" + " --v 6," * n,
    "odd ratios": lambda n: "a" + " --ar 16x9" * n,
    "decimal ratios": lambda n: "a" + " --ar 1.39:1" * n,
    "escaped braces": lambda n: "\\{" * n,
    "groups with parameters": lambda n: "a {, --tile}" * n,
    "names in groups": lambda n: "a --{" + "v 5," * n + "niji}",
    "Chinese terms": lambda n: "冷光，" * n,
    "terms that contradict": lambda n: "Cold light,Warm light," * n,
    "glued behind a full stop": lambda n: "优雅。--ar 1:1" * n,
    "double long dashes": lambda n: "a" + " ——ar 1:1" * n,
    "capitals": lambda n: "a" + " --V 6" * n,
    "zero-width": lambda n: "\u200b" * n + "a",
    "surrogates": lambda n: "\ud800" * n,
    "near names": lambda n: "a" + " --stylise 3" * n,
    "paired quotes": lambda n: '"a" ' * n,
    "paired curly quotes": lambda n: "“a” " * n,
    "addresses in the text": lambda n: "a" + " https://a" * n,
    "references with weights": lambda n: "a --sref " + "https://x.com/a.png::2 " * n,
}
READERS: dict[str, Callable[[str], object]] = {
    "parse": parse,
    "neutralise": neutralise,
    "build": lambda text: str(Prompt.parse(text)),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("family", FAMILIES)
def test_four_times_the_text_takes_about_four_times_the_time(family: str, reader: str) -> None:
    read, make = READERS[reader], FAMILIES[family]
    read("a {b, c} --v 6")

    assert growth(read, make, 2000, 8000, below=8) < 8


def found(source: Source) -> list[Diagnostic]:
    return list(parse(source.text, source=source).diagnostics)


@pytest.mark.parametrize("family", FAMILIES)
def test_mending_four_times_the_text_takes_about_four_times_the_time(family: str) -> None:
    """A pass mends what does not overlap, so that the number of passes does not grow with the text."""
    assert growth(lambda text: mend(Source(text), found), FAMILIES[family], 200, 800, below=8) < 8


@pytest.mark.parametrize(
    "text",
    [
        "cat --chaos 1 " + "x" * 4000 + " --chaos 2" * 400,
        "cat --" + "x" * 8000,
        "cat --motion " + "x" * 8000,
        "cat https://a/" + "x" * 8000,
        "cat --v 7 --cref https://a/" + "x" * 8000,
    ],
    ids=lambda text: text[:16],
)
def test_messages_do_not_grow_with_what_they_quote(text: str) -> None:
    found = parse(text).diagnostics

    assert found
    assert [] == [one for one in found if len(one.message("en")) > 3 * LONGEST]


def test_400_kilobytes_of_words_are_read_in_time() -> None:
    text = "cat dog word " * 31_000
    parse("a cat")

    assert seconds(lambda: parse(text)) < 30  # a usual machine needs less than one


def test_quadratic_time_would_be_seen() -> None:
    def quadratic(text: str) -> int:
        return sum(text.count("x", at) for at in range(0, len(text), 4))

    assert growth(quadratic, lambda n: "x" * n, 8000, 32000, below=8) > 8
