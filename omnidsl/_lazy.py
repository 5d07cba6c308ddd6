"""Names that load when first used, so that a package's face costs nothing at start-up."""

import sys
from collections.abc import Callable, Mapping
from types import ModuleType


def loaded(module: str) -> ModuleType:
    """Return a module by its full name, loaded; importlib does the same, and costs every start its own import."""
    __import__(module)
    return sys.modules[module]


def lazy(package: str, homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], object]:
    """Return a module `__getattr__`: `homes` maps a submodule of `package` to the names that live in it."""
    home_of = {name: home for home, names in homes.items() for name in names}

    def load(name: str) -> object:
        if name not in home_of:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg, name=name, obj=sys.modules[package])
        value: object = getattr(loaded(f"{package}.{home_of[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return load
