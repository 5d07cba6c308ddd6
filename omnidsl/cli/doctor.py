"""`omni doctor`: what is wrong with settings, state folder, gateways, keys, services and plugins. Nothing is paid."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli import plugging
from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.running.checkup import Check, State
    from omnidsl.settings import Settings

FORMAT_VERSION = "1.0"
"""Of the JSON form; the second number grows when something is added, the first when anything else changes."""

_EXTRAS = {
    "sandbox": ("PIL", "starlette", "uvicorn"),
    "images": ("PIL",),
    "keyring": ("keyring",),
    "testing": ("pytest",),
}
"""The extras, and the modules that they bring."""

_STATES: "Mapping[str, State]" = {"error": "bad", "warning": "warning"}
"""How a finding of the settings stands, by its severity."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "doctor", help=phrase("command-doctor"), description=phrase("doctor-about")
    )
    parser.add_argument("--json", action="store_true", help=phrase("doctor-json"))
    plugging.add_options(parser)
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help=phrase("help-color")
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; 0 where nothing is wrong, else 1."""
    from omnidsl.reporting.checkup import lines
    from omnidsl.reporting.terminal import wants_colour

    checks = asyncio.run(_checks(arguments))
    if arguments.json:
        print(json.dumps(_as_json(checks), ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines(checks, colour=wants_colour(sys.stdout, arguments.color))))
    return 1 if any(one.state == "bad" for one in checks) else 0


async def _checks(arguments: argparse.Namespace) -> "list[Check]":
    """Return all checks; what takes its time is done at the same time."""
    from omnidsl.embedding import state_folder
    from omnidsl.running.checkup import plugin_checks, state_checks
    from omnidsl.running.visits import remote_checks
    from omnidsl.settings import load
    from omnidsl.settings.addresses import addresses
    from omnidsl.settings.services import ServiceSettings

    settings, findings = load(Path.cwd())
    catalogue = plugging.catalogue(settings, arguments)
    state = state_folder(settings)
    plugins = asyncio.to_thread(lambda: list(plugin_checks(catalogue)))
    remote = remote_checks(
        addresses(settings, catalogue),
        catalogue,
        ServiceSettings(settings.values, catalogue),
        state,
        kind=settings.gateway_kind,
        kinds=settings.service_kinds,
    )
    told_by_plugins, told_by_gateways = await asyncio.gather(plugins, remote)
    return [
        *_settings(settings, findings, catalogue),
        *state_checks(state),
        *told_by_gateways,
        *told_by_plugins,
        *_system(),
    ]


def _settings(
    settings: "Settings", findings: "list[Diagnostic]", catalogue: "Catalogue"
) -> "Iterator[Check]":
    from omnidsl.reporting.progress_paths import shown_path
    from omnidsl.running.checkup import Check
    from omnidsl.settings.services import faults

    named = shown_path(str(settings.file or settings.root))
    reason = "settings-none" if settings.file is None else "settings-file"
    yield Check("settings", named, "good" if settings.file else "remark", reason)
    for one in (*findings, *faults(settings, catalogue)):
        state = _STATES.get(one.severity, "remark")
        place = ""
        if one.source is not None and one.span is not None:
            place = f"{one.source.position(one.span.start).row}: "
        values = {"place": place, "code": one.code, "message": one.message()}
        yield Check("settings", named, state, "finding", values)


def _system() -> "Iterator[Check]":
    import platform
    import sqlite3
    from importlib.util import find_spec

    from omnidsl import __version__
    from omnidsl.running.checkup import Check

    versions = {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.release()}",
    }
    yield Check("system", f"OmniDSL {__version__}", "good", "versions", versions)
    for extra, modules in _EXTRAS.items():
        named, values = f"[{extra}]", {"extra": extra}
        if all(find_spec(one) is not None for one in modules):
            yield Check("system", named, "good", "extra-there", values)
        else:
            yield Check("system", named, "remark", "extra-missing", values)


def _as_json(checks: "list[Check]") -> dict[str, object]:
    from omnidsl.reporting.checkup import help_of, message

    return {
        "format_version": FORMAT_VERSION,
        "healthy": not any(one.state == "bad" for one in checks),
        "checks": [
            {
                "area": one.area,
                "subject": one.subject,
                "state": one.state,
                "reason": one.reason,
                "values": dict(one.values),
                "message": message(one),
                "help": help_of(one) or None,
            }
            for one in checks
        ],
    }
