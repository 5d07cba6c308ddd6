"""The checksums of FLAC (8 and 16 bits) and Ogg (32 bits): none is reflected, as zlib's is."""

from functools import cache


def crc8(data: bytes) -> int:
    """Return the checksum of a FLAC frame's head."""
    return _crc(data, 8, 0x07)


def crc16(data: bytes) -> int:
    """Return the checksum of a whole FLAC frame."""
    return _crc(data, 16, 0x8005)


def crc_ogg(data: bytes | bytearray) -> int:
    """Return the checksum of an Ogg page whose own place for it holds zeros."""
    return _crc(data, 32, 0x04C11DB7)


def _crc(data: bytes | bytearray, width: int, polynomial: int) -> int:
    table, mask, shift, found = _table(width, polynomial), (1 << width) - 1, width - 8, 0
    for one in data:
        found = (found << 8 & mask) ^ table[(found >> shift & 0xFF) ^ one]
    return found


@cache
def _table(width: int, polynomial: int) -> tuple[int, ...]:
    top, mask = 1 << width - 1, (1 << width) - 1
    rows = []
    for one in range(256):
        found = one << width - 8
        for _ in range(8):
            found = (found << 1 ^ polynomial if found & top else found << 1) & mask
        rows.append(found)
    return tuple(rows)
