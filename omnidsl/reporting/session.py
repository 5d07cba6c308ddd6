"""The report of a test session, in pytest's manner: a dot a test, failures with the values behind them, one line of counts."""

from typing import TextIO

from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.reporting.formats import Look, render
from omnidsl.reporting.terminal import columns, printable

_STYLES = {"passed": "32", "failed": "31", "error": "31"}

Failure = tuple[str, str, list[Diagnostic]]
"""Where (`file:line`, or the file alone), the title, what is wrong."""


class Session:
    """Writes the report as tests end. `verbosity` is -1 (quiet), 0, or 1: a line for each test.

    `total` is the number of tests that will run, `left_out` of those that were not selected; `width` is in columns.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        colour: bool,
        width: int,
        verbosity: int,
        total: int,
        left_out: int = 0,
    ) -> None:
        self._stream = stream
        self._colour = colour
        self._width = max(40, width)
        self._verbosity = verbosity
        self._total = total
        self._left_out = left_out
        self._ran = 0
        self._failures: list[Failure] = []
        self._broken: list[Failure] = []
        self._stopped = False
        self._line = 0
        self._file = ""

    @property
    def status(self) -> int:
        """The exit status: 2 where a recipe is broken or nothing ran, 1 where a test failed, else 0."""
        if self._broken or not self._ran:
            return 2
        return 1 if self._failures else 0

    def broken(self, file: str, faults: list[Diagnostic]) -> None:
        """Take a recipe that cannot be tested."""
        self._begin(file)
        self._broken.append((file, "", faults))
        if self._verbosity > 0:
            self._write(f"{printable(file)} {self._paint('error', phrase('test-ERROR'))}\n")
        else:
            self._sign("error", "E")

    def ran(self, file: str, line: int, title: str, faults: list[Diagnostic]) -> None:
        """Take a test that has run."""
        self._begin(file)
        self._ran += 1
        outcome = "failed" if faults else "passed"
        if faults:
            self._failures.append((f"{file}:{line}", title, faults))
        if self._verbosity > 0:
            word = phrase("test-FAILED" if faults else "test-PASSED")
            head = f"{printable(file)}::{printable(title)} "
            self._progress(head + self._paint(outcome, word), columns(head) + columns(word))
        else:
            self._sign(outcome, "F" if faults else ".")

    def stopped(self) -> None:
        """Take it that the remaining tests are not run."""
        self._stopped = True

    def end(self, seconds: float) -> None:
        """Write what failed, and the line of counts."""
        self._end_line()
        self._section("test-errors", self._broken)
        self._section("test-failures", self._failures)
        if (self._failures or self._broken) and self._verbosity >= 0:
            self._write(self._bar("=", phrase("test-summary")))
            for kind, found in (("ERROR", self._broken), ("FAILED", self._failures)):
                for place, title, faults in found:
                    self._write(self._short(kind, place, title, faults))
        if self._stopped:
            self._write(self._bar("!", phrase("test-stopped")))
        self._write(self._counts(seconds))

    def _short(self, kind: str, place: str, title: str, faults: list[Diagnostic]) -> str:
        named = f"{place} {title}" if title else place
        word = self._paint("failed", phrase(f"test-{kind}"))
        return f"{word} {printable(named)} - {printable(faults[0].message())}\n"

    def _counts(self, seconds: float) -> str:
        failed = len(self._failures)
        numbers = {
            "failed": failed,
            "passed": self._ran - failed,
            "deselected": self._left_out,
            "error": len(self._broken),
        }
        parts = [
            phrase(f"test-count-{name}{'s' if name == 'error' and count > 1 else ''}").format(
                count=count
            )
            for name, count in numbers.items()
            if count
        ]
        if not self._ran:
            parts.insert(0, phrase("test-none"))
        text = phrase("test-took").format(
            counts=phrase("counts-comma").join(parts), seconds=f"{seconds:.2f}"
        )
        style = "passed" if self.status == 0 else "failed"
        if self._verbosity < 0:
            return self._paint(style, text) + "\n"
        return self._paint(style, self._bar("=", text).rstrip("\n")) + "\n"

    def _section(self, title: str, found: list[Failure]) -> None:
        if not found:
            return
        self._write(self._bar("=", phrase(title)))
        look = Look(colour=self._colour, width=self._width - 8)
        for place, name, faults in found:
            head = f"{place.rpartition(':')[0]}: {name}" if name else place
            self._write(self._paint("failed", self._bar("_", printable(head)).rstrip("\n")) + "\n")
            for piece in render("full", faults, look):
                self._write(piece)
            self._write("\n")

    def _begin(self, file: str) -> None:
        """Begin a line for a file's signs, where the last one was another's."""
        if self._verbosity == 0 and file != self._file:
            self._end_line()
            self._file = file
            self._write(f"{printable(file)} ")
            self._line = columns(printable(file)) + 1

    def _sign(self, style: str, sign: str) -> None:
        self._write(self._paint(style, sign))
        self._line += 1
        if self._line >= self._width - 8:
            self._end_line()

    def _end_line(self) -> None:
        """End a line of signs, with how much has been done at its end."""
        if self._line:
            self._write(self._percent(self._line) if self._verbosity == 0 else "\n")
        self._line = 0

    def _progress(self, text: str, width: int) -> None:
        self._write(text + self._percent(width))

    def _percent(self, width: int) -> str:
        done = f"[{100 * self._ran // max(1, self._total):3}%]"
        return " " * max(1, self._width - width - len(done)) + done + "\n"

    def _bar(self, sign: str, text: str) -> str:
        room = max(2, self._width - columns(text) - 2)
        left = room // 2
        return f"{sign * left} {text} {sign * (room - left)}\n"

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._colour else text

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
