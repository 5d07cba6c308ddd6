"""What settings say about prompts, put together when the first prompt is met: `omni fmt` has no use for it."""

from contextlib import suppress
from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.prompts.house import HouseRules
from omnidsl.settings.declaration import DEFAULT_RULES
from omnidsl.settings.values import Values

if TYPE_CHECKING:
    from omnidsl.prompts.vocabulary import Vocabulary

AS_SHIPPED = HouseRules(DEFAULT_RULES)
"""What prompts are held to where a project says nothing."""


def house_rules(values: Values, folder: Path) -> HouseRules:
    """Return what prompts are held to below a settings file with these values in a folder."""
    if not values.given:
        return AS_SHIPPED
    return HouseRules(
        values.text("rules") or DEFAULT_RULES,
        default_version=values.text("default-version") or "",
        plan=values.text("plan") or "",
        allowed=dict.fromkeys(one.lower() for one in values.texts("allow-params")),
        banned=_banned(values, folder),
        length=values.count("max-prompt-length") or None,
        vocabulary=_vocabulary(values, folder),
    )


def _banned(values: Values, folder: Path) -> list[str]:
    items = values.texts("banned-words")
    if not items:
        return []
    from omnidsl.settings.banned_words import NoWordsError, read_banned_words

    with suppress(NoWordsError):  # a file that has gone since the settings were read
        return read_banned_words(folder, items)
    return []


def _vocabulary(values: Values, folder: Path) -> "Vocabulary | None":
    if "vocabulary" not in values.given and "emit" not in values.given:
        return None
    from omnidsl.settings.vocabulary_files import project_vocabulary

    return project_vocabulary(folder, values).vocabulary
