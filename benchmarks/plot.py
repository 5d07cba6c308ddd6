"""A small line chart as SVG text: a logarithmic axis across, a linear one up from zero."""

import math
from collections.abc import Callable, Mapping, Sequence

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 120, 20, 50
_COLORS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700")
_FONT = 'font-family="sans-serif" font-size="12"'

Points = Sequence[tuple[float, float]]


def lines(series: Mapping[str, Points], *, across: str, up: str) -> str:
    """Return a chart with one line for each series; `across` and `up` are what the axes say."""
    xs = [x for points in series.values() for x, _ in points]
    high = max(y for points in series.values() for _, y in points) * 1.15
    low, far = math.log10(min(xs)), math.log10(max(xs))

    def place(x: float, y: float) -> tuple[float, float]:
        wide, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        return (
            round(_LEFT + wide * (math.log10(x) - low) / (far - low), 1),
            round(_HEIGHT - _BOTTOM - tall * y / high, 1),
        )

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_FONT}>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        *_axes(sorted(set(xs)), high, place, across, up),
    ]
    for color, (name, points) in zip(_COLORS, series.items(), strict=False):
        path = " ".join(f"{x},{y}" for x, y in (place(*one) for one in points))
        end_x, end_y = place(*points[-1])
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        drawn += [
            f'<circle cx="{x}" cy="{y}" r="3" fill="{color}"/>'
            for x, y in (place(*one) for one in points)
        ]
        drawn.append(f'<text x="{end_x + 8}" y="{end_y + 4}" fill="{color}">{name}</text>')
    return "\n".join([*drawn, "</svg>"]) + "\n"


def _axes(
    xs: Sequence[float],
    high: float,
    place: Callable[[float, float], tuple[float, float]],
    across: str,
    up: str,
) -> list[str]:
    drawn = []
    step = 10 ** math.floor(math.log10(high))
    step = step if high / step > 3 else step / 2
    for number in range(int(high / step) + 1):
        left, y = place(xs[0], number * step)
        right, _ = place(xs[-1], 0)
        drawn.append(f'<line x1="{left}" y1="{y}" x2="{right}" y2="{y}" stroke="#d0d7de"/>')
        drawn.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{number * step:g}</text>')
    for x in xs:
        at, foot = place(x, 0)
        drawn.append(f'<text x="{at}" y="{foot + 18}" text-anchor="middle">{x:,.0f}</text>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    drawn.append(f'<text x="{middle}" y="{_HEIGHT - 10}" text-anchor="middle">{across}</text>')
    tall = (_TOP + _HEIGHT - _BOTTOM) / 2
    drawn.append(
        f'<text x="16" y="{tall}" text-anchor="middle" transform="rotate(-90 16 {tall})">{up}</text>'
    )
    return drawn
