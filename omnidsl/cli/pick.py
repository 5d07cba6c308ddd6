"""`omni pick STEP N [--run RUN]`: choose one of the four pictures that a `pick` shows."""

import argparse
import shlex
from pathlib import Path

from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import printable


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-pick")
    parser = subparsers.add_parser("pick", help=words, description=words)
    parser.add_argument("step", metavar="STEP", help=phrase("help-pick-step"))
    parser.add_argument(
        "choice", metavar="N", type=int, choices=(1, 2, 3, 4), help=phrase("help-pick-choice")
    )
    parser.add_argument("--run", dest="run_id", metavar="RUN", help=phrase("help-pick-run"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Keep the choice and return 0; RunningError where no run asks for one."""
    from omnidsl.embedding import state_folder, states_near
    from omnidsl.running.choosing import choose
    from omnidsl.running.errors import SettingsError
    from omnidsl.settings import load

    refusal: SettingsError | None = None
    for state in states_near(Path.cwd()):
        try:
            chosen = choose(state, arguments.step, arguments.choice, run=arguments.run_id)
        except SettingsError as error:
            refusal = refusal or error
            continue
        key = "picked" if chosen.before in (None, chosen.choice) else "picked-anew"
        words = phrase(key).format(
            step=printable(chosen.node), choice=chosen.choice, before=chosen.before
        )
        print(words)
        print(phrase("picked-go-on").format(run=shlex.quote(chosen.run)))
        return 0
    if refusal is None:
        state = state_folder(load(Path.cwd())[0])
        refusal = SettingsError("asks-nothing", node=arguments.step, path=str(state))
    raise refusal
