"""Texts broken by chance, in bytes and in words, and texts of which a part is repeated until time tells."""

import re
from random import Random

from fuzz.seeds import WORDS

_WORD = re.compile(r"\w+|\s+|[^\w\s]")


def mutant(text: str, chance: Random) -> str:
    """Return a text with one to eight bytes or words deleted, doubled, replaced, swapped or brought in."""
    for _ in range(chance.randint(1, 8)):
        text = _of_bytes(text, chance) if chance.random() < 0.3 else _of_words(text, chance)
    return text


def _of_bytes(text: str, chance: Random) -> str:
    data = bytearray(text.encode("utf-8", "replace") or b" ")
    at = chance.randrange(len(data))
    match chance.randrange(4):
        case 0:
            del data[at : at + chance.randint(1, 8)]
        case 1:
            data[at] = chance.randrange(256)
        case 2:
            data[at:at] = data[at : at + chance.randint(1, 32)]
        case _:
            data[at] ^= 1 << chance.randrange(8)
    return data.decode("utf-8", "replace")


def _of_words(text: str, chance: Random) -> str:
    words = _WORD.findall(text) or [" "]
    at, other = chance.randrange(len(words)), chance.randrange(len(words))
    match chance.randrange(5):
        case 0:
            del words[at : at + chance.choice((1, 1, 1, 5))]
        case 1:
            words[at] = words[other]
        case 2:
            words.insert(at, chance.choice(WORDS))
        case 3:
            words[at] = chance.choice(WORDS)
        case _:
            words[at], words[other] = words[other], words[at]
    return "".join(words)


def pumped(text: str, seed: int, size: int) -> str:
    """Return a text in which a short part is repeated until the whole has about this many characters.

    The same seed and another size repeat the same part.
    """
    chance = Random(seed)
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.choice((1, 1, 2, 3, 5, 8, 20)))
    piece = text[start:end] or chance.choice(WORDS)
    return text[:start] + piece * (max(0, size - len(text)) // len(piece)) + text[end:]
