"""What is wrong with a call before anything is sent."""

from collections.abc import Mapping

from omnidsl.errors import OmniError
from omnidsl.language.suggestions import nearest


class CallError(OmniError, TypeError):
    """Raised for a call that no service can take: an argument that there is not, or a Python object that no argument holds.

    A value that an argument's declaration forbids is a StepError, as in a run.
    """


class UnknownServiceError(OmniError, AttributeError):
    """Raised for a service or an operation that no installed plugin brings."""


def unknown(what: str, name: str, known: Mapping[str, object], owner: str = "") -> str:
    """Return what is said of a name that there is not, or that its owner does not have, with those that may be meant."""
    close = nearest(name, known)
    meant = " or ".join(f"`{one}`" for one in close)
    listed = ", ".join(f"`{one}`" for one in known)
    has_none = f"`{owner}` has no" if owner else "there is no"
    return f"{has_none} {what} `{name}`; " + (
        f"did you mean {meant}?" if meant else f"there is {listed}"
    )
