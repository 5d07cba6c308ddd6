"""The plain command line, `omni check PATH …`, read without argparse: that would cost as much as checking a recipe.

The command's own `add` is asked what it declares, so that an option's default stands in one place.
"""

from collections.abc import Callable
from types import SimpleNamespace

from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omnidsl.cli.parsing import Commands

_UNSET = object()
_DEFAULTS = {"store_true": False, "store_false": True}


def read(
    name: str, add: "Callable[[Commands], None]", arguments: list[str]
) -> SimpleNamespace | None:
    """Return what argparse would of a command that takes any number of names, given names alone; None otherwise."""
    if any(one.startswith("-") for one in arguments):
        return None
    declared = _Declared()
    add(declared)
    if declared.names is None:
        return None
    values = {"command": name, **declared.values}
    if arguments:
        values[declared.names] = arguments
    return SimpleNamespace(**values)


class _Declared:
    """Stands in for argparse's parsers while a command declares its arguments: keeps the defaults, and nothing else.

    `names` is the one positional argument where it takes any number of names, else None.
    """

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.names: str | None = None
        self._positional = 0

    def add_parser(self, name: str, **texts: object) -> "_Declared":  # noqa: ARG002  # argparse's signature
        return self

    def add_mutually_exclusive_group(self, **options: object) -> "_Declared":  # noqa: ARG002  # as above
        return self

    def add_argument_group(self, *texts: object) -> "_Declared":  # noqa: ARG002  # as above
        return self

    def set_defaults(self, **values: object) -> None:
        self.values.update(values)

    def add_argument(
        self,
        *flags: str,
        dest: str = "",
        action: str = "store",
        default: object = _UNSET,
        nargs: str | int | None = None,
        type: Callable[[str], object] | None = None,  # noqa: A002  # argparse's name
        **rest: object,  # noqa: ARG002  # what only matters where something is given
    ) -> None:
        """Keep an argument's default under its name, as argparse finds both."""
        first = next((one for one in flags if one.startswith("--")), flags[0])
        name = dest or first.lstrip("-").replace("-", "_")
        if default is _UNSET:
            default = _DEFAULTS.get(action)
        if isinstance(default, str) and type is not None:
            default = type(default)
        self.values[name] = default
        if not first.startswith("-"):
            self._positional += 1
            self.names = name if nargs == "*" and type is None and self._positional == 1 else None
