"""Where keys of the environment may go, where a project's own files say where a gateway is.

Whoever sends a recipe sends its settings too. What is said outside of them goes over them: with OMNI_BASE_URL the key
OMNI_API_KEY is for that place, and OMNI_KEY_ORIGINS lists the only places that any key may go to.
"""

import os

from omnidsl.settings.addresses import COMMON_VARIABLE, Address, origin

KEY_ORIGINS = "OMNI_KEY_ORIGINS"


def may_go(variable: str, address: Address, own: str) -> bool:
    """Tell whether the key in an environment variable may go to a gateway, whose origin is `own`."""
    if not address.settled:
        return True
    listed = os.environ.get(KEY_ORIGINS, "").split()
    said = os.environ.get("OMNI_BASE_URL", "").strip()
    if own in {*_origins(listed), *_origins([said])}:
        return True
    return not listed and not (said and variable == COMMON_VARIABLE)


def _origins(urls: list[str]) -> set[str]:
    """Return the origins of addresses; what is none allows nothing."""
    found = set()
    for one in urls:
        try:
            found.add(origin(one))
        except ValueError:
            continue
    return found
