"""What annotations of arguments and results mean in the language: which Python type stands for which of its types."""

import types
import typing
from typing import Literal

import attrs

from omnidsl.plugins.media import Audio, Grid, Handle, Image, Messages, PromptJob, Video

_OMNI_TYPES: dict[object, str] = {
    str: "text",
    int: "int",
    float: "number",
    bool: "bool",
    PromptJob: "prompt",
    Messages: "messages",
    Image: "image",
    Grid: "grid",
    Audio: "audio",
    Video: "video",
    dict: "json",
}


@attrs.frozen
class Accepts:
    """An annotation in the language's words: types by name, choices, list or not, optional or not, handle or file.

    `single` says of a list that one alone, without brackets, is taken too.
    """

    types: tuple[str, ...]
    choices: tuple[str, ...] = ()
    many: bool = False
    single: bool = False
    optional: bool = False
    handle: bool = False


def accepted(annotation: object) -> Accepts:
    """Read a Python annotation; TypeError for one that the language has no word for."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in _OMNI_TYPES:
        return Accepts((_OMNI_TYPES[annotation],))
    if origin is Literal:
        if not all(isinstance(one, str) for one in inner):
            raise TypeError("choices are texts, as in `Literal['fast', 'slow']`")
        return Accepts(("text",), choices=tuple(str(one) for one in inner))
    if origin is Handle:
        return attrs.evolve(accepted(inner[0]), handle=True)
    if origin is dict:
        return Accepts(("json",))
    if origin in (list, tuple):
        return attrs.evolve(accepted(inner[0]), many=True)
    if origin in (typing.Union, types.UnionType):
        rest = [accepted(one) for one in inner if one is not types.NoneType]
        merged = rest[0]
        if any(one.handle != merged.handle for one in rest):
            raise TypeError("an argument takes handles or values, not both")
        for one in rest[1:]:
            merged = attrs.evolve(
                merged,
                types=tuple(dict.fromkeys(merged.types + one.types)),
                choices=merged.choices + one.choices,
                many=merged.many or one.many,
                single=merged.single or merged.many is not one.many,
            )
        return attrs.evolve(merged, optional=len(rest) < len(inner))
    msg = f"the language has no type for {annotation!r}"
    raise TypeError(msg)


def fits(value: object, accepts: Accepts) -> bool:
    """Tell whether a value is of one of the accepted types; a list is looked at item by item before."""
    if accepts.handle:
        return isinstance(value, Handle)
    if isinstance(value, bool):
        return "bool" in accepts.types
    if "json" in accepts.types:
        return value is None or isinstance(value, dict | list | str | int | float)
    if "number" in accepts.types and isinstance(value, int):
        return True
    return any(
        python is type(value) for python, omni in _OMNI_TYPES.items() if omni in accepts.types
    )


def in_words(accepts: Accepts) -> str:
    """Return what is accepted as an error says it."""
    return ("a list of " if accepts.many else "") + " or ".join(f"`{one}`" for one in accepts.types)


def type_text(accepts: Accepts) -> str:
    """Return the type as a recipe would write it, the first one of several."""
    return f"list[{accepts.types[0]}]" if accepts.many else accepts.types[0]
