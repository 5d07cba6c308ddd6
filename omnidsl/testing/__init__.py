"""For the tests of plugins and of OmniDSL itself.

A gateway that does as it is told, a bench that runs plans, the conformance suite that a backend's author inherits, and a
pytest plugin with fixtures (`omnidsl.testing.pytest_plugin`). Names load when first used: where nothing of it is used
it costs nothing.
"""

from omnidsl._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omnidsl.testing.bench import Bench, step
    from omnidsl.testing.cases import (
        FILM,
        PICTURE,
        SOUND,
        Attached,
        Cases,
        Code,
        Part,
        ReplyCase,
        Sample,
        StatusCase,
    )
    from omnidsl.testing.inspection import LedgerInspection
    from omnidsl.testing.laws.declared import ConformanceWarning
    from omnidsl.testing.manual_clock import ManualClock
    from omnidsl.testing.project import Project
    from omnidsl.testing.scripted import (
        Answer,
        Behaviour,
        CutShort,
        HangUp,
        MidjourneyScript,
        Request,
        ScriptedGateway,
        Silence,
    )
    from omnidsl.testing.serial_limiter import SerialLimiter
    from omnidsl.testing.suite import BackendSuite

__all__ = [
    "FILM",
    "PICTURE",
    "SOUND",
    "Answer",
    "Attached",
    "BackendSuite",
    "Behaviour",
    "Bench",
    "Cases",
    "Code",
    "ConformanceWarning",
    "CutShort",
    "HangUp",
    "LedgerInspection",
    "ManualClock",
    "MidjourneyScript",
    "Part",
    "Project",
    "ReplyCase",
    "Request",
    "Sample",
    "ScriptedGateway",
    "SerialLimiter",
    "Silence",
    "StatusCase",
    "step",
]

__getattr__ = lazy(
    __name__,
    {
        "bench": ("Bench", "step"),
        "cases": (
            "FILM",
            "PICTURE",
            "SOUND",
            "Attached",
            "Cases",
            "Code",
            "Part",
            "ReplyCase",
            "Sample",
            "StatusCase",
        ),
        "inspection": ("LedgerInspection",),
        "laws.declared": ("ConformanceWarning",),
        "manual_clock": ("ManualClock",),
        "project": ("Project",),
        "scripted": (
            "Answer",
            "Behaviour",
            "CutShort",
            "HangUp",
            "MidjourneyScript",
            "Request",
            "ScriptedGateway",
            "Silence",
        ),
        "serial_limiter": ("SerialLimiter",),
        "suite": ("BackendSuite",),
    },
)
