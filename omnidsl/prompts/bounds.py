"""What one parameter may hold on one version, or beside another parameter."""

from collections.abc import Iterable, Mapping

from omnidsl.prompts.values import Value, number_text

CERTAIN = frozenset(("high", "medium"))
"""Certainties on which a prompt is refused; on others it is warned."""


class Bounds:
    """The values that are accepted; without any bound, all that the parameter takes in general.

    `supported` False refuses the parameter itself. `widest` is the widest ratio either way, as in `14:1`. `sure` are the
    bounds on which all sources agree (None: these). `becomes` are values that are taken for others, `flag` values that are
    a flag by now. `certainty` is high, medium, low or disputed.
    """

    __slots__ = (
        "_side", "becomes", "certainty", "choices", "default", "flag", "least", "most", "refused", "sources", "supported",
        "sure", "widest",
    )  # fmt: skip  # one slot a line would be a page of nothing

    def __init__(
        self,
        *,
        supported: bool = True,
        least: float | None = None,
        most: float | None = None,
        choices: Iterable[str | float] = (),
        refused: Iterable[str | float] = (),
        widest: str = "",
        default: str | float | None = None,
        sure: Mapping[str, object] | None = None,
        becomes: Mapping[str, float] | None = None,
        flag: Mapping[str, str] | None = None,
        certainty: str = "high",
        sources: Iterable[str] = (),
    ) -> None:
        self.supported = supported
        self.least = least
        self.most = most
        self.choices = tuple(choices)
        self.refused = tuple(refused)
        self.widest = widest
        self._side = (
            max(map(int, widest.split(":"))) / min(map(int, widest.split(":"))) if widest else 0
        )
        self.default = default
        self.sure = Bounds(**sure) if sure else None  # type: ignore[arg-type]  # the data's schema holds the form
        self.becomes = dict(becomes or {})
        self.flag = dict(flag or {})
        self.certainty = certainty
        self.sources = tuple(sources)

    def __repr__(self) -> str:
        return f"Bounds({self.shown() or self.supported}, {self.certainty})"

    @property
    def certain(self) -> bool:
        """Whether the sources are good enough to refuse a prompt."""
        return self.certainty in CERTAIN

    @property
    def restricts(self) -> bool:
        """Whether anything is refused, or taken for something else."""
        return bool(
            not self.supported or self.choices or self.refused or self.widest
            or self.least is not None or self.most is not None
        )  # fmt: skip  # two lines of columns

    def accepts(self, value: Value | None) -> bool:
        """Say whether a value that the general table accepts is accepted here; of a list, only whether it may be there."""
        if not self.supported:
            return False
        if value is None or value is True or isinstance(value, tuple):
            return True
        if self.choices and value not in self.choices:
            return False
        if self.refused and value in self.refused:
            return False
        if isinstance(value, str):
            return not self.widest or _side(value) <= self._side
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )

    def shown(self) -> str:
        """Return the bounds as people read them: `0 to 1000`, `1, 2, 4`, `2:1 to 1:2`; empty without any."""
        if self.choices:
            kept = (one for one in self.choices if _text(one) not in self.becomes)
            return ", ".join(_text(one) for one in kept)
        if self.widest:
            wide, _, high = self.widest.partition(":")
            return f"{self.widest} … {high}:{wide}"
        if self.least is None and self.most is None:
            return ""
        return f"{'' if self.least is None else _text(self.least)} … {'' if self.most is None else _text(self.most)}".strip()


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else number_text(value)


def _side(ratio: str) -> float:
    """Return how wide or high a ratio is: 2 for `2:1` and for `1:2`; 0 for what is no ratio."""
    wide, colon, high = ratio.partition(":")
    if not colon or not wide.isdecimal() or not high.isdecimal():
        return 0
    sides = int(wide), int(high)
    return max(sides) / min(sides) if min(sides) else 0
