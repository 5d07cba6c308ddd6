"""The contract between OmniDSL and its plugins: every hook there is. `docs/hooks.md` has an example of each."""

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omnidsl.plugins.backend import Call
    from omnidsl.plugins.contributions import Function, NamedEngine, PromptRule
    from omnidsl.plugins.declarations import Service
    from omnidsl.plugins.prices import Price
    from omnidsl.plugins.service_settings import ServiceSetting
    from omnidsl.prompts import Category

hookspec = pluggy.HookspecMarker("omnidsl")
hookimpl = pluggy.HookimplMarker("omnidsl")

# Asked once, to build the declaration index.


@hookspec
def omnidsl_services() -> "list[Service]":  # type: ignore[empty-body]  # a specification has no body
    """Return the services that this plugin brings."""


@hookspec
def omnidsl_vocabulary() -> "list[Category]":  # type: ignore[empty-body]  # as above
    """Return categories with terms that prompts are read with."""


@hookspec
def omnidsl_prompt_rules() -> "list[PromptRule]":  # type: ignore[empty-body]  # as above
    """Return rules that prompts are held to, as data: `omni check` runs no plugin's code."""


@hookspec
def omnidsl_functions() -> "list[Function]":  # type: ignore[empty-body]  # as above
    """Return pure functions for recipes; they are called where a plan is made, and never by `omni check`."""


@hookspec
def omnidsl_engines() -> "list[NamedEngine]":  # type: ignore[empty-body]  # as above
    """Return engines that a run can be given to by name."""


@hookspec
def omnidsl_settings() -> "list[ServiceSetting]":  # type: ignore[empty-body]  # as above
    """Return what a project may settle about this plugin in its table `[plugin.NAME]`."""


@hookspec
def omnidsl_prices() -> "list[Price]":  # type: ignore[empty-body]  # as above
    """Return what operations of any plugin cost, by their full names; such rows go before their own estimates."""


# Called while something runs. `settings` are those of all plugins, by plugin.


@hookspec
def omnidsl_before_submit(
    call: "Call", settings: "Mapping[str, Mapping[str, Any]]"
) -> "str | None":
    """Look at a call before it is paid for; return a reason to veto it, or None."""


@hookspec
def omnidsl_event(event: "dict[str, Any]", settings: "Mapping[str, Mapping[str, Any]]") -> None:
    """Hear an event of a run, as the JSON object that `omni run --json` prints."""
