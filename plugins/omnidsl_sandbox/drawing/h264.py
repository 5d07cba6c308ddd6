"""H.264 without an encoder: every picture whole, its samples as they are (I_PCM macroblocks; ITU-T H.264, 7.3).

Large for what it shows, and every player has it. Samples are 16 to 240, so that no start code can occur among them.
"""

import re

from PIL import Image

SIDE = 16
"""Pixels of a macroblock: the sides of a picture are multiples of it."""

_PCM = b"\x0d\x00"
"""`mb_type` 25 and the zeros up to the next byte, where a macroblock begins at one."""

_EMULATED = re.compile(rb"\x00\x00(?=[\x00-\x03])")


class _Bits:
    """Bits that become bytes, the first one highest."""

    def __init__(self) -> None:
        self._text = ""

    def plain(self, value: int, count: int) -> "_Bits":
        """Add a number of a fixed length, u(n)."""
        self._text += f"{value:0{count}b}"
        return self

    def golomb(self, *values: int) -> "_Bits":
        """Add numbers of any length, ue(v)."""
        for one in values:
            written = f"{one + 1:b}"
            self._text += "0" * (len(written) - 1) + written
        return self

    def ended(self) -> bytes:
        """Return the bytes behind a stop bit."""
        return self.plain(1, 1).aligned()

    def aligned(self) -> bytes:
        """Return the bytes, filled up with zeros."""
        text = self._text + "0" * (-len(self._text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big")


def parameters(size: tuple[int, int]) -> tuple[bytes, bytes]:
    """Return the sequence's and the picture's parameter sets (baseline profile, level 3) for a size in pixels."""
    sequence = _Bits().plain(66, 8).plain(0xC0, 8).plain(30, 8).golomb(0, 0, 2, 1).plain(0, 1)
    sequence.golomb(size[0] // SIDE - 1, size[1] // SIDE - 1).plain(0b1100, 4)
    picture = _Bits().golomb(0, 0).plain(0, 2).golomb(0, 0, 0).plain(0, 3).golomb(0, 0, 0)
    picture.plain(0b100, 3)
    return _unit(0x67, sequence.ended()), _unit(0x68, picture.ended())


def coded(picture: Image.Image, number: int) -> bytes:
    """Return one picture of a film, counted from 0, behind its length in four bytes."""
    head = _Bits().golomb(0, 7, 0).plain(0, 4).golomb(number % 2).plain(0, 2).golomb(0, 1, 25)
    blocks = _macroblocks(picture)
    unit = _unit(0x65, head.aligned()) + blocks[0]
    unit += b"".join(_PCM + one for one in blocks[1:]) + b"\x80"
    return len(unit).to_bytes(4, "big") + unit


def _macroblocks(picture: Image.Image) -> list[bytes]:
    """Return the samples of each macroblock: 16 lines of brightness, 8 of blue, 8 of red."""
    width, height = picture.size
    light, blue, red = picture.convert("YCbCr").split()
    luma = light.point([16 + one * 219 // 255 for one in range(256)]).tobytes()
    less = [16 + one * 224 // 255 for one in range(256)]
    half = width // 2, height // 2
    chroma = [one.resize(half, Image.Resampling.BOX).point(less).tobytes() for one in (blue, red)]
    return [
        _square(luma, width, x, y, SIDE)
        + b"".join(_square(one, half[0], x // 2, y // 2, SIDE // 2) for one in chroma)
        for y in range(0, height, SIDE)
        for x in range(0, width, SIDE)
    ]


def _square(plane: bytes, width: int, x: int, y: int, side: int) -> bytes:
    starts = range(y * width + x, (y + side) * width + x, width)
    return b"".join(plane[start : start + side] for start in starts)


def _unit(kind: int, content: bytes) -> bytes:
    """Return a unit of the stream, with what keeps start codes out of it."""
    return bytes((kind,)) + _EMULATED.sub(b"\x00\x00\x03", content)
