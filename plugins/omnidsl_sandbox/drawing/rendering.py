"""From an artwork to a PNG: tiles drawn at twice their size, labelled, reduced and put together."""

import io
import zlib
from collections.abc import Callable

import attrs
from PIL import Image, PngImagePlugin

from omnidsl_sandbox.drawing.artwork import Artwork, Tile
from omnidsl_sandbox.drawing.backdrops import BACKDROPS
from omnidsl_sandbox.drawing.canvas import Canvas
from omnidsl_sandbox.drawing.chance import Chance
from omnidsl_sandbox.drawing.lettering import label
from omnidsl_sandbox.drawing.looks import Look, colour, look_of, subject_text
from omnidsl_sandbox.drawing.subjects import SUBJECTS, Place

MaskReader = Callable[[str], Image.Image]

_FINE = 2  # tiles are drawn this much larger, for smooth edges
_PREVIEW_SIDE = 256


def render(artwork: Artwork, job: str, masks: MaskReader) -> bytes:
    """Return the picture as PNG; its text chunks hold the whole prompt, the job and that it is simulated."""
    picture = compose(artwork, masks)
    if artwork.scale > 1:
        size = (picture.width * artwork.scale, picture.height * artwork.scale)
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    facts = PngImagePlugin.PngInfo()
    facts.add_itxt("Title", "SIMULATED")
    facts.add_itxt("Description", artwork.prompt)
    facts.add_itxt("Job ID", job)
    facts.add_itxt("Software", "omnidsl_sandbox, a simulator")
    out = io.BytesIO()
    # Run lengths suit flat colours: as small as a full search, in half the time.
    picture.save(out, "PNG", compress_type=zlib.Z_RLE, compress_level=1, pnginfo=facts)
    return out.getvalue()


def as_form(png: bytes, form: str) -> bytes:
    """Return a picture in another form: `png`, `jpeg` or `webp`; what it says of itself stays, where the form can."""
    if form == "png":
        return png
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        comment = f"SIMULATED: {picture.info.get('Description', '')}".encode()[:60000]
        more = {"comment": comment} if form == "jpeg" else {}
        picture.convert("RGB").save(out, form.upper(), quality=85, **more)
    return out.getvalue()


def render_preview(artwork: Artwork, percent: int, masks: MaskReader) -> bytes:
    """Return a small WebP that is coarse at first and clears up with `percent`."""
    share = _PREVIEW_SIDE / max(artwork.width, artwork.height)
    small = (
        max(8, round(artwork.width * share / 2) * 2),
        max(8, round(artwork.height * share / 2) * 2),
    )
    picture = compose(attrs.evolve(artwork, width=small[0], height=small[1]), masks)
    coarse = max(1, round((100 - percent) / 6))
    rough = picture.resize(
        (max(1, small[0] // coarse), max(1, small[1] // coarse)), Image.Resampling.BOX
    )
    out = io.BytesIO()
    rough.resize(small, Image.Resampling.BICUBIC).save(out, "WEBP", quality=60, method=0)
    return out.getvalue()


def fixed(size: int) -> bytes:
    """Return a valid PNG of exactly `size` bytes (128 at least): one grey pixel and a chunk of padding."""
    out = io.BytesIO()
    Image.new("L", (1, 1), 128).save(out, "PNG")
    plain = out.getvalue()
    end = len(plain) - 12  # the closing IEND chunk: length, name, checksum
    padding = bytes(size - len(plain) - 12)
    chunk = (
        len(padding).to_bytes(4, "big")
        + b"siMu"
        + padding
        + zlib.crc32(b"siMu" + padding).to_bytes(4, "big")
    )
    return plain[:end] + chunk + plain[end:]


def compose(artwork: Artwork, masks: MaskReader) -> Image.Image:
    """Return all tiles of an artwork in one picture, at scale 1."""
    if not artwork.is_grid:
        return _tile(artwork, artwork.tiles[0], artwork.width, artwork.height, masks)
    width, height = artwork.width // 2, artwork.height // 2
    picture = Image.new("RGB", (width * 2, height * 2))
    for number, tile in enumerate(artwork.tiles):
        picture.paste(
            _tile(artwork, tile, width, height, masks), (number % 2 * width, number // 2 * height)
        )
    return picture


def _tile(artwork: Artwork, tile: Tile, width: int, height: int, masks: MaskReader) -> Image.Image:
    scene = _scene(
        artwork, tile, Chance(tile.seed, tile.change, tile.strength), tile.prompt, (width, height)
    )
    for patch in tile.patches:
        over = _scene(artwork, tile, Chance(patch.seed), patch.prompt, (width, height))
        mask = masks(patch.mask).convert("L").resize((width, height), Image.Resampling.BILINEAR)
        scene = Image.composite(over, scene, mask)
    label(scene, subject_text(artwork.prompt))
    return scene


def _scene(
    artwork: Artwork, tile: Tile, chance: Chance, prompt: str, size: tuple[int, int]
) -> Image.Image:
    canvas = Canvas(size[0] * _FINE, size[1] * _FINE, tile.camera)
    look = look_of(prompt)
    tint = colour(artwork.tint) if artwork.tint else None
    palette = look.palette.changed(
        chance.between("palette.turn", -0.035, 0.035),
        chance.between("palette.light", -0.04, 0.05),
        tint,
    )
    BACKDROPS[look.backdrop](canvas, palette, chance)
    if look.subject:
        SUBJECTS[look.subject](_place(canvas, chance, look), palette)
    return canvas.image.reduce(_FINE)


def _place(canvas: Canvas, chance: Chance, look: Look) -> Place:
    narrow = min(1.0, canvas.ratio)  # a tall picture has less room beside the middle
    size = chance.between("subject.size", 0.42, 0.56) * look.scale * (0.25 + 0.75 * narrow)
    feet = min(chance.between("subject.y", 0.86, 0.93) + max(0.0, look.scale - 1) * 0.3, 1.2)
    x = chance.between("subject.x", -0.16, 0.16) * narrow
    return Place(canvas, x, feet, size, flipped=chance.pick("subject.flip", (False, True)))
