"""FLAC without an encoder: frames in which samples stand as they are (RFC 9639, verbatim subframes)."""

import hashlib
import struct
from array import array

from omnidsl_sandbox.sounds.checksums import crc8, crc16
from omnidsl_sandbox.sounds.vorbis import comments
from omnidsl_sandbox.sounds.wave import RATE, samples

_BLOCK = 4096  # samples of a frame


def flac(words: str, seconds: float) -> bytes:
    """Return the tune of some words as a FLAC file."""
    little = samples(words, seconds, RATE)
    # Rate (20 bits), channels and bits a sample (both less one), how many samples.
    packed = RATE << 44 | 0 << 41 | 15 << 36 | len(little) // 2
    digest = hashlib.md5(little, usedforsecurity=False).digest()
    info = struct.pack(">HH", _BLOCK, _BLOCK) + bytes(6) + packed.to_bytes(8) + digest
    head = b"fLaC" + _block(0, info) + _block(0x84, comments(words))
    data = _big_endian(little)
    size = 2 * _BLOCK
    frames = (
        _frame(number, data[at : at + size]) for number, at in enumerate(range(0, len(data), size))
    )
    return head + b"".join(frames)


def _block(kind: int, data: bytes) -> bytes:
    return bytes((kind,)) + len(data).to_bytes(3) + data


def _frame(number: int, data: bytes) -> bytes:
    """Return one frame; 0x70 says that its length follows the number, in 16 bits."""
    head = b"\xff\xf8\x70\x08" + _coded(number) + struct.pack(">H", len(data) // 2 - 1)
    head += bytes((crc8(head),))
    frame = head + b"\x02" + data
    return frame + struct.pack(">H", crc16(frame))


def _coded(number: int) -> bytes:
    """Return a frame's number as UTF-8 would write it; ten minutes have less than 1,200 frames."""
    return chr(number).encode()


def _big_endian(little: bytes) -> bytes:
    swapped = array("h", little)
    swapped.byteswap()
    return swapped.tobytes()
