"""MP3 without an encoder: frames in which one line of the spectrum sounds.

MPEG-1 Layer III, 48 kHz, 32 kbit/s, one channel: a frame has 96 bytes and 24 ms, in two granules of 576 lines each
(ISO 11172-3). A granule whose only values are ±1 needs nothing but the quadruples behind the big values, in the code
of fixed length ("table B"): four ones for four silent lines, and a zero where a line sounds.
"""

from omnidsl_sandbox.sounds.melody import NOTE, melody

FRAME_SECONDS = 0.024
FRAME_BYTES = 96
_HEADER = bytes((0xFF, 0xFB, 0x14, 0xC0))
_GAIN = 198  # 210 is full scale; four steps halve it
_SIGNS = (0, 0, 1, 1)  # a tone in the middle of a line turns by a quarter from granule to granule
_SIDE_BITS = 136
_GRANULE_BITS = 59


def mpeg(words: str, seconds: float) -> bytes:
    """Return the tune of some words as an MP3 file."""
    notes = melody(words, seconds)
    frames = (
        _frame(notes[int(number * FRAME_SECONDS / NOTE)], number)
        for number in range(max(1, round(seconds / FRAME_SECONDS)))
    )
    return _tags(words) + b"".join(frames)


def _frame(line: int, number: int) -> bytes:
    granules = []
    for half in (0, 1):
        turn = 2 * number + half
        # An odd line turns by another half with every granule.
        sign = _SIGNS[turn % 4] ^ (line % 2 and turn % 2)
        granules.append(_granule(line, sign))
    side = "0" * (9 + 5 + 4) + "".join(_side(len(bits)) for bits in granules)
    bits = side + "".join(granules)
    return _HEADER + int(bits.ljust((FRAME_BYTES - 4) * 8, "0"), 2).to_bytes(FRAME_BYTES - 4)


def _granule(line: int, sign: int) -> str:
    quad = ["1"] * 4
    quad[line % 4] = "0"
    return "1111" * (line // 4) + "".join(quad) + str(sign)


def _side(length: int) -> str:
    """Return what a granule says of itself: its length in bits, no big values, its gain, and table B."""
    return f"{length:012b}{0:09b}{_GAIN:08b}" + "0" * (_GRANULE_BITS - 12 - 9 - 8 - 1) + "1"


def _tags(words: str) -> bytes:
    """Return ID3 (version 2.4) with the mark of the simulator as the title and the words as a comment."""
    text = words.encode("utf-8", "replace")
    body = (
        _tag(b"TIT2", b"\x03SIMULATED")
        + _tag(b"COMM", b"\x03eng\0" + text)
        + _tag(b"TSSE", b"\x03omnidsl_sandbox, a simulator")
    )
    return b"ID3\x04\0\0" + _seven(len(body)) + body


def _tag(name: bytes, content: bytes) -> bytes:
    return name + _seven(len(content)) + b"\0\0" + content


def _seven(number: int) -> bytes:
    """Return a number in four bytes of seven bits each, as ID3 writes lengths."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
