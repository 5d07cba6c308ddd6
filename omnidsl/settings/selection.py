"""Which findings count: what `select` and `ignore` say of a code, in settings and on the command line."""

from omnidsl.language.catalogue import entry
from omnidsl.language.pattern import pattern

ALL = "ALL"
SELECTOR = pattern(r"ALL|OM\d{0,3}")
_ALWAYS = pattern(r"OM0\d\d|OM9(?!1[0-27])\d\d|OM43[1-8]|OM60[1-6]|OM617|OM50[245]|OM44[0-2]")


def always(code: str) -> bool:
    """Say whether a code is reported whatever is selected: the recipe, the settings or a path could not be read."""
    return _ALWAYS.fullmatch(code) is not None


def is_fixed(selector: str) -> bool:
    """Say whether a selector names nothing but codes that are always reported."""
    from omnidsl.language.catalogue import codes

    return all(always(code) for code in codes() if selector in (ALL, code[: len(selector)]))


def is_known(selector: str) -> bool:
    """Say whether a selector is `ALL`, a code, or the beginning of one."""
    from omnidsl.language.catalogue import codes

    return SELECTOR.fullmatch(selector) is not None and (
        selector == ALL or any(code.startswith(selector) for code in codes())
    )


class Layer:
    """What one place says: the settings file, or the command line. `select` is None where it says nothing of it."""

    __slots__ = ("extend", "ignore", "select")

    def __init__(
        self,
        select: tuple[str, ...] | None = None,
        extend: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
    ) -> None:
        self.select = select
        self.extend = extend
        self.ignore = ignore

    def verdict(self, code: str) -> bool | None:
        """Return whether this place wants a code; None where it leaves that to others. The more exact word wins."""
        wanted = _longest(code, (*(self.select or ()), *self.extend))
        unwanted = _longest(code, self.ignore)
        if wanted is None and unwanted is None:
            return None if self.select is None else False
        return unwanted is None or (wanted is not None and wanted > unwanted)


class Selection:
    """What all places say together: the first of `layers` that knows decides.

    A code that nobody names counts; a quiet one does where `quiet` is true.
    """

    __slots__ = ("_known", "_layers", "_quiet")

    def __init__(self, *layers: Layer, quiet: bool = False) -> None:
        self._layers = layers
        self._quiet = quiet
        self._known: dict[str, bool] = {}

    @property
    def wants_remarks(self) -> bool:
        """Whether somebody selects a quiet code."""
        from omnidsl.language.catalogue import codes

        return any(layer.select or layer.extend for layer in self._layers) and any(
            entry(code).quiet and self.keeps(code) for code in codes()
        )

    def keeps(self, code: str) -> bool:
        """Say whether findings of a code are reported."""
        if code not in self._known:
            said = (layer.verdict(code) for layer in self._layers)
            decided = next((one for one in said if one is not None), None)
            if decided is None:
                decided = self._quiet or not entry(code).quiet
            self._known[code] = decided or always(code)
        return self._known[code]


def _longest(code: str, selectors: tuple[str, ...]) -> int | None:
    lengths = [
        0 if one == ALL else len(one) for one in selectors if one == ALL or code.startswith(one)
    ]
    return max(lengths, default=None)
