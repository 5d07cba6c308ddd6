"""The package's own data files."""

import os

from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


# Any: TOML has no type; tests of the data hold its form.
def read_data(path: str | os.PathLike[str]) -> "dict[str, Any]":
    """Return the tables of a TOML file of the package.

    The wheel carries each as JSON beside it (see `hatch_build.py`): that costs neither tomllib nor its slow reading.
    """
    try:
        with open(f"{os.fspath(path).removesuffix('.toml')}.json", "rb") as stream:  # noqa: PTH123  # at every start
            import json

            compiled: dict[str, Any] = json.load(stream)
            return compiled
    except FileNotFoundError:
        import tomllib

        with open(path, "rb") as stream:  # noqa: PTH123  # as above
            return tomllib.load(stream)
