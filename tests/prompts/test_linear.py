"""Time grows with the length of a prompt and no faster, whatever somebody pastes."""

import gc
import time
from collections.abc import Callable

import pytest

from omnidsl.prompts import Prompt, neutralise, parse

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


NEGLIGIBLE = 0.02
"""Seconds: quadratic time would be far beyond it at the larger size, and noise decides below it."""


def seconds(read: Callable[[str], object], text: str) -> float:
    """Processor time of this thread, the best of three: other work on the machine does not count.

    Nor does the garbage collector, whose full rounds walk everything that other tests left behind:
    only the longer text lives long enough to set one off, and would pay for the whole process.
    """
    taken = []
    for _ in range(3):
        gc.collect()
        gc.disable()
        try:
            start = time.thread_time()
            read(text)
            taken.append(time.thread_time() - start)
        finally:
            gc.enable()
    return min(taken)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("family", FAMILIES)
def test_four_times_the_text_takes_about_four_times_the_time(family: str, reader: str) -> None:
    read, make = READERS[reader], FAMILIES[family]
    read("a {b, c} --v 6")

    for _ in range(3):
        small, large = seconds(read, make(2000)), seconds(read, make(8000))
        if large < NEGLIGIBLE or large / small < 8:
            return

    pytest.fail(f"four times the text took {large / small:.1f} times the time ({large:.3f} s)")


def test_400_kilobytes_of_words_take_less_than_three_seconds() -> None:
    text = "cat dog word " * 31_000
    parse("a cat")

    assert seconds(parse, text) < 3  # a usual machine needs less than one


def test_quadratic_time_would_be_seen() -> None:
    def quadratic(text: str) -> int:
        return sum(text.count("x", at) for at in range(0, len(text), 4))

    small, large = seconds(quadratic, "x" * 8000), seconds(quadratic, "x" * 32000)

    assert large >= NEGLIGIBLE
    assert large / small > 8
