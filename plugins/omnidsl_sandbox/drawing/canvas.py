"""A surface with a camera: shapes are given in the scene's units, whatever the size in pixels."""

import itertools
import math
from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw

from omnidsl_sandbox.drawing.artwork import Camera
from omnidsl_sandbox.drawing.looks import Colour, mix

Point = tuple[float, float]


class Canvas:
    """A picture of `width` by `height` pixels on a scene whose unit is its height; x is 0 in the middle, y grows down.

    At `zoom` 1 and `y` 0.5 the canvas shows y from 0 to 1. `left`, `right`, `top` and `bottom` are what it shows; `ratio` is its
    width over its height.
    """

    def __init__(self, width: int, height: int, camera: Camera) -> None:
        self.image = Image.new("RGB", (width, height))
        self._draw = ImageDraw.Draw(self.image, "RGBA")
        self._camera = camera
        self._unit = height * camera.zoom
        self.ratio = width / height
        reach = width / self._unit / 2
        self.left, self.right = camera.x - reach, camera.x + reach
        self.top, self.bottom = (
            camera.y - height / self._unit / 2,
            camera.y + height / self._unit / 2,
        )

    def gradient(self, stops: Sequence[tuple[float, Colour]]) -> None:
        """Fill the canvas with colours that change downwards; stops are (y, colour), ascending."""
        rows = 256
        column = Image.new("RGB", (1, rows))
        step = (self.bottom - self.top) / rows
        for row in range(rows):
            column.putpixel((0, row), _between(stops, self.top + (row + 0.5) * step))
        # Height first: one pixel wide it costs nothing, and widening is mere copying then.
        tall = column.resize((1, self.image.height), Image.Resampling.BILINEAR)
        self.image.paste(tall.resize(self.image.size, Image.Resampling.NEAREST))

    def polygon(self, points: Iterable[Point], colour: Colour, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        self._draw.polygon([self._pixel(*point) for point in points], fill=_fill(colour, alpha))

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: float = 1.0
    ) -> None:
        """Fill an ellipse around (x, y)."""
        box = (*self._pixel(x - rx, y - ry), *self._pixel(x + rx, y + ry))
        self._draw.ellipse(box, fill=_fill(colour, alpha))

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: Colour,
        alpha: float = 1.0,
    ) -> None:
        """Fill a rectangle."""
        x0, y0 = self._pixel(left, top)
        x1, y1 = self._pixel(right, bottom)
        if x1 > x0 and y1 > y0:
            self._draw.rectangle((x0, y0, x1, y1), fill=_fill(colour, alpha))

    def line(
        self, points: Iterable[Point], width: float, colour: Colour, alpha: float = 1.0
    ) -> None:
        """Draw a line, `width` in scene units."""
        pixels = [self._pixel(*point) for point in points]
        self._draw.line(
            pixels,
            fill=_fill(colour, alpha),
            width=max(1, round(width * self._unit)),
            joint="curve",
        )

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Lay a soft round light over the canvas; `strength` 1 covers its middle."""
        width, height = self.image.size
        x0, y0 = self._pixel(x - radius, y - radius)
        side = radius * 2 * self._unit
        # Only the part that can be seen is enlarged.
        left, top = max(0, round(x0)), max(0, round(y0))
        right, bottom = min(width, round(x0 + side)), min(height, round(y0 + side))
        if left >= right or top >= bottom:
            return
        scale = 256 / side
        part = (
            (left - x0) * scale,
            (top - y0) * scale,
            (right - x0) * scale,
            (bottom - y0) * scale,
        )
        seen = tuple(min(256.0, max(0.0, edge)) for edge in part)
        fade = [round(max(0.0, 1 - n / 180) ** 2 * 255 * strength) for n in range(256)]
        mask = Image.radial_gradient("L").point(fade)
        mask = mask.resize(
            (right - left, bottom - top),
            Image.Resampling.BILINEAR,
            box=(seen[0], seen[1], seen[2], seen[3]),
        )
        self.image.paste(colour, (left, top), mask)

    def ground(self, heights: Sequence[Point], colour: Colour, alpha: float = 1.0) -> None:
        """Fill everything below a skyline that runs from left to right."""
        floor = self.bottom + 0.01
        self.polygon([(heights[0][0], floor), *heights, (heights[-1][0], floor)], colour, alpha)

    def across(self, steps: int = 120) -> list[float]:
        """Return x positions over the canvas from left to right."""
        width = self.right - self.left
        return [self.left + width * step / steps for step in range(steps + 1)]

    def slots(self, width: float) -> range:
        """Return the numbers of the slots of that width that can be seen; slot 0 begins at x 0."""
        return range(math.floor(self.left / width) - 1, math.ceil(self.right / width) + 1)

    def _pixel(self, x: float, y: float) -> Point:
        return (x - self.left) * self._unit, (y - self.top) * self._unit


def _between(stops: Sequence[tuple[float, Colour]], y: float) -> Colour:
    if y <= stops[0][0]:
        return stops[0][1]
    for (above, first), (below, second) in itertools.pairwise(stops):
        if y <= below:
            return mix(first, second, (y - above) / (below - above))
    return stops[-1][1]


def _fill(colour: Colour, alpha: float) -> tuple[int, int, int, int]:
    return (*colour, round(alpha * 255))
