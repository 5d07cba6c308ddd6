"""What the simulator hears in a sound file: the words of its own, and of any how long it is."""

import struct

import attrs

from omnidsl_sandbox.sounds.mpeg import FRAME_BYTES, FRAME_SECONDS
from omnidsl_sandbox.sounds.silence import AAC_RATE, AAC_SAMPLES, MARK
from omnidsl_sandbox.sounds.vorbis import commented

_OGG_CLOCK = 48_000


@attrs.frozen
class Heard:
    """What a file says: `words` are those that this simulator made it from, empty for a file from elsewhere."""

    words: str
    seconds: float


def listen(content: bytes) -> Heard | None:
    """Return what a file of sound says; None for what is none that is known here.

    The length of an MP3 from elsewhere is guessed from its size.
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return _wave(content)
    if content[:3] == b"ID3" or content[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return _mpeg(content)
    if content[:4] == b"fLaC":
        packed = int.from_bytes(content[18:26])
        return Heard(commented(content), (packed & 0xFFFFFFFFF) / (packed >> 44 or 1))
    if content[:4] == b"OggS":
        granule = int.from_bytes(content[content.rindex(b"OggS") :][6:14], "little")
        return Heard(commented(content), granule / _OGG_CLOCK)
    if content[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return _adts(content)
    return None


def _adts(content: bytes) -> Heard:
    words, frames, at = "", 0, 0
    if content[7:8] == b"\x81" and content[9:].startswith(MARK):
        words = content[9 : 9 + content[8]].removeprefix(MARK).decode("utf-8", "replace")
    while at + 7 <= len(content):
        length = int.from_bytes(content[at + 3 : at + 6]) >> 5 & 0x1FFF
        if length < 7:
            break
        frames, at = frames + 1, at + length
    return Heard(words, frames * AAC_SAMPLES / AAC_RATE)


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
