"""Forms that would need an encoder: as long as the tune, and silent. AAC (ISO 14496-3, in ADTS) and Opus (RFC 7845)."""

import math
import struct

from omnidsl_sandbox.sounds.checksums import crc_ogg
from omnidsl_sandbox.sounds.vorbis import comments

AAC_RATE = 24_000
AAC_SAMPLES = 1024
OPUS_SECONDS = 0.02
_OPUS_RATE = 48_000  # of its clock, whatever it plays
_A_PAGE = 50  # packets: one second

_QUIET_AAC = bytes.fromhex("00c800802380")
_QUIET_OPUS = b"\xf8\xff\xfe"
_MOST_DATA = 254  # bytes of a data element that has one byte for its length
_MOST_WORDS = 60_000  # bytes
MARK = b"SIMULATED "


def aac(words: str, seconds: float) -> bytes:
    """Return frames of AAC-LC, one channel; the first carries the beginning of the words as a data element."""
    said = (MARK + words.encode("utf-8", "replace"))[:_MOST_DATA]
    # 100: a data element, 0000: its tag, 1: its bytes are aligned.
    first = b"\x81" + bytes((len(said),)) + said
    count = math.ceil(seconds * AAC_RATE / AAC_SAMPLES)
    return _adts(first + _QUIET_AAC) + _adts(_QUIET_AAC) * (count - 1)


def _adts(data: bytes) -> bytes:
    """Return a frame: AAC-LC, 24 kHz (index 6), one channel, no checksum, a variable rate."""
    head = 0xFFF1 << 40 | 1 << 38 | 6 << 34 | 1 << 30 | len(data) + 7 << 13 | 0x7FF << 2
    return head.to_bytes(7) + data


def opus(words: str, seconds: float) -> bytes:
    """Return an Ogg stream of Opus packets of 20 ms, one channel."""
    count = math.ceil(seconds / OPUS_SECONDS)
    # A page has 255 segments of 255 bytes: longer words lose their end.
    said = comments(words.encode("utf-8", "replace")[:_MOST_WORDS].decode("utf-8", "replace"))
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, AAC_RATE, 0, 0)
    pages = [_page([head], 0, 0, 2), _page([b"OpusTags" + said], 1, 0, 0)]
    for number, at in enumerate(range(0, count, _A_PAGE), 2):
        end = min(at + _A_PAGE, count)
        granule = round(end * OPUS_SECONDS * _OPUS_RATE)
        pages.append(_page([_QUIET_OPUS] * (end - at), number, granule, 4 if end == count else 0))
    return b"".join(pages)


def _page(packets: list[bytes], number: int, granule: int, flags: int) -> bytes:
    """Return one Ogg page (RFC 3533)."""
    lacing = b"".join(b"\xff" * (len(one) // 255) + bytes((len(one) % 255,)) for one in packets)
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, 1, number, 0)
    page = bytearray(head + bytes((len(lacing),)) + lacing + b"".join(packets))
    page[22:26] = struct.pack("<I", crc_ogg(page))
    return bytes(page)
