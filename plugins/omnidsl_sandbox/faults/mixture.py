"""What shall go wrong and how often, read from a text such as `submit:429=0.05,reset-after=0.02,latency=0.3~0.2`."""

import math
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import attrs

from omnidsl_sandbox.errors import SandboxError
from omnidsl_sandbox.faults.kinds import OF_CONTENT, OF_REPLIES, Deed, Kind, Scope, table

_ITEM = re.compile(r"(?:(?P<scope>[a-z]+):)?(?P<name>[a-z0-9-]+)(?:=(?P<number>[^=,]*))?")
_LONGEST = 3600.0


@attrs.frozen
class Seconds:
    """A time, and by how much it may be shorter or longer."""

    middle: float
    jitter: float = 0.0


@attrs.frozen
class Mixture:
    """Rates from 0 to 1 by scope and kind, and times by scope and name."""

    rates: Mapping[tuple[Scope, str], float] = attrs.field(factory=dict)
    times: Mapping[tuple[Scope, str], Seconds] = attrs.field(factory=dict)

    def __bool__(self) -> bool:
        return any(self.rates.values()) or any(
            time.middle for (_, name), time in self.times.items() if name == "latency"
        )

    def of(self, scope: Scope, deeds: frozenset[Deed]) -> list[tuple[Kind, float]]:
        """Return the kinds with one of these deeds that happen in a scope, and how often, in the order of the file."""
        return [
            (kind, rate)
            for kind in table().kinds.values()
            if kind.does in deeds and (rate := self.rates.get((scope, kind.name), 0.0))
        ]

    def time(self, scope: Scope, name: str) -> Seconds:
        """Return a time, the usual one where the text names none."""
        return self.times.get((scope, name), Seconds(table().values[name].usual))


NONE = Mixture()


def mixture(text: "str | Mixture") -> Mixture:
    """Read a mixture; SandboxError with the place and a way out when it is none.

    Items stand between commas: `kind=RATE` (without a rate: always), `value=SECONDS` or `value=SECONDS~JITTER`, or the
    name of a mixture of the data file, with a factor for its rates or without. `scope:` in front narrows it; of equal
    items the last counts.
    """
    if isinstance(text, Mixture):
        return text
    rates: dict[tuple[Scope, str], float] = {}
    times: dict[tuple[Scope, str], Seconds] = {}
    for item in filter(None, (one.strip() for one in text.split(","))):
        _read(item, rates, times)
    found = Mixture(rates, times)
    _check(found)
    return found


def _read(
    item: str, rates: dict[tuple[Scope, str], float], times: dict[tuple[Scope, str], Seconds]
) -> None:
    match = _ITEM.fullmatch(item)
    if match is None:
        raise SandboxError(
            f"faults: `{item[:60]}` is no item; write as `429=0.05`, `submit:cut=0.1` or `latency=0.3~0.2`"
        )
    scope, name, number = match["scope"] or "", match["name"], match["number"]
    known = table()
    if name in known.mixtures and not scope:
        factor = 1.0 if number is None else _number(item, number, 1000.0)
        inner: dict[tuple[Scope, str], float] = {}
        for part in known.mixtures[name].split(","):
            _read(part, inner, times)
        rates |= {key: min(rate * factor, 1.0) for key, rate in inner.items()}
    elif name in known.values:
        time = _seconds(item, number or "")
        times |= {(one, name): time for one in _scopes(item, scope, known.values[name].scopes)}
    elif name in known.kinds:
        rate = 1.0 if number is None else _number(item, number, 1.0)
        rates |= {(one, name): rate for one in _scopes(item, scope, known.kinds[name].scopes)}
    else:
        near = get_close_matches(name, [*known.kinds, *known.values, *known.mixtures], 3)
        hint = f"; did you mean {' or '.join(f'`{one}`' for one in near)}?" if near else ""
        raise SandboxError(f"faults: there is no kind `{name[:60]}`{hint}")


def _scopes(item: str, scope: str, allowed: tuple[Scope, ...]) -> Iterator[Scope]:
    found = [one for one in allowed if scope in ("", one)]
    if not found:
        raise SandboxError(
            f"faults: `{item[:60]}` can only be narrowed to {' or '.join(f'`{one}:`' for one in allowed)}"
        )
    yield from found


def _number(item: str, text: str, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= most:
        raise SandboxError(f"faults: `{item[:60]}` needs a number from 0 to {most:g} after `=`")
    return number


def _seconds(item: str, text: str) -> Seconds:
    middle, sign, jitter = text.partition("~")
    return Seconds(
        _number(item, middle, _LONGEST), _number(item, jitter, _LONGEST) if sign else 0.0
    )


def _check(found: Mixture) -> None:
    """Refuse rates of which several exclude each other and that come to more than always."""
    groups: tuple[tuple[Scope, frozenset[Deed]], ...] = (
        *((scope, OF_REPLIES) for scope in ("submit", "fetch", "image")),
        *((scope, OF_CONTENT) for scope in ("submit", "fetch")),
        ("task", frozenset(("fate",))),
    )
    for scope, deeds in groups:
        kinds = found.of(scope, deeds)
        if sum(rate for _, rate in kinds) > 1 + 1e-9:
            names = ", ".join(kind.name for kind, _ in kinds)
            raise SandboxError(
                f"faults: the rates of `{scope}:` come to more than 1, and only one of these can happen to one reply"
                f" or task: {names}"
            )
