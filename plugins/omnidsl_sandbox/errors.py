"""What the sandbox raises on purpose."""

from collections.abc import Mapping

from omnidsl.errors import OmniError


class SandboxError(OmniError, ValueError):
    """Raised when the sandbox cannot start: an option out of range, a port in use, a state folder it cannot use."""


class Refused(Exception):
    """Raised inside an endpoint to answer with one of the profile's refusals instead of a result.

    `name` is a key of the profile's `refusals` table, `values` fill its text.
    """

    def __init__(self, name: str, values: Mapping[str, str | int] | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.values = dict(values or {})
