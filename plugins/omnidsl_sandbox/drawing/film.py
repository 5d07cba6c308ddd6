"""MP4 files of pictures in a row (ISO 14496-12 and -15)."""

import struct
from collections.abc import Sequence

from PIL import Image

from omnidsl_sandbox.drawing.h264 import coded, parameters

_SCALE = 600
"""Ticks a second."""

_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def movie(pictures: Sequence[Image.Image], seconds: float, title: str, comment: str) -> bytes:
    """Return an MP4 that shows pictures of one size one after the other. The texts are its metadata."""
    size = pictures[0].size
    frames = [coded(one, number) for number, one in enumerate(pictures)]
    ticks = max(1, round(seconds * _SCALE / len(frames)))
    kind = _box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso2avc1mp41")
    media = _box(b"mdat", b"".join(frames))
    length = ticks * len(frames)
    track = _box(b"trak", _track_head(size, length), _media(frames, size, ticks, at=len(kind) + 8))
    about = _box(b"udta", _texts({b"\xa9nam": title, b"\xa9cmt": comment}))
    return kind + media + _box(b"moov", _movie_head(length), track, about)


def padded(film: bytes, size: int) -> bytes:
    """Return a film of exactly `size` bytes, or as it is where it is no smaller than that."""
    left = size - len(film) - 8
    return film + _box(b"free", bytes(left)) if left >= 0 else film


def _box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + name + body


def _full(name: bytes, flags: int, *content: bytes) -> bytes:
    """Return a box with a version (0) and flags."""
    return _box(name, struct.pack(">I", flags), *content)


def _movie_head(length: int) -> bytes:
    times = struct.pack(">IIII", 0, 0, _SCALE, length)
    return _full(
        b"mvhd", 0, times, struct.pack(">IHH8x", 0x10000, 0x100, 0), _UNITY, bytes(24), b"\0\0\0\2"
    )


def _track_head(size: tuple[int, int], length: int) -> bytes:
    times = struct.pack(">IIIII", 0, 0, 1, 0, length)
    sides = struct.pack(">II", size[0] << 16, size[1] << 16)
    return _full(b"tkhd", 7, times, bytes(16), _UNITY, sides)


def _media(frames: Sequence[bytes], size: tuple[int, int], ticks: int, *, at: int) -> bytes:
    """Return what the one track holds; the first frame lies `at` that byte of the file."""
    head = _full(b"mdhd", 0, struct.pack(">IIIIHH", 0, 0, _SCALE, ticks * len(frames), 0x55C4, 0))
    handler = _full(b"hdlr", 0, bytes(4), b"vide", bytes(12), b"pictures\0")
    here = _box(b"dinf", _full(b"dref", 0, struct.pack(">I", 1), _full(b"url ", 1)))
    lengths = struct.pack(f">{len(frames)}I", *map(len, frames))
    table = _box(
        b"stbl",
        _full(b"stsd", 0, struct.pack(">I", 1), _sample_entry(size)),
        _full(b"stts", 0, struct.pack(">III", 1, len(frames), ticks)),
        _full(b"stsc", 0, struct.pack(">IIII", 1, 1, len(frames), 1)),
        _full(b"stsz", 0, struct.pack(">II", 0, len(frames)), lengths),
        _full(b"stco", 0, struct.pack(">II", 1, at)),
    )
    return _box(b"mdia", head, handler, _box(b"minf", _full(b"vmhd", 1, bytes(8)), here, table))


def _sample_entry(size: tuple[int, int]) -> bytes:
    sides = struct.pack(">HHII4xH", *size, 0x480000, 0x480000, 1)
    sequence, picture = parameters(size)
    how = b"\x01" + sequence[1:4] + b"\xff\xe1" + struct.pack(">H", len(sequence)) + sequence
    how += b"\x01" + struct.pack(">H", len(picture)) + picture
    last = struct.pack(">Hh", 24, -1)
    return _box(b"avc1", bytes(6), b"\0\1", bytes(16), sides, bytes(32), last, _box(b"avcC", how))


def _texts(told: dict[bytes, str]) -> bytes:
    """Return texts as players look for them."""
    items = [
        _box(name, _box(b"data", struct.pack(">II", 1, 0), text.encode("utf-8", "replace")[:4096]))
        for name, text in told.items()
    ]
    handler = _full(b"hdlr", 0, bytes(4), b"mdir", b"appl", bytes(9))
    return _full(b"meta", 0, handler, _box(b"ilst", *items))
