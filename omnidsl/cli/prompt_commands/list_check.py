"""The check of lists of prompts, in place of recipes: what is read, what is found, and how it is mended."""

from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.checking.fixes import Mending, mend
from omnidsl.checking.suppressions import apply
from omnidsl.cli.file_check import FileChecker, Wishes
from omnidsl.cli.plugging import Catalogues
from omnidsl.cli.prompt_commands.listing import LARGEST, Comments, Listing, read_list
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.prompts import Rules, parse
from omnidsl.prompts.lists import Entry

if TYPE_CHECKING:
    from omnidsl.cli.projects import Projects
    from omnidsl.settings import Settings


class ListChecker(FileChecker):
    """Checks lists of prompts as its base checks recipes; `column` is that of tables."""

    most = LARGEST

    def __init__(self, projects: "Projects", wishes: Wishes, column: str | None = None) -> None:
        super().__init__(Catalogues(), projects, wishes)
        self._column = column

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process without what was read so far."""
        return ListChecker, (self.projects.fresh(), self._wishes, self._column)

    def mended(self, path: str, source: Source, *, unsafe: bool) -> Mending:
        """Mend one prompt after the other, since what is wrong with one says nothing of the next; then the comments."""
        done = Mending(source, [])
        self._mend_prompts(path, done, unsafe=unsafe)
        if "# omni" in source.text:
            last = mend(done.source, lambda text: self._about_comments(path, text), unsafe=unsafe)
            done.source = last.source
            done.fixed += last.fixed
        return done

    def _read(self, path: str, root: Path) -> tuple[Source | None, Diagnostic | None]:
        return read_list(path, lambda: super(ListChecker, self)._read(path, root))

    def _found(
        self,
        source: Source,
        where: Path,  # noqa: ARG002  # its base's: recipes use files beside them
        settings: "Settings",
    ) -> list[Diagnostic]:
        """Return what is wrong with the prompts of a list, but for what its comments suppress."""
        listing = Listing(source, self._column)
        rules = self._rules(settings)
        found = [*listing.faults]
        for entry in listing.entries:
            told = parse(entry.text, rules=rules).diagnostics
            found += [entry.told(one, source) for one in told]
        return found if listing.is_table else apply(found, source, Comments)

    def _rules(self, settings: "Settings") -> Rules:
        return self.catalogues.of(settings).house(self.house(settings)).rules

    def _about_comments(self, path: str, source: Source) -> list[Diagnostic]:
        return [one for one in self.find(path, source) if one.code.startswith("OM91")]

    def _mend_prompts(self, path: str, done: Mending, *, unsafe: bool) -> None:
        source = done.source
        entries = Listing(source, self._column).entries
        starts = [one.start for one in entries]
        reported: dict[int, list[Diagnostic]] = {}
        for one in self.find(path, source):
            index = bisect_right(starts, one.span.start) - 1 if one.span else -1
            if index >= 0 and one.span and one.span.start <= entries[index].end:
                reported.setdefault(index, []).append(one)
        settings = self.projects.of_file(str(self._where(path)))
        text, at = [], 0
        for index, found in sorted(reported.items()):
            if all(one.fix is None for one in found):
                continue
            entry, codes = entries[index], {one.code for one in found}
            mended = self._mend(entry, source, settings, codes, unsafe=unsafe)
            done.fixed += mended.fixed
            done.abandoned += mended.abandoned
            if mended.source.text != entry.text:
                text += [source.text[at : entry.start], entry.written(mended.source.text)]
                at = entry.end
        done.source = Source("".join([*text, source.text[at:]]), source.name, source.path)

    def _mend(
        self, entry: Entry, source: Source, settings: "Settings", codes: set[str], *, unsafe: bool
    ) -> Mending:
        """Mend one prompt; of what is wrong with it at first, only findings with the given `codes` are reported."""
        rules, lens = self._rules(settings), self._lens(settings)
        alone = Source(entry.text, source.name, source.path)
        first = parse(entry.text, rules=rules, source=alone).diagnostics
        muted = {one.code for one in first} - codes

        def find(text: Source) -> list[Diagnostic]:
            told = parse(text.text, rules=rules, source=text).diagnostics
            return lens.reported([one for one in told if one.code not in muted])

        return mend(alone, find, unsafe=unsafe)
