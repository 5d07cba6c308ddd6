"""Plugins that listen to a run: one that raises hears no more of it, and costs neither the run nor another plugin."""

from collections.abc import Mapping

from omnidsl.plugins.containment import Tell
from omnidsl.plugins.declared import FAULTS, words
from omnidsl.plugins.manager import Plugins
from omnidsl.plugins.media import JSON
from omnidsl.plugins.speaking import speaking
from omnidsl.running.events import Event

HOOK = "omnidsl_event"


class PluginListener:
    """Tells plugins of events; `settings` are theirs by plugin, `tell` hears of one that raises."""

    def __init__(
        self, plugins: Plugins, settings: Mapping[str, Mapping[str, JSON]], tell: Tell
    ) -> None:
        self._plugins = plugins
        self._settings = settings
        self._tell = tell
        self._silent: list[object] = []
        self._hook = plugins.manager.hook.omnidsl_event

    def __call__(self, event: Event) -> None:
        """Tell all that still listen."""
        row = event.to_json()
        try:
            with speaking(self._plugins.whose.speaker):
                self._hook(event=row, settings=self._settings)
        except FAULTS as error:
            name = self._plugins.whose.error(error)
            broken = self._plugins.manager.get_plugin(name) if name else None
            if broken is None or broken in self._silent:
                raise  # nobody knows whose it is: all of them hear no more
            self._silent.append(broken)
            self._hook = self._plugins.manager.subset_hook_caller(HOOK, self._silent)
            self._tell("plugin-listener", {"plugin": name, "words": words(error)})
