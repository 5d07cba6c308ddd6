"""What a scene is about: each function draws one subject, its feet at (0, 0), about one unit tall, y growing down."""

import math
from collections.abc import Callable, Iterable, Mapping

import attrs

from omnidsl_sandbox.drawing.canvas import Canvas, Point
from omnidsl_sandbox.drawing.looks import Colour, Palette, mix


@attrs.frozen
class Place:
    """Where on the canvas a subject stands: its feet, its height in scene units, whether it looks the other way."""

    canvas: Canvas
    x: float
    y: float
    size: float
    flipped: bool

    def polygon(self, points: Iterable[Point], colour: Colour) -> None:
        """Fill a polygon given in the subject's units."""
        self.canvas.polygon([self._at(*point) for point in points], colour)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: float = 1.0
    ) -> None:
        """Fill an ellipse given in the subject's units."""
        self.canvas.ellipse(*self._at(x, y), rx * self.size, ry * self.size, colour, alpha)

    def line(self, points: Iterable[Point], width: float, colour: Colour) -> None:
        """Draw a line given in the subject's units."""
        self.canvas.line([self._at(*point) for point in points], width * self.size, colour)

    def _at(self, x: float, y: float) -> Point:
        return self.x + (-x if self.flipped else x) * self.size, self.y + y * self.size


def cat(place: Place, palette: Palette) -> None:
    """Draw a sitting cat that looks at you."""
    coat, shade = palette.subject, mix(palette.subject, palette.near, 0.35)
    tail = _curve((0.16, -0.05), (0.62, -0.02), (0.3, -0.34), (0.5, -0.52))
    place.line(tail, 0.08, shade)
    place.ellipse(0, -0.24, 0.27, 0.26, coat)
    place.ellipse(0, -0.2, 0.14, 0.2, mix(coat, palette.light, 0.5))
    for side in (-1, 1):
        place.ellipse(side * 0.11, -0.02, 0.09, 0.045, shade)
        place.polygon([(side * 0.06, -0.78), (side * 0.25, -0.98), (side * 0.27, -0.66)], coat)
        place.polygon(
            [(side * 0.11, -0.78), (side * 0.22, -0.9), (side * 0.23, -0.7)], palette.accent
        )
    place.ellipse(0, -0.62, 0.28, 0.22, coat)
    for side in (-1, 1):
        place.ellipse(side * 0.12, -0.64, 0.062, 0.072, palette.light)
        place.ellipse(side * 0.12, -0.64, 0.022, 0.062, (20, 20, 26))
        for whisker in (-0.02, 0.03):
            place.line(
                [(side * 0.1, -0.54), (side * 0.38, -0.55 + whisker)],
                0.008,
                mix(coat, (255, 255, 255), 0.7),
            )
    place.polygon([(-0.03, -0.57), (0.03, -0.57), (0, -0.53)], palette.accent)


def fox(place: Place, palette: Palette) -> None:
    """Draw a fox sitting sideways, its brush on the ground."""
    coat = mix(palette.subject, (214, 96, 32), 0.6)
    pale = mix(coat, (255, 248, 236), 0.8)
    place.ellipse(-0.36, -0.1, 0.26, 0.1, coat)
    place.ellipse(-0.56, -0.12, 0.09, 0.06, pale)
    place.polygon([(-0.26, 0), (-0.2, -0.4), (0.08, -0.66), (0.2, -0.3), (0.16, 0)], coat)
    place.polygon([(0.1, -0.52), (0.2, -0.3), (0.15, -0.14), (0.06, -0.34)], pale)
    place.line([(0.14, -0.2), (0.15, -0.01)], 0.07, mix(coat, (30, 20, 20), 0.5))
    place.polygon(
        [(-0.14, -0.76), (0.02, -0.88), (0.2, -0.8), (0.42, -0.6), (0.2, -0.56), (-0.06, -0.58)],
        coat,
    )
    place.polygon([(0.42, -0.6), (0.2, -0.56), (0.0, -0.58), (0.18, -0.66)], pale)
    for x in (-0.12, 0.06):
        place.polygon([(x - 0.02, -0.8), (x + 0.02, -1.02), (x + 0.12, -0.84)], coat)
    place.ellipse(0.15, -0.72, 0.022, 0.026, (24, 18, 18))
    place.ellipse(0.42, -0.6, 0.025, 0.022, (24, 18, 18))


def bird(place: Place, palette: Palette) -> None:
    """Draw a bird on the wing."""
    body = palette.subject
    place.ellipse(0, -0.55, 0.24, 0.09, body)
    place.polygon([(-0.2, -0.55), (-0.44, -0.66), (-0.42, -0.48)], mix(body, palette.near, 0.3))
    place.polygon([(-0.12, -0.58), (-0.28, -1.0), (0.14, -0.6)], mix(body, palette.light, 0.35))
    place.polygon([(-0.02, -0.52), (0.02, -0.14), (0.16, -0.54)], mix(body, palette.near, 0.25))
    place.ellipse(0.25, -0.61, 0.09, 0.08, body)
    place.polygon([(0.32, -0.64), (0.46, -0.59), (0.32, -0.57)], palette.accent)
    place.ellipse(0.28, -0.63, 0.016, 0.016, (18, 18, 24))


def person(place: Place, palette: Palette) -> None:
    """Draw a figure from the waist up."""
    skin = mix(palette.light, (196, 132, 96), 0.55)
    hair = mix(palette.near, (24, 18, 22), 0.5)
    place.ellipse(0, -0.7, 0.25, 0.29, hair)
    place.polygon([(-0.25, -0.68), (-0.29, -0.28), (0.29, -0.28), (0.25, -0.68)], hair)
    place.polygon(
        [
            (-0.5, 0.8),
            (-0.46, 0),
            (-0.36, -0.3),
            (-0.1, -0.38),
            (0.1, -0.38),
            (0.36, -0.3),
            (0.46, 0),
            (0.5, 0.8),
        ],
        palette.subject,
    )
    place.polygon(
        [(-0.08, -0.5), (0.08, -0.5), (0.1, -0.36), (0, -0.27), (-0.1, -0.36)],
        mix(skin, palette.near, 0.2),
    )
    place.ellipse(0, -0.66, 0.17, 0.21, skin)
    place.polygon([(-0.18, -0.72), (-0.1, -0.92), (0.14, -0.9), (0.19, -0.7), (0.06, -0.82)], hair)
    for side in (-1, 1):
        place.ellipse(side * 0.07, -0.66, 0.026, 0.016, (32, 26, 30))
    place.line(
        [(-0.045, -0.555), (0, -0.545), (0.045, -0.555)],
        0.014,
        mix(palette.accent, (150, 40, 40), 0.6),
    )
    place.polygon(
        [(-0.1, -0.36), (0, -0.27), (0.1, -0.36), (0.05, -0.2), (-0.05, -0.2)], palette.accent
    )


def flower(place: Place, palette: Palette) -> None:
    """Draw a flower with two leaves."""
    stem = mix(palette.mid, (56, 120, 62), 0.6)
    place.line([(0, 0), (0.03, -0.3), (0, -0.62)], 0.03, stem)
    place.polygon([(0.02, -0.22), (0.22, -0.38), (0.3, -0.3), (0.14, -0.2)], stem)
    place.polygon([(0.02, -0.12), (-0.2, -0.3), (-0.28, -0.2), (-0.12, -0.1)], stem)
    for ring, (count, reach, size) in enumerate(((9, 0.21, 0.115), (7, 0.13, 0.09))):
        tone = mix(palette.subject, palette.light, 0.3 * ring)
        for petal in range(count):
            turn = math.tau * petal / count + ring * 0.3
            place.ellipse(
                math.cos(turn) * reach, -0.7 + math.sin(turn) * reach, size, size, tone, 0.92
            )
    place.ellipse(0, -0.7, 0.09, 0.09, palette.accent)


def boat(place: Place, palette: Palette) -> None:
    """Draw a sailing boat."""
    hull = mix(palette.near, (90, 52, 34), 0.4)
    place.line([(0, -0.1), (0, -0.98)], 0.02, hull)
    place.polygon([(0.03, -0.95), (0.03, -0.24), (0.46, -0.24)], palette.subject)
    place.polygon(
        [(-0.03, -0.86), (-0.03, -0.24), (-0.34, -0.24)], mix(palette.subject, palette.light, 0.45)
    )
    place.polygon([(-0.48, -0.18), (0.52, -0.18), (0.36, 0.02), (-0.34, 0.02)], hull)
    place.polygon([(-0.46, -0.14), (0.5, -0.14), (0.47, -0.1), (-0.43, -0.1)], palette.accent)


def tree(place: Place, palette: Palette) -> None:
    """Draw a broad tree."""
    bark = mix(palette.near, (84, 56, 40), 0.5)
    place.polygon(
        [
            (-0.07, 0),
            (-0.03, -0.4),
            (-0.16, -0.56),
            (0.03, -0.46),
            (0.18, -0.58),
            (0.06, -0.36),
            (0.09, 0),
        ],
        bark,
    )
    for x, y, radius, share in (
        (-0.24, -0.58, 0.2, 0.0),
        (0.24, -0.6, 0.2, 0.1),
        (0, -0.7, 0.27, 0.2),
        (-0.1, -0.78, 0.17, 0.4),
        (0.14, -0.8, 0.13, 0.5),
    ):
        place.ellipse(x, y, radius, radius * 0.85, mix(palette.subject, palette.light, share))


def house(place: Place, palette: Palette) -> None:
    """Draw a house of two storeys under curved roofs."""
    wall = mix(palette.light, palette.sky_low, 0.3)
    roof = mix(palette.subject, palette.near, 0.25)
    place.polygon([(-0.34, 0), (-0.34, -0.36), (0.34, -0.36), (0.34, 0)], wall)
    place.polygon([(-0.22, -0.42), (-0.22, -0.7), (0.22, -0.7), (0.22, -0.42)], wall)
    place.polygon(
        [(-0.52, -0.36), (-0.3, -0.44), (-0.24, -0.54), (0.24, -0.54), (0.3, -0.44), (0.52, -0.36)],
        roof,
    )
    place.polygon([(-0.38, -0.7), (-0.2, -0.78), (0, -1.0), (0.2, -0.78), (0.38, -0.7)], roof)
    place.polygon(
        [(-0.08, 0), (-0.08, -0.24), (0.08, -0.24), (0.08, 0)], mix(palette.near, (60, 36, 28), 0.5)
    )
    for x in (-0.24, 0.16):
        place.polygon(
            [(x, -0.14), (x, -0.27), (x + 0.09, -0.27), (x + 0.09, -0.14)], palette.accent
        )
    place.polygon([(-0.05, -0.56), (-0.05, -0.65), (0.05, -0.65), (0.05, -0.56)], palette.accent)


def teapot(place: Place, palette: Palette) -> None:
    """Draw a teapot that has just been filled."""
    clay, gleam = palette.subject, mix(palette.subject, palette.light, 0.5)
    place.line(_curve((0.28, -0.48), (0.62, -0.62), (0.62, -0.12), (0.28, -0.18)), 0.05, clay)
    place.polygon([(-0.28, -0.3), (-0.58, -0.56), (-0.5, -0.6), (-0.2, -0.44)], clay)
    place.ellipse(0, -0.32, 0.36, 0.3, clay)
    place.ellipse(-0.1, -0.42, 0.12, 0.08, gleam, 0.7)
    place.ellipse(0, -0.6, 0.2, 0.05, mix(clay, palette.near, 0.4))
    place.ellipse(0, -0.66, 0.05, 0.05, palette.accent)
    for wisp in (-0.08, 0.08):
        place.line(
            [(wisp, -0.76), (wisp + 0.05, -0.84), (wisp - 0.03, -0.92), (wisp + 0.03, -1.0)],
            0.02,
            gleam,
        )


SUBJECTS: Mapping[str, Callable[[Place, Palette], None]] = {
    painter.__name__: painter
    for painter in (cat, fox, bird, person, flower, boat, tree, house, teapot)
}


def _curve(start: Point, pull: Point, push: Point, end: Point) -> list[Point]:
    """Return points on the cubic curve that leaves towards `pull` and arrives from `push`."""
    points = []
    for step in range(17):
        there = step / 16
        back = 1 - there
        weights = (back**3, 3 * back * back * there, 3 * back * there * there, there**3)
        corners = (start, pull, push, end)
        x, y = (
            sum(weight * corner[axis] for weight, corner in zip(weights, corners, strict=True))
            for axis in (0, 1)
        )
        points.append((x, y))
    return points
