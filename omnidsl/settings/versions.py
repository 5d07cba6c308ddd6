"""Version ranges as settings write them: `>=0.1`, `>=0.1, <1`, `~=0.2`."""

import re

_BOUND = re.compile(r"\s*(>=|<=|==|!=|~=|>|<)\s*(\d{1,9}(?:\.\d{1,9}){0,8})\s*")


def admits(version_range: str, version: str) -> bool | None:
    """Say whether a range admits a version (numbers and dots both); None for a text that is no range."""
    if len(version_range) > 200:
        return None
    bounds = [_BOUND.fullmatch(part) for part in version_range.split(",")]
    have = _numbers(version)
    admitted = True
    for bound in bounds:
        if bound is None or (bound[1] == "~=" and "." not in bound[2]):
            return None
        admitted = admitted and _keeps(have, bound[1], _numbers(bound[2]))
    return admitted


def _keeps(have: tuple[int, ...], sign: str, want: tuple[int, ...]) -> bool:
    if sign == "~=":  # from this version on, while all but its last number stay
        return _compare(have, want) >= 0 and have[: len(want) - 1] == want[:-1]
    order = _compare(have, want)
    return {
        ">=": order >= 0,
        "<=": order <= 0,
        "==": order == 0,
        "!=": order != 0,
        ">": order > 0,
        "<": order < 0,
    }[sign]


def _compare(left: tuple[int, ...], right: tuple[int, ...]) -> int:
    length = max(len(left), len(right))
    a, b = (one + (0,) * (length - len(one)) for one in (left, right))
    return (a > b) - (a < b)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
