"""Everything that watches plugins while a run works: what they change, how long they hold up the loop."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from omnidsl.plugins.containment import threads_of
from omnidsl.plugins.manager import Plugins
from omnidsl.plugins.media import JSON
from omnidsl.running.emitter import Emitter
from omnidsl.running.events import Notice, told
from omnidsl.running.plugin_listener import PluginListener
from omnidsl.running.watchdog import Watchdog


@contextmanager
def watched(
    plugins: Plugins, emitter: Emitter, settings: Mapping[str, Mapping[str, JSON]]
) -> Iterator[None]:
    """Watch the plugins of a run, and have those that listen hear of it; `settings` are theirs, by plugin."""

    def tell(reason: str, values: Mapping[str, JSON]) -> None:
        emitter.emit(Notice(**told(reason, values)))

    def blocked(plugin: str, seconds: float) -> None:
        tell("plugin-blocked", {"plugin": plugin, "seconds": round(seconds, 1)})

    plugins.tell = tell
    plugins.around.note()
    if plugins.manager.hook.omnidsl_event.get_hookimpls():
        emitter.listen(PluginListener(plugins, settings, tell))
    before = threading.enumerate()
    dog = Watchdog(plugins.whose, blocked, patience=plugins.patience)
    dog.start()
    try:
        yield
    finally:
        dog.close()
        for plugin in sorted(threads_of(plugins.whose, before)):
            tell("plugin-thread", {"plugin": plugin})
