"""Settings that name what no installed service has: a misspelt price would leave an estimate in its place, unseen."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import printable

if TYPE_CHECKING:
    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.settings import Settings


def warn_of_unmatched(settings: "Settings", catalogue: "Catalogue") -> None:
    """Say on stderr which prices and limits are for nothing that is installed here."""
    from omnidsl.cli.suggesting import did_you_mean

    for setting, name, known in _unmatched(settings, catalogue):
        words = phrase("setting-unmatched").format(setting=setting, name=printable(name))
        lines = (f"omni: {phrase('warning')}: {words}", *did_you_mean(name, known))
        print("\n".join(lines), file=sys.stderr)


def _unmatched(
    settings: "Settings", catalogue: "Catalogue"
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield a setting, the name in it that nothing has, and the names that there are."""
    from omnidsl.settings.prices import read_selector

    for selector in settings.values.table("prices"):
        operation, when = read_selector(selector)
        found = catalogue.find(operation)
        if found is None:
            names = tuple(one.full_name for one in catalogue.operations())
            yield "[prices]", operation, names
            continue
        for name in when:
            if name not in found.parameters:
                yield f"[prices] {operation}", name, tuple(found.parameters)
    for service in settings.values.table("limits.services"):
        if service not in catalogue.services:
            yield "[limits.services]", service, tuple(catalogue.services)
