"""Calling what plugins bring by a path: functions where a plan is made, engines where a run begins."""

import importlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias, Union

from omnidsl.plugins.brought import FunctionFailed
from omnidsl.plugins.declared import FAULTS, imported, words
from omnidsl.plugins.errors import PluginError
from omnidsl.plugins.speaking import apart

if TYPE_CHECKING:
    from omnidsl.checking.values import Value
    from omnidsl.plugins.brought import FunctionView
    from omnidsl.plugins.catalogue import Catalogue

Plain: TypeAlias = Union[str, bool, int, float, list["Plain"]]  # noqa: UP007  # a name in quotes takes no `|`

_TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "int": (int,),
    "number": (int, float),
    "bool": (bool,),
}
LONGEST = 1_000_000
"""Characters of what a function may give, as JSON."""


def implementation(catalogue: "Catalogue", plugin: str, path: str) -> object:
    """Import what a plugin names as `package.module:name`; PluginError says why that cannot be."""
    point = next((one for one in catalogue.points if one.name == plugin), None)
    module, _, name = path.partition(":")
    try:
        with apart(plugin):
            if point is not None and point.folder:
                imported(point)
            return getattr(importlib.import_module(module), name)
    except FAULTS as error:
        raise PluginError(plugin, f"`{path}` does not load: {words(error)}") from error


class Functions:
    """The functions of a catalogue, called for one plan: what is given is held to its type, and remembered."""

    def __init__(self, catalogue: "Catalogue") -> None:
        self._catalogue = catalogue
        self._known: dict[str, Plain] = {}

    def __call__(self, name: str, arguments: "Mapping[str, Value]") -> "Value":
        """Return a function's value; FunctionFailed where it raises, gives what it did not declare, or not twice the same."""
        view = self._catalogue.brought.functions[name]
        key = json.dumps([name, arguments], default=str)
        if key not in self._known:
            self._known[key] = self._called(view, arguments)
        return self._known[key]  # type: ignore[return-value]  # lists of lists of texts and numbers are values of the language

    def _called(self, view: "FunctionView", arguments: "Mapping[str, Value]") -> Plain:
        try:
            function = implementation(self._catalogue, view.plugin, view.implementation)
        except PluginError as error:
            raise FunctionFailed(view.plugin, error.problem) from error
        if not callable(function):
            raise FunctionFailed(view.plugin, f"`{view.implementation}` is no function")
        try:
            with apart(view.plugin):
                # What a function does to its lists it does to copies.
                first, second = (function(**_copies(arguments)) for _ in range(2))
        except FAULTS as error:
            raise FunctionFailed(view.plugin, words(error)) from error
        found = _plain(first, view.returns)
        if found is None:
            problem = f"gave {type(first).__name__} where `{view.returns}` was declared"
        elif _plain(second, view.returns) != found:
            problem = "gave another value when it was asked again"
        elif len(json.dumps(found)) > LONGEST:
            problem = f"gave more than {LONGEST} characters"
        else:
            return found
        raise FunctionFailed(view.plugin, problem)


def _copies(arguments: "Mapping[str, Value]") -> dict[str, object]:
    return {key: [*one] if isinstance(one, list) else one for key, one in arguments.items()}


def _plain(value: object, wanted: str) -> Plain | None:
    """Return a value as the language has it; None where it is not of the type that was declared."""
    if wanted.startswith("list["):
        if not isinstance(value, list | tuple):
            return None
        items = [_plain(one, wanted[5:-1]) for one in value]
        found = [one for one in items if one is not None]
        return found if len(found) == len(items) else None
    if type(value) not in _TYPES[wanted] or not isinstance(value, str | bool | int | float):
        return None
    if isinstance(value, float) and value - value != 0:  # infinite, or no number
        return None
    if isinstance(value, str) and value != value.encode("utf-8", "replace").decode("utf-8"):
        return None
    return value
