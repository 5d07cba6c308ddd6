"""The sounds that the sandbox makes: whole files that say what they are."""

import io
import math
import struct
import wave

import filetype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.running.soundness import check_sound
from omnidsl_sandbox.sounds import Heard, Kind, listen, tone
from omnidsl_sandbox.sounds.checksums import crc_ogg

KINDS: tuple[Kind, ...] = ("wav", "mp3", "flac", "aac", "opus")
TUNES: tuple[Kind, ...] = ("wav", "mp3", "flac", "pcm")
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)


@pytest.mark.parametrize("kind", TUNES)
def test_equal_words_give_equal_bytes_and_others_another_tune(kind: Kind) -> None:
    assert tone("a fox", 1, kind) == tone("a fox", 1, kind)
    assert tone("a fox", 1, kind) != tone("a hen", 1, kind)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("wav", "audio/x-wav"),
        ("mp3", "audio/mpeg"),
        ("flac", "audio/x-flac"),
        ("aac", "audio/aac"),
        ("opus", "audio/ogg"),
    ],
)
def test_a_sound_is_what_its_first_bytes_say_and_is_whole(kind: Kind, media_type: str) -> None:
    content = tone("a fox", 0.5, kind)

    assert media_type == filetype.guess(content).mime
    check_sound(io.BytesIO(content), len(content), media_type, most_pixels=1)


@given(words=WORDS, tenths=st.integers(1, 30), kind=st.sampled_from(KINDS))
def test_what_was_said_is_heard(words: str, tenths: int, kind: Kind) -> None:
    heard = listen(tone(words, tenths / 10, kind))

    assert heard is not None
    room = 244 if kind == "aac" else None
    assert words.encode()[:room].decode("utf-8", "replace") == heard.words
    # Half a frame of MP3, a whole one of AAC.
    assert math.isclose(tenths / 10, heard.seconds, abs_tol=0.0427 if kind == "aac" else 0.0121)


@pytest.mark.parametrize("kind", KINDS)
def test_the_title_says_that_it_is_simulated(kind: Kind) -> None:
    assert b"SIMULATED" in tone("a fox", 0.5, kind)[:250]


def test_a_wave_is_read_by_python_itself_and_is_not_silent() -> None:
    with wave.open(io.BytesIO(tone("a fox", 2))) as file:
        frames = file.readframes(file.getnframes())
        found = (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes())

    assert (1, 2, 8000, 16000) == found
    assert max(struct.unpack("<16000h", frames)) > 5000


def test_the_samples_of_a_flac_and_bare_ones_are_those_of_the_wave() -> None:
    with wave.open(io.BytesIO(tone("a fox", 2))) as file:
        frames = file.readframes(16000)
    big = struct.pack(">16000h", *struct.unpack("<16000h", frames))

    assert big[:8192] in tone("a fox", 2, "flac")
    assert 2 * 24000 * 2 == len(tone("a fox", 2, "pcm"))


def test_the_pages_of_an_opus_stream_have_the_checksum_of_their_bytes() -> None:
    page = bytearray(tone("a fox", 0.5, "opus")[:47])
    expected = int.from_bytes(page[22:26], "little")

    page[22:26] = bytes(4)

    assert expected == crc_ogg(page)


def test_every_frame_of_an_mp3_follows_the_one_before_it() -> None:
    content = tone("a fox", 2.4, "mp3")
    start = content.index(b"\xff\xfb\x14\xc0")

    frames = [content[at : at + 4] for at in range(start, len(content), 96)]

    assert [b"\xff\xfb\x14\xc0"] * 100 == frames


def test_the_length_is_held_within_what_a_simulator_may_send() -> None:
    assert [0.1, 600.0] == [
        round(heard.seconds, 1)
        for seconds in (0, 10**9)
        if (heard := listen(tone("x", seconds, "mp3")))
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", None),
        (b"\xff", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"RIFF\0\0\0\0WAVE", Heard("", 0.0)),
        (b"RIFF\0\0\0\0WAVELIST\xff\xff\xff\xff", Heard("", 0.0)),
        (b"ID3\x04\0\0\x7f\x7f\x7f\x7f", Heard("", 0.0)),
        (b"\xff\xfb\x14\xc0" + bytes(92), Heard("", 0.024)),
        (b"fLaC", Heard("", 0.0)),
        (b"OggS", Heard("", 0.0)),
        (b"\xff\xf1" + bytes(20), Heard("", 0.0)),
    ],
)
def test_a_sound_from_elsewhere_has_no_words(content: bytes, expected: Heard | None) -> None:
    assert expected == listen(content)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"ID3\x04\0\0", b"RIFF\0\0\0\0WAVE", b"fLaC", b"OggS", b"\xff\xf1"]),
)
def test_nothing_that_is_heard_is_too_broken(rest: bytes, head: bytes) -> None:
    heard = listen(head + rest)

    assert heard is None or heard.words == ""
