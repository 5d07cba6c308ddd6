"""What a picture shows, as data: enough to draw it again, any size, any time.

An artwork is a grid of four tiles or a single one. Operations on pictures (upscale, vary, zoom, pan, repaint) make a new
artwork out of an old one; nothing here touches a pixel.
"""

import math
import re
from typing import Literal

import attrs

Direction = Literal["left", "right", "up", "down"]

_SIDE = 1024  # a 1:1 picture, in pixels; other ratios keep its area
_WIDEST = 14  # the widest ratio that Midjourney draws
_MOST_PATCHES = 4
_RATIO = re.compile(r"(?:^|\s)--(?:ar|aspect)\s+(\d{1,4})\s*[:：]\s*(\d{1,4})(?!\d)")


@attrs.frozen
class Camera:
    """Where the scene is seen from: `zoom` 0.5 shows twice as much, `x` and `y` are in tile heights."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.5


@attrs.frozen
class Patch:
    """A region painted anew: `mask` names an uploaded picture whose white part shows the new scene."""

    prompt: str
    seed: str
    mask: str


@attrs.frozen
class Tile:
    """One scene: `seed` composes it, `change` and `strength` (0 to 1) move it away from that composition."""

    prompt: str
    seed: str
    change: str = ""
    strength: float = 0.0
    camera: Camera = Camera()
    patches: tuple[Patch, ...] = ()


@attrs.frozen
class Artwork:
    """A picture of `width` by `height` pixels times `scale`; `tint` is `#rrggbb` taken from a reference, or empty."""

    prompt: str
    width: int
    height: int
    tiles: tuple[Tile, ...]
    scale: int = 1
    tint: str = ""

    @property
    def is_grid(self) -> bool:
        """Whether four tiles share the picture."""
        return len(self.tiles) > 1


def imagine(prompt: str, seed: str, tint: str = "") -> Artwork:
    """Return a grid of four different scenes for the prompt, in the ratio of its `--ar`."""
    width, height = size_of(prompt)
    tiles = tuple(Tile(prompt, f"{seed}.{number}") for number in range(1, 5))
    return Artwork(prompt, width, height, tiles, tint=tint)


def size_of(prompt: str) -> tuple[int, int]:
    """Return even width and height in pixels: the last `--ar W:H` of the prompt (1:1 without), about one megapixel."""
    found = _RATIO.findall(prompt)
    across, down = (int(found[-1][0]), int(found[-1][1])) if found else (1, 1)
    if not across or not down or max(across, down) > _WIDEST * min(across, down):
        across = down = 1
    common = math.gcd(across, down)
    across, down = across // common, down // common
    step = max(2, round(_SIDE / math.sqrt(across * down) / 2) * 2)
    return across * step, down * step


def upscale(artwork: Artwork, index: int) -> Artwork:
    """Return tile `index` (1 to 4) alone, at the size of the whole grid."""
    return attrs.evolve(artwork, tiles=(artwork.tiles[index - 1],))


def reword(artwork: Artwork, prompt: str) -> Artwork:
    """Return the same compositions with another prompt."""
    tiles = tuple(attrs.evolve(tile, prompt=prompt) for tile in artwork.tiles)
    return attrs.evolve(artwork, prompt=prompt, tiles=tiles)


def enlarge(artwork: Artwork) -> Artwork:
    """Return the same picture with twice the side, once."""
    return attrs.evolve(artwork, scale=2)


def vary(artwork: Artwork, index: int, seed: str, strength: float) -> Artwork:
    """Return a grid of four relatives of tile `index`."""
    return _four(artwork, artwork.tiles[index - 1], seed, strength)


def zoom_out(artwork: Artwork, factor: float, seed: str, prompt: str) -> Artwork:
    """Return a grid that shows `factor` times as much of the first tile's scene."""
    tile = artwork.tiles[0]
    camera = attrs.evolve(tile.camera, zoom=tile.camera.zoom / factor)
    return attrs.evolve(_four(artwork, attrs.evolve(tile, camera=camera), seed, 0.1), prompt=prompt)


def make_square(artwork: Artwork, seed: str) -> Artwork:
    """Return a grid in 1:1 that shows the whole first tile and what lies around it."""
    tile = artwork.tiles[0]
    ratio = artwork.width / artwork.height
    camera = attrs.evolve(tile.camera, zoom=tile.camera.zoom / max(1.0, ratio))
    square = attrs.evolve(artwork, width=_SIDE, height=_SIDE)
    return _four(square, attrs.evolve(tile, camera=camera), seed, 0.1)


def pan(artwork: Artwork, direction: Direction, seed: str) -> Artwork:
    """Return a grid, half as large again, that goes on in one direction."""
    tile = artwork.tiles[0]
    camera = tile.camera
    if direction in ("left", "right"):
        sign = -1 if direction == "left" else 1
        moved = sign * artwork.width / artwork.height / 4 / camera.zoom
        camera = attrs.evolve(camera, x=camera.x + moved)
        wide = attrs.evolve(artwork, width=_half_again(artwork.width))
    else:
        sign = -1 if direction == "up" else 1
        camera = Camera(camera.zoom / 1.5, camera.x, camera.y + sign / 4 / camera.zoom)
        wide = attrs.evolve(artwork, height=_half_again(artwork.height))
    return _four(wide, attrs.evolve(tile, camera=camera), seed, 0.1)


def repaint(artwork: Artwork, mask: str, prompt: str, seed: str) -> Artwork:
    """Return a grid of the first tile whose masked region shows the prompt, four ways."""
    tile = artwork.tiles[0]
    tiles = tuple(
        attrs.evolve(
            tile, patches=(*tile.patches, Patch(prompt, f"{seed}.{number}", mask))[-_MOST_PATCHES:]
        )
        for number in range(1, 5)
    )
    return attrs.evolve(artwork, prompt=prompt, tiles=tiles, scale=1)


def _four(artwork: Artwork, tile: Tile, seed: str, strength: float) -> Artwork:
    tiles = tuple(
        attrs.evolve(tile, change=f"{seed}.{number}", strength=max(strength, tile.strength))
        for number in range(1, 5)
    )
    return attrs.evolve(artwork, tiles=tiles, scale=1)


def _half_again(side: int) -> int:
    return min(round(side * 0.75) * 2, 4 * _SIDE)
