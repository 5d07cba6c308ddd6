"""For the tests of plugins and of OmniDSL itself: a gateway that does as it is told, and a bench that runs plans."""

from omnidsl._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omnidsl.testing.bench import Bench, step
    from omnidsl.testing.manual_clock import ManualClock
    from omnidsl.testing.scripted import (
        Answer,
        CutShort,
        HangUp,
        MidjourneyScript,
        Request,
        ScriptedGateway,
        Silence,
    )
    from omnidsl.testing.serial_limiter import SerialLimiter

__all__ = [
    "Answer",
    "Bench",
    "CutShort",
    "HangUp",
    "ManualClock",
    "MidjourneyScript",
    "Request",
    "ScriptedGateway",
    "SerialLimiter",
    "Silence",
    "step",
]

__getattr__ = lazy(
    __name__,
    {
        "bench": ("Bench", "step"),
        "manual_clock": ("ManualClock",),
        "scripted": (
            "Answer",
            "CutShort",
            "HangUp",
            "MidjourneyScript",
            "Request",
            "ScriptedGateway",
            "Silence",
        ),
        "serial_limiter": ("SerialLimiter",),
    },
)
