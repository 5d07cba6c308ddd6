"""Videos that the sandbox writes: whole MP4 files of H.264 pictures whose samples stand in them as they are."""

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from omnidsl.running.soundness import check_sound
from omnidsl_sandbox.drawing.film import movie, padded
from omnidsl_sandbox.drawing.h264 import coded, parameters

FORBIDDEN = tuple(b"\0\0" + bytes((one,)) for one in range(3))
sides = st.integers(1, 4).map(lambda one: one * 16)
colours = st.tuples(*[st.integers(0, 255)] * 3)


def noise(width: int, height: int, seed: bytes) -> Image.Image:
    content = (seed * (width * height * 3 // len(seed) + 1))[: width * height * 3]
    return Image.frombytes("RGB", (width, height), content)


@given(sides, sides, st.binary(min_size=1, max_size=200), st.integers(0, 9))
@settings(max_examples=50)
def test_nothing_in_a_picture_looks_like_its_end(
    width: int, height: int, seed: bytes, number: int
) -> None:
    unit = coded(noise(width, height, seed), number)

    assert len(unit) - 4 == int.from_bytes(unit[:4], "big")
    assert not any(one in unit[4:] for one in FORBIDDEN)


@given(st.integers(1, 200), st.integers(1, 200))
def test_no_parameters_look_like_their_end(across: int, down: int) -> None:
    for unit in parameters((across * 16, down * 16)):
        assert not any(one in unit for one in FORBIDDEN)


@given(colours)
@settings(max_examples=30)
def test_each_macroblock_has_its_samples(colour: tuple[int, int, int]) -> None:
    unit = coded(Image.new("RGB", (32, 16), colour), 0)

    first, second = unit[-1 - 384 - 2 - 384 : -1 - 384 - 2], unit[-1 - 384 : -1]
    assert (first, b"\x0d\x00", 0x80) == (second, unit[-387:-385], unit[-1])
    assert all(len(set(part)) == 1 for part in (first[:256], first[256:320], first[320:]))
    assert min(first) >= 16
    assert max(first) <= 240


@pytest.mark.parametrize("count", [1, 5])
def test_a_film_is_whole_and_names_every_picture(count: int) -> None:
    film = movie([noise(32, 16, bytes([7, one])) for one in range(count)], 2.0, "SIMULATED", "狐狸")

    check_sound(io.BytesIO(film), len(film), "video/mp4", most_pixels=10**6)
    at = film.index(b"stsz") + 12
    sizes = struct.unpack(f">{count}I", film[at + 4 : at + 4 + 4 * count])
    (media,) = struct.unpack(">I", film[film.index(b"mdat") - 4 : film.index(b"mdat")])
    (offset,) = struct.unpack(">I", film[film.index(b"stco") + 12 : film.index(b"stco") + 16])
    assert (media - 8, film.index(b"mdat") + 4) == (sum(sizes), offset)
    assert "狐狸".encode() in film
    assert b"SIMULATED" in film


@pytest.mark.parametrize("more", [8, 9, 500])
def test_a_film_is_filled_up_to_a_size(more: int) -> None:
    film = movie([noise(16, 16, b"x")], 1.0, "", "")

    filled = padded(film, len(film) + more)

    check_sound(io.BytesIO(filled), len(filled), "video/mp4", most_pixels=10**6)
    assert (len(film) + more, film) == (len(filled), padded(film, 10))
