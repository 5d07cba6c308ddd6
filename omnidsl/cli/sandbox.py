"""`omni sandbox`: serve the gateway simulator on loopback until it is told to stop."""

import argparse
import os
import signal
import sys
from pathlib import Path

from omnidsl.language.catalogue import phrase
from omnidsl.settings.declaration import KINDS

_INTERRUPTED = 130


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-sandbox")
    parser = subparsers.add_parser("sandbox", help=words, description=phrase("sandbox-about"))
    option = parser.add_argument
    option("--port", type=int, default=0, metavar="N", help=phrase("sandbox-port"))
    option(
        "--profile",
        default="new-api",
        choices=KINDS,
        metavar="PROFILE",
        help=phrase("sandbox-profile"),
    )
    option("--latency", type=float, default=0.0, metavar="S", help=phrase("sandbox-latency"))
    option("--duration", type=float, default=1.0, metavar="S", help=phrase("sandbox-duration"))
    option("--refresh", type=float, default=0.0, metavar="S", help=phrase("sandbox-refresh"))
    option("--artifact", default="drawn", metavar="KIND", help=phrase("sandbox-artifact"))
    option("--remix", action="store_true", help=phrase("sandbox-remix"))
    option("--seed", type=int, metavar="N", help=phrase("sandbox-seed"))
    option("--state", type=Path, metavar="DIR", help=phrase("sandbox-state"))
    option("--faults", default="", metavar="SPEC", help=phrase("sandbox-faults"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal: 130 after Ctrl-C, 0 after SIGTERM; 2 when it cannot start."""
    try:
        from omnidsl_sandbox import Options, SandboxError, serve
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("omnidsl"):
            raise
        package = error.name.partition(".")[0].replace("PIL", "pillow")
        print(phrase("sandbox-missing").format(package=package), file=sys.stderr)
        return 2
    try:
        options = Options(
            profile=arguments.profile,
            latency=arguments.latency,
            duration=arguments.duration,
            refresh=arguments.refresh,
            artifact=arguments.artifact,
            seed=arguments.seed,
            state=arguments.state,
            remix=arguments.remix,
            faults=arguments.faults,
        )
        ended_by = serve(options, arguments.port, _announce)
    except SandboxError as error:
        print(f"omni sandbox: {error}", file=sys.stderr)
        return 2
    return _INTERRUPTED if ended_by == signal.SIGINT else 0


def _announce(url: str) -> None:
    print(url, flush=True)
    key = "any-key" if not os.environ.get("OMNI_API_KEY") else "$OMNI_API_KEY"
    print(phrase("sandbox-listens").format(url=url, key=key), file=sys.stderr, flush=True)
