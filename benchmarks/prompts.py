"""How fast lists of prompts are read by `omni prompt parse --json`, beside a parser of prompt templates.

The peer, dynamicprompts, knows variants and no parameters: it gets the subjects of the same prompts, in its own words. Each
program is asked for many lines and for one, and the difference counts: the start of neither is in it.
"""

import os
import random
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from benchmarks.installation import Installation

LINES = 20_000
TEMPLATES = 1_000
"""Of the peer, which needs half a minute for all."""

PEER = Path(__file__).with_name("peer_templates.py")

STYLES = ("Cyberpunk", "Manga", "sketch", "realism", "Cubism", "surrealism")
VIEWS = ("Wide view", "Top view", "Front view", "Upview")
SHOTS = ("Face Shot (VCU)", "Close-Up(CU)", "Waist Shot(WS)")
LIGHTS = ("Cold light", "Warm light", "Natural light")
THINGS = (
    "cat", "dog", "lighthouse", "harbour", "garden", "robot", "violin", "train", "balloon", "mountain", "river", "clockwork",
    "marble", "copper", "autumn", "winter",
)  # fmt: skip  # words of one language


@attrs.frozen
class Subject:
    """What a prompt is about, and its parameters: no two of them alike."""

    terms: str
    words: str
    parameters: str
    styles: tuple[str, str]
    places: tuple[str, str]


def subjects(number: int) -> list[Subject]:
    """Return subjects, the same ones each time."""
    choice = random.Random(number)  # noqa: S311  # repeatable on purpose
    return [
        Subject(
            terms=",".join(map(choice.choice, (STYLES, VIEWS, SHOTS, LIGHTS))),
            words=f"a {' '.join(choice.choices(THINGS, k=5))}",
            parameters=(
                f"--q {choice.choice(('0.5', '1', '2'))} --s {choice.randrange(1000)} --v 6.1"
                f" --ar {choice.choice(('4:3', '16:9', '2:3'))} --c {choice.randrange(100)}"
            ),
            styles=(choice.choice(STYLES[:3]), choice.choice(STYLES[3:])),
            places=(choice.choice(THINGS[:8]), choice.choice(THINGS[8:])),
        )
        for _ in range(number)
    ]


def typical(one: Subject) -> str:
    """Return a prompt of about 110 characters: four terms of the vocabulary, a text, five parameters."""
    return f"{one.terms},{one.words} {one.parameters}"


def permuted(one: Subject) -> str:
    """Return a prompt of four jobs."""
    return f"{{{', '.join(one.styles)}}} {one.words} in {{{', '.join(one.places)}}}"


def plain_template(one: Subject) -> str:
    """Return the peer's template of a typical prompt: the words without variants and parameters."""
    return f"{one.terms},{one.words}"


def variants_template(one: Subject) -> str:
    """Return the peer's template of a prompt of four jobs."""
    return f"{{{'|'.join(one.styles)}}} {one.words} in {{{'|'.join(one.places)}}}"


KINDS = {"typical": (typical, plain_template), "of four jobs": (permuted, variants_template)}
"""What is measured: how a prompt is written for us, and how for the peer."""


@attrs.frozen
class Rates:
    """Prompts a second of the processor, ours and the peer's (None: there is none)."""

    ours: float
    peers: float | None


def read_lines(installation: Installation, folder: Path, peer: str | None) -> dict[str, Rates]:
    """Read lines of each kind; RuntimeError where a program fails."""
    every = subjects(LINES)
    # An empty folder: the settings of a project would count.
    folder.mkdir()
    ours = [installation.omni, "prompt", "parse", "--json", "-"]
    theirs = [peer, str(PEER)] if peer else None
    rates = {}
    for kind, (write, write_template) in KINDS.items():
        rates[kind] = Rates(
            ours=_rate(ours, every, write, installation.environment(), folder),
            peers=_rate(theirs, every[:TEMPLATES], write_template, dict(os.environ), folder)
            if theirs
            else None,
        )
    return rates


def _rate(
    command: list[str],
    about: Sequence[Subject],
    write: Callable[[Subject], str],
    environment: dict[str, str],
    folder: Path,
) -> float:
    """Return lines a second of the processor, without the start: the best of three."""
    lines = [write(one) for one in about]
    seconds = min(_seconds(command, lines, environment, folder) for _ in range(3))
    start = min(_seconds(command, lines[:1], environment, folder) for _ in range(3))
    return (len(lines) - 1) / (seconds - start)


def _seconds(
    command: list[str], lines: Sequence[str], environment: dict[str, str], folder: Path
) -> float:
    """Return the processor seconds of a program that reads lines; RuntimeError where it does not answer each."""
    listed, answers = folder / "lines.txt", folder / "answers.txt"
    listed.write_text("".join(f"{one}\n" for one in lines), "utf-8")
    with listed.open("rb") as given, answers.open("wb") as taken:
        child = subprocess.Popen(command, env=environment, cwd=folder, stdin=given, stdout=taken)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode or answers.read_bytes().count(b"\n") != len(lines):
        raise RuntimeError(f"{command} failed: exit status {child.returncode}")
    return usage.ru_utime + usage.ru_stime
