"""Where the grammars lie: beside this package in an installed wheel, at the repository's root in a checkout."""

from functools import cache
from pathlib import Path


@cache
def grammar_folder() -> Path:
    """Return the folder that holds `terminals.lark`, `recipe.lark` and `prompt.lark`."""
    installed = Path(__file__).parent / "grammars"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "grammars"
