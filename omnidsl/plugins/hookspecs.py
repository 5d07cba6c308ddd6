"""The contract between OmniDSL and its plugins: every hook there is."""

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from omnidsl.plugins.backend import Call
    from omnidsl.plugins.declarations import Service
    from omnidsl.prompts import Category

hookspec = pluggy.HookspecMarker("omnidsl")
hookimpl = pluggy.HookimplMarker("omnidsl")


@hookspec
def omnidsl_services() -> "list[Service]":  # type: ignore[empty-body]  # a specification has no body
    """Return the services that this plugin brings; called to build the declaration index."""


@hookspec
def omnidsl_vocabulary() -> "list[Category]":  # type: ignore[empty-body]  # as above
    """Return categories with terms that prompts are read with; called to build the declaration index."""


@hookspec
def omnidsl_before_submit(call: "Call") -> "str | None":
    """Look at a call before it is paid for; return a reason to veto it, or None."""


@hookspec
def omnidsl_event(event: "dict[str, Any]") -> None:
    """Hear an event of a run, as the JSON object that `omni run --json` prints."""
