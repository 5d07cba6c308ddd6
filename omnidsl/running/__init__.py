"""What runs: a plan's steps are bought once, followed to their end, and their results kept."""

from typing import TYPE_CHECKING

from omnidsl._lazy import lazy

if TYPE_CHECKING:
    from omnidsl.running.circumstances import Circumstances
    from omnidsl.running.errors import LedgerError, RunningError, SettingsError, StepError
    from omnidsl.running.events import Event, Listener
    from omnidsl.running.gateway import Gateway
    from omnidsl.running.limits import Limits
    from omnidsl.running.results import Failure, Held, Result, RunResult
    from omnidsl.running.runner import resume, run

__all__ = [
    "Circumstances",
    "Event",
    "Failure",
    "Gateway",
    "Held",
    "LedgerError",
    "Limits",
    "Listener",
    "Result",
    "RunResult",
    "RunningError",
    "SettingsError",
    "StepError",
    "resume",
    "run",
]

__getattr__ = lazy(
    __name__,
    {
        "circumstances": ("Circumstances",),
        "errors": ("LedgerError", "RunningError", "SettingsError", "StepError"),
        "events": ("Event", "Listener"),
        "gateway": ("Gateway",),
        "limits": ("Limits",),
        "results": ("Failure", "Held", "Result", "RunResult"),
        "runner": ("resume", "run"),
    },
)
