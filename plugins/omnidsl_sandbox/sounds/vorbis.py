"""The words of a file as Vorbis writes them; FLAC and Opus do so, too."""

import struct

_VENDOR = b"omnidsl_sandbox, a simulator"


def comments(words: str) -> bytes:
    """Return a block of comments: the mark of the simulator as the title, the words as a comment."""
    rows = (b"TITLE=SIMULATED", b"COMMENT=" + words.encode("utf-8", "replace"))
    head = struct.pack("<I", len(_VENDOR)) + _VENDOR + struct.pack("<I", len(rows))
    return head + b"".join(struct.pack("<I", len(one)) + one for one in rows)


def commented(content: bytes) -> str:
    """Return the words in a file with such a block, empty where it is from elsewhere."""
    at = content.find(_VENDOR + struct.pack("<I", 2))
    if at < 0:
        return ""
    at += len(_VENDOR) + 4
    rows = []
    for _ in range(2):
        length = int.from_bytes(content[at : at + 4], "little")
        rows.append(content[at + 4 : at + 4 + length])
        at += 4 + length
    return rows[1].removeprefix(b"COMMENT=").decode("utf-8", "replace")
