"""`omni sandbox`: serve the gateway simulator on loopback until it is told to stop."""

import argparse
import os
import signal
import sys
from pathlib import Path

from omnidsl.language.catalogue import phrase

_INTERRUPTED = 130


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "sandbox",
        help=phrase("command-sandbox"),
        description=(
            "Serve a simulated gateway on 127.0.0.1. It speaks a real gateway's protocols, draws pictures, answers chats "
            "and keeps books (GET /_sandbox/books), and says in every result that it is a simulator. The first line of "
            "output is its address. Ctrl-C ends it."
        ),
    )
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="port to listen on (default: any free one)"
    )
    parser.add_argument(
        "--profile", default="new-api", help="family of gateways to speak as (default: new-api)"
    )
    parser.add_argument(
        "--latency", type=float, default=0.0, metavar="S", help="delay every reply (default: 0)"
    )
    parser.add_argument(
        "--duration",
        type=float,
        default=1.0,
        metavar="S",
        help="how long a task takes (default: 1)",
    )
    parser.add_argument(
        "--refresh",
        type=float,
        default=0.0,
        metavar="S",
        help="how stale a fetch may be (default: 0)",
    )
    parser.add_argument(
        "--artifact", default="drawn", metavar="KIND", help="`drawn`, or a size such as `fixed:50k`"
    )
    parser.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="repeat pictures, texts and ids (default: they differ)",
    )
    parser.add_argument(
        "--state", type=Path, metavar="DIR", help="keep tasks, pictures and books in this folder"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal: 130 after Ctrl-C, 0 after SIGTERM; 2 when it cannot start."""
    try:
        from omnidsl_sandbox import Options, SandboxError, serve
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("omnidsl"):
            raise
        package = error.name.partition(".")[0].replace("PIL", "pillow")
        print(
            f"omni sandbox needs the package `{package}`: pip install 'omnidsl[sandbox]'",
            file=sys.stderr,
        )
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
        )
        ended_by = serve(options, arguments.port, _announce)
    except SandboxError as error:
        print(f"omni sandbox: {error}", file=sys.stderr)
        return 2
    return _INTERRUPTED if ended_by == signal.SIGINT else 0


def _announce(url: str) -> None:
    print(url, flush=True)
    key = "any-key" if not os.environ.get("OMNI_API_KEY") else "$OMNI_API_KEY"
    print(
        f"A simulated gateway is listening; Ctrl-C ends it.\n"
        f"Point a run at it: OMNI_BASE_URL={url} OMNI_API_KEY={key} omni run recipe.omni",
        file=sys.stderr,
        flush=True,
    )
