"""Did-you-means: the few known names that are nearest to what somebody typed."""

from collections.abc import Iterable


def distance(left: str, right: str, limit: int) -> int:
    """Return the edit distance (insert, delete, replace, swap of neighbours), or `limit + 1` when it is larger."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    above: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        two_above, above = above, row
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, two_above[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Return at most `most` known names within a third of the name's length, nearest first.

    A short name may have one edit; one of a single character resembles everything, and nothing is said of it.
    """
    folded = name.casefold()
    limit = max(1, len(folded) // 3) if len(folded) > 1 else 0
    close = ((distance(folded, one.casefold(), limit), one) for one in dict.fromkeys(known))
    return [one for far, one in sorted(close) if far <= limit][:most]
