"""`omni init [FOLDER]`: a first project: settings, a recipe that runs on the sandbox, a workflow, what git ignores."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import Words, phrase, preferred_language

if TYPE_CHECKING:
    import argparse

    from omnidsl.cli.parsing import Commands

TEMPLATES = Path(__file__).parent / "first_project"

RECIPE = "recipes/hello.omni"

FILES = {
    "omni.toml": "omni.toml",
    RECIPE: "hello.omni",
    ".github/workflows/omni.yml": "workflow.yml",
}
"""What is written, and the template that it is written from."""

IGNORED = (".omni/", "out/")
"""What git is to leave out: the ledger of this computer, and results."""


def add(subparsers: "Commands") -> None:
    """Register the command."""
    words = Words("command-init")
    parser = subparsers.add_parser("init", help=words, description=words)
    parser.add_argument("folder", nargs="?", default=".", metavar="FOLDER", help=Words("help-init"))
    parser.set_defaults(run=run)


def run(arguments: "argparse.Namespace") -> int:
    """Write what is missing and return 0; what is there already stays as it is.

    Raises OSError where a file or folder cannot be written.
    """
    folder = Path(arguments.folder)
    templates = TEMPLATES / preferred_language()
    written: list[str] = []
    kept: list[str] = []
    for name, template in FILES.items():
        if name == "omni.toml" and _has_settings(folder / "pyproject.toml"):
            kept.append("pyproject.toml")
            continue
        content = (templates / template).read_bytes()
        (written if _write(folder / name, content) else kept).append(name)
    (written if _ignore(folder / ".gitignore") else kept).append(".gitignore")
    _tell(arguments.folder, written, kept)
    return 0


def _write(path: Path, content: bytes) -> bool:
    """Write a file that is not there yet; False where something is there, be it a link to nowhere."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        return False
    return True


def _has_settings(path: Path) -> bool:
    """Say whether a `pyproject.toml` has our settings: two places for them would be one too many."""
    try:
        return "[tool.omnidsl" in path.read_text("utf-8", "replace")
    except OSError:
        return False


def _ignore(path: Path) -> bool:
    """Add what git is to leave out to a `.gitignore`; False where all of it is there."""
    from omnidsl.language.rewriting import replace

    if _write(path, "".join(f"{one}\n" for one in IGNORED).encode()):
        return True
    old = path.read_bytes()
    end = b"\r\n" if b"\r\n" in old else b"\n"
    there = {line.strip().strip(b"/") for line in old.splitlines()}
    missing = [one.encode() for one in IGNORED if one.strip("/").encode() not in there]
    if missing:
        begun = old if not old or old.endswith(b"\n") else old + end
        replace(path, old, begun + b"".join(one + end for one in missing))
    return bool(missing)


def _tell(folder: str, written: list[str], kept: list[str]) -> None:
    from shlex import quote

    from omnidsl.reporting.terminal import columns, pad, printable

    lines = []
    for key, names in (("init-wrote", written), ("init-kept", kept)):
        if names:
            lines += [phrase(key), *(f"  {name}" for name in names), ""]
    steps = [] if folder == "." else [(f"cd {printable(quote(folder))}", "")]
    steps += [
        ("omni check", phrase("init-check")),
        ("omni test", phrase("init-test")),
        (f"omni run {RECIPE} --sandbox", phrase("init-rehearse")),
        (f"omni run {RECIPE}", phrase("init-run")),
    ]
    width = max(columns(step) for step, _ in steps)
    lines += [
        phrase("init-next"),
        *(f"  {pad(step, width)}  {words}".rstrip() for step, words in steps),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
