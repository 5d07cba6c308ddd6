"""The public face of OmniDSL: everything that a program imports, loaded when first used."""

# `typing` would cost milliseconds at every start, and type checkers know this name by itself.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from omnidsl.errors import OmniError

__all__ = ["OmniError", "__version__"]

__version__ = "0.1.0"

_HOMES = {"errors": ("OmniError",)}


def __getattr__(name: str) -> object:
    from omnidsl._lazy import lazy

    return lazy(__name__, _HOMES)(name)
