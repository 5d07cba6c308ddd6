"""Limits of an argument that depend on other arguments, as the declaration index keeps them.

Plain slotted classes over JSON: `omni check` reads them, and so does the last gate before anything is sent.
"""

from collections.abc import Iterable, Iterator, Mapping

from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

Known = Mapping[str, "str | None"]
"""What is known of a call's arguments: their values as texts, None for one that is given and not known yet.

An argument that is not given has no key.
"""


class Condition:
    """One limit: what `argument` may be where other arguments are as `when` says; `given` is whether it may, or must, be.

    Patterns of `when` are globs on the value as a text; `*` fits whatever is given, a `!` in front what does not fit.
    """

    __slots__ = (
        "argument",
        "choices",
        "given",
        "help",
        "max_length",
        "maximum",
        "minimum",
        "when",
        "zh",
    )

    def __init__(self, row: "Mapping[str, Any]") -> None:
        self.argument: str = row["argument"]
        self.when: Mapping[str, str] = row.get("when", {})
        self.choices: tuple[str, ...] = tuple(row.get("choices", ()))
        self.minimum: float | None = row.get("minimum")
        self.maximum: float | None = row.get("maximum")
        self.max_length: int | None = row.get("max_length")
        self.given: bool | None = row.get("given")
        self.help: str = row.get("help", "")
        self.zh: str = row.get("zh", "")

    @property
    def limits(self) -> bool:
        """Whether it forbids anything; a row that does not is an exception from those behind it."""
        bounds = (self.minimum, self.maximum, self.max_length, self.given)
        return bool(self.choices) or any(one is not None for one in bounds)

    def fits(self, known: Known) -> bool | None:
        """Tell whether the arguments are such as it is for; None where that is not known yet."""
        found = [_fits(wanted, known, name) for name, wanted in self.when.items()]
        if False in found:
            return False
        return None if None in found else True

    def beside(self, known: Known) -> str:
        """Return the arguments that bring it about, as a message shows them."""
        shown = {name: known.get(name) if name in known else "–" for name in self.when}
        return ", ".join(
            f"`{name}`" if text is None else f"`{name}: {text}`" for name, text in shown.items()
        )

    def allowed(self) -> str:
        """Return what it allows, as a message shows it."""
        if self.choices:
            return ", ".join(f"`{one}`" for one in self.choices)
        if self.max_length is not None:
            return f"len ≤ {self.max_length}"
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            return f"{low:g}..{high:g}"
        return f"≥ {low:g}" if low is not None else f"≤ {high:g}"

    def permits(self, value: object) -> bool:
        """Tell whether a known value that is given keeps it."""
        if self.choices and (text := as_text(value)) is not None:
            return text in self.choices
        if isinstance(value, str | list | tuple):
            return self.max_length is None or len(value) <= self.max_length
        if isinstance(value, int | float) and not isinstance(value, bool):
            above = self.minimum is None or value >= self.minimum
            return above and (self.maximum is None or value <= self.maximum)
        return True


def applying(conditions: Iterable[Condition], known: Known) -> Iterator[Condition]:
    """Yield those that hold of a call: for every argument the first that fits, unless an earlier one may still."""
    decided: set[str] = set()
    for one in conditions:
        fitting = False if one.argument in decided else one.fits(known)
        if fitting is False:
            continue
        decided.add(one.argument)
        if fitting:
            yield one


def as_text(value: object) -> str | None:
    """Return a value as conditions see it; None for what is no plain value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    return value if isinstance(value, str) else None


def _fits(wanted: str, known: Known, name: str) -> bool | None:
    negated = wanted.startswith("!")
    pattern = wanted[1:] if negated else wanted
    if name not in known:
        return negated
    text = known[name]
    if text is None and pattern != "*":
        return None
    if text is not None and pattern != "*":
        from fnmatch import fnmatchcase  # what few recipes pay

        return fnmatchcase(text, pattern) is not negated
    return not negated
