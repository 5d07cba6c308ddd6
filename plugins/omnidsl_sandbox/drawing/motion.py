"""From an artwork to a short video: its first scene, seen by a camera that moves."""

from collections.abc import Callable

import attrs
from PIL import Image

from omnidsl_sandbox.drawing.artwork import Artwork, Camera
from omnidsl_sandbox.drawing.film import movie
from omnidsl_sandbox.drawing.h264 import SIDE
from omnidsl_sandbox.drawing.rendering import MaskReader, compose

_SIDE = 192
_FRAMES = 6
_SECONDS = 2.0
_TITLE = "SIMULATED"

Move = Callable[[Camera, float], Camera]

_MOVES: tuple[Move, ...] = (
    lambda camera, share: attrs.evolve(camera, zoom=camera.zoom * (1 + 0.25 * share)),
    lambda camera, share: attrs.evolve(camera, zoom=camera.zoom / (1 + 0.25 * share)),
    lambda camera, share: attrs.evolve(camera, x=camera.x + 0.2 * share),
    lambda camera, share: attrs.evolve(camera, x=camera.x - 0.2 * share),
)
"""What the camera does in each of the four videos of a task; the share of the time goes from 0 to 1."""


def film(artwork: Artwork, index: int, masks: MaskReader) -> bytes:
    """Return video `index` (from 1) of an artwork as MP4; it says in its frames and its metadata that it is simulated."""
    share = _SIDE / max(artwork.width, artwork.height)
    size = _whole(artwork.width * share), _whole(artwork.height * share)
    tile, move = artwork.tiles[0], _MOVES[(index - 1) % len(_MOVES)]
    frames = []
    for number in range(_FRAMES):
        seen = attrs.evolve(tile, camera=move(tile.camera, number / (_FRAMES - 1)))
        small = attrs.evolve(artwork, width=size[0], height=size[1], tiles=(seen,))
        frames.append(compose(small, masks))
    return movie(frames, _SECONDS, _TITLE, artwork.prompt)


def still() -> bytes:
    """Return the smallest video: one grey frame."""
    return movie([Image.new("RGB", (SIDE, SIDE), "grey")], 1.0, _TITLE, "")


def _whole(side: float) -> int:
    return max(SIDE, round(side / SIDE) * SIDE)
