"""Bodies that come compressed, unfolded piece by piece: a bomb is cut off by whoever counts, before it needs memory."""

import zlib
from collections.abc import AsyncIterator

ACCEPTED = "gzip, deflate"
"""What a client of this module may say that it takes."""

_PIECE = 2**16


class EncodingError(ValueError):
    """Raised for a body in an encoding that was not asked for, or that breaks off."""


async def decoded(raw: AsyncIterator[bytes], encoding: str) -> AsyncIterator[bytes]:
    """Yield a body's bytes in pieces of at most 64 KB, or as they come where nothing is compressed.

    `encoding` is the header `content-encoding`, empty for none. EncodingError for any but gzip and deflate.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        async for chunk in raw:
            yield chunk
        return
    if name not in ("gzip", "x-gzip", "deflate"):
        raise EncodingError(f"its body is encoded as `{name[:40]}`, which was not asked for")
    unfolding = None
    async for chunk in raw:
        rest = chunk
        while rest:
            if unfolding is None:
                unfolding = zlib.decompressobj(_window(name, rest))
            try:
                yield unfolding.decompress(rest, _PIECE)
            except zlib.error as error:
                raise EncodingError(f"its body is no {name} ({error})") from None
            rest = unfolding.unconsumed_tail
            if unfolding.eof:
                rest, unfolding = unfolding.unused_data, None
    while unfolding is not None:
        piece = unfolding.decompress(b"", _PIECE)
        if not piece:
            raise EncodingError(f"its {name} body breaks off")
        yield piece


def _window(name: str, start: bytes) -> int:
    """Return how zlib is told what comes: gzip or zlib by its own head, or, as some servers do, neither."""
    plain = name == "deflate" and start[0] & 0x0F != 8
    return -zlib.MAX_WBITS if plain else zlib.MAX_WBITS | 32
