"""`omni check --fix` and `--diff`: recipes mended by the fixes of their findings, before what is left is reported."""

import sys
from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.cli import finding
from omnidsl.cli.discovery import STDIN
from omnidsl.cli.rewriting import rewrite, say
from omnidsl.language.catalogue import Words, phrase
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from omnidsl.checking.fixes import Mending
    from omnidsl.cli.file_check import FileChecker
    from omnidsl.cli.parsing import Declares
    from omnidsl.language.source import Source


def add_options(parser: "Declares") -> None:
    """Add the options."""
    for name in ("fix", "unsafe-fixes", "diff", "fix-only", "exit-non-zero-on-fix"):
        parser.add_argument(f"--{name}", action="store_true", help=Words(f"help-{name}"))


def wanted(arguments: "argparse.Namespace") -> bool:
    """Say whether the command is to mend anything."""
    return bool(arguments.fix or arguments.fix_only or arguments.diff)


class Fixing:
    """What fixing did: how many findings are `fixed`, and the texts that it `changed`, before and after."""

    def __init__(self, checker: "FileChecker", wishes: "argparse.Namespace") -> None:
        self._checker = checker
        self._wishes = wishes
        self._failed = False
        self._stdin: Source | None = None
        self.fixed = 0
        self.changed: list[tuple[Source, Source]] = []

    def mend(self, paths: "Iterable[str]") -> None:
        """Mend files, each in one step; standard input is only read, and its text kept for the check that follows."""
        for path in paths:
            before = self._checker.source(path)
            if before is not None:
                self._mend(path, before)

    def _mend(self, path: str, before: "Source") -> None:
        done = self._checker.mended(path, before, unsafe=self._wishes.unsafe_fixes)
        for one in done.abandoned:
            say("warning", "fix-abandoned", path=path, code=one.code, message=one.message())
        if path == STDIN:
            self._stdin = done.source
            self._checker.remember(done.source)
        if done.source.text == before.text:
            return
        if path != STDIN and not self._wishes.diff and (problem := _rewrite(path, before, done)):
            self._failed = True
            say("error", "not-rewritten", path=path, problem=problem)
            return
        self.fixed += len(done.fixed)
        self.changed.append((before, done.source))

    def report(self, left: list[Diagnostic], status: int) -> int:
        """Print what was or would be changed and what is `left`, and return the exit status, given that of what is left.

        The mended text of standard input goes to stdout, and then findings go to stderr.
        """
        if self._wishes.diff:
            self._show_changes(left)
            status = status if status == finding.USAGE else int(bool(self.changed))
        else:
            if self._stdin is not None:
                sys.stdout.flush()
                sys.stdout.buffer.write(self._checker.encoded(self._stdin))
            if self._wishes.fix_only:
                status = status if status == finding.USAGE else 0
            else:
                finding.report(left, self._wishes, to_stderr=self._stdin is not None)
            sys.stdout.flush()
            words = phrase("fixed-and-left").format(fixed=self.fixed, left=len(left))
            sys.stderr.write(words + "\n")
        if self._failed:
            return finding.USAGE
        return 1 if status == 0 and self.fixed and self._wishes.exit_non_zero_on_fix else status

    def _show_changes(self, left: list[Diagnostic]) -> None:
        from omnidsl.reporting.differences import differences

        finding.show(
            [one for one in left if finding.status([one]) == finding.USAGE], to_stderr=True
        )
        for before, after in self.changed:
            sys.stdout.writelines(differences(before.text, after.text, before.name))
        sys.stdout.flush()
        sys.stderr.write(phrase("would-fix").format(fixed=self.fixed) + "\n")


def _rewrite(path: str, before: "Source", done: "Mending") -> str:
    """Replace a file's content, or return why that cannot be."""
    from omnidsl.language.rewriting import BYTE_ORDER_MARK

    try:
        old = Path(path).read_bytes()
    except OSError as error:
        return error.strerror or str(error)
    mark = BYTE_ORDER_MARK if old.startswith(BYTE_ORDER_MARK) else b""
    if old != mark + before.text.encode("utf-8"):
        return phrase("changed-meanwhile")
    return rewrite(path, old, mark + done.source.text.encode("utf-8"))
