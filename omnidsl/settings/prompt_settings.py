"""What settings about prompts may hold: versions, and names of own options."""

from omnidsl.language.pattern import pattern
from omnidsl.settings.declaration import Setting

OPTION_FORM = "^[A-Za-z][A-Za-z0-9_]*$"
_OPTION = pattern(OPTION_FORM)


def known_texts(setting: Setting) -> tuple[str, ...]:
    """Return the texts that a setting may hold; none where that is no list."""
    if setting.name == "default-version":
        from omnidsl.prompts.rulesets import known_versions

        return known_versions()
    return setting.choices


def is_own_option(name: str) -> bool:
    """Say whether a project can have an option of this name: one that prompts can hold, and that is not Midjourney's."""
    from omnidsl.prompts.parameters import load_parameters

    table = load_parameters()
    taken = {row.key for row in table.rows}
    return _OPTION.fullmatch(name) is not None and not (table.find(name) or name.lower() in taken)
