"""The words for an exception that ended a command."""

import sys

from omnidsl.errors import OmniError
from omnidsl.language.catalogue import phrase, preferred_language
from omnidsl.reporting.terminal import printable


def explain(error: Exception) -> str:
    """Return one or two lines: a refusal in its own words, the system's as it came, anything else as a defect."""
    running = sys.modules.get("omnidsl.running.errors")
    if running is not None and isinstance(error, running.RunningError):
        language = preferred_language()
        way = error.help(language)
        told = _line("error", error.message(language))
        return f"{told}\n{phrase('help')}: {printable(way)}" if way else told
    if isinstance(error, OmniError):
        return _line("error", str(error))
    if isinstance(error, OSError):
        where = f": {error.filename}" if error.filename is not None else ""
        return _line("error", f"{error.strerror or error}{where}")
    told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"{_line('defect', told)}\n{phrase('help')}: {phrase('defect-help')}"


def _line(kind: str, text: str) -> str:
    return f"omni: {phrase(kind)}: " + "\n".join(printable(line) for line in text.splitlines())
