"""For the tests of plugins and of OmniDSL itself: a gateway that does as it is told, and a bench that runs plans."""

from omnidsl._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omnidsl.testing.bench import Bench, step
    from omnidsl.testing.scripted import (
        Answer,
        CutShort,
        HangUp,
        MidjourneyScript,
        Request,
        ScriptedGateway,
        Silence,
    )

__all__ = [
    "Answer",
    "Bench",
    "CutShort",
    "HangUp",
    "MidjourneyScript",
    "Request",
    "ScriptedGateway",
    "Silence",
    "step",
]

__getattr__ = lazy(
    __name__,
    {
        "bench": ("Bench", "step"),
        "scripted": (
            "Answer",
            "CutShort",
            "HangUp",
            "MidjourneyScript",
            "Request",
            "ScriptedGateway",
            "Silence",
        ),
    },
)
