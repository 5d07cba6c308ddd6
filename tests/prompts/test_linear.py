"""Time grows with the length of a prompt and no faster, whatever somebody pastes."""

from collections.abc import Callable

import pytest

from omnidsl.prompts import Prompt, neutralise, parse
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


def test_400_kilobytes_of_words_are_read_in_time() -> None:
    text = "cat dog word " * 31_000
    parse("a cat")

    assert seconds(lambda: parse(text)) < 30  # a usual machine needs less than one


def test_quadratic_time_would_be_seen() -> None:
    def quadratic(text: str) -> int:
        return sum(text.count("x", at) for at in range(0, len(text), 4))

    assert growth(quadratic, lambda n: "x" * n, 8000, 32000, below=8) > 8
