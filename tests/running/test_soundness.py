"""Whether files are whole, told without decoding them."""

import hashlib
import io
import struct
import wave
import zlib
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from omnidsl.running import png
from omnidsl.running.artifacts import FileLimits, verify
from omnidsl.running.errors import FetchError
from omnidsl.running.soundness import check_sound
from omnidsl.testing.scripted import PIXEL
from omnidsl_sandbox.sounds import Kind, tone


def drawn(form: str, **options: object) -> bytes:
    noise = hashlib.shake_128(form.encode()).digest(37 * 23 * 3)
    picture = Image.frombytes("RGB", (37, 23), noise)
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def moving() -> bytes:
    frames = [Image.new("P", (16, 16), number) for number in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def sounding() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(400))
    return out.getvalue()


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, name) + body


def film(*boxes: bytes) -> bytes:
    return box(b"ftyp", b"isom\0\0\0\0isommp42") + b"".join(boxes)


FILM = film(box(b"moov", bytes(40)), box(b"mdat", bytes(200)))
FILES: Mapping[str, tuple[str, bytes]] = {
    "png": ("image", drawn("PNG")),
    "interlaced png": ("image", drawn("PNG", optimize=True)),
    "jpeg": ("image", drawn("JPEG")),
    "progressive jpeg": ("image", drawn("JPEG", progressive=True)),
    "gif": ("image", drawn("GIF")),
    "moving gif": ("image", moving()),
    "webp": ("image", drawn("WEBP")),
    "lossless webp": ("image", drawn("WEBP", lossless=True)),
    "bmp": ("image", drawn("BMP")),
    "wav": ("audio", sounding()),
    "mp4": ("video", FILM),
}


def verdict(kind: str, data: bytes, limits: FileLimits | None = None) -> str:
    try:
        verify(kind, io.BytesIO(data), limits or FileLimits())
    except FetchError as error:
        return error.reason
    return "whole"


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_is_taken(name: str) -> None:
    assert "whole" == verdict(*FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_no_beginning_of_a_file_is_whole(name: str) -> None:
    kind, data = FILES[name]

    found = {verdict(kind, data[:length]) for length in range(len(data) - 1)}

    assert "whole" not in found
    assert "cut-off" in found


@pytest.mark.parametrize("name", ["png", "jpeg", "gif", "webp", "bmp"])
def test_a_picture_of_too_many_pixels_is_refused_from_its_header(name: str) -> None:
    kind, data = FILES[name]

    assert ["too-many-pixels", "whole"] == [
        verdict(kind, data, FileLimits(pixels=limit)) for limit in (37 * 23 - 1, 37 * 23)
    ]


def test_what_stands_behind_the_end_of_a_picture_harms_nobody() -> None:
    assert ["whole", "whole"] == [
        verdict("image", FILES[name][1] + bytes(100)) for name in ("png", "jpeg")
    ]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunks(*chunks: bytes) -> bytes:
    return PIXEL[:-12] + b"".join(chunks) + PIXEL[-12:]


BOMB = zlib.compress(bytes(20_000_000), 9)
SMALL = zlib.compress(b"a workflow" * 100)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (with_chunks(chunk(b"zTXt", b"Comment\0\0" + BOMB)), "bomb"),
        (with_chunks(chunk(b"iTXt", b"Comment\0\1\0zh\0t\0" + BOMB)), "bomb"),
        (with_chunks(chunk(b"iCCP", b"profile\0\0" + BOMB)), "bomb"),
        (with_chunks(*[chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(6_000_000)))] * 3), "bomb"),
        (with_chunks(chunk(b"zTXt", b"Comment\0\0" + SMALL)), "whole"),
        (with_chunks(chunk(b"iTXt", b"Comment\0\0\0zh\0t\0" + BOMB)), "whole"),
        (with_chunks(chunk(b"zTXt", b"")), "whole"),
        (with_chunks(chunk(b"zTXt", b"no zero and no text")), "whole"),
        (with_chunks(*[chunk(b"teSt", b"")] * png.MOST_CHUNKS), "broken"),
    ],
    ids=["text", "international", "profile", "several", "small", "plain", "empty", "none", "endless"],
)  # fmt: skip  # a table reads whole
def test_texts_that_unfold_without_end_are_refused(data: bytes, expected: str) -> None:
    assert expected == verdict("image", data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (film(box(b"mdat", bytes(100))), "cut-off"),
        (film(box(b"moov", b""), struct.pack(">I4s", 0, b"mdat") + bytes(50)), "whole"),
        (film(box(b"moov", b""), struct.pack(">I4sQ", 1, b"mdat", 26) + bytes(10)), "whole"),
        (film(box(b"moov", b""), struct.pack(">I4sQ", 1, b"mdat", 2**63)), "cut-off"),
        (film(box(b"moov", b""), struct.pack(">I4s", 3, b"mdat")), "broken"),
        (film(box(b"moof", b""), box(b"mdat", b"")), "whole"),
        (FILM + bytes(7), "whole"),
    ],
)
def test_a_film_is_followed_box_by_box(data: bytes, expected: str) -> None:
    assert expected == verdict("video", data)


def still(width: int, *, whole: bool = True) -> bytes:
    size = box(b"ispe", bytes(4) + struct.pack(">II", width, 10))
    meta = box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", size)))
    kind = struct.pack(">I4s", 24, b"ftyp") + b"avif\0\0\0\0avifmif1"
    return kind + meta + (box(b"mdat", bytes(50)) if whole else b"")


@pytest.mark.parametrize(
    ("data", "expected"),
    [(still(10), "whole"), (still(11), "too-many-pixels"), (still(10)[:-1], "cut-off"), (still(10, whole=False), "cut-off")],
)  # fmt: skip  # a table reads whole
def test_a_still_of_the_same_family_is_followed_and_measured(data: bytes, expected: str) -> None:
    assert expected == verdict("image", data, FileLimits(pixels=100))


def test_a_file_of_nothing_but_tiny_pieces_is_not_followed_to_its_end() -> None:
    for media_type, data in (
        ("image/jpeg", b"\xff\xd8" + b"\xff" * 2_100_000),
        ("image/gif", b"GIF89a\1\0\1\0\0\0\0\x21\xf9" + b"\1a" * 1_100_000),
    ):
        with pytest.raises(FetchError) as caught:
            check_sound(io.BytesIO(data), len(data), media_type, most_pixels=9)

        assert "bomb" == caught.value.reason


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF])
def test_a_sound_written_to_a_pipe_names_no_length_and_is_taken(length: int) -> None:
    data = sounding()

    assert "whole" == verdict("audio", data[:4] + struct.pack("<I", length) + data[8:])


KINDS: tuple[Kind, ...] = ("mp3", "flac", "aac", "opus")
SOUNDS: Mapping[str, bytes] = {kind: tone("a fox", 0.5, kind) for kind in KINDS}


@pytest.mark.parametrize("kind", SOUNDS)
def test_a_whole_sound_is_taken(kind: str) -> None:
    assert "whole" == verdict("audio", SOUNDS[kind])


@pytest.mark.parametrize("kind", ["aac", "opus"])
def test_a_sound_whose_last_frame_or_page_is_cut_is_not_whole(kind: str) -> None:
    assert {"cut-off"} == {verdict("audio", SOUNDS[kind][:-cut]) for cut in range(1, 6)}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (SOUNDS["aac"] + b"oops, an error", "broken"),
        (SOUNDS["opus"] + b"upstream error, try again later", "broken"),
        (SOUNDS["flac"][:60], "cut-off"),
        (SOUNDS["flac"][:4] + b"\x80\0\0\x02xx{}", "broken"),
        (SOUNDS["mp3"][:40], "cut-off"),
        (b'ID3\x04\0\0\0\0\0\0{"error": "no"}', "broken"),
        (b"ID3", "cut-off"),
        (b"ID3\x04\0\0\0\0\0\0" + SOUNDS["aac"], "whole"),
        (SOUNDS["mp3"] + b"TAG" + bytes(125), "whole"),
    ],
)
def test_a_sound_is_followed_as_far_as_its_form_can_be(data: bytes, expected: str) -> None:
    assert expected == verdict("audio", data)


@given(st.sampled_from(sorted(FILES)), st.data())
@settings(max_examples=300)
def test_any_damage_is_a_verdict_and_no_traceback(name: str, draw: st.DataObject) -> None:
    kind, data = FILES[name]
    at = draw.draw(st.integers(0, len(data)))
    harmed = (
        data[:at] + draw.draw(st.binary(max_size=20)) + data[draw.draw(st.integers(0, len(data))) :]
    )

    assert verdict(kind, harmed) in {"whole", "cut-off", "broken", "wrong-content", "too-many-pixels", "bomb"}  # fmt: skip  # a table reads whole


@given(st.sampled_from(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "video/mp4", "audio/mpeg", "audio/ogg", "audio/aac", "audio/x-flac"]), st.binary())  # fmt: skip  # a table reads whole
def test_any_bytes_are_judged(media_type: str, data: bytes) -> None:
    try:
        check_sound(io.BytesIO(data), len(data), media_type, most_pixels=10)
        found = ""
    except FetchError as error:
        found = error.reason

    assert found in {"", "cut-off", "broken", "too-many-pixels", "bomb"}


# ---- PNG's texts


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_that_was_put_into_a_picture_is_read_again(words: str) -> None:
    picture = io.BytesIO(with_chunks(png.text_chunk("omnidsl", words)))

    assert words == png.text(picture, "omnidsl", 10_000)


def test_pillow_reads_the_text_and_the_same_picture() -> None:
    data = FILES["png"][1]
    marked = Image.open(io.BytesIO(data[:-12] + png.text_chunk("omnidsl", "猫") + data[-12:]))
    marked.load()

    assert "猫" == marked.text["omnidsl"]  # type: ignore[attr-defined]  # PngImageFile has it
    assert Image.open(io.BytesIO(data)).tobytes() == marked.tobytes()


@pytest.mark.parametrize(
    "data",
    [
        PIXEL,
        b"",
        b"no picture",
        with_chunks(png.text_chunk("other", "x")),
        with_chunks(png.text_chunk("omnidsl", "x" * 11)),
        with_chunks(png.text_chunk("omnidsl", "x")[:-1] + b"\0"),
    ],
    ids=["none", "empty", "no png", "another's", "too long", "damaged"],
)
def test_a_text_that_is_not_there_is_not_found(data: bytes) -> None:
    assert None is png.text(io.BytesIO(data), "omnidsl", 10)
