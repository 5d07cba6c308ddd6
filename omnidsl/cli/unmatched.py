"""Settings that name what no installed service has: a misspelt price would leave an estimate in its place, unseen."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import printable

if TYPE_CHECKING:
    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.settings import Settings


def unfit(settings: "Settings", catalogue: "Catalogue", *, colour: str = "auto") -> bool:
    """Say on stderr what of the settings is for nothing that is installed here; True where something is wrong."""
    from omnidsl.cli import finding
    from omnidsl.cli.suggesting import did_you_mean
    from omnidsl.settings.services import faults

    for setting, name, known in _unmatched(settings, catalogue):
        words = phrase("setting-unmatched").format(setting=setting, name=printable(name))
        lines = (f"omni: {phrase('warning')}: {words}", *did_you_mean(name, known))
        print("\n".join(lines), file=sys.stderr)
    found = faults(settings, catalogue)
    finding.show(found, colour=colour, to_stderr=True)
    wrong = any(one.severity == "error" for one in found)
    if wrong:
        finding.count(found)
    return wrong


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
