"""PNG as a row of chunks (W3C, third edition): walked without decoding, and one text chunk put in.

A library would decode the picture and encode it anew; here every byte of it stays as it is.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 100_000
_PIECE = 2**20


class Chunk(NamedTuple):
    """One chunk: its four letters, where its data begin, and how many bytes they are."""

    name: bytes
    at: int
    length: int


class NoPngError(ValueError):
    """Raised for a row of chunks that is none; `cut_off` where the file ends too early."""

    def __init__(self, words: str, *, cut_off: bool = False) -> None:
        super().__init__(words)
        self.cut_off = cut_off


def chunks(file: BinaryIO) -> Iterator[Chunk]:
    """Yield the chunks of an open PNG up to its end; NoPngError where it is not whole. Checksums are not looked at."""
    file.seek(0)
    if file.read(8) != SIGNATURE:
        raise NoPngError("no PNG")
    end, at = file.seek(0, 2), 8
    for number in range(MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            raise NoPngError("it ends too early", cut_off=True)
        length, name = struct.unpack(">I4s", head)
        if (number == 0) != (name == b"IHDR") or (number == 0 and length != 13):
            raise NoPngError("a PNG whose header is not where it belongs")
        if at + 12 + length > end:
            raise NoPngError("it ends too early", cut_off=True)
        yield Chunk(name, at + 8, length)
        if name == b"IEND":
            return
        at += 12 + length
    raise NoPngError(f"a PNG of more than {MOST_CHUNKS} chunks")


def is_sound(file: BinaryIO, chunk: Chunk) -> bool:
    """Tell whether a chunk's checksum is right."""
    file.seek(chunk.at - 4)
    left, found = chunk.length + 4, 0
    while left:
        piece = file.read(min(left, _PIECE))
        if not piece:
            return False
        found = zlib.crc32(piece, found)
        left -= len(piece)
    return found == int.from_bytes(file.read(4), "big")


def data(file: BinaryIO, chunk: Chunk) -> bytes:
    """Return what a chunk holds."""
    file.seek(chunk.at)
    return file.read(chunk.length)


def unfolded(file: BinaryIO, chunk: Chunk, room: int) -> int:
    """Return how many bytes the compressed part of a chunk unfolds to; counting ends above `room`."""
    if chunk.name not in (b"zTXt", b"iTXt", b"iCCP"):
        return 0
    _, _, rest = data(file, chunk).partition(b"\0")
    if chunk.name == b"iTXt":
        if rest[:1] != b"\1":
            return 0
        rest = rest[2:].split(b"\0", 2)[-1]
    else:
        rest = rest[1:]
    unfolding, total = zlib.decompressobj(), 0
    try:
        while rest and not unfolding.eof and total <= room:
            total += len(unfolding.decompress(rest, _PIECE))
            rest = unfolding.unconsumed_tail
    except zlib.error:
        return total  # no text, then: it harms nobody
    return total


def text(file: BinaryIO, keyword: str, most: int) -> str | None:
    """Return the plain international text under a keyword, the last one of at most `most` bytes; None for none."""
    start = keyword.encode("latin-1") + b"\0\0\0\0\0"
    last = None
    try:
        for chunk in chunks(file):
            if chunk.name == b"iTXt" and chunk.length <= most + len(start):
                found = data(file, chunk)
                if found.startswith(start) and is_sound(file, chunk):
                    last = found[len(start) :].decode("utf-8", "replace")
    except NoPngError:
        return last
    return last


def text_chunk(keyword: str, words: str) -> bytes:
    """Return a whole chunk of plain international text: UTF-8, without a language."""
    body = b"iTXt" + keyword.encode("latin-1") + b"\0\0\0\0\0" + words.encode("utf-8", "replace")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
