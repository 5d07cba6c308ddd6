"""The public face of OmniDSL: everything that a program imports, loaded when first used."""

# `typing` would cost milliseconds at every start, and type checkers know this name by itself.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from omnidsl.errors import OmniError
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.language.errors import RecipeError
    from omnidsl.prompts.model import Prompt
    from omnidsl.recipe import Recipe, load
    from omnidsl.running.gateway import Gateway
    from omnidsl.session import AsyncSession, Session

__all__ = [
    "AsyncSession",
    "Diagnostic",
    "Gateway",
    "OmniError",
    "Prompt",
    "Recipe",
    "RecipeError",
    "Session",
    "__version__",
    "load",
]

__version__ = "0.1.0"

_HOMES = {
    "errors": ("OmniError",),
    "language.diagnostics": ("Diagnostic",),
    "language.errors": ("RecipeError",),
    "prompts.model": ("Prompt",),
    "recipe": ("Recipe", "load"),
    "running.gateway": ("Gateway",),
    "session": ("AsyncSession", "Session"),
}


def __getattr__(name: str) -> object:
    from omnidsl._lazy import lazy

    return lazy(__name__, _HOMES)(name)
