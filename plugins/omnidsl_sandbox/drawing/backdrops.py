"""Where a scene takes place: each function fills a canvas."""

import math
from collections.abc import Callable, Mapping

from omnidsl_sandbox.drawing.canvas import Canvas
from omnidsl_sandbox.drawing.chance import Chance
from omnidsl_sandbox.drawing.looks import Palette, mix

Backdrop = Callable[[Canvas, Palette, Chance], None]


def hills(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Paint rolling land under a low sun."""
    horizon = chance.between("horizon", 0.45, 0.62)
    _sky(canvas, palette, chance, horizon)
    for layer in range(5):
        depth = layer / 4
        colour = mix(mix(palette.far, palette.sky_low, 0.35), palette.near, depth)
        base = horizon + depth**1.3 * (0.98 - horizon)
        height = 0.06 + 0.05 * depth
        canvas.ground(
            [(x, base - height * _wave(chance, layer, x, 1.6)) for x in canvas.across()], colour
        )


def mountain(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Paint ridges behind each other, the far ones capped with light."""
    horizon = chance.between("horizon", 0.5, 0.68)
    _sky(canvas, palette, chance, horizon)
    for layer in range(4):
        depth = layer / 3
        colour = mix(mix(palette.far, palette.sky_low, 0.4), palette.near, depth)
        base = horizon + depth * 0.3
        height = 0.42 * (1 - depth) + 0.1
        ridge = [(x, base - height * _ridge(chance, layer, x)) for x in canvas.across(200)]
        canvas.ground(ridge, colour)
        if layer < 2:
            snow = base - height * 0.45
            caps = [(x, min(y + 0.03 + 0.05 * (snow - y), max(y, snow))) for x, y in ridge]
            canvas.polygon(
                [*ridge, *reversed(caps)], mix(palette.light, palette.sky_low, 0.2), 0.75
            )


def sea(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Paint water to the horizon, with the light lying on it."""
    horizon = chance.between("horizon", 0.42, 0.58)
    sun = _sky(canvas, palette, chance, horizon)
    canvas.box(
        canvas.left, horizon, canvas.right, canvas.bottom, mix(palette.mid, palette.sky_low, 0.3)
    )
    for layer in range(9):
        depth = layer / 8
        y = horizon + depth**1.5 * 0.5
        colour = mix(mix(palette.mid, palette.sky_low, 0.3), palette.near, depth)
        size = 0.004 + 0.018 * depth
        canvas.ground(
            [(x, y - size * _wave(chance, layer, x, 7 - 4 * depth)) for x in canvas.across()],
            colour,
        )
    for stripe in range(14):
        y = horizon + 0.012 + 0.03 * stripe
        half = chance.between(f"glint{stripe}", 0.02, 0.05 + 0.007 * stripe)
        x = sun + chance.between(f"sway{stripe}", -0.02, 0.02)
        canvas.ellipse(x, y, half, 0.004 + 0.0004 * stripe, palette.light, 0.75 - 0.04 * stripe)


def city(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Paint towers with lit windows, three streets deep."""
    horizon = 0.86
    _sky(canvas, palette, chance, 0.75)
    for layer in range(3):
        depth = layer / 2
        colour = mix(mix(palette.far, palette.sky_low, 0.3), palette.near, depth)
        width = 0.1 + 0.07 * depth
        for slot in canvas.slots(width):
            name = f"tower{layer}.{slot}"
            height = chance.between(name, 0.2, 0.78 - 0.34 * depth)
            left = slot * width + chance.between(f"{name}x", 0, 0.2) * width
            right = left + width * chance.between(f"{name}w", 0.72, 1.05)
            top = horizon - height + 0.1 * depth
            canvas.box(left, top, right, canvas.bottom, colour)
            if layer:
                _windows(canvas, palette, chance, name, (left, top, right))
            if chance.between(f"{name}mast", 0, 1) > 0.7:
                middle = (left + right) / 2
                canvas.line([(middle, top), (middle, top - 0.07)], 0.005, colour)
                canvas.ellipse(middle, top - 0.07, 0.006, 0.006, palette.accent)
    canvas.box(canvas.left, 0.95, canvas.right, canvas.bottom, mix(palette.near, (0, 0, 0), 0.4))


def forest(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Paint firs in rows, mist between them."""
    _sky(canvas, palette, chance, 0.5)
    for layer in range(4):
        depth = layer / 3
        colour = mix(mix(palette.far, palette.sky_low, 0.45), palette.near, depth)
        base = 0.62 + 0.3 * depth
        canvas.ground(
            [(x, base - 0.03 * _wave(chance, layer, x, 2)) for x in canvas.across()], colour
        )
        width = 0.06 + 0.09 * depth
        for slot in canvas.slots(width):
            name = f"fir{layer}.{slot}"
            x = (slot + chance.between(name, 0.1, 0.9)) * width
            # The middle stays open for a subject.
            room = 1.0 if layer < 3 else min(1.0, 0.25 + abs(x) * 1.6)
            _fir(
                canvas,
                x,
                base + 0.02,
                chance.between(f"{name}h", 0.2, 0.42) * (0.7 + depth * 0.6) * room,
                colour,
            )
        canvas.box(canvas.left, base - 0.05, canvas.right, base + 0.01, palette.sky_low, 0.14)


def space(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Paint stars, a nebula and a ringed planet."""
    dark = mix(palette.sky_top, (4, 6, 20), 0.75)
    canvas.gradient(
        [(0, dark), (0.6, mix(dark, palette.far, 0.25)), (1, mix(dark, palette.near, 0.4))]
    )
    for cloud in range(3):
        x, y = (
            chance.between(f"cloud{cloud}x", -0.7, 0.7),
            chance.between(f"cloud{cloud}y", 0.1, 0.9),
        )
        tone = (palette.sky_low, palette.subject, palette.accent)[cloud % 3]
        canvas.glow(x, y, chance.between(f"cloud{cloud}r", 0.3, 0.6), tone, 0.4)
    for slot in canvas.slots(0.009):
        name = f"star{slot}"
        size = chance.between(f"{name}s", 0.0008, 0.0032)
        canvas.ellipse(
            slot * 0.009, chance.between(name, -0.4, 1.4), size, size, palette.light, 0.9
        )
    x, y = chance.between("planet.x", -0.3, 0.3), chance.between("planet.y", 0.3, 0.45)
    radius = chance.between("planet.r", 0.12, 0.2)
    canvas.glow(x, y, radius * 2.2, palette.light, 0.35)
    canvas.ellipse(x, y, radius, radius, palette.mid)
    canvas.ellipse(
        x - radius * 0.12,
        y - radius * 0.12,
        radius * 0.86,
        radius * 0.86,
        mix(palette.mid, palette.light, 0.3),
    )
    tilt = chance.between("planet.tilt", -0.4, 0.4)
    ring = [
        (
            x + math.cos(turn / 20) * radius * 1.8,
            y + math.sin(turn / 20) * radius * 0.35 + math.cos(turn / 20) * tilt * radius,
        )
        for turn in range(-10, 73)
    ]
    canvas.line(ring, 0.012, palette.accent, 0.85)


def shapes(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Paint overlapping discs, bands and triangles."""
    canvas.gradient([(0, palette.sky_top), (1, palette.sky_low)])
    tones = (palette.light, palette.far, palette.mid, palette.near, palette.subject, palette.accent)
    for number in range(16):
        name = f"shape{number}"
        tone = tones[number % len(tones)]
        x, y = chance.between(f"{name}x", -0.9, 0.9), chance.between(f"{name}y", -0.1, 1.1)
        size = chance.between(f"{name}s", 0.08, 0.34)
        turn = chance.between(f"{name}t", 0, math.tau)
        corners = chance.pick(name, (3, 4, 4, 6, 0, 0))
        if corners:
            angles = [turn + math.tau * corner / corners for corner in range(corners)]
            canvas.polygon(
                [(x + math.cos(a) * size, y + math.sin(a) * size) for a in angles], tone, 0.72
            )
        else:
            canvas.ellipse(x, y, size, size, tone, 0.72)


BACKDROPS: Mapping[str, Backdrop] = {
    painter.__name__: painter for painter in (hills, mountain, sea, city, forest, space, shapes)
}


def _sky(canvas: Canvas, palette: Palette, chance: Chance, horizon: float) -> float:
    """Draw the sky and the light in it; return the light's x."""
    canvas.gradient([(0, palette.sky_top), (horizon, palette.sky_low), (1, palette.sky_low)])
    x = chance.between("sun.x", -0.38, 0.38)
    y = chance.between("sun.y", 0.14, horizon - 0.12)
    radius = chance.between("sun.r", 0.05, 0.1)
    canvas.glow(x, y, radius * 5, palette.light, 0.7)
    canvas.ellipse(x, y, radius, radius, palette.light)
    for cloud in range(4):
        cx = chance.between(f"sky{cloud}x", -0.9, 0.9)
        cy = chance.between(f"sky{cloud}y", 0.05, horizon * 0.7)
        long = chance.between(f"sky{cloud}l", 0.08, 0.22)
        canvas.ellipse(cx, cy, long, 0.012, mix(palette.light, palette.sky_low, 0.5), 0.4)
        canvas.ellipse(
            cx + long * 0.3,
            cy - 0.012,
            long * 0.5,
            0.014,
            mix(palette.light, palette.sky_low, 0.5),
            0.4,
        )
    return x


def _wave(chance: Chance, layer: int, x: float, pitch: float) -> float:
    """Return a smooth height from 0 to 1 at x."""
    one, two = (
        chance.between(f"wave{layer}a", 0, math.tau),
        chance.between(f"wave{layer}b", 0, math.tau),
    )
    return 0.5 + 0.3 * math.sin(x * pitch * 2 + one) + 0.2 * math.sin(x * pitch * 5.3 + two)


def _ridge(chance: Chance, layer: int, x: float) -> float:
    """Return a jagged height from 0 to 1 at x."""
    total = 0.0
    for octave, (pitch, weight) in enumerate(((1.3, 0.55), (2.9, 0.25), (6.7, 0.13), (15.1, 0.07))):
        phase = chance.between(f"ridge{layer}.{octave}", 0, 2)
        total += weight * (1 - abs((x * pitch + phase) % 2 - 1))
    return total


def _fir(
    canvas: Canvas, x: float, base: float, height: float, colour: tuple[int, int, int]
) -> None:
    half = height * 0.22
    for tier in range(3):
        low = base - height * 0.24 * tier
        wide = half * (1 - 0.25 * tier)
        canvas.polygon([(x - wide, low), (x, low - height * 0.5), (x + wide, low)], colour)


def _windows(
    canvas: Canvas, palette: Palette, chance: Chance, name: str, tower: tuple[float, float, float]
) -> None:
    left, top, right = tower
    columns = 4
    step = (right - left) / (columns + 0.5)
    # One draw a tower and row, read bit by bit: a draw a window would be most of the time a city takes.
    for row in range(9):
        lit = int(chance.between(f"{name}row{row}", 0, 16))
        y = top + 0.03 + row * 0.05
        for column in range(columns):
            if lit >> column & 1:
                x = left + step * (column + 0.45)
                tone = palette.accent if (row + column) % 3 else palette.subject
                canvas.box(x, y, x + step * 0.5, y + 0.024, tone, 0.85)
