"""Make the recordings of the README again: `python docs/recordings/record.py`, with `omni` installed beside Python.

Each command runs in a terminal of its own (a pty), in a throw-away folder that holds the examples. What it writes is
played to a small model of a terminal; its screens become an SVG that plays once and stays at its end. Paths of the
throw-away folder are shown below `~`, and nothing else is touched.
"""

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from io import StringIO
from itertools import groupby, pairwise
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from rich.console import Console
from rich.text import Text
from wcwidth import wcwidth

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
COLUMNS = 100
EVERY = 0.3
"""Seconds between two frames."""

BROKEN = """\
prompt cat {
    style: Cyberpnk
    veiw:  Wide view
    可爱的猫 --ar 4:3 --c 700
}
pipeline main {
    picture = cat -> midjourney.imagine(mode: turbo)
    save pictur as "cat.png"
}
"""

COMMANDS = {
    "check": "omni check cat.omni",
    "run": "omni run examples/hero.omni --sandbox --yes",
}
LANGUAGES = {"en": "", "zh": ".zh-CN"}
PICTURE = "banners/Cyberpunk-16x9-1.png"

_SEQUENCE = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|\x1b\][^\x07]*\x07")
_SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: "Fira Code", "Noto Sans Mono CJK SC", monospace; font-size: {char_height}px; \
line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g>
</svg>
"""


class Screen:
    """A terminal that never scrolls: rows of cells, each a sign (empty: the right half of a wide one) and its colours."""

    def __init__(self) -> None:
        self._rows: list[list[tuple[str, str]]] = [[]]
        self._row = self._column = 0
        self._colours = ""

    def play(self, text: str) -> None:
        """Play what a command wrote; ValueError for a sequence that this terminal does not know."""
        at = 0
        for found in _SEQUENCE.finditer(text):
            self._write(text[at : found.start()])
            if found[2]:
                self._obey(found[1], found[2])
            at = found.end()
        self._write(text[at:])

    def _write(self, text: str) -> None:
        for sign in text:
            if sign == "\r":
                self._column = 0
            elif sign == "\n":
                self._row += 1
                if self._row == len(self._rows):
                    self._rows.append([])
            elif sign == "\x1b":
                raise ValueError(f"a sequence that is not known: {text[:20]!r}")
            else:
                self._put(sign)

    def _put(self, sign: str) -> None:
        width = wcwidth(sign)
        row = self._rows[self._row]
        row += [(" ", "")] * (self._column + width - len(row))
        row[self._column : self._column + width] = [(sign, self._colours), ("", self._colours)][
            :width
        ]
        self._column += width

    def _obey(self, numbers: str, letter: str) -> None:
        count = int(numbers) if numbers.isdecimal() else 1
        row = self._rows[self._row]
        match letter:
            case "m":
                self._colours = "" if numbers in ("", "0") else f"{self._colours}\x1b[{numbers}m"
            case "A":
                self._row = max(0, self._row - count)
            case "K" if numbers == "2":
                row.clear()
            case "K":
                del row[self._column :]
            case "h" | "l":
                pass  # a visible or hidden cursor is not shown
            case _:
                raise ValueError(f"a sequence that is not known: {numbers}{letter}")

    def lines(self) -> list[str]:
        """Return what can be seen, with colours as ANSI sequences, without empty lines at the end."""
        shown = [
            "".join(
                _coloured("".join(sign for sign, _ in run), colours)
                for colours, run in groupby(row, _colours)
            )
            for row in self._rows
        ]
        while shown and not shown[-1].strip():
            shown.pop()
        return shown


def _colours(cell: tuple[str, str]) -> str:
    return cell[1]


def _coloured(text: str, colours: str) -> str:
    return f"{colours}{text}\x1b[0m" if colours else text


def record(command: str, language: str, home: Path) -> list[tuple[float, list[str]]]:
    """Run a command in a terminal; return its screens, each with the seconds since the start."""
    terminal, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    environment = {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "OMNI_LANG": language,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "TERM": "xterm-256color",
    }
    child = subprocess.Popen(  # noqa: S602  # our own commands, as a reader types them
        command, shell=True, cwd=home / "studio", env=environment, stdin=inner, stdout=inner, stderr=inner
    )  # fmt: skip  # one call a thought
    os.close(inner)
    began = time.monotonic()
    written = b""
    frames = [(0.0, "")]
    while chunk := _read(terminal):
        written += chunk
        now = time.monotonic() - began
        text = written.decode("utf-8", "ignore").replace(str(home), "~")
        if now - frames[-1][0] < EVERY:
            now, _ = frames.pop()
        frames.append((now, text))
    os.close(terminal)
    child.wait()
    return [(seconds, _screen(f"\x1b[1m$ {command}\x1b[0m\r\n{text}")) for seconds, text in frames]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # Linux says so when the last writer has gone


def _screen(text: str) -> list[str]:
    screen = Screen()
    screen.play(text)
    return screen.lines()


def drawn(lines: list[str], height: int, name: str, title: str) -> str:
    """Return one screen as SVG."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), highlight=False)
    for line in [*lines, *[""] * (height - len(lines))]:
        console.print(Text.from_ansi(line), soft_wrap=True)
    svg = console.export_svg(title=title, code_format=_SVG, unique_id=name)
    return re.sub(r' clip-path="url\(#\w+-line-\d+\)"', "", svg)


def animated(frames: list[tuple[float, list[str]]], title: str) -> str:
    """Return screens as one SVG: the last one is there, the others stand before it for their time."""
    height = max(len(lines) for _, lines in frames)
    *_, (end, last) = frames
    whole = drawn(last, height, "end", title)
    earlier = []
    for number, ((begin, lines), (until, _)) in enumerate(pairwise(frames)):
        inner = drawn(lines, height, f"f{number}", title).partition(">")[2].removesuffix("</svg>\n")
        timing = f"#f{number} {{ visibility: hidden; animation: shown {until - begin:.2f}s {begin:.2f}s }}"
        earlier.append(f'<g id="f{number}"><style>{timing}</style>{inner}</g>')
    shown = "<style>@keyframes shown { from, to { visibility: visible } }</style>"
    return whole.removesuffix("</svg>\n") + (shown if end else "") + "".join(earlier) + "</svg>\n"


def studio(home: Path) -> Path:
    """Make the folder that commands are recorded in, with the examples and a broken recipe."""
    folder = home / "studio"
    shutil.copytree(EXAMPLES, folder / "examples")
    (folder / "cat.omni").write_text(BROKEN, "utf-8")
    (folder / "omni.toml").touch()
    return folder


def main() -> None:
    """Record every command in both languages, and keep one picture that the sandbox drew."""
    for language, suffix in LANGUAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            place = studio(Path(folder))
            for name, command in COMMANDS.items():
                svg = animated(record(command, language, Path(folder)), command)
                (HERE / f"{name}{suffix}.svg").write_text(svg, "utf-8")
            with Image.open(place / "out" / PICTURE) as picture:
                said = PngInfo()
                said.add_text("Title", picture.info["Title"])
                small = picture.resize((688, 387)).quantize(96)
                small.save(HERE / "cyberpunk.png", optimize=True, pnginfo=said)


if __name__ == "__main__":
    main()
