"""What parameters hold, and how each type of value is read from text.

A reading function takes the characters after a parameter's name (trimmed) and returns a value, or a `Problem` that says
what is wrong and, where it is plain, what should stand there instead.
"""

import re
from collections.abc import Callable, Mapping

from omnidsl.language.pattern import pattern

# Long runs of digits are no numbers that any parameter takes, and Python refuses to convert some of them.
_INT = pattern(r"-?[0-9]{1,99}\Z")
_NUMBER = pattern(r"-?(?:[0-9]{1,99}(?:\.[0-9]{1,15})?|\.[0-9]{1,15})\Z")
_VERSION = pattern(r"[0-9]{1,3}(?:\.[0-9]{1,3})?\Z")
_RATIO = pattern(r"([0-9]{1,5}):([0-9]{1,5})\Z")
_DECIMAL_RATIO = pattern(
    r"([0-9]{1,5}(?:\.[0-9]{1,5})?|\.[0-9]{1,5}):([0-9]{1,5}(?:\.[0-9]{1,5})?|\.[0-9]{1,5})\Z"
)
_URL = pattern(r"https?://[^\s<>{}/?#][^\s<>{}]*\Z", re.IGNORECASE)
_REFERENCE = pattern(
    r"(?P<value>.+?)(?:::(?P<weight>-?(?:[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})))?\Z", re.DOTALL
)
_STYLE_CODE = pattern(r"(?:[0-9]{1,20}|random)\Z")
_CODE = pattern(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_WORD = pattern(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_WORDS_END = pattern(r"[,，、]")


class Reference:
    """One item of a weighted list: a URL, a style code or `random`; `weight` is None where none is written."""

    __slots__ = ("value", "weight")

    def __init__(self, value: str, weight: float | None = None) -> None:
        self.value = value
        self.weight = weight

    def __repr__(self) -> str:
        return f"Reference({self.value!r}, {self.weight})"

    def __str__(self) -> str:
        return self.value if self.weight is None else f"{self.value}::{number_text(self.weight)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and (self.value, self.weight) == (
            other.value,
            other.weight,
        )

    def __hash__(self) -> int:
        return hash((self.value, self.weight))


Value = bool | int | float | str | tuple[str, ...] | tuple[Reference, ...]
"""What a parameter holds: True for a flag, numbers, text for versions, ratios and choices, tuples for lists."""


class Problem:
    """Why a text is no value: a diagnostic code, what its message is about, and what to write instead (or None).

    `value` is what was understood all the same (as a number out of its range, or with decimals), else None.
    """

    __slots__ = ("code", "instead", "value", "values")

    def __init__(
        self,
        code: str,
        values: Mapping[str, object] | None = None,
        *,
        instead: str | None = None,
        value: Value | None = None,
    ) -> None:
        self.code = code
        self.values = dict(values or {})
        self.instead = instead
        self.value = value

    def __repr__(self) -> str:
        return f"Problem({self.code}, {self.values!r}, instead={self.instead!r})"


def number_text(number: float) -> str:
    """Return a number as it is emitted: fifteen digits that count, no exponent, no trailing zeros (`2`, `0.25`, `8.2`)."""
    if isinstance(number, int) or number == int(number):
        return str(int(number))
    rounded = float(f"{number:.15g}")  # `0.1 + 0.2` is 0.3 to people
    if rounded == int(rounded):
        return str(int(rounded))
    digits, _, power = repr(abs(rounded)).partition("e")
    if power:
        digits = f"0.{'0' * (-int(power) - 1)}{digits.replace('.', '')}"
    return digits if rounded > 0 else f"-{digits}"


def value_text(value: Value) -> str:
    """Return a value as it is emitted behind its parameter's name; empty for a flag."""
    if value is True:
        return ""
    if isinstance(value, int | float):
        return number_text(value)
    return value if isinstance(value, str) else " ".join(str(item) for item in value)


def _int(text: str) -> Value | Problem:
    if _INT.match(text):
        return int(text)
    number = _number(text)
    if isinstance(number, Problem):
        return number
    return Problem("OM305", {"value": text}, value=number)


def _number(text: str) -> Value | Problem:
    if not _NUMBER.match(text):
        return Problem("OM304", {"value": text})
    number = float(text)
    return int(number) if number == int(number) else number


def _ratio(text: str) -> Value | Problem:
    if (found := _RATIO.match(text)) and int(found[1]) and int(found[2]):
        return f"{int(found[1])}:{int(found[2])}"
    if (found := _DECIMAL_RATIO.match(text)) and float(found[1]) and float(found[2]):
        places = max(len(side.partition(".")[2]) for side in found.groups())
        wide, high = (round(float(side) * 10**places) for side in found.groups())
        from math import gcd  # nobody who writes whole numbers pays for it

        most = gcd(wide, high)
        return Problem("OM329", {"value": text}, instead=f"{wide // most}:{high // most}")
    guess = re.sub(r"[xX×*/]", ":", text)
    meant = guess != text and isinstance(_ratio(guess), str)
    return Problem("OM306", {"value": text}, instead=guess if meant else None)


def _word(text: str) -> Value | Problem:
    return text if _WORD.match(text) else Problem("OM307", {"value": text, "choices": "a-z 0-9 -"})


def _version(text: str) -> Value | Problem:
    return text if _VERSION.match(text) else Problem("OM339", {"value": text})


def _words(text: str) -> Value | Problem:
    return tuple(word for part in _WORDS_END.split(text) if (word := " ".join(part.split())))


def unwrapped(text: str) -> str:
    """Return an address without the `<…>` that Discord puts around it."""
    return text[1:-1] if text[:1] == "<" and text[-1:] == ">" else text


def is_url(text: str) -> bool:
    """Say whether a text is one web address."""
    return _URL.match(text) is not None


def _reference(text: str) -> Value | Problem:
    found = _REFERENCE.match(text)
    value = unwrapped(found["value"]) if found else ""
    if (
        not found
        or not (is_url(value) or _STYLE_CODE.match(value))
        or ("::" in value and "://[" not in value)
    ):
        return Problem("OM309", {"value": text})
    weight = None if found["weight"] is None else float(found["weight"])
    return (Reference(value, weight),)


def _code(text: str) -> Value | Problem:
    return (text,) if _CODE.match(text) else Problem("OM310", {"value": text})


def _url(text: str) -> Value | Problem:
    address = unwrapped(text)
    return (address,) if is_url(address) else Problem("OM311", {"value": text})


def _text(text: str) -> Value | Problem:
    return " ".join(text.split())


READERS: dict[str, Callable[[str], Value | Problem]] = {
    "int": _int,
    "number": _number,
    "version": _version,
    "ratio": _ratio,
    "choice": _word,
    "words": _words,
    "text": _text,
    "references": _reference,
    "codes": _code,
    "urls": _url,
}
"""By type; the list types `references`, `codes` and `urls` read one item at a time."""

ITEM_TYPES = frozenset({"references", "codes", "urls"})
"""Types whose items stand apart by white space."""
