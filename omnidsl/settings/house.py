"""What settings say about prompts, put together when the first prompt is met: `omni fmt` has no use for it."""

from omnidsl.prompts.house import HouseRules
from omnidsl.settings.declaration import DEFAULT_RULES
from omnidsl.settings.values import Values

AS_SHIPPED = HouseRules(DEFAULT_RULES)
"""What prompts are held to where a project says nothing."""


def house_rules(values: Values) -> HouseRules:
    """Return what prompts are held to below a settings file with these values."""
    return HouseRules(values.text("rules") or DEFAULT_RULES)
