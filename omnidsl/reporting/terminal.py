"""Text on a terminal: made harmless, measured in columns, coloured only where somebody looks."""

import os
from collections.abc import Callable

from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_JOINERS = "\u200c\u200d"  # without them emoji families and several scripts fall apart
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def printable(text: str) -> str:
    r"""Return text with every control and hidden character made visible, so that no input can steer a terminal.

    C0 controls become their pictures (`␛`), others the language's own escape (`\u{202e}`); a newline is a control.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _visible(one) for one in text)


def _visible(character: str) -> str:
    from unicodedata import category

    if character in _JOINERS or category(character) not in _HIDDEN:
        return character
    if character < " ":
        return chr(0x2400 + ord(character))
    return "␡" if character == "\x7f" else f"\\u{{{ord(character):x}}}"


def columns(text: str) -> int:
    """Return how many columns harmless text takes: two for a Chinese character, none for a combining mark."""
    return len(text) if text.isascii() else _wide()(text)


def _wide() -> Callable[[str], int]:
    from wcwidth import wcswidth  # its tables cost milliseconds, and most recipes are ASCII

    return lambda text: max(0, wcswidth(text))


def pad(text: str, width: int) -> str:
    """Return text with blanks up to a number of columns."""
    return text + " " * (width - columns(text))


def cut(text: str, width: int) -> str:
    """Return harmless text in at most `width` columns, its end replaced by `…` where it is longer."""
    if columns(text) <= width:
        return text
    end = min(len(text), max(0, width - 1))
    while end and columns(text[:end]) > width - 1:
        end -= 1
    return f"{text[:end]}…" if width > 0 else ""


def wants_colour(stream: "TextIO", choice: str = "auto") -> bool:
    """Say whether to colour: `choice` (`always`, `never`, `auto`) beats NO_COLOR, that FORCE_COLOR, that the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
