"""From a recipe to a list of its prompts, one a line."""

from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli.plugging import catalogue
from omnidsl.planning.inspection import inspect
from omnidsl.prompts import Prompt
from omnidsl.prompts.lists import is_comment

if TYPE_CHECKING:
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.prompts import HouseRules
    from omnidsl.settings import Settings


class RecipePrompts:
    """The prompts of a recipe with the defaults of their parameters: `lines`, in their order, and what was `found`.

    `left_out` are names of prompts that no line can say, and why: the key of a phrase.
    """

    def __init__(self, path: Path, settings: "Settings", house: "HouseRules") -> None:
        self.lines: list[str] = []
        self.left_out: list[tuple[str, str]] = []
        inspection = inspect(
            path,
            root=settings.root,
            catalogue=catalogue(settings),
            rules=house,
            most_steps=settings.max_steps,
        )
        self.found: list[Diagnostic] = inspection.diagnostics
        recipe = inspection.recipe
        for name, symbol in recipe.symbols("prompt").items() if recipe is not None else ():
            judged = recipe.facts.prompts.get(symbol) if recipe is not None else None
            if judged is None:
                continue  # it has an error, which is told
            if judged.rendered.later:
                self.left_out.append((name, "convert-needs-values"))
            elif judged.rendered.pictures:
                self.left_out.append((name, "convert-has-files"))
            elif line := _line(judged.rendered.text, house):
                self.lines.append(line)


def _line(text: str, house: "HouseRules") -> str:
    """Return a prompt on one line, canonical, with its groups."""
    line = " ".join(str(Prompt.parse(text, rules=house.rules)).split())
    return f", {line}" if is_comment(line) else line  # a comma in front of a prompt means nothing
