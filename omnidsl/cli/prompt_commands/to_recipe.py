"""From prompts to a recipe that means the same, as `omni fmt` would print it."""

from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.checking.checker import check
from omnidsl.checking.functions import FUNCTIONS
from omnidsl.language.engine import Unexpected
from omnidsl.language.formatting import TooDeepError, UnfaithfulError, formatted
from omnidsl.language.source import Source
from omnidsl.prompts import Prompt, load_parameters
from omnidsl.prompts.blocks import block, raw
from omnidsl.prompts.contents import read_contents
from omnidsl.prompts.naming import Names

if TYPE_CHECKING:
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.prompts import HouseRules


class RecipeWriter:
    """Makes definitions of prompts, one after the other, each with a name of its own.

    Every definition is read back: one that does not mean what its prompt meant, or has findings that its prompt had not,
    gives way to the text in quotation marks. `changed` are the prompts that even this cannot say, as those with control
    characters.
    """

    def __init__(self, house: "HouseRules", catalogue: "Catalogue") -> None:
        self.changed: list[str] = []
        self._house = house
        self._catalogue = catalogue
        self._names = Names([*FUNCTIONS, *catalogue.services, "plan"])
        self._definitions: list[str] = []

    def add(self, text: str, found: "list[Diagnostic]") -> None:
        """Add a prompt and what was `found` in it; one with errors stays as it was typed."""
        rules = self._house.rules
        prompt = Prompt.parse(text, rules=rules)
        name = self._names.give(prompt)
        codes = {one.code for one in found}
        if all(one.severity != "error" for one in found):
            made = _formatted(
                block(name, read_contents(text, load_parameters(rules.allowed), rules.vocabulary))
            )
            if made and self._says(made, name, prompt, codes):
                self._definitions.append(made)
                return
        typed = raw(name, text)
        self._definitions.append(_formatted(typed) or f"{typed}\n")
        if not self._says(typed, name, prompt, None):
            self.changed.append(text)

    def recipe(self) -> str:
        """Return the whole recipe."""
        return "\n".join(self._definitions)

    def _says(self, made: str, name: str, prompt: Prompt, codes: set[str] | None) -> bool:
        """Say whether a definition means a prompt, and has findings of no other codes (None: of any)."""
        checked, report = check(
            Source(made), None, root=Path(), catalogue=self._catalogue, rules=self._house
        )
        symbol = checked.symbols("prompt").get(name) if checked is not None else None
        if checked is None or symbol is None or symbol not in checked.facts.prompts:
            return False
        rendered = checked.facts.prompts[symbol].rendered
        if rendered.pictures or rendered.later:
            return False
        if codes is not None and any(one.code not in codes for one in report.diagnostics):
            return False
        read = Prompt.parse(rendered.text, rules=self._house.rules)
        return read == prompt


def _formatted(definition: str) -> str:
    """Return a definition in the one form; empty where it has none."""
    try:
        return formatted(f"{definition}\n")
    except (Unexpected, TooDeepError, UnfaithfulError):
        return ""
