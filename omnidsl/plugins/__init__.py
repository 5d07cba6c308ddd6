"""What a plugin author imports.

Names load when first used: `omni check` reads the declaration index in this package and may import neither attrs nor
pluggy on its way there.
"""

from omnidsl._lazy import lazy
from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omnidsl.plugins.arguments import argument
    from omnidsl.plugins.backend import KEY, Backend, Call, Context, Receipt, Status
    from omnidsl.plugins.contributions import Function, NamedEngine, PromptRule
    from omnidsl.plugins.declarations import Immediate, Limit, Operation, Service, Task
    from omnidsl.plugins.errors import ArgumentError, DeclarationError, PluginError
    from omnidsl.plugins.forms import Body, Form, Upload
    from omnidsl.plugins.hookspecs import hookimpl
    from omnidsl.plugins.lost import Absent, Finding, Found, Lost, Unknown
    from omnidsl.plugins.media import (
        JSON,
        Artifact,
        Audio,
        File,
        Grid,
        Handle,
        Image,
        Made,
        Message,
        Messages,
        PromptJob,
        Video,
    )
    from omnidsl.plugins.outcomes import (
        Ambiguous,
        Failed,
        GatewayError,
        Rejected,
        Reply,
        ReplyRule,
        RetryLater,
    )
    from omnidsl.plugins.prices import Price, read_prices
    from omnidsl.plugins.probes import Probe, probe_models, probe_task
    from omnidsl.plugins.service_settings import ServiceSetting
    from omnidsl.plugins.streams import Stream

__all__ = [
    "API",
    "JSON",
    "KEY",
    "Absent",
    "Ambiguous",
    "ArgumentError",
    "Artifact",
    "Audio",
    "Backend",
    "Body",
    "Call",
    "Context",
    "DeclarationError",
    "Failed",
    "File",
    "Finding",
    "Form",
    "Found",
    "Function",
    "GatewayError",
    "Grid",
    "Handle",
    "Image",
    "Immediate",
    "Limit",
    "Lost",
    "Made",
    "Message",
    "Messages",
    "NamedEngine",
    "Operation",
    "PluginError",
    "Price",
    "Probe",
    "PromptJob",
    "PromptRule",
    "Receipt",
    "Rejected",
    "Reply",
    "ReplyRule",
    "RetryLater",
    "Service",
    "ServiceSetting",
    "Status",
    "Stream",
    "Task",
    "Unknown",
    "Upload",
    "Video",
    "argument",
    "hookimpl",
    "probe_models",
    "probe_task",
    "read_prices",
]

API = 1
"""The version of the contract between OmniDSL and its plugins: it grows when something that plugins rely on changes."""

UNSTATED = 1
"""What a service that names no version was written for: the first one, for ever."""

__getattr__ = lazy(
    __name__,
    {
        "arguments": ("argument",),
        "backend": ("KEY", "Backend", "Call", "Context", "Receipt", "Status"),
        "contributions": ("Function", "NamedEngine", "PromptRule"),
        "declarations": ("Immediate", "Limit", "Operation", "Service", "Task"),
        "errors": ("ArgumentError", "DeclarationError", "PluginError"),
        "forms": ("Body", "Form", "Upload"),
        "hookspecs": ("hookimpl",),
        "lost": ("Absent", "Finding", "Found", "Lost", "Unknown"),
        "media": (
            "JSON",
            "Artifact",
            "Audio",
            "File",
            "Grid",
            "Handle",
            "Image",
            "Made",
            "Message",
            "Messages",
            "PromptJob",
            "Video",
        ),
        "outcomes": (
            "Ambiguous",
            "Failed",
            "GatewayError",
            "Rejected",
            "Reply",
            "ReplyRule",
            "RetryLater",
        ),
        "prices": ("Price", "read_prices"),
        "probes": ("Probe", "probe_models", "probe_task"),
        "service_settings": ("ServiceSetting",),
        "streams": ("Stream",),
    },
)
