"""Whether a file is whole: its structure is followed to its last byte, and nothing in it is decoded.

A picture is refused before anybody decodes it when its header promises more pixels than a picture has, or its texts
would unfold to more than a text has. Formats come from: PNG (W3C, third edition), JPEG (ITU-T T.81), GIF89a,
RIFF and WebP (RFC 9649), ISO base media (ISO 14496-12), Ogg (RFC 3533), FLAC (RFC 9639), AAC in ADTS (ISO 13818-7), MP3
(ID3 2.4, ISO 11172-3). Others are taken by their first bytes alone.
"""

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from omnidsl.running import png
from omnidsl.running.errors import FetchError

_TEXT_BYTES = 16 * 2**20
"""What the compressed texts of one PNG may unfold to, in bytes."""

_MOST_BOXES = 10_000
_MOST_STEPS = 1_000_000
"""Pieces that a file is followed in: one that consists of nothing but tiny ones would keep us busy for minutes."""

_TAIL = 2**16
_HEADER = 2**20
"""Bytes in which a still of the ISO family says how large it is."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The JPEG markers that hold the size."""

_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))


class _Walk:
    """A file that is read from its beginning; `size` is in bytes."""

    def __init__(self, file: BinaryIO, size: int, most_pixels: int) -> None:
        self.file = file
        self.size = size
        self._most_pixels = most_pixels
        self._steps = 0

    def at(self, place: int, count: int) -> bytes:
        """Return bytes of a place; FetchError where the file ends before."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise FetchError("bomb", words="a file of nothing but tiny pieces", final=True)
        if place + count > self.size:
            raise cut_off()
        self.file.seek(place)
        found = self.file.read(count)
        if len(found) < count:
            raise cut_off()
        return found

    def area(self, width: int, height: int) -> None:
        """Refuse a picture of no size, or of too many pixels."""
        if width < 1 or height < 1:
            raise broken(f"a picture of {width} × {height} pixels")
        if width * height > self._most_pixels:
            raise FetchError(
                "too-many-pixels",
                width=width,
                height=height,
                limit=self._most_pixels // 1_000_000,
                final=True,
            )


def check_sound(file: BinaryIO, size: int, media_type: str, *, most_pixels: int) -> None:
    """Follow a file's structure; FetchError: `cut-off` or `broken` (again may help), `too-many-pixels`, `bomb` (final)."""
    check = _CHECKS.get(media_type)
    if check is not None:
        check(_Walk(file, size, most_pixels))


def cut_off() -> FetchError:
    """Return the error of a file that ends too early."""
    return FetchError("cut-off")


def broken(words: str) -> FetchError:
    """Return the error of a file that is not what its first bytes promise."""
    return FetchError("broken", words=words)


# ---- pictures


def _png(walk: _Walk) -> None:
    spread = 0
    try:
        for chunk in png.chunks(walk.file):
            if chunk.name == b"IHDR":
                walk.area(*struct.unpack(">II", walk.at(chunk.at, 8)))
            if not png.is_sound(walk.file, chunk):
                raise broken("a PNG with a chunk whose checksum is wrong")
            spread += png.unfolded(walk.file, chunk, _TEXT_BYTES - spread)
            if spread > _TEXT_BYTES:
                raise FetchError("bomb", words="a PNG whose texts unfold without end", final=True)
    except png.NoPngError as error:
        raise (cut_off() if error.cut_off else broken(str(error))) from None


def _jpeg(walk: _Walk) -> None:
    at = 2
    while True:
        sign, marker = walk.at(at, 2)
        if sign != 0xFF:
            raise broken("a JPEG with something between its segments")
        if marker == 0xFF:
            at += 1
            continue
        if marker in _ALONE:
            at += 2
            continue
        if marker == 0xD9:
            raise broken("a JPEG without a picture")
        length = int.from_bytes(walk.at(at + 2, 2), "big")
        if length < 2:
            raise broken("a JPEG with a segment of no length")
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", walk.at(at + 5, 4))
            walk.area(width, height)
        at += 2 + length
        if marker == 0xDA:
            break
    # Inside the scans a byte 255 is always followed by another than D9: only the end looks like the end.
    tail = max(at, walk.size - _TAIL)
    if tail >= walk.size or b"\xff\xd9" not in walk.at(tail, walk.size - tail):
        raise cut_off()


def _gif(walk: _Walk) -> None:
    width, height, packed = struct.unpack("<HHB", walk.at(6, 5))
    walk.area(width, height)
    at = 13 + _table(packed)
    while True:
        (kind,) = walk.at(at, 1)
        if kind == 0x3B:
            return
        if kind == 0x21:
            at += 2
        elif kind == 0x2C:
            at += 11 + _table(walk.at(at + 9, 1)[0])
        else:
            raise broken("a GIF with a block of no known kind")
        while length := walk.at(at, 1)[0]:
            at += 1 + length
        at += 1


def _table(packed: int) -> int:
    """Return how many bytes the colours of a GIF take."""
    return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0


def _webp(walk: _Walk) -> None:
    _riff(walk)
    kind, head = walk.at(12, 4), walk.at(20, 10)
    if kind == b"VP8X":
        width = int.from_bytes(head[4:7], "little") + 1
        height = int.from_bytes(head[7:10], "little") + 1
    elif kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (one & 0x3FFF for one in struct.unpack("<HH", head[6:10]))
    walk.area(width, height)


def _bmp(walk: _Walk) -> None:
    (length,) = struct.unpack("<I", walk.at(2, 4))
    if length > walk.size:
        raise cut_off()
    width, height = struct.unpack("<ii", walk.at(18, 8))
    walk.area(width, abs(height))


def _still(walk: _Walk) -> None:
    """Follow a picture of the ISO family (AVIF, HEIC), and take the largest size that it names."""
    head, media = b"", False
    for name, at, length in _boxes(walk):
        media = media or name == b"mdat"
        if name == b"meta":
            head = walk.at(at, min(length, _HEADER))
            for found in re.finditer(rb"ispe\0\0\0\0(.{8})", head, re.DOTALL):
                walk.area(*struct.unpack(">II", found[1]))
    if not head or not (media or b"idat" in head):
        raise cut_off()


# ---- sound and moving pictures


def _riff(walk: _Walk) -> None:
    (length,) = struct.unpack("<I", walk.at(4, 4))
    endless = length in (0, 0xFFFFFFFF)  # written to a pipe: nobody knew
    if not endless and length + 8 > walk.size:
        raise cut_off()


def _ogg(walk: _Walk) -> None:
    at = 0
    while at < walk.size:
        head = walk.at(at, 27)
        if not head.startswith(b"OggS"):
            raise broken("an Ogg stream with something between its pages")
        at += 27 + head[26] + sum(walk.at(at + 27, head[26]))
    if at > walk.size:
        raise cut_off()


def _adts(walk: _Walk) -> None:
    at = 0
    while at < walk.size:
        head = int.from_bytes(walk.at(at, 7))
        length = head >> 13 & 0x1FFF
        if head >> 44 != 0xFFF or length < 7:
            raise broken("an AAC stream with something between its frames")
        at += length
    if at > walk.size:
        raise cut_off()


def _flac(walk: _Walk) -> None:
    at, last = 4, False
    while not last:
        head = walk.at(at, 4)
        last = head[0] & 0x80 != 0
        at += 4 + int.from_bytes(head[1:])
    if int.from_bytes(walk.at(at, 2)) & 0xFFFE != 0xFFF8:
        raise broken("a FLAC file without a frame behind its head")


def _mpeg(walk: _Walk) -> None:
    """Look for the first frame behind the tags; what follows it is not judged, since players bear much there."""
    at = 0
    if walk.at(0, 3) == b"ID3":
        size = 0
        for one in walk.at(6, 4):
            size = size << 7 | one & 0x7F
        at = 10 + size
        walk.at(at, 2)
    start = walk.at(at, min(_TAIL, walk.size - at))
    if re.search(rb"\xff[\xe0-\xfe]", start) is None:
        raise broken("an MP3 without a frame of sound")


def _movie(walk: _Walk) -> None:
    names = {name for name, _, _ in _boxes(walk)}
    if not names & {b"moov", b"moof"} or b"mdat" not in names:
        raise cut_off()


def _boxes(walk: _Walk) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, place and length of the outermost boxes; FetchError where the last one is not whole."""
    at = 0
    for _ in range(_MOST_BOXES):
        if walk.size - at < 8:
            return  # the end, or a few bytes of padding
        length, name = struct.unpack(">I4s", walk.at(at, 8))
        head = 8
        if length == 1:
            head, length = 16, int.from_bytes(walk.at(at + 8, 8), "big")
        if length == 0:
            length = walk.size - at
        if length < head:
            raise broken("a box shorter than its own head")
        if at + length > walk.size:
            raise cut_off()
        yield name, at, length
        at += length
    raise FetchError("bomb", words=f"more than {_MOST_BOXES} boxes", final=True)


_CHECKS: Mapping[str, Callable[[_Walk], None]] = {
    "image/png": _png,
    "image/apng": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/bmp": _bmp,
    "image/avif": _still,
    "image/heic": _still,
    "audio/aac": _adts,
    "audio/mpeg": _mpeg,
    "audio/ogg": _ogg,
    "audio/x-flac": _flac,
    "audio/x-wav": _riff,
    "audio/mp4": _movie,
    "video/mp4": _movie,
    "video/x-m4v": _movie,
    "video/quicktime": _movie,
    "video/3gpp": _movie,
    "video/x-msvideo": _riff,
}
