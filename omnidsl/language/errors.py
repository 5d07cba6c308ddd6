"""What reading a recipe raises."""

from omnidsl.errors import OmniError
from omnidsl.language.diagnostics import Diagnostic


class RecipeError(OmniError, ValueError):
    """Raised when a recipe has errors and somebody asked for more than the list of them; carries the findings."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        errors = [one for one in diagnostics if one.severity == "error"]
        first = errors[0] if errors else diagnostics[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        place = ""
        if first.source is not None and first.span is not None:
            at = first.source.position(first.span.start)
            place = f"{first.source.name}:{at.row}:{at.column}: "
        super().__init__(f"{place}{first.code} {first.message()}{more}")
        self.diagnostics = diagnostics


class MissingRecipeError(RecipeError, FileNotFoundError):
    """Raised when there is no file where a recipe was looked for."""
