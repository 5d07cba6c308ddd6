"""The types of the language."""

from collections.abc import Iterable, Mapping

BASIC = frozenset(
    "text int number bool ratio duration prompt messages image grid audio video json".split()
)
IN_TEXT = frozenset("text int number bool ratio duration".split())
"""What `${…}` may put into a text."""

MEDIA = frozenset("image grid audio video".split())

MEMBERS: dict[str, dict[str, str]] = {
    "text": {"text": "text"},
    "image": {"prompt": "text", "prompt_en": "text"},
    "grid": {"prompt": "text", "prompt_en": "text", "sheet": "image"},
    "plan": {"steps": "int", "saves": "list[text]"},
}
"""What stands behind a dot, by type; a prompt's own parts are in `omnidsl.checking.parts`."""


class Type:
    """A type: its name, the item type of a list, choices of a text, bounds of a number.

    `service` is the service whose step made the value (a bare operation is looked up there); `later` says that the
    value comes from a step and is not known before it ran, `unbounded` that nobody knows how long that list will be. `parts`
    are the types of what the operation that made it says it has beside itself; `part` says that it is such a thing, which
    is no task of its own: no button hangs on it.
    `any` is what a fault leaves behind: it fits everywhere,
    so that one slip gives one report.
    """

    __slots__ = (
        "choices",
        "high",
        "item",
        "later",
        "low",
        "name",
        "part",
        "parts",
        "service",
        "unbounded",
    )

    def __init__(
        self,
        name: str,
        *,
        item: "Type | None" = None,
        choices: Iterable[str] = (),
        low: float | None = None,
        high: float | None = None,
        service: str = "",
        later: bool = False,
        unbounded: bool = False,
        parts: "Mapping[str, str] | None" = None,
        part: bool = False,
    ) -> None:
        self.name = name
        self.item = item
        self.choices = tuple(choices)
        self.low = low
        self.high = high
        self.service = service
        self.later = later
        self.unbounded = unbounded
        self.parts: Mapping[str, str] = parts or {}
        self.part = part

    def __repr__(self) -> str:
        return f"Type({self}{', later' if self.later else ''})"

    def __str__(self) -> str:
        if self.name == "list":
            return f"list[{self.item}]"
        if self.low is not None or self.high is not None:
            return f"{self.name}({self.low:g}..{self.high:g})"
        return self.name

    def made_by(self, service: str, parts: "Mapping[str, str] | None" = None) -> "Type":
        """Return the type of a step's result, with the parts that its operation declares."""
        item = self.item.made_by(service) if self.item else None
        return Type(
            self.name,
            item=item,
            low=self.low,
            high=self.high,
            service=service,
            later=True,
            unbounded=self.name == "list",
            parts=parts,
        )

    def member(self, name: str) -> "Type | None":
        """Return the type of what stands behind a dot; None where there is no such part."""
        text = self.parts.get(name) or MEMBERS.get(self.name, {}).get(name)
        if text is None:
            return None
        found = parse_type(text)
        return found.made_by(self.service).beside() if self.later else found

    def beside(self) -> "Type":
        """Return the type of a part of a result, and of its items."""
        return Type(
            self.name,
            item=self.item.beside() if self.item else None,
            low=self.low,
            high=self.high,
            service=self.service,
            later=self.later,
            unbounded=self.unbounded,
            part=True,
        )

    def members(self) -> list[str]:
        """Return the names of what may stand behind a dot."""
        return [*self.parts, *MEMBERS.get(self.name, {})]

    def when(self, *, later: bool) -> "Type":
        """Return the same type for a value that is known, or comes later."""
        return Type(
            self.name,
            item=self.item,
            choices=self.choices,
            low=self.low,
            high=self.high,
            service=self.service,
            later=later,
            unbounded=self.unbounded and later,
            parts=self.parts,
            part=self.part,
        )

    def fits(self, wanted: "Type") -> bool:
        """Tell whether a value of this type may stand where `wanted` is asked for."""
        if "any" in (self.name, wanted.name):
            return True
        if self.name == "list" and wanted.name == "list":
            return self.item is None or wanted.item is None or self.item.fits(wanted.item)
        return self.name == wanted.name or (self.name, wanted.name) == ("int", "number")

    def fits_any(self, names: Iterable[str]) -> bool:
        """Tell whether a value of this type may stand where one of the named types is asked for."""
        return any(self.fits(Type(name)) for name in names)


ANY = Type("any")
TEXT = Type("text")
INT = Type("int")
NUMBER = Type("number")
BOOL = Type("bool")
RATIO = Type("ratio")
DURATION = Type("duration")
PROMPT = Type("prompt")
MESSAGES = Type("messages")


def list_of(item: Type) -> Type:
    """Return the type of a list; it comes later where its items do."""
    return Type("list", item=item, service=item.service, later=item.later)


def parse_type(text: str) -> Type:
    """Read a type as declarations write it: `grid`, `list[audio]`, `int(1..4)`."""
    if text.startswith("list[") and text.endswith("]"):
        return list_of(parse_type(text[5:-1]))
    name, _, bounds = text.rstrip(")").partition("(")
    low, _, high = bounds.partition("..")
    return Type(name, low=float(low), high=float(high)) if high else Type(name)
