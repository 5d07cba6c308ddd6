"""How a project wants its files: how large they may be, and where they say what they come from."""

import attrs

from omnidsl.running.artifacts import FileLimits
from omnidsl.running.provenance import Mode
from omnidsl.settings.values import Values

_MODES: dict[str | None, Mode] = {
    "sidecar": "sidecar",
    "embedded": "embedded",
    "none": "none",
}


@attrs.frozen(kw_only=True)
class Filing:
    """The limits of what is taken, and where saved files say what they come from."""

    limits: FileLimits = attrs.field(factory=FileLimits)
    provenance: Mode = "both"

    @classmethod
    def settled(cls, values: Values) -> "Filing":
        """Return what a project has settled; its sizes are in MB, its pixels in millions."""
        return cls(
            limits=FileLimits(
                image=values.count("files.max-image") * 2**20,
                audio=values.count("files.max-audio") * 2**20,
                video=values.count("files.max-video") * 2**20,
                pixels=values.count("files.max-pixels") * 1_000_000,
            ),
            provenance=_MODES.get(values.text("files.provenance"), "both"),
        )
