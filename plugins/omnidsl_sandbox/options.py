"""How a sandbox is set up: one frozen value, checked where it is made."""

import math
import re
from pathlib import Path

import attrs

from omnidsl_sandbox.errors import SandboxError
from omnidsl_sandbox.faults.mixture import NONE, Mixture, mixture

_FIXED = re.compile(r"fixed:([0-9]{1,9})([kKmM]?)")
_UNITS = {"": 1, "k": 1024, "m": 1024 * 1024}
_SMALLEST = 128  # a valid PNG with its padding chunk fits in this many bytes
_LARGEST = 64 * 1024 * 1024


@attrs.frozen
class Artifact:
    """What a picture is: drawn from its prompt (`size` None), or the same `size` bytes for every task."""

    size: int | None = None


def _artifact(text: str | Artifact) -> Artifact:
    """Read `drawn` or `fixed:50k` (k = 1024 bytes, m = 1024 k); SandboxError for anything else."""
    if isinstance(text, Artifact):
        return text
    if text == "drawn":
        return Artifact()
    match = _FIXED.fullmatch(text)
    if match is None:
        raise SandboxError(f"artifact must be `drawn` or a size such as `fixed:50k`, not `{text}`")
    size = int(match[1]) * _UNITS[match[2].lower()]
    if not _SMALLEST <= size <= _LARGEST:
        raise SandboxError(f"a fixed artifact has {_SMALLEST} to {_LARGEST} bytes, not {size}")
    return Artifact(size)


def _seconds(_: object, attribute: "attrs.Attribute[float]", value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise SandboxError(f"{attribute.name} must be a number of seconds, 0 or more, not {value}")


@attrs.frozen(kw_only=True)
class Options:
    """How the sandbox behaves.

    `latency` delays every reply, `duration` is how long a task takes, `refresh` how stale a fetch may be (all
    seconds). `seed` makes pictures, texts and ids repeat from one sandbox to the next; without it they differ.
    `state` is the folder that keeps tasks, pictures and books; without it they end with the sandbox. `remix` says that
    the accounts behind it are in remix mode: variations, rerolls and pans ask for a prompt first.
    `faults` is what goes wrong on purpose (see `omnidsl_sandbox.faults.mixture`), the same for the same requests under a
    seed.
    """

    profile: str = "new-api"
    latency: float = attrs.field(default=0.0, converter=float, validator=_seconds)
    duration: float = attrs.field(default=1.0, converter=float, validator=_seconds)
    refresh: float = attrs.field(default=0.0, converter=float, validator=_seconds)
    artifact: Artifact = attrs.field(default=Artifact(), converter=_artifact)
    seed: int | None = None
    state: Path | None = None
    remix: bool = False
    faults: Mixture = attrs.field(default=NONE, converter=mixture)
