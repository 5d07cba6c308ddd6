"""What the simulator hears in a sound file: the words of its own, and of any how long it is."""

import struct

import attrs

from omnidsl_sandbox.sounds.mpeg import FRAME_BYTES, FRAME_SECONDS


@attrs.frozen
class Heard:
    """What a file says: `words` are those that this simulator made it from, empty for a file from elsewhere."""

    words: str
    seconds: float


def listen(content: bytes) -> Heard | None:
    """Return what a WAV or MP3 file says; None for what is neither.

    The length of an MP3 from elsewhere is guessed from its size.
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return _wave(content)
    if content[:3] == b"ID3" or content[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return _mpeg(content)
    return None


def _wave(content: bytes) -> Heard:
    words, rate, size, at = "", 0, 0, 12
    while at + 8 <= len(content):
        name, length = struct.unpack("<4sI", content[at : at + 8])
        if name == b"fmt " and length >= 12:
            rate = int.from_bytes(content[at + 16 : at + 20], "little")
        elif name == b"LIST":
            words = _comment(content[at + 12 : at + 8 + length])
        elif name == b"data":
            size = min(length, len(content) - at - 8)
        at += 8 + length + length % 2
    return Heard(words, size / rate if rate else 0.0)


def _comment(listed: bytes) -> str:
    found: dict[bytes, str] = {}
    at = 0
    while at + 8 <= len(listed):
        name, length = struct.unpack("<4sI", listed[at : at + 8])
        found[name] = listed[at + 8 : at + 8 + length].rstrip(b"\0").decode("utf-8", "replace")
        at += 8 + length + length % 2
    return found.get(b"ICMT", "") if found.get(b"INAM") == "SIMULATED" else ""


def _mpeg(content: bytes) -> Heard:
    words, at = "", 0
    if content[:3] == b"ID3":
        at = 10 + _seven(content[6:10])
        words = _tagged(content[10:at])
    return Heard(words, max(0, len(content) - at) / FRAME_BYTES * FRAME_SECONDS)


def _tagged(tags: bytes) -> str:
    found: dict[bytes, bytes] = {}
    at = 0
    while at + 10 <= len(tags) and tags[at] != 0:
        length = _seven(tags[at + 4 : at + 8])
        found[tags[at : at + 4]] = tags[at + 10 : at + 10 + length]
        at += 10 + length
    if found.get(b"TIT2") != b"\x03SIMULATED":
        return ""
    return found.get(b"COMM", b"")[5:].decode("utf-8", "replace")


def _seven(four: bytes) -> int:
    number = 0
    for one in four:
        number = number << 7 | one & 0x7F
    return number
