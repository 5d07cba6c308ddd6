"""Engines by name: those that are here, and those that plugins bring."""

from omnidsl.language.suggestions import nearest
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.errors import PluginError
from omnidsl.running.engines import Engine, Serial
from omnidsl.running.errors import SettingsError
from omnidsl.running.limits import Limits

WINDOWED, SERIAL = "windowed", "serial"
"""The engine of every run that names none, and the one for trials."""


def engine_named(name: str | None, catalogue: Catalogue, limits: Limits) -> Engine | None:
    """Return the engine of a name; None for the usual one. SettingsError where there is none, or where it cannot be made."""
    if name in (None, WINDOWED):
        return None
    if name == SERIAL:
        return Serial()
    view = catalogue.brought.engines.get(name)
    if view is None:
        known = [WINDOWED, SERIAL, *catalogue.brought.engines]
        listed = ", ".join(f"`{one}`" for one in nearest(name, known) or known)
        raise SettingsError("no-such-engine", engine=name, known=listed)
    from omnidsl.plugins.calling import implementation
    from omnidsl.plugins.declared import FAULTS, words
    from omnidsl.plugins.speaking import apart

    try:
        make = implementation(catalogue, view.plugin, view.implementation)
        with apart(view.plugin):
            made: Engine | None = make(limits) if callable(make) else None
    except PluginError as error:
        told = error.problem
    except FAULTS as error:
        told = words(error)
    else:
        if made is not None and callable(getattr(made, "perform_all", None)):
            return made
        told = f"`{view.implementation}` makes no engine"
    raise SettingsError("engine-broken", engine=name, plugin=view.plugin, words=told)
