"""The public face of OmniDSL: everything that a program imports, loaded when first used."""

# `typing` would cost milliseconds at every start, and type checkers know this name by itself.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from omnidsl.errors import OmniError
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.language.errors import RecipeError
    from omnidsl.prompts.errors import InvalidPrompt
    from omnidsl.prompts.model import Prompt
    from omnidsl.recipe import Recipe, load
    from omnidsl.running.errors import HeldError, StepError
    from omnidsl.running.gateway import Gateway
    from omnidsl.session import AsyncSession, Session
    from omnidsl.session.errors import CallError

__all__ = [
    "AsyncSession",
    "CallError",
    "Diagnostic",
    "Gateway",
    "HeldError",
    "InvalidPrompt",
    "OmniError",
    "Prompt",
    "Recipe",
    "RecipeError",
    "Session",
    "StepError",
    "__version__",
    "load",
]

__version__ = "0.1.0"

_HOMES = {
    "errors": ("OmniError",),
    "language.diagnostics": ("Diagnostic",),
    "language.errors": ("RecipeError",),
    "prompts.errors": ("InvalidPrompt",),
    "prompts.model": ("Prompt",),
    "recipe": ("Recipe", "load"),
    "running.errors": ("HeldError", "StepError"),
    "running.gateway": ("Gateway",),
    "session": ("AsyncSession", "Session"),
    "session.errors": ("CallError",),
}


def __getattr__(name: str) -> object:
    from omnidsl._lazy import lazy

    return lazy(__name__, _HOMES)(name)
