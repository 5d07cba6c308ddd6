"""From Python values, given to a builder's methods, to settings."""

import math
from collections.abc import Iterable

from omnidsl.prompts.errors import WrongType
from omnidsl.prompts.neutral import neutralise
from omnidsl.prompts.parameters import Parameter
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.values import ITEM_TYPES, Problem, Reference, number_text

_MOST_DIGITS = 400
"""More of them than any finite float has: Python writes no whole number of many more."""

_ENDLESS = 10**_MOST_DIGITS

_KINDS = {
    "int": (int,),
    "number": (int, float),
    "version": (str, int, float),
    "ratio": (str,),
    "choice": (str,),
    "words": (str,),
    "text": (str, int, float),
    "codes": (str,),
    "urls": (str,),
    "references": (str, int, Reference),
}
"""By type of parameter, the Python types that its values may have."""


def setting_from(row: Parameter, values: Iterable[object]) -> Setting:
    """Return a setting; a value out of bounds is kept, for `validate` to report.

    Raises `WrongType` for a value of a type that the parameter never takes.
    """
    items = tuple(values)
    if row.type == "flag":
        if items not in ((), (True,)):
            raise WrongType(row.name, "no value", items[0])
        return Setting(row.name, row, value=True, text=f"--{row.written}")
    if not row.is_list and len(items) > 1:
        raise WrongType(row.name, "one value", items)
    if not items and not row.optional:
        raise WrongType(row.name, "a value", None)
    texts = [_text(row, item) for item in items]
    if row.type in ITEM_TYPES:
        return _list_setting(row, texts)
    text = ", ".join(texts)
    value = row.check_value(text)
    if isinstance(value, Problem):
        return Setting(row.name, row, value.value, f"--{row.written} {text}".rstrip(), faulty=True)
    return Setting(row.name, row, value, row.write(value))


def _list_setting(row: Parameter, texts: list[str]) -> Setting:
    items: list[object] = []
    for text in texts:
        read = row.check_value(text)
        items.extend(read if isinstance(read, tuple) else ())
    written = " ".join((f"--{row.written}", *texts))
    return Setting(row.name, row, tuple(items), written)  # type: ignore[arg-type]  # one row's items are all of one kind


def _text(row: Parameter, item: object) -> str:
    """Return one Python value as prompt text that cannot be more than a value."""
    kinds = _KINDS[row.type]
    if isinstance(item, bool) or not isinstance(item, kinds):
        raise WrongType(row.name, " or ".join(kind.__name__ for kind in kinds), item)
    if isinstance(item, int | float):
        if isinstance(item, int) and abs(item) >= _ENDLESS:
            raise WrongType(row.name, f"a number of at most {_MOST_DIGITS} digits", item)
        if isinstance(item, float) and not math.isfinite(item):
            raise WrongType(row.name, "a finite number", item)
        return number_text(item)
    text = " ".join(str(item).split())
    if not text:
        raise WrongType(row.name, "text", item)
    return (
        text
        if not isinstance(row.check_value(text), Problem) and row.type not in ("words", "text")
        else neutralise(text)
    )
