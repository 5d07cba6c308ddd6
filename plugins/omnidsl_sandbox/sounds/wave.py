"""WAV: 8000 samples a second of 16 bits, one channel, and an INFO list."""

import math
import struct

from omnidsl_sandbox.sounds.melody import NOTE, frequency, melody

RATE = 8000
_LOUD = 6000
_FADE = 160  # samples in which a note comes and goes, or it would click


def wave(words: str, seconds: float) -> bytes:
    """Return the tune of some words as a WAV file."""
    notes = melody(words, seconds)
    known = {note: _samples(note) for note in set(notes)}
    sound = b"".join(known[note] for note in notes)[: round(seconds * RATE) * 2]
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


def _samples(note: int) -> bytes:
    count = round(NOTE * RATE)
    step = 2 * math.pi * frequency(note) / RATE
    loud = [min(1.0, at / _FADE, (count - at) / _FADE) * _LOUD for at in range(count)]
    return struct.pack(
        f"<{count}h", *(round(loud[at] * math.sin(step * at)) for at in range(count))
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
