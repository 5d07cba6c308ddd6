"""One law, and atheris, which looks for a text that breaks it."""

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from zlib import crc32

import atheris

from fuzz.mutation import pumped
from fuzz.seeds import WORDS
from tests.timing import growth

OPTIONS = ["-max_len=2000", "-timeout=20", "-rss_limit_mb=1500", "-print_final_stats=1"]
PUMPED = 200
"""One in so many texts is tried for its growth too; it takes as long as many others."""

SMALL, LARGE, BOUND = 4_000, 8_000, 3.0


class SuperLinear(AssertionError):
    """Twice the text took more than three times the time."""


def fuzz(law: Callable[[str], object], seeds: Iterable[str]) -> None:
    """Look for a text that breaks a law until libFuzzer's options say stop; a finding ends the process."""

    def one(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        law(text)
        mark = crc32(data)
        if mark % PUMPED == 0:
            ratio = growth(law, lambda size: pumped(text, mark, size), SMALL, LARGE, BOUND)
            if ratio >= BOUND:
                raise SuperLinear(f"{ratio:.1f} times the time, of {pumped(text, mark, 100)!r}")

    beginning = Path(tempfile.mkdtemp(prefix="omni-fuzz-seeds-"))
    for number, text in enumerate(seeds):
        (beginning / f"{number:05}").write_bytes(text.encode("utf-8", "replace"))
    dictionary = beginning.with_suffix(".dict")
    dictionary.write_text("".join(f'"{_escaped(one)}"\n' for one in WORDS))
    atheris.Setup(
        [*sys.argv[:1], *OPTIONS, f"-dict={dictionary}", *sys.argv[1:], str(beginning)], one
    )
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8"))
