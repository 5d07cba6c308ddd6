"""What steps cost before anything is sent: a range, since nobody knows how long an answer will be.

Money is whole micros. The upper end is meant to hold: a token has at least one byte, a pending text at most
`PENDING` tokens, an answer as many tokens as the model or `max_tokens` allows.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from omnidsl._record import Record
from omnidsl._typing import TYPE_CHECKING
from omnidsl.planning.values import Computed, PromptInput, Ref, TextInput
from omnidsl.settings.prices import MICROS, read_price, read_selector

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from omnidsl.planning.plan import PlanNode
    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.plugins.media import JSON
    from omnidsl.settings.values import Values

PENDING = 16_384
"""Tokens that a text which a step will give has at most."""

_BYTES_OF_A_TOKEN = 8
"""Bytes that a token has at most, nearly always: what the lower end counts with."""

_AROUND = 16
"""Tokens that a turn of a conversation has beside its text, at most."""

_ANSWER = 16_384
"""Tokens of an answer at most, where nothing is known of the model."""

_PICTURE = (85, 2_000)
"""Tokens of a picture, where nothing is known of the model."""


class Cost(Record):
    """A range of micros; `unknown` counts steps that have no price and are not in it, `estimated`: not a project's own."""

    __slots__ = ("estimated", "high", "low", "unknown")
    __match_args__ = ("low", "high", "unknown", "estimated")

    def __init__(self, low: int, high: int, unknown: int = 0, *, estimated: bool = False) -> None:
        self.low = low
        self.high = high
        self.unknown = unknown
        self.estimated = estimated

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.low + other.low,
            self.high + other.high,
            self.unknown + other.unknown,
            estimated=self.estimated or other.estimated,
        )


NOTHING = Cost(0, 0)
UNKNOWN = Cost(0, 0, 1)


class Price:
    """One row of prices; `parts` as `omnidsl.settings.prices.read_price` gives them."""

    __slots__ = ("estimate", "parts", "refunded", "times", "when")

    def __init__(self, row: "Mapping[str, Any]", *, estimate: bool) -> None:
        self.parts: Mapping[str, Any] = row["parts"]
        self.when: Mapping[str, str] = row.get("when", {})
        self.times: str = row.get("times", "")
        self.refunded: bool = row.get("refunded", False)
        self.estimate = estimate

    def fits(self, arguments: "Mapping[str, object]") -> bool:
        """Tell whether arguments are such as the row is for; one that is not known yet may be."""
        return all(
            isinstance(arguments.get(name), Ref | Computed)
            or fnmatchcase(str(arguments.get(name)), wanted)
            for name, wanted in self.when.items()
        )


class Prices:
    """The prices of all operations: a project's own first, then those that plugins bring, then what services estimate."""

    def __init__(
        self, catalogue: "Catalogue", own: "Mapping[str, object] | None" = None, currency: str = ""
    ) -> None:
        self.currency = currency or "USD"
        self._catalogue = catalogue
        self._rows: dict[str, list[Price]] = {}
        for selector, value in (own or {}).items():
            operation, when = read_selector(selector)
            times = self._times(operation)
            own_row = {"parts": read_price(value), "when": when, "times": times}
            self._rows.setdefault(operation, []).append(Price(own_row, estimate=False))
        for name, rows in catalogue.brought.prices.items():
            self._rows.setdefault(name, []).extend(Price(one, estimate=False) for one in rows)
        for service in catalogue.services.values():
            for row in service.prices:
                name = f"{service.name}.{row['operation']}"
                self._rows.setdefault(name, []).append(Price(row, estimate=True))

    @classmethod
    def settled(cls, values: "Values", catalogue: "Catalogue") -> "Prices":
        """Return the prices that hold for a project."""
        return cls(catalogue, values.table("prices"), values.text("budget.currency") or "")

    def _times(self, operation: str) -> str:
        service, _, name = operation.partition(".")
        known = self._catalogue.services.get(service)
        rows = known.prices if known else ()
        return next((str(one.get("times", "")) for one in rows if one["operation"] == name), "")

    def of(self, node: "PlanNode") -> Cost:
        """Return what a step of a plan costs; `UNKNOWN` where it has no price."""
        return self.cost(node.operation, node.arguments) if node.served else NOTHING

    def jobs(self, nodes: "Iterable[PlanNode]") -> int:
        """Return how many paid jobs steps are at most."""
        return sum(map(self.is_paid, nodes))

    def is_paid(self, node: "PlanNode") -> bool:
        """Tell whether a step is a paid job: a service does it, and its operation is not free."""
        return node.served and not self._catalogue.is_free(node.operation)

    def total(self, nodes: "Iterable[PlanNode]") -> Cost:
        """Return what steps cost together; the lower end leaves out those that a result may skip."""
        low = high = unknown = 0
        estimated = False
        for node in nodes:
            cost = self.of(node)
            low += cost.low if node.when is None else 0
            high += cost.high
            unknown += cost.unknown
            estimated = estimated or cost.estimated
        return Cost(low, high, unknown, estimated=estimated)

    def cost(self, operation: str, arguments: "Mapping[str, object]") -> Cost:
        """Return what a call costs; arguments of a plan or bound ones, defaults need not be among them."""
        full = self._whole(operation, arguments)
        found = self._fitting(operation, full)
        if not found:
            return NOTHING if self._catalogue.is_free(operation) else UNKNOWN
        ranges = [_range(one, full) for one in found]
        return Cost(
            min(low for low, _ in ranges),
            max(high for _, high in ranges),
            estimated=any(one.estimate for one in found),
        )

    def charged(
        self, operation: str, arguments: "Mapping[str, object]", facts: "Mapping[str, JSON]"
    ) -> int | None:
        """Return what a call has cost, in micros, where its answer says so (tokens); None: as it was reserved."""
        found = self._fitting(operation, self._whole(operation, arguments))
        usage = facts.get("usage")
        if not found or "input" not in found[0].parts or not isinstance(usage, Mapping):
            return None
        tokens = [usage.get(one) for one in ("prompt_tokens", "completion_tokens")]
        known = [one for one in tokens if isinstance(one, int) and 0 <= one < 10**10]
        if len(known) < 2:
            return None
        parts = found[0].parts
        return _up(known[0] * parts["input"] + known[1] * parts["output"])

    def refunded(self, operation: str, arguments: "Mapping[str, object]") -> bool:
        """Tell whether a task that fails costs nothing."""
        found = self._fitting(operation, self._whole(operation, arguments))
        return bool(found) and all(one.refunded for one in found)

    def _whole(self, operation: str, arguments: "Mapping[str, object]") -> "Mapping[str, object]":
        view = self._catalogue.find(operation)
        defaults = {one.name: one.default for one in view.parameters.values()} if view else {}
        return {**defaults, **arguments}

    def _fitting(self, operation: str, arguments: "Mapping[str, object]") -> list[Price]:
        """Return the row that fits, the project's before others and the closest first; several where a value is pending."""
        fitting = [one for one in self._rows.get(operation, ()) if one.fits(arguments)]
        fitting.sort(key=lambda one: (one.estimate, -len(one.when)))
        open_names = {name for name, one in arguments.items() if isinstance(one, Ref | Computed)}
        if fitting and not open_names & {name for one in fitting for name in one.when}:
            return fitting[:1]
        return fitting


def _range(price: Price, arguments: "Mapping[str, object]") -> tuple[int, int]:
    parts = price.parts
    if "each" in parts:
        least, most = parts["each"]
        count = arguments.get(price.times, 1) if price.times else 1
        times = count if isinstance(count, int) and not isinstance(count, bool) else 1
        times = max(times, 0)  # a stored plan may hold what no operation takes
        return least * times, most * times
    few, many, pictures = _size(arguments.values())
    low_picture, high_picture = parts.get("picture", _PICTURE)
    limit = arguments.get("max_tokens")
    most = parts.get("most_output", _ANSWER)
    answer = max(0, min(limit, most)) if isinstance(limit, int) else most
    low = (few + pictures * low_picture) * parts["input"] + parts["output"]
    high = (many + pictures * high_picture) * parts["input"] + answer * parts["output"]
    return low // MICROS, _up(high)


def _up(millionths: int) -> int:
    return -(-millionths // MICROS)


def _size(values: "Iterable[object]") -> tuple[int, int, int]:
    """Return the least and the most tokens of texts, and the number of pictures."""
    few = many = pictures = 0
    waiting = list(values)
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            size = len(one.encode("utf-8", "surrogatepass"))
            few += size // _BYTES_OF_A_TOKEN
            many += size
        elif isinstance(one, Ref | Computed):
            many += PENDING
        elif isinstance(one, TextInput):
            waiting += one.parts
        elif isinstance(one, PromptInput):
            waiting += [*one.parts, *one.images]
        elif isinstance(one, list | tuple):
            waiting += one
        elif isinstance(turns := getattr(one, "turns", None), tuple):
            many += _AROUND * len(turns)
            waiting += [part for turn in turns for part in turn.parts]
        elif hasattr(one, "sha256"):
            pictures += 1
    return few, many + _AROUND, pictures
