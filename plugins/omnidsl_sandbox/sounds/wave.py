"""WAV: 8000 samples a second of 16 bits, one channel, and an INFO list."""

import math
import struct

from omnidsl_sandbox.sounds.melody import NOTE, frequency, melody

RATE = 8000
_LOUD = 6000
_FADE = 0.02  # seconds in which a note comes and goes, or it would click


def wave(words: str, seconds: float) -> bytes:
    """Return the tune of some words as a WAV file."""
    sound = samples(words, seconds, RATE)
    form = struct.pack("<HHIIHH", 1, 1, RATE, RATE * 2, 2, 16)
    about = b"INFO" + b"".join(
        _chunk(name, text.encode("utf-8", "replace") + b"\0")
        for name, text in (
            (b"INAM", "SIMULATED"),
            (b"ICMT", words),
            (b"ISFT", "omnidsl_sandbox, a simulator"),
        )
    )
    body = _chunk(b"fmt ", form) + _chunk(b"LIST", about) + _chunk(b"data", sound)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def samples(words: str, seconds: float, rate: int) -> bytes:
    """Return the tune of some words as bare samples of 16 bits, little-endian, so many a second."""
    notes = melody(words, seconds)
    known = {note: _samples(note, rate) for note in set(notes)}
    return b"".join(known[note] for note in notes)[: round(seconds * rate) * 2]


def _samples(note: int, rate: int) -> bytes:
    count, fade = round(NOTE * rate), _FADE * rate
    step = 2 * math.pi * frequency(note) / rate
    loud = [min(1.0, at / fade, (count - at) / fade) * _LOUD for at in range(count)]
    return struct.pack(
        f"<{count}h", *(round(loud[at] * math.sin(step * at)) for at in range(count))
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
