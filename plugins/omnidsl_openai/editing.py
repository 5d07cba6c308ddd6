"""Edits of pictures: the form that asks for one, after a look at what goes into it (wire reference, section 4.2)."""

import struct

import attrs

from omnidsl.plugins import ArgumentError, Context, Form, Image, Upload
from omnidsl_openai.drawing import MEGABYTE, Edit
from omnidsl_openai.pictures import wishes

EDITS = "/v1/images/edits"

_KINDS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_ALPHA = (4, 6)  # the colour types of a PNG that have it
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@attrs.frozen
class Png:
    """What the head of a PNG says: pixels, and whether parts of it may be clear."""

    width: int
    height: int
    clear: bool


async def request(operation: Edit, context: Context) -> Form:
    """Return the form; ArgumentError for pictures and masks that the model does not take, as far as that can be seen."""
    pictures = operation.picture if isinstance(operation.picture, list) else [operation.picture]
    old = operation.model.startswith("dall-e")
    name = "image" if len(pictures) == 1 else "image[]"
    uploads: list[Upload] = []
    for one in pictures:
        data = await context.read(one.sha256)
        ending = _KINDS.get(one.media_type)
        if ending is None or (old and ending != "png"):
            kinds = "a PNG" if old else "a PNG, JPEG or WebP"
            raise ArgumentError("edit", "picture", f"{kinds} for {operation.model}", one)
        uploads.append(Upload(name, f"picture-{len(uploads) + 1}.{ending}", data, one.media_type))
    size = size_of(uploads[0].data)
    if old:
        _check_old(operation, pictures[0], size)
    if operation.mask is not None:
        uploads.append(await _mask(operation.mask, size, context))
    fields = {"model": operation.model, "prompt": operation.prompt, **wishes(operation)}
    return Form(tuple((key, str(value)) for key, value in fields.items()), tuple(uploads))


def _check_old(operation: Edit, picture: Image, size: tuple[int, int] | None) -> None:
    if picture.size >= 4 * MEGABYTE:
        expected = f"less than 4 MB for {operation.model}"
        raise ArgumentError("edit", "picture", expected, picture)
    if size is not None and size[0] != size[1]:
        raise ArgumentError("edit", "picture", f"square for {operation.model}", picture)


async def _mask(mask: Image, size: tuple[int, int] | None, context: Context) -> Upload:
    data = await context.read(mask.sha256)
    head = png(data)
    if head is None or not head.clear:
        raise ArgumentError("edit", "mask", "a PNG with an alpha channel", mask)
    if size is not None and (head.width, head.height) != size:
        expected = f"as large as the picture, {size[0]} × {size[1]} pixels"
        raise ArgumentError("edit", "mask", expected, mask)
    return Upload("mask", "mask.png", data, "image/png")


def png(data: bytes) -> Png | None:
    """Return the head of a PNG; None for what is none."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR" or len(data) < 29:
        return None
    width, height = struct.unpack(">II", data[16:24])
    # A palette or plain colours may be clear by a chunk of its own, before the pixels.
    return Png(width, height, data[25] in _ALPHA or b"tRNS" in data[: data.find(b"IDAT") + 1])


def size_of(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG, JPEG or WebP; None where they are not plain to see."""
    if (head := png(data)) is not None:
        return head.width, head.height
    try:
        return _jpeg(data) if data.startswith(b"\xff\xd8") else _webp(data)
    except (struct.error, IndexError):
        return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    kind, head = data[12:16], data[20:30]
    if kind == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (4, 7))
        return width, height
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", head[6:10])
    return width & 0x3FFF, height & 0x3FFF
