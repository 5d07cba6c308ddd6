"""Time grows with the length of a prompt and no faster, whatever somebody pastes."""

import statistics
import time
from collections.abc import Callable

import pytest

from omnidsl.prompts import Prompt, neutralise, parse

FAMILIES: dict[str, Callable[[int], str]] = {
    "white space": lambda n: "a" + " " * n + "b",
    "ideographic space": lambda n: "a" + "\u3000" * n,
    "open braces": lambda n: "{" * n,
    "closed braces": lambda n: "}" * n,
    "nested braces": lambda n: "{" * n + "}" * n,
    "groups": lambda n: "{a,b}" * n,
    "commas in a group": lambda n: "{" + "," * n + "}",
    "escapes in a group": lambda n: "{" + " \\," * n + "}",
    "spaces in a group": lambda n: "{a" + " " * n + ",b}",
    "backslashes": lambda n: "\\" * n,
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


def seconds(read: Callable[[str], object], text: str) -> float:
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        read(text)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("family", FAMILIES)
def test_twice_the_text_takes_about_twice_the_time(family: str, reader: str) -> None:
    read, make = READERS[reader], FAMILIES[family]
    read("a {b, c} --v 6")

    for _ in range(3):  # a busy machine may spoil one measurement
        small, large = seconds(read, make(1000)), seconds(read, make(4000))
        if large < 0.002 or large / small < 4 * 2:
            return

    pytest.fail(f"four times the text took {large / small:.1f} times the time ({large:.3f} s)")
